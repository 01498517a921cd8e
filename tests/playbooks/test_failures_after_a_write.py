# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that fail after a write: the result describes what was reached, as after any change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import Result, run_module
from tests.support.worlds import DROPPING, PEER, TENCENT_REGION, WEB, aliyun_options, tencent_options

ADDED = {"action": "accept", "protocol": "tcp", "port": "8443", "cidr": "203.0.113.7"}
OUTGOING = {"action": "drop", "protocol": "tcp", "port": "25", "cidr": "203.0.113.7"}
EMPTIED = {"ingress": [], "egress": [OUTGOING]}
# By case: the options, and the effect of the first of two writes.
FIRST_OF_TWO: dict[str, tuple[dict[str, Any], str]] = {
    "merged at the bottom": ({"state": "merged", "ingress": [ADDED], "egress": [OUTGOING]}, "opens"),
    "merged at the top": (
        {"state": "merged", "position": "top", "ingress": [ADDED], "egress": [OUTGOING]},
        "opens",
    ),
    "deleted": (
        {
            "state": "deleted",
            "ingress": [{"action": "accept", "protocol": "tcp", "port": 22, "cidr": "10.0.0.0/8"}],
            "egress": [{"action": "accept"}],
        },
        "closes",
    ),
    "one direction emptied": (EMPTIED, "closes"),
}


def check_reached(clouds: Harness, result: Result, effect: str, kind: str) -> None:
    """The result is about the group as it is now."""
    assert result["failure"]["kind"] == kind
    assert result["changed"]
    assert result["after"] != result["before"]
    assert result["diff"]["after"] != result["diff"]["before"]
    assert result["impact"]["effect"] == effect
    assert result["diff"]["prepared"].splitlines() == result["impact"]["text"]
    clouds.clear_faults()
    present = run_module(
        "tencent_sg_rules_info", tencent_options(clouds.url, security_group_ids=[result["security_group_id"]])
    )
    (group,) = present["security_groups"]
    assert {name: group[name] for name in ("ingress", "egress", "version")} == result["after"]


@pytest.mark.parametrize("api", ["3.0", "2.0"])
@pytest.mark.parametrize("name", FIRST_OF_TWO)
def test_the_second_of_two_writes_is_refused(clouds: Harness, name: str, api: str) -> None:
    options, effect = FIRST_OF_TWO[name]
    code = "LimitExceeded" if api == "3.0" else "7002"
    clouds.fault("error", effect="write", nth=2, times=9, code=code)
    result = run_module(
        "tencent_sg_rules", tencent_options(clouds.url, security_group_id=WEB, api_version=api, **options)
    )
    check_reached(clouds, result, effect, "quota")
    assert [call["status"] for call in result["actions"] if call["effect"] == "write"][:2] == ["done", "failed"]


# By state: the number of the read after the write (a replacement is confirmed by a read right before it), and the
# effect of the rule, which is at the bottom below one that accepts everything.
@pytest.mark.parametrize(("state", "read", "effect"), [("replaced", 3, "closes"), ("merged", 2, "none")])
@pytest.mark.parametrize(("api", "code"), [("3.0", "UnauthorizedOperation"), ("2.0", "4102")])
def test_the_group_cannot_be_read_back(
    clouds: Harness, api: str, code: str, state: str, read: int, effect: str
) -> None:
    clouds.fault("error", effect="read", nth=read, times=9, code=code)
    task = tencent_options(clouds.url, security_group_id=WEB, api_version=api, state=state, egress=[OUTGOING])
    result = run_module("tencent_sg_rules", task)
    assert "could not be read back" in result["msg"]
    check_reached(clouds, result, effect, "permission")


def test_an_inner_access_policy_cannot_be_read_back(clouds: Harness) -> None:
    clouds.fault("error", action="DescribeSecurityGroupAttribute", nth=2, times=9, code="Forbidden.RAM")
    task = aliyun_options(clouds.url, security_group_id=DROPPING, inner_access_policy="accept")
    result = run_module("aliyun_sg_policy", task)
    assert (result["failure"]["kind"], result["changed"]) == ("permission", True)
    assert (result["before"], result["after"]) == ({"inner_access_policy": "drop"}, {"inner_access_policy": "accept"})
    assert result["impact"]["effect"] == "opens"


def test_a_changed_group_of_a_fleet_is_in_its_diff(clouds: Harness) -> None:
    options, dummy = FIRST_OF_TWO["merged at the bottom"]
    clouds.fault("error", effect="write", nth=2, times=9, code="LimitExceeded")
    groups = [{"security_group_id": WEB, **options}]
    result = run_module("tencent_sg_rules", tencent_options(clouds.url, groups=groups))
    (diff,) = result["diff"]
    assert diff["before_header"] == f"{WEB} ({TENCENT_REGION})"
    assert diff["before"] != diff["after"]


def test_what_groups_hold_counts_for_what_was_reached(clouds: Harness) -> None:
    clouds.foreign_write(
        "tencent",
        WEB,
        ingress=[{"Action": "ACCEPT", "Protocol": "tcp", "Port": "8443", "SecurityGroupId": PEER}],
        egress=[],
    )
    clouds.fault("error", effect="write", nth=2, times=9, code="LimitExceeded")
    task = tencent_options(
        clouds.url,
        security_group_id=WEB,
        state="merged",
        ingress=[ADDED],
        egress=[OUTGOING],
        known_members={PEER: ["203.0.113.0/24"]},
    )
    result = run_module("tencent_sg_rules", task)
    assert result["changed"]
    assert result["impact"]["effect"] == "none"
