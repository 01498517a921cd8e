# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Impact, policies and lint of the modules on both clouds: the messages are right, and nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import ROOT
from tests.support.module_runner import Result, run_module, without_waiting
from tests.support.worlds import (
    ACCEPTING,
    DROPPING,
    ENTERPRISE,
    PEER,
    WEB,
    WEB_INGRESS,
    aliyun_options,
    calls,
    tencent_options,
    writes,
)
from tests.tooling.isolation import COLLECTIONS

RULES, POLICY = "tencent_sg_rules", "aliyun_sg_policy"
SSH = {"action": "accept", "protocol": "tcp", "port": 22, "cidr": "10.0.0.0/8", "description": "ssh"}
EVERYWHERE = {"action": "accept", "protocol": "tcp", "port": 22}
WEB_ONLY = {"action": "accept", "protocol": "tcp", "port": 443}
OURS = {"name": "our way in", "protocol": "tcp", "port": 22, "peer": "10.1.2.3"}
APIS = pytest.mark.parametrize("api", ["3.0", "2.0"])
WAYS = pytest.mark.parametrize("check", [True, False])


def tencent(clouds: Harness, check: bool, **options: Any) -> Result:
    group = {} if "groups" in options else {"security_group_id": WEB}
    return run_module(RULES, tencent_options(clouds.url, **group, **options), check=check)


@APIS
@WAYS
def test_a_lockout_fails_before_anything_is_written(clouds: Harness, api: str, check: bool) -> None:
    result = tencent(clouds, check, api_version=api, ingress=[WEB_ONLY], protect=[OURS])
    assert writes(clouds) == []
    assert result["failure"]["kind"] == "policy"
    (violation,) = result["failure"]["violations"]
    assert (violation["policy"], violation["kind"], violation["state"]) == ("our way in", "protect", "denied")
    assert (violation["change"], violation["before"], violation["after"]) == ("worse", 0, None)
    assert violation["example"] == {"direction": "ingress", "protocol": "tcp", "port": "22", "peer": "10.1.2.3"}
    assert violation["remedy"]["rule"]["cidr"] == "10.1.2.3"
    assert "our way in" in result["msg"] and "ingress[0]" in result["msg"]
    assert not result["changed"]
    assert result["impact"]["effect"] == "closes"
    # The remedy is a rule that a user can insert to satisfy the policy.
    rules: list[dict[str, Any]] = [WEB_ONLY]
    rules.insert(violation["remedy"]["position"], violation["remedy"]["rule"])
    assert "failure" not in tencent(clouds, True, api_version=api, ingress=rules, protect=[OURS])


@APIS
@WAYS
@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/2"])
def test_a_port_for_the_world_fails(clouds: Harness, api: str, check: bool, cidr: str) -> None:
    rule = {**EVERYWHERE, "cidr": "0.0.0.0/0" if cidr.startswith("0") else cidr}
    options: dict[str, Any] = {"state": "merged", "ingress": [rule], "forbid": ["world_open_admin_ports"]}
    result = tencent(clouds, check, api_version=api, **options)
    assert result["failure"]["kind"] == "policy"
    assert "would open tcp 22 to the world" in result["msg"]
    assert writes(clouds) == []
    overridden = {**options, "override": {"reason": "an exercise", "policies": ["world_open_admin_ports"]}}
    allowed = tencent(clouds, check, api_version=api, **overridden)
    assert allowed["changed"]
    assert allowed["policies"] == {
        "checked": ["world_open_admin_ports"],
        "overridden": ["world_open_admin_ports"],
        "override_reason": "an exercise",
    }
    assert any("Overridden: an exercise" in warning for warning in allowed["warnings"])


@WAYS
def test_an_order_without_effect_is_reported(clouds: Harness, check: bool) -> None:
    before = tencent(clouds, True, ingress=[])["before"]["ingress"]
    accepting = [rule for rule in before if rule["action"] == "accept"]
    clouds.reset()
    tencent(clouds, False, ingress=accepting)
    result = tencent(clouds, check, ingress=accepting[::-1])
    assert result["changed"]
    assert result["impact"]["effect"] == "none"
    assert result["diff"]["prepared"] == "No effect on traffic: the same is allowed and denied as before.\n"


@WAYS
def test_a_violation_of_one_group_does_not_stop_the_others(clouds: Harness, check: bool) -> None:
    groups = [{"security_group_id": WEB, "ingress": [EVERYWHERE]}, {"security_group_id": PEER, "ingress": [WEB_ONLY]}]
    result = tencent(clouds, check, groups=groups, forbid=["world_open_admin_ports"])
    assert [group["failed"] for group in result["groups"]] == [True, False]
    assert result["groups"][0]["failure"]["kind"] == result["failure"]["kind"] == "policy"
    assert result["groups"][1]["changed"]
    assert bool(writes(clouds)) is not check


def test_an_approved_run_with_a_violation_writes_nothing_anywhere(clouds: Harness) -> None:
    groups = [{"security_group_id": PEER, "ingress": [WEB_ONLY]}, {"security_group_id": WEB, "ingress": [EVERYWHERE]}]
    approved = tencent(clouds, True, groups=groups)["fingerprint"]
    options = {"groups": groups, "expected_fingerprint": approved}
    result = tencent(clouds, False, forbid=["world_open_admin_ports"], **options)
    assert result["failure"]["kind"] == "policy"
    assert writes(clouds) == []
    # Policies and overrides are not part of the approval.
    override = {"reason": "an exercise"}
    done = tencent(clouds, False, forbid=["world_open_admin_ports"], override=override, **options)
    assert "failure" not in done, done["msg"]
    assert done["fingerprint"] == approved


@pytest.mark.parametrize(("lint", "fails", "warns"), [("warn", False, True), ("error", True, False)])
@WAYS
def test_lint(clouds: Harness, check: bool, lint: str, fails: bool, warns: bool) -> None:
    rules = [{"action": "drop"}, SSH]
    result = tencent(clouds, check, ingress=rules, lint=lint)
    assert [finding["kind"] for finding in result["lint"]] == ["unreachable"]
    assert ("failure" in result, bool(result["warnings"])) == (fails, warns)
    assert bool(writes(clouds)) is (not check and not fails)


def test_several_findings_are_sentences(clouds: Harness) -> None:
    rules = [{"action": "drop"}, SSH, WEB_ONLY]
    reason = "never decides anything, because ingress[0] matches all traffic of any IPv4 address."
    message = f'"unreachable" (lint): ingress[{{}}]: {reason}'
    failed = tencent(clouds, True, ingress=rules, lint="error")
    assert failed["msg"].endswith(f": {message.format(1)} {message.format(2)}")
    override = {"reason": "an exercise", "policies": ["unreachable"]}
    overridden = tencent(clouds, True, ingress=rules, lint="error", override=override)
    group = f"security group {WEB}: "
    assert overridden["warnings"] == [f"{group}{message.format(n)} Overridden: an exercise" for n in (1, 2)]


@pytest.mark.parametrize("off", ["off", False])
def test_lint_can_be_turned_off_with_a_yaml_boolean(clouds: Harness, off: Any) -> None:
    group = {"security_group_id": WEB, "ingress": [{"action": "drop"}, SSH], "lint": off}
    for options in ({"groups": [group]}, {"lint": off, "ingress": group["ingress"]}):
        result = tencent(clouds, True, **options)
        assert "failure" not in result, result["msg"]
        assert result["warnings"] == []
        assert (result.get("groups") or [result])[0]["lint"] == []


# Tasks that merge rules, and the change of another user between plan and write.
OURS_ALT = {"name": "the console", "protocol": "tcp", "port": 8443, "peer": "10.1.2.3"}
NO_ALT = {"action": "drop", "protocol": "tcp", "port": 8443, "cidr": "10.0.0.0/8"}
DROPPED_SSH = {"Action": "DROP", "Protocol": "tcp", "Port": "22", "CidrBlock": "0.0.0.0/0"}
ACCEPTED_ALT = {"Action": "ACCEPT", "Protocol": "tcp", "Port": "8443", "CidrBlock": "10.1.0.0/16"}


class Replan(NamedTuple):
    """``start`` are the rules for which the task plans, ``theirs`` those that it finds when it writes."""

    start: list[dict[str, Any]]
    theirs: list[dict[str, Any]]
    options: dict[str, Any]
    violated: str = ""
    warned: str = ""


GUARDED = {"protect": [OURS], "forbid": ["world_open_admin_ports"]}
REPLANS = {
    "nothing that matters": Replan(list(WEB_INGRESS), [*WEB_INGRESS, ACCEPTED_ALT], {"ingress": [WEB_ONLY], **GUARDED}),
    "another user locked us out": Replan(
        list(WEB_INGRESS), [DROPPED_SSH], {"ingress": [WEB_ONLY], **GUARDED}, warned="our way in"
    ),
    "a rule that was harmless opens a port": Replan(
        [DROPPED_SSH], [], {"ingress": [EVERYWHERE], **GUARDED, "protect": []}, violated="world_open_admin_ports"
    ),
    "a rule that was harmless locks us out": Replan(
        [],
        [ACCEPTED_ALT],
        {"ingress": [NO_ALT], "position": "top", "protect": [OURS_ALT], "forbid": ["any_any"]},
        violated="the console",
    ),
}


def ports(rules: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Rules as the simulator stores them, reduced to what these tests compare."""
    return [(rule["Action"], rule["Port"]) for rule in rules]


@APIS
@pytest.mark.parametrize("name", REPLANS)
def test_policies_apply_to_a_new_plan(clouds: Harness, api: str, name: str) -> None:
    start, theirs, options, violated, warned = REPLANS[name]
    clouds.foreign_write("tencent", WEB, ingress=start)
    task = {"state": "merged", "lint": "off", "api_version": api, **options}
    assert "failure" not in tencent(clouds, True, **task)  # the plan violates nothing
    clouds.fault("foreign_write", effect="write", change={"ingress": theirs})
    result = tencent(clouds, False, **task)
    found = ports(clouds.group("tencent", WEB)["ingress"])
    assert len(writes(clouds)) == (1 if violated else 2)  # the first one is refused
    if violated:
        assert result["failure"]["kind"] == "policy"
        assert [(item["policy"], item["change"]) for item in result["failure"]["violations"]] == [(violated, "worse")]
        assert not result["changed"]
        assert found == ports(theirs)
        return
    assert result["changed"], result["msg"]
    assert found == [*ports(theirs), ("ACCEPT", "443")]
    assert [warned in warning for warning in result["warnings"]] == ([True] if warned else [])
    # The impact is that of the write, without the change of another user.
    assert result["impact"]["effect"] == ("opens" if warned else "none")


# The members of a template, and the verdict on a rule that names it.
KNOWN = {
    "addresses of the world": ("address_template", {"ipm-known000": ["0.0.0.0/1"]}, "worse"),
    "addresses of an office": ("address_template", {"ipm-known000": ["203.0.113.0/24", "2001:db8::/32"]}, ""),
    "addresses that are not known": ("address_template", {}, ""),
    "no addresses": ("address_template", {"ipm-known000": []}, ""),
    "an admin port": ("service_template", {"ppm-known000": ["tcp:443", "tcp:22"]}, "worse"),
    "other ports": ("service_template", {"ppm-known000": ["tcp:443,8443", "udp:53", "icmp"]}, ""),
    "ports that are not known": ("service_template", {}, "maybe_worse"),
}


@WAYS
@pytest.mark.parametrize("name", KNOWN)
def test_names_of_forbid_with_known_members(clouds: Harness, check: bool, name: str) -> None:
    field, members, change = KNOWN[name]
    identifier = {"address_template": "ipm-known000", "service_template": "ppm-known000"}[field]
    rule = {"action": "accept", field: identifier}
    options = {"state": "merged", "forbid": ["world_open_admin_ports"], "known_members": members}
    result = tencent(clouds, check, ingress=[rule], **options)
    violations = result.get("failure", {}).get("violations", [])
    assert [violation["change"] for violation in violations] == ([change] if change else [])
    assert bool(writes(clouds)) is not (check or bool(change))
    if change == "maybe_worse":
        assert violations[0]["depends_on"] == [identifier]
        assert identifier in result["msg"]


@WAYS
@pytest.mark.parametrize(
    ("members", "change"), [({}, "maybe_worse"), ({PEER: ["10.1.0.0/16"]}, "worse"), ({PEER: ["172.16.0.0/12"]}, "")]
)
def test_a_flow_of_forbid_with_known_members(
    clouds: Harness, check: bool, members: dict[str, list[str]], change: str
) -> None:
    """Whether an allowed group contains the forbidden address."""
    flow = {"name": "not from the laboratory", "protocol": "tcp", "port": 8443, "peer": "10.1.2.3"}
    rule = {"action": "accept", "protocol": "tcp", "port": 8443, "security_group_id": PEER}
    result = tencent(clouds, check, state="merged", ingress=[rule], forbid=[flow], known_members=members)
    violations = result.get("failure", {}).get("violations", [])
    assert [violation["change"] for violation in violations] == ([change] if change else [])
    assert bool(writes(clouds)) is not (check or bool(change))
    if not members:
        # Known members belong to the whole task, and apply to each of several groups.
        groups = [{"security_group_id": WEB, "state": "merged", "ingress": [rule], "forbid": [flow]}]
        known = tencent(clouds, True, groups=groups, known_members={PEER: ["172.16.0.0/12"]})
        assert "failure" not in known, known["msg"]


# Prints the folders of module_utils that a run has loaded.
LOADED = """
import json, sys
from tests.support.module_runner import run_module
result = run_module(sys.argv[1], json.loads(sys.argv[2]), check=True)
assert "failure" not in result, result
parts = [name.partition("security_groups.plugins.module_utils.")[2].partition(".")[0] for name in sys.modules]
print(json.dumps([result["changed"], sorted(set(parts))]))
"""


def loaded(module: str, options: Result) -> tuple[bool, bool]:
    """Whether a run in a separate process would change something, and whether it loads the packet-space engine."""
    path = os.pathsep.join([str(ROOT), str(COLLECTIONS)])
    command = [sys.executable, "-c", LOADED, module, json.dumps(options)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True)
    changed, folders = json.loads(done.stdout)
    assert "_change" in folders
    return changed, "_traffic" in folders


POLICIES: dict[str, dict[str, Any]] = {
    "none": {},
    "forbid": {"forbid": ["any_any"]},
    "protect": {"protect": [OURS]},
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_converged_task_loads_the_engine_only_for_policies(clouds: Harness, name: str) -> None:
    options = POLICIES[name]
    is_needed = name in ("forbid", "protect")
    task = aliyun_options(clouds.url, security_group_id=DROPPING, inner_access_policy="drop", **options)
    assert loaded(POLICY, task) == (False, is_needed)
    task = tencent_options(clouds.url, security_group_id=WEB, ingress=[], state="merged", **options)
    assert loaded(RULES, task) == (False, is_needed)
    assert loaded(RULES, {**task, "ingress": [WEB_ONLY]}) == (True, True)


MISTAKES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "names": ({"forbid": ["world_open"]}, ["forbid[0]"]),
    "fields": ({"protect": [{"prot": "tcp", "peer": "10.1.2.3/8"}]}, ["protect[0].prot", "protect[0].peer"]),
    "an empty peer": ({"forbid": [{"peer": ""}]}, ["forbid[0].peer"]),
    "no reason": ({"forbid": ["any_any"], "override": {"reason": ""}}, ["override.reason"]),
    "an override of nothing": ({"override": {"reason": "x", "policies": ["any_any"]}}, ["override.policies[0]"]),
    "members": ({"known_members": {"sg-1": ["x"]}}, ["known_members.sg-1[0]"]),
}


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("cloud", ["aliyun", "tencent"])
def test_mistakes_in_policies(clouds: Harness, cloud: str, name: str) -> None:
    options, paths = MISTAKES[name]
    if cloud == "tencent":
        task = tencent_options(clouds.url, security_group_id=WEB, ingress=[], **options)
        result = run_module(RULES, task)
    else:
        result = run_module(
            POLICY, aliyun_options(clouds.url, security_group_id=ACCEPTING, inner_access_policy="drop", **options)
        )
    assert result["failure"]["kind"] == "invalid_input"
    assert [error["path"] for error in result["failure"]["errors"]] == paths
    assert calls(clouds) == []


# Rules of an ECS group; the IDs describe them.
DROP_SSH = {"SecurityGroupRuleId": "sgr-no-ssh", "IpProtocol": "TCP", "PortRange": "22/22", "Policy": "Drop"}
DROP_SSH["SourceGroupId"] = DROPPING
MANY = [
    {"SecurityGroupRuleId": f"sgr-{n}", "IpProtocol": "UDP", "PortRange": f"{n}/{n}", "SourceCidrIp": "10.0.0.0/8"}
    for n in range(1, 30)
]


def aliyun(clouds: Harness, check: bool, policy: str = "accept", **options: Any) -> Result:
    task = aliyun_options(clouds.url, security_group_id=DROPPING, inner_access_policy=policy, **options)
    return run_module(POLICY, task, check=check)


@WAYS
@pytest.mark.parametrize("others", [[], MANY])
def test_inner_access_overrides_rules(clouds: Harness, check: bool, others: list[dict[str, Any]]) -> None:
    clouds.foreign_write("aliyun", DROPPING, rules=[*others, {**DROP_SSH, "SourceCidrIp": ""}])
    result = aliyun(clouds, check)
    assert result["changed"]
    assert result["impact"]["effect"] == "opens"
    assert "sgr-no-ssh" in result["impact"]["overridden_rules"]
    assert any(DROPPING in line or "this group" in line for line in result["impact"]["text"])
    assert result["diff"]["prepared"].splitlines() == result["impact"]["text"]


# Members of packets' other groups and lists are not known, and the entries of many rules are cut.
OUTRANKED: dict[str, list[dict[str, Any]]] = {
    "a network": [{"SourceCidrIp": "10.0.0.0/8"}],
    "another group": [{"SourceGroupId": ACCEPTING}],
    "a prefix list": [{"SourcePrefixListId": "pl-bp1tests"}],
    "source ports": [{"SourceCidrIp": "10.0.0.0/8", "SourcePortRange": "1/1023"}],
    "more than 500": [{"SourceCidrIp": f"10.{n}.0.0/16", "PortRange": f"{n}/{3 * n}"} for n in range(1, 256)]
    + [{"SourceCidrIp": f"11.{n}.0.0/16", "PortRange": f"{n}/{3 * n}"} for n in range(1, 256)],
}


@WAYS
@pytest.mark.parametrize("name", OUTRANKED)
def test_every_rule_that_is_overridden_is_listed(clouds: Harness, check: bool, name: str) -> None:
    ids = [f"sgr-{number:03}" for number in range(len(OUTRANKED[name]))]
    common = {"IpProtocol": "TCP", "PortRange": "22/22", "Policy": "Drop"}
    rules = [{"SecurityGroupRuleId": each, **common, **rule} for each, rule in zip(ids, OUTRANKED[name], strict=True)]
    more = {"SecurityGroupRuleId": "sgr-accept", "Policy": "Accept", "SourceCidrIp": "0.0.0.0/0", "Priority": "9"}
    clouds.foreign_write("aliyun", DROPPING, rules=[*rules, more] if len(rules) > 1 else rules)
    assert aliyun(clouds, check)["impact"]["overridden_rules"] == ids


@WAYS
def test_inner_access_can_be_forbidden(clouds: Harness, check: bool) -> None:
    clouds.foreign_write("aliyun", DROPPING, rules=[DROP_SSH])
    flow = {"name": "no SSH inside", "protocol": "tcp", "port": 22, "peer": "self"}
    result = aliyun(clouds, check, forbid=[flow])
    assert result["failure"]["kind"] == "policy"
    assert [violation["policy"] for violation in result["failure"]["violations"]] == ["no SSH inside"]
    assert writes(clouds) == []


@pytest.mark.parametrize("kept", [True, False])
def test_rules_are_read_again_before_a_change_is_planned_again(clouds: Harness, kept: bool) -> None:
    """Another user deletes the rule that the policy depends on, at the moment of a write that ECS refuses."""
    rule = {"Policy": "Accept", "IpProtocol": "TCP", "PortRange": "22/22", "SourceGroupId": ACCEPTING}
    clouds.foreign_write("aliyun", ACCEPTING, rules=[rule])
    clouds.fault("error", code="IdempotentFailed", effect="write")
    if not kept:
        clouds.fault("foreign_write", effect="write", change={"rules": []})
    ssh = {"protocol": "tcp", "port": 22, "peer": "self"}
    task = aliyun_options(clouds.url, security_group_id=ACCEPTING, inner_access_policy="drop", protect=[ssh])
    with without_waiting():
        result = run_module(POLICY, task)
    assert result["changed"] is kept
    assert result.get("failure", {}).get("kind") == (None if kept else "policy")
    assert clouds.group("aliyun", ACCEPTING)["inner_access_policy"] == ("Drop" if kept else "Accept")


def test_rules_that_cannot_be_read_leave_the_effect_unknown(clouds: Harness) -> None:
    clouds.foreign_write("aliyun", DROPPING, rules=MANY)
    clouds.fault("html", action="DescribeSecurityGroupAttribute", nth=2)
    result = aliyun(clouds, True)
    assert result["changed"]
    assert (result["impact"]["effect"], result["impact"]["complete"]) == ("unknown", False)
    clouds.clear_journal()
    clouds.fault("html", action="DescribeSecurityGroupAttribute", nth=2)
    guarded = aliyun(clouds, False, protect=[{"protocol": "tcp", "port": 22, "peer": "10.0.0.1"}])
    assert guarded["failure"]["kind"] == "protocol"
    assert writes(clouds) == []


def test_a_converged_group_costs_one_read(clouds: Harness) -> None:
    clouds.foreign_write("aliyun", DROPPING, rules=MANY)
    result = aliyun(clouds, False, "drop")
    assert calls(clouds) == ["DescribeSecurityGroupAttribute"]
    assert result["impact"]["effect"] == "none"


# By case: the group, the policy and further options. Nothing is changed in any of them.
NOT_OVERRIDDEN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "as it is": (ACCEPTING, "accept", {}),
    "as it is, with a policy": (ACCEPTING, "accept", {"forbid": ["any_any"]}),
    "drop": (ACCEPTING, "drop", {}),
    "an advanced group": (ENTERPRISE, "accept", {}),
    "another change was approved": (DROPPING, "accept", {"expected_fingerprint": "0" * 64}),
}


@WAYS
@pytest.mark.parametrize("name", NOT_OVERRIDDEN)
def test_overridden_rules_are_always_listed(clouds: Harness, check: bool, name: str) -> None:
    group, policy, options = NOT_OVERRIDDEN[name]
    task = aliyun_options(clouds.url, security_group_id=group, inner_access_policy=policy, **options)
    assert run_module(POLICY, task, check=check)["impact"]["overridden_rules"] == []
    entries = [{"security_group_id": group, "inner_access_policy": policy}]
    fleet = run_module(POLICY, aliyun_options(clouds.url, groups=entries, **options), check=check)
    assert [entry["impact"]["overridden_rules"] for entry in fleet["groups"]] == [[]]


# The policies that the override of a task names, those of two groups, and the paths of the mistakes.
OPEN_SSH: dict[str, Any] = {"ingress": [EVERYWHERE]}
SHARED_OVERRIDES: dict[str, tuple[list[Any], list[dict[str, Any]], list[str]]] = {
    "of one group": (["any_any"], [{"forbid": ["any_any"]}, {}], []),
    "of each group another": (["any_any", "ping"], [{"forbid": ["any_any"]}, {"protect": [{"name": "ping"}]}], []),
    "of the task, which one group does not have": (["world_open_admin_ports"], [{"forbid": []}, {}], []),
    "a finding in one group": (["duplicate"], [{"lint": "error"}, {}], []),
    "of no group": (["any_any"], [{}, {}], ["override.policies[0]"]),
    "no policy at all": (["any_any", 5], [{"forbid": ["any_any"]}, {}], ["override.policies[1]"]),
    "beside the override of a group": (
        ["any_any"],
        [{"override": {"reason": "its own", "policies": ["any_any"]}}, {}],
        ["groups[0].override.policies[0]", "override.policies[0]"],
    ),
}


@WAYS
@pytest.mark.parametrize("name", SHARED_OVERRIDES)
def test_the_override_of_a_task_may_name_the_policies_of_some_groups(clouds: Harness, check: bool, name: str) -> None:
    names, groups, paths = SHARED_OVERRIDES[name]
    entries = [{"security_group_id": each, **options} for each, options in zip((WEB, PEER), groups, strict=True)]
    forbid = {"forbid": ["world_open_admin_ports"]} if "admin" in str(names) else {}
    options = {"groups": entries, "override": {"reason": "an exercise", "policies": names}, **OPEN_SSH, **forbid}
    results = [tencent(clouds, check, **options), run_module("tencent_sg_rules_check", options)]
    for result in results:
        errors = result.get("failure", {}).get("errors", [])
        assert sorted(error["path"] for error in errors) == paths
        assert paths or "failure" not in result, result["msg"]
    assert bool(writes(clouds)) is (not paths and not check)
