# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary refusals are retried until the deadline, and unknown codes are never reported as the user's mistake."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import Result, run_module, without_waiting
from tests.support.worlds import ACCEPTING, ALIYUN_REGION, WEB, aliyun_options, tencent_options, writes

ALIYUN: dict[str, Any] = {"security_group_id": ACCEPTING, "inner_access_policy": "drop"}
TENCENT: dict[str, Any] = {"security_group_id": WEB, "ingress": [{"action": "drop", "protocol": "udp", "port": 53}]}
# The cloud and options of a task, by name. One for each state, because their calls differ.
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "aliyun v3": ("aliyun", ALIYUN),
    "aliyun v1": ("aliyun", {**ALIYUN, "signature_version": "v1", "client_token": "of-the-user"}),
    "replaced": ("tencent", TENCENT),
    "merged": ("tencent", {**TENCENT, "state": "merged"}),
    "deleted": ("tencent", {**TENCENT, "ingress": [{"action": "accept", "port": "80,443", "protocol": "tcp"}]}),
}
TASKS["deleted"][1]["state"] = "deleted"
KINDS = {
    "aliyun": {
        **dict.fromkeys(("OperationConflict", "IncorrectStatus.Any", "IncorrectVpcStatus", "TaskConflict"), "conflict"),
        **dict.fromkeys(("InternalServerError", "UnknownError", "ServiceUnavailable"), "unavailable"),
    },
    "tencent": {
        **dict.fromkeys(("ResourceBusy", "ResourceInUse", "OperationDenied.MutexTaskRunning"), "conflict"),
        **dict.fromkeys(("InternalServerError", "UnknownError", "ResourceUnavailable"), "unavailable"),
    },
}
CASES = [(name, code) for name, (cloud, _options) in TASKS.items() for code in KINDS[cloud]]
MODULES = {"aliyun": "aliyun_sg_policy", "tencent": "tencent_sg_rules"}
# More than the number of attempts after a network error
MANY = 9
ENDLESS = 10_000


def run(clouds: Harness, name: str, **options: Any) -> Result:
    cloud, own = TASKS[name]
    access = aliyun_options(clouds.url) if cloud == "aliyun" else tencent_options(clouds.url)
    with without_waiting():
        return run_module(MODULES[cloud], {**access, **own, **options})


@pytest.mark.parametrize("effect", ["read", "write"])
@pytest.mark.parametrize(("name", "code"), CASES)
def test_a_temporary_refusal(clouds: Harness, name: str, code: str, effect: str) -> None:
    clouds.fault("error", code=code, effect=effect, times=MANY)
    result = run(clouds, name, deadline=600)
    assert "failure" not in result, result["msg"]
    assert result["changed"] is True
    tokens = {call["parameters"].get("ClientToken") for call in clouds.journal(effect="write")}
    # A write that may have taken effect is not planned again with another token, either.
    assert len(tokens) == 1


@pytest.mark.parametrize("effect", ["read", "write"])
@pytest.mark.parametrize(("name", "code"), CASES)
def test_a_permanent_refusal(clouds: Harness, name: str, code: str, effect: str) -> None:
    clouds.fault("error", code=code, effect=effect, times=ENDLESS)
    before = clouds.state()
    result = run(clouds, name)
    kind = KINDS[TASKS[name][0]][code]
    assert (result["failure"]["kind"], result["failure"]["code"]) == (kind, code), result["msg"]
    assert result["failure"]["message"] == "injected by the simulator"
    assert (result["changed"], clouds.state()) == (False, before)


@pytest.mark.parametrize("name", ["replaced", "merged", "deleted"])
@pytest.mark.parametrize("code", ["ResourceBusy", "OperationDenied.MutexTaskRunning"])
def test_a_change_by_another_client_is_not_overwritten(clouds: Harness, name: str, code: str) -> None:
    """The other client's change held the lock, and is present when the write is possible."""
    theirs = {"Action": "ACCEPT", "Protocol": "tcp", "Port": "8443", "PolicyDescription": "theirs"}
    mine = {"Action": "ACCEPT", "Protocol": "tcp", "Port": "80,443", "CidrBlock": "0.0.0.0/0"}
    clouds.fault("foreign_write", effect="write", change={"ingress": [theirs, mine], "version": 9})
    clouds.fault("error", code=code, effect="write", times=2)
    result = run(clouds, name)
    ingress = clouds.group("tencent", WEB)["ingress"]
    assert any(rule.get("PolicyDescription") == "theirs" for rule in ingress)
    if name == "replaced":
        assert result["failure"]["kind"] == "conflict"
    else:
        assert "failure" not in result, result["msg"]


@pytest.mark.parametrize("name", ["aliyun v3", "aliyun v1"])
def test_another_client_made_the_same_change(clouds: Harness, name: str) -> None:
    """ECS may refuse a write of the current value with a conflict."""
    clouds.switch("aliyun", same_value_write="OperationConflict")
    clouds.fault("foreign_write", effect="write", change={"inner_access_policy": "Drop"})
    result = run(clouds, name)
    assert "failure" not in result, result["msg"]
    assert result["after"] == {"inner_access_policy": "drop"}


@pytest.mark.parametrize("api_version", ["3.0", "2.0"])
@pytest.mark.parametrize("cloud", MODULES)
@pytest.mark.parametrize("effect", ["read", "write"])
def test_an_unknown_code(clouds: Harness, cloud: str, effect: str, api_version: str) -> None:
    code = "4321" if (cloud, api_version) == ("tencent", "2.0") else "NobodyKnows.This"
    own = {"api_version": api_version} if cloud == "tencent" else {}
    clouds.fault("error", code=code, effect=effect, times=ENDLESS)
    result = run(clouds, "aliyun v3" if cloud == "aliyun" else "replaced", **own)
    failure = result["failure"]
    assert (failure["kind"], failure["code"], failure["message"]) == ("protocol", code, "injected by the simulator")
    assert code in result["msg"] and "injected by the simulator" in result["msg"]
    assert (result["changed"], len(writes(clouds))) == (False, effect == "write")


def test_a_write_that_is_refused_for_long_is_planned_again(clouds: Harness) -> None:
    """ECS may refuse it forever; the group is read again, and a new plan has a new token."""
    clouds.fault("error", code="OperationConflict", effect="write", times=30)
    result = run(clouds, "aliyun v3", deadline=600)
    assert "failure" not in result, result["msg"]
    tokens = [call["parameters"]["ClientToken"] for call in clouds.journal(effect="write")]
    assert (len(tokens), len(set(tokens))) == (31, 3)


@pytest.mark.parametrize("module", ["aliyun_sg_policy_info", "tencent_sg_rules_info"])
def test_info_modules_wait_as_well(clouds: Harness, module: str) -> None:
    code = "OperationConflict" if module.startswith("aliyun") else "ResourceBusy"
    options = aliyun_options(clouds.url) if module.startswith("aliyun") else tencent_options(clouds.url)
    clouds.fault("error", code=code, times=MANY)
    with without_waiting():
        result = run_module(module, options)
    assert "failure" not in result, result["msg"]


def test_one_group_waits_and_the_others_continue(clouds: Harness) -> None:
    clouds.fault("error", code="OperationConflict", group=ACCEPTING, effect="write", times=MANY)
    groups = [{"security_group_id": ACCEPTING}, {"security_group_id": "sg-bp1tests00000drop000"}]
    task = {"groups": groups, "inner_access_policy": "drop", "region": ALIYUN_REGION}
    with without_waiting():
        result = run_module("aliyun_sg_policy", {**aliyun_options(clouds.url), **task})
    assert "failure" not in result, result["msg"]
    assert [group["changed"] for group in result["groups"]] == [True, False]
