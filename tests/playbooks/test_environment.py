# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options from environment variables: the first that is not empty takes effect, and an empty text counts as not set."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import Result, run_module
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_REGION,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    ALIYUN_TOKEN,
    TENCENT_REGION,
    TENCENT_TEMPORARY_ID,
    TENCENT_TEMPORARY_KEY,
    TENCENT_TOKEN,
    WEB,
    assert_clean,
    calls,
)

MODULES = {"aliyun": "aliyun_sg_policy", "tencent": "tencent_sg_rules", "tencent 2.0": "tencent_sg_rules"}
TASKS: dict[str, dict[str, Any]] = {
    "aliyun": {"security_group_id": ACCEPTING, "inner_access_policy": "accept"},
    "tencent": {"security_group_id": WEB, "state": "merged", "ingress": []},
    "tencent 2.0": {"security_group_id": WEB, "state": "merged", "ingress": [], "api_version": "2.0"},
}
# The variables of each option, in order.
_TENCENT = {
    "secret_id": ("TENCENTCLOUD_SECRET_ID",),
    "secret_key": ("TENCENTCLOUD_SECRET_KEY",),
    "token": ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
    "region": ("TENCENTCLOUD_REGION",),
}
VARIABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "aliyun": {
        "access_key_id": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY"),
        "access_key_secret": ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_KEY"),
        "security_token": ("ALIBABA_CLOUD_SECURITY_TOKEN", "ALICLOUD_SECURITY_TOKEN"),
        "region": ("ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION", "ALICLOUD_REGION"),
        "endpoint": ("ALIBABA_CLOUD_ENDPOINT_ECS", "ECS_ENDPOINT"),
    },
    "tencent": {**_TENCENT, "endpoint": ("TENCENTCLOUD_ENDPOINT_VPC",)},
    "tencent 2.0": {**_TENCENT, "endpoint": ("TENCENTCLOUD_ENDPOINT_DFW",)},
}
WRONG = {"region": "xx-nowhere", "endpoint": "ftp://nowhere"}
CASES = [
    (cloud, option, number)
    for cloud, options in VARIABLES.items()
    for option, names in options.items()
    for number in range(len(names))
]
OPTIONS = [(cloud, option) for cloud, options in VARIABLES.items() for option in options]


def right(clouds: Harness, cloud: str) -> dict[str, str]:
    """A temporary key, so that a wrong token causes a failure, and the options to connect to the simulator."""
    if cloud == "aliyun":
        key = {"access_key_id": ALIYUN_TEMPORARY_ID, "access_key_secret": ALIYUN_TEMPORARY_SECRET}
        return {**key, "security_token": ALIYUN_TOKEN, "region": ALIYUN_REGION, "endpoint": clouds.url}
    key = {"secret_id": TENCENT_TEMPORARY_ID, "secret_key": TENCENT_TEMPORARY_KEY}
    return {**key, "token": TENCENT_TOKEN, "region": TENCENT_REGION, "endpoint": clouds.url}


def wrong(option: str) -> str:
    return WRONG.get(option, "definitelyTheWrongOne")


def run(cloud: str, options: dict[str, Any], environment: dict[str, str]) -> Result:
    result = run_module(MODULES[cloud], {**TASKS[cloud], **options}, environment=environment)
    assert_clean(result)
    return result


@pytest.mark.parametrize(("cloud", "option", "number"), CASES)
def test_the_first_variable_that_is_not_empty_wins(clouds: Harness, cloud: str, option: str, number: int) -> None:
    given = right(clouds, cloud)
    names = VARIABLES[cloud][option]
    key = list(VARIABLES[cloud])[:3]
    # The parts of a key come from one family of variables.
    others = [part for part in key if part != option] if option in key else []
    family = {VARIABLES[cloud][part][min(number, len(VARIABLES[cloud][part]) - 1)]: given.pop(part) for part in others}
    value = given.pop(option)
    environment = {
        **family,
        **{name: "" for name in names[:number]},
        names[number]: value,
        **{name: wrong(option) for name in names[number + 1 :]},
    }
    for options in (given, {**given, option: ""}):
        result = run(cloud, options, environment)
        assert "failure" not in result, result["msg"]
        assert not result["changed"]
    environment[names[number]] = wrong(option)
    assert "failure" in run(cloud, given, environment)


@pytest.mark.parametrize(("cloud", "option"), OPTIONS)
def test_the_option_wins_over_its_variables(clouds: Harness, cloud: str, option: str) -> None:
    environment = {name: wrong(option) for name in VARIABLES[cloud][option]}
    result = run(cloud, right(clouds, cloud), environment)
    assert "failure" not in result, result["msg"]


@pytest.mark.parametrize("cloud", VARIABLES)
def test_everything_from_the_environment(clouds: Harness, cloud: str) -> None:
    given = right(clouds, cloud)
    environment = {names[-1]: given[option] for option, names in VARIABLES[cloud].items()}
    result = run(cloud, {}, environment)
    assert "failure" not in result, result["msg"]
    assert result["region"] == given["region"]


@pytest.mark.parametrize("cloud", VARIABLES)
def test_every_option_and_variable_empty(clouds: Harness, cloud: str) -> None:
    """AWX sets the variables of empty credential fields to an empty text."""
    environment = {name: "" for names in VARIABLES[cloud].values() for name in names}
    result = run(cloud, dict.fromkeys(VARIABLES[cloud], ""), environment)
    assert result["failure"]["kind"] == "invalid_input"
    needed = [option for option in VARIABLES[cloud] if option not in ("token", "security_token", "endpoint")]
    assert sorted(error["path"] for error in result["failure"]["errors"]) == sorted(needed)
    for option in needed:
        for name in VARIABLES[cloud][option]:
            assert name in result["msg"]
    assert calls(clouds) == []


EMPTY = {
    "tencent": (
        *("signature_method", "api_version", "ca_path", "expected_version", "state", "position", "sg_id"),
        *("egress", "groups", "timeout", "deadline", "validate_certs", "max_concurrency", "return_unchanged"),
    ),
    "aliyun": (
        *("signature_version", "ca_path", "client_token", "groups", "timeout", "deadline", "region_id"),
        *("validate_certs", "max_concurrency", "return_unchanged", "sg_id", "policy", "SecurityGroupId"),
    ),
}


@pytest.mark.parametrize("cloud", EMPTY)
def test_empty_texts_count_as_not_given(clouds: Harness, cloud: str) -> None:
    """Also where options exclude each other, and where ansible-core itself converts or compares them."""
    given: dict[str, Any] = {**TASKS[cloud], **right(clouds, cloud)}
    given.pop("state", None)
    without = run_module(MODULES[cloud], given, check=True)
    with_empty = run_module(MODULES[cloud], {**given, **dict.fromkeys(EMPTY[cloud], "")}, check=True)
    assert "failure" not in with_empty, with_empty["msg"]
    for member in ("changed", "before", "after", "diff"):
        assert with_empty[member] == without[member]


@pytest.mark.parametrize("cloud", ["aliyun", "tencent"])
def test_an_empty_group_beside_groups(clouds: Harness, cloud: str) -> None:
    task = dict(TASKS[cloud])
    entry = {"security_group_id": task.pop("security_group_id")}
    result = run(cloud, {**task, **right(clouds, cloud), "security_group_id": "", "groups": [entry]}, {})
    assert "failure" not in result, result["msg"]
    assert [group["security_group_id"] for group in result["groups"]] == [entry["security_group_id"]]


def test_the_variable_of_the_other_api_is_not_used(clouds: Harness) -> None:
    given = right(clouds, "tencent")
    url = given.pop("endpoint")
    for cloud, mine, other in (
        ("tencent", "TENCENTCLOUD_ENDPOINT_VPC", "TENCENTCLOUD_ENDPOINT_DFW"),
        ("tencent 2.0", "TENCENTCLOUD_ENDPOINT_DFW", "TENCENTCLOUD_ENDPOINT_VPC"),
    ):
        result = run(cloud, given, {mine: url, other: "ftp://nowhere"})
        assert "failure" not in result, result["msg"]
