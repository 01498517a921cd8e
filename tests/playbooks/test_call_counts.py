# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task makes exactly these API calls; a converged state in any spelling costs one read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.four_runs import succeeded
from tests.support.module_runner import run_module
from tests.support.worlds import (
    ACCEPTING,
    DROPPING,
    ENTERPRISE,
    NEVER_EDITED,
    PEER,
    WEB,
    aliyun_options,
    assert_clean,
    calls,
    tencent_options,
)

READ = {"3.0": "DescribeSecurityGroupPolicies", "2.0": "DescribeSecurityGroupPolicys"}
RESET = {"3.0": "ModifySecurityGroupPolicies", "2.0": "ModifySecurityGroupPolicys"}
CREATE = {"3.0": "CreateSecurityGroupPolicies", "2.0": "CreateSecurityGroupPolicy"}
DELETE = {"3.0": "DeleteSecurityGroupPolicies", "2.0": "DeleteSecurityGroupPolicy"}
UPDATE = {"3.0": "ReplaceSecurityGroupPolicy", "2.0": "ModifySingleSecurityGroupPolicy"}

SSH = {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8", "description": "ssh"}
WEB_PORTS = {"action": "accept", "protocol": "tcp", "port": "80,443", "description": "web"}
UDP = {"action": "drop", "protocol": "udp", "port": "8000-8010", "cidr": "192.168.0.0/16"}
DNS = {"action": "accept", "protocol": "udp", "port": 53, "cidr": "10.1.2.3"}

CONVERGED: dict[str, dict[str, Any]] = {
    "the same rules": {"ingress": [SSH, WEB_PORTS, UDP], "egress": [{"action": "accept"}]},
    "one direction": {"ingress": [SSH, WEB_PORTS, UDP]},
    "all defaults written out": {
        "egress": [{"action": "ACCEPT", "protocol": "ALL", "port": "all", "cidr": "0.0.0.0/0"}]
    },
    "other spellings": {
        "ingress": [
            {**SSH, "action": "Accept", "protocol": "TCP", "port": 22, "cidr": "10.0.0.0/255.0.0.0"},
            {**WEB_PORTS, "port": "443,80,80", "cidr": "0.0.0.0/0"},
            {"Action": "DROP", "ipProtocol": "udp", "Port": "8000 - 8010", "cidrIp": "192.168.0.0/16", "desc": ""},
        ]
    },
    "a single port as a range": {"ingress": [{**SSH, "port": "22-22"}, WEB_PORTS, UDP]},
    "empty texts and nulls": {
        "egress": [{"action": "accept", "cidr": "0.0.0.0/0", "ipv6_cidr": None, "port": None, "desc": "", "sgId": ""}]
    },
    "no rules in a group without rules": {"security_group_id": NEVER_EDITED, "ingress": [], "egress": []},
    "no rules in an empty direction": {"security_group_id": PEER, "egress": []},
    "merge what is there": {"state": "merged", "ingress": [UDP, SSH]},
    "merge what is there, without its description": {
        "state": "merged",
        "ingress": [{"action": "accept", "protocol": "tcp", "port": 22, "cidr": "10.0.0.0/8"}],
        "position": "top",
    },
    "merge nothing": {"state": "merged", "ingress": []},
    "delete what is not there": {"state": "deleted", "ingress": [DNS]},
    "delete with another description": {"state": "deleted", "ingress": [{**SSH, "description": "sshd"}]},
    "delete nothing": {"state": "deleted", "ingress": [], "egress": []},
}


def tencent(clouds: Harness, api: str, **options: Any) -> dict[str, Any]:
    return tencent_options(clouds.url, **{"security_group_id": WEB, "api_version": api, **options})


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("api", ["3.0", "2.0"])
@pytest.mark.parametrize("name", CONVERGED)
def test_converged_tencent_is_one_read(clouds: Harness, name: str, api: str, check: bool) -> None:
    result = succeeded(clouds, "tencent_sg_rules", tencent(clouds, api, **CONVERGED[name]), check=check)
    assert not result["changed"], result["diff"]
    assert calls(clouds) == [READ[api]]
    assert result["before"] == result["after"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("group", "policy"), [(ACCEPTING, "accept"), (ACCEPTING, "Accept"), (DROPPING, "DROP"), (ENTERPRISE, "drop")]
)
def test_converged_aliyun_is_one_read(clouds: Harness, group: str, policy: str, check: bool) -> None:
    task = aliyun_options(clouds.url, security_group_id=group, inner_access_policy=policy)
    result = succeeded(clouds, "aliyun_sg_policy", task, check=check)
    assert not result["changed"]
    assert "client_token" not in result
    assert calls(clouds) == ["DescribeSecurityGroupAttribute"]


@pytest.mark.parametrize("check", [True, False])
def test_changed_aliyun(clouds: Harness, check: bool) -> None:
    task = aliyun_options(clouds.url, security_group_id=ACCEPTING, inner_access_policy="drop")
    result = succeeded(clouds, "aliyun_sg_policy", task, check=check)
    reads = ["DescribeSecurityGroupAttribute", "DescribeSecurityGroups"]
    if check:
        assert calls(clouds) == reads
        return
    assert calls(clouds) == [*reads, "ModifySecurityGroupPolicy", "DescribeSecurityGroupAttribute"]
    (write,) = clouds.journal(effect="write")
    assert write["parameters"]["ClientToken"] == result["client_token"]
    assert [action["attempts"] for action in result["actions"]] == [1, 1, 1, 1]


@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_replaced_reads_again_before_it_overwrites(clouds: Harness, api: str) -> None:
    succeeded(clouds, "tencent_sg_rules", tencent(clouds, api, ingress=[DNS]))
    assert calls(clouds) == [READ[api], READ[api], RESET[api], READ[api]]


@pytest.mark.parametrize("api", ["3.0", "2.0"])
@pytest.mark.parametrize(
    ("options", "write"),
    [
        ({"state": "merged", "ingress": [DNS]}, CREATE),
        ({"state": "merged", "ingress": [DNS], "position": "top"}, CREATE),
        ({"state": "merged", "ingress": [{**SSH, "description": "other"}]}, UPDATE),
        ({"state": "deleted", "ingress": [SSH, UDP]}, DELETE),
        ({"ingress": []}, DELETE),
    ],
)
def test_a_locked_write_needs_no_second_read(
    clouds: Harness, options: dict[str, Any], write: dict[str, str], api: str
) -> None:
    succeeded(clouds, "tencent_sg_rules", tencent(clouds, api, **options))
    assert calls(clouds) == [READ[api], write[api], READ[api]]
    (call,) = clouds.journal(effect="write")
    parameters = call["parameters"]
    assert (parameters["SecurityGroupPolicySet"]["Version"] if api == "3.0" else parameters["version"]) == "3"


@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_a_never_edited_group_has_no_version_lock(clouds: Harness, api: str) -> None:
    """Its version is "0", which means something else to the service."""
    task = tencent(clouds, api, security_group_id=NEVER_EDITED, state="merged", ingress=[DNS])
    succeeded(clouds, "tencent_sg_rules", task)
    assert calls(clouds) == [READ[api], READ[api], CREATE[api], READ[api]]
    (call,) = clouds.journal(effect="write")
    assert "version" not in str(call["parameters"]).lower()


@pytest.mark.parametrize("api", ["3.0", "2.0"])
@pytest.mark.parametrize("group", [WEB, PEER, NEVER_EDITED])
def test_returned_rules_are_valid_input(clouds: Harness, group: str, api: str) -> None:
    look = tencent(clouds, api, security_group_id=group, state="merged", ingress=[])
    found = succeeded(clouds, "tencent_sg_rules", look)["after"]
    clouds.clear_journal()
    back = tencent(clouds, api, security_group_id=group, ingress=found["ingress"], egress=found["egress"])
    assert not succeeded(clouds, "tencent_sg_rules", back)["changed"]
    assert calls(clouds) == [READ[api]]


def test_the_expected_version(clouds: Harness) -> None:
    version = str(clouds.group("tencent", WEB)["version"])
    task = tencent(clouds, "3.0", ingress=[DNS], expected_version=version)
    assert succeeded(clouds, "tencent_sg_rules", task)["changed"]

    clouds.clear_journal()
    state = clouds.state()
    task = tencent(clouds, "3.0", ingress=[SSH], expected_version=version)
    for check in (True, False):
        late = run_module("tencent_sg_rules", task, check=check)
        assert late["failure"]["kind"] == "conflict"
        assert not late["changed"]
        assert "version 4" in late["msg"] and "expected version 3" in late["msg"]
        assert_clean(late)
    assert calls(clouds) == [READ["3.0"], READ["3.0"]]
    assert clouds.state() == state


def test_a_retry_after_throttling_is_in_actions(clouds: Harness) -> None:
    clouds.fault("throttled", cloud="aliyun", action="ModifySecurityGroupPolicy")
    task = aliyun_options(clouds.url, security_group_id=ACCEPTING, inner_access_policy="drop")
    result = succeeded(clouds, "aliyun_sg_policy", task)
    assert [action["attempts"] for action in result["actions"]] == [1, 1, 2, 1]
    tokens = {call["parameters"]["ClientToken"] for call in clouds.journal(effect="write")}
    assert tokens == {result["client_token"]}
