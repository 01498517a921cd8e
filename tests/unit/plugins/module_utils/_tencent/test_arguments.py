# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import ServiceAccess
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.apis import API_VERSIONS, rule_api
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.arguments import (
    api_version_spec,
    tencent_access,
    tencent_spec,
)
from tests.unit.plugins.task_clients import TaskTalk, empty_machine, task_talk

KEY: dict[str, Any] = {"secret_id": "AKIDexample", "secret_key": "example-secret"}


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty_machine(monkeypatch, tmp_path)


def access(api: str = "3.0", talk: TaskTalk | None = None, **given: Any) -> tuple[ServiceAccess, list[str]]:
    """The access, and the paths of the mistakes."""
    options = Options({"region": "ap-guangzhou", "network": "public", **given}, "", [])
    found = tencent_access(options, (talk or task_talk()).client, rule_api(api))
    return found, [mistake.path for mistake in options.mistakes]


@pytest.mark.parametrize("name", ["secret_key", "token"])
def test_secrets_are_never_logged(name: str) -> None:
    assert tencent_spec()[name]["no_log"] is True


def test_the_first_api_is_the_default() -> None:
    option = api_version_spec()["api_version"]
    assert (option["choices"], option["default"]) == (list(API_VERSIONS), "3.0")
    assert tencent_spec()["api_version"] == option


@pytest.mark.parametrize(("api", "host"), [("3.0", "vpc.tencentcloudapi.com"), ("2.0", "dfw.api.qcloud.com")])
def test_a_given_key_leads_to_the_service_of_the_api(api: str, host: str) -> None:
    found, mistakes = access(api, **KEY)
    assert mistakes == []
    assert found.account_label() == f"AKIDexample at https://{host}/"
    assert found.service
    assert host in found.service.request("X", {}).url


def test_a_secret_is_recorded() -> None:
    talk = task_talk()
    access(talk=talk, **KEY, token="temporary")
    assert set(talk.client.secrets) == {"example-secret", "temporary"}


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({**KEY, "region": ""}, ["region"]),
        ({**KEY, "region": "Guangzhou!"}, ["region"]),
        ({**KEY, "endpoint": "a b"}, ["endpoint"]),
        ({**KEY, "sts_endpoint": "ftp://sts.example"}, ["sts_endpoint"]),
        ({**KEY, "signature_method": "HmacSHA1"}, ["signature_method"]),
        ({"secret_id": "AKIDexample"}, ["secret_key"]),
        ({"secret_id": "AKIDexample", "endpoint": "a b", "region": ""}, ["secret_key", "region", "endpoint"]),
    ],
)
def test_every_mistake_is_recorded_and_nothing_is_sent(given: dict[str, Any], paths: list[str]) -> None:
    talk = task_talk()
    dummy, mistakes = access(talk=talk, **given)
    assert mistakes == paths
    assert talk.transport.requests == []


def test_after_a_mistake_there_is_no_service() -> None:
    found, dummy = access(secret_id="AKIDexample")
    assert (found.service, found.account_label()) == (None, "")


def test_without_a_key_the_other_places_are_searched_later() -> None:
    found, mistakes = access()
    assert mistakes == []
    options = Options({}, "", [])
    options.wrong("ingress", "is required")  # so that no metadata is requested
    found.find_key(options)
    assert [mistake.path for mistake in options.mistakes] == ["ingress", "secret_id", "secret_key"]


def test_the_region_may_be_that_of_a_profile(tmp_path: Path) -> None:
    path = tmp_path / ".tencentcloud" / "credentials"
    path.parent.mkdir()
    path.write_text("[default]\nregion = ap-shanghai\n")
    found, mistakes = access(**KEY, region=None)
    assert mistakes == []
    assert found.service
    assert found.service.request("X", {}).headers["x-tc-region"] == "ap-shanghai"


@pytest.mark.parametrize(("variable", "account"), [("", "100"), ("qcs::cam::uin/1:roleName/x", "100")])
def test_the_account_is_requested_from_sts(monkeypatch: pytest.MonkeyPatch, variable: str, account: str) -> None:
    monkeypatch.setenv("TENCENTCLOUD_ASSUME_ROLE_ARN", variable)
    credentials = {"TmpSecretId": "tmp", "TmpSecretKey": "tmp-secret", "Token": "tmp-token"}
    assumed = {"Response": {"Credentials": credentials, "ExpiredTime": 1_767_300_000, "RequestId": "r-0"}}
    whose = {"Response": {"AccountId": "100", "RequestId": "r-1"}}
    talk = task_talk(*([assumed, whose] if variable else [whose]))
    found, dummy = access(talk=talk, **KEY)
    found.check_account(account)
    actions = [request.headers["x-tc-action"] for request in talk.transport.requests]
    assert actions == (["AssumeRole"] if variable else []) + ["GetCallerIdentity"]
