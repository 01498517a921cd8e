# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``tencent_sg_rules_check`` returns what ``tencent_sg_rules`` returns in check mode, without any service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible
from tests.support.module_runner import Result, run_module
from tests.support.worlds import PEER, TENCENT_REGION, WEB, calls, tencent_options

RULES, CHECK = "tencent_sg_rules", "tencent_sg_rules_check"
SSH = {"action": "accept", "protocol": "tcp", "port": 22, "cidr": "203.0.113.0/24"}
EVERYWHERE = {"action": "accept", "protocol": "tcp", "port": 22}
OURS = {"name": "our way in", "protocol": "tcp", "port": 22, "peer": "10.1.2.3"}
# Options of a task about the group WEB.
TASKS: dict[str, dict[str, Any]] = {
    "replaced": {"ingress": [SSH], "egress": [{"action": "drop"}]},
    "one direction": {"ingress": []},
    "merged on top": {"ingress": [{"action": "drop", "cidr": "198.51.100.7"}], "state": "merged", "position": "top"},
    "described": {"ingress": [{"action": "accept", "protocol": "icmp", "description": "ping"}], "state": "merged"},
    "deleted": {"ingress": [{"action": "accept", "protocol": "tcp", "port": "80,443"}], "state": "deleted"},
    "unchanged": {"ingress": [], "state": "deleted"},
    "locked out": {"ingress": [SSH], "protect": [OURS]},
    "open to the world": {"ingress": [EVERYWHERE], "forbid": ["world_open_admin_ports"]},
    "overridden": {
        "ingress": [EVERYWHERE],
        "forbid": ["world_open_admin_ports"],
        "override": {"reason": "an exercise"},
    },
    "depends": {
        "ingress": [{"action": "drop", "address_template": "ipm-2uw6ujo6"}],
        "state": "merged",
        "position": "top",
        "protect": [OURS],
    },
    "known": {
        "ingress": [{"action": "drop", "address_template": "ipm-2uw6ujo6"}],
        "state": "merged",
        "position": "top",
        "protect": [OURS],
        "known_members": {"ipm-2uw6ujo6": ["198.51.100.0/24"]},
    },
    "lint": {"ingress": [{"action": "drop"}, SSH], "lint": "error"},
    "API 2.0": {"ingress": [SSH], "api_version": "2.0"},
    "another version": {"ingress": [SSH], "expected_version": "2"},
}
SAME = ("before", "after", "diff", "impact", "lint", "policies", "fingerprint", "warnings", "security_group_id")


def present(clouds: Harness, options: dict[str, Any]) -> dict[str, Any]:
    """Return the rules of WEB in the form of a result."""
    nothing = {"api_version": options.get("api_version", "3.0"), "security_group_id": WEB, "ingress": []}
    before: dict[str, Any] = run_module(RULES, tencent_options(clouds.url, **nothing), check=True)["before"]
    return before


def offline(**options: Any) -> Result:
    """Run the module without a key or endpoint. It reports no change, in check mode and without."""
    result = run_module(CHECK, {"region": TENCENT_REGION, **options})
    assert result == run_module(CHECK, {"region": TENCENT_REGION, **options}, check=True)
    assert result["changed"] is False
    return result


def test_present_can_contain_a_rule_in_two_spellings() -> None:
    """A group can contain 10.9.89.9/25 as well as 10.9.89.0/25, so its ``before`` has the same rule twice."""
    rule = {**SSH, "port": "22"}
    before = {"ingress": [rule, rule], "egress": [], "version": "3"}
    result = offline(security_group_id=WEB, present=before, ingress=[rule])
    assert (result["before"], result["after"]["ingress"]) == (before, [rule])


@pytest.mark.parametrize("name", TASKS)
def test_it_returns_what_check_mode_returns(clouds: Harness, name: str) -> None:
    options = {"security_group_id": WEB, **TASKS[name]}
    expected = run_module(RULES, tencent_options(clouds.url, **options), check=True)
    rules = present(clouds, options)
    clouds.clear_journal()
    result = offline(present=rules, **options)
    assert calls(clouds) == []
    assert {key: result.get(key) for key in SAME} == {key: expected.get(key) for key in SAME}
    failure, other = result.get("failure", {}), expected.get("failure", {})
    assert (failure.get("kind"), failure.get("violations")) == (other.get("kind"), other.get("violations"))
    planned = [call["action"] for call in expected["actions"] if call["effect"] == "write"]
    if not other:
        assert [call["action"] for call in result["requests"]] == planned


def test_the_requests_are_those_that_a_run_sends(clouds: Harness) -> None:
    options = {"security_group_id": WEB, **TASKS["replaced"]}
    rules = present(clouds, options)
    run_module(RULES, tencent_options(clouds.url, **options))
    (write,) = [call for call in clouds.journal() if call["effect"] == "write"]
    (request,) = offline(present=rules, **options)["requests"]
    assert (request["action"], request["parameters"]) == (write["action"], write["parameters"])


def test_groups(clouds: Harness) -> None:
    entries = [{"security_group_id": WEB, "ingress": [EVERYWHERE]}, {"security_group_id": PEER, "ingress": [SSH]}]
    common = {"forbid": ["world_open_admin_ports"]}
    expected = run_module(RULES, tencent_options(clouds.url, groups=entries, **common), check=True)
    given = [{**entry, "present": group["before"]} for entry, group in zip(entries, expected["groups"], strict=True)]
    result = offline(groups=given, **common)
    assert result["msg"] == expected["msg"]
    assert result["diff"] == expected["diff"]
    for group, other in zip(result["groups"], expected["groups"], strict=True):
        assert group["changed"] is False
        assert {key: group.get(key) for key in SAME} == {key: other.get(key) for key in SAME}


def test_a_group_has_no_rules_unless_they_are_given() -> None:
    result = offline(security_group_id=WEB, ingress=[SSH])
    assert result["before"] == {"ingress": [], "egress": [], "version": None}
    assert result["impact"]["effect"] == "opens"


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({}, ["ingress"]),
        ({"ingress": [{"action": "accept", "cidr": ""}]}, ["ingress[0].cidr"]),
        ({"ingress": [], "present": {"ingres": []}}, ["present.ingres"]),
        ({"ingress": [], "present": {"ingress": [{"action": "x"}]}}, ["present.ingress[0].action"]),
        ({"ingress": [], "forbid": ["world_open"]}, ["forbid[0]"]),
        ({"ingress": [], "override": {"reason": " "}}, ["override.reason"]),
        ({"ingress": [], "api_version": "1.0"}, ["api_version"]),
        ({"ingress": [], "regoin": "x"}, ["regoin"]),
    ],
)
def test_mistakes(options: dict[str, Any], paths: list[str]) -> None:
    failure = offline(security_group_id=WEB, **options)["failure"]
    assert failure["kind"] == "invalid_input"
    assert [error["path"] for error in failure["errors"]] == paths


def test_the_files_have_every_violation_and_finding(tmp_path: Path) -> None:
    sarif, junit = tmp_path / "rules.sarif", tmp_path / "rules.xml"
    groups = [
        {"security_group_id": WEB, "ingress": [EVERYWHERE], "forbid": ["world_open_admin_ports"]},
        {"security_group_id": PEER, "egress": [{"action": "drop"}, SSH]},
    ]
    source = tmp_path / "web.yml"
    source.write_text(yaml.safe_dump({"security_groups": groups}), "utf-8")
    result = offline(groups=groups, source=str(source), sarif_file=str(sarif), junit_file=str(junit))
    assert result["failure"]["kind"] == "policy"
    (run,) = json.loads(sarif.read_text("utf-8"))["runs"]
    found = [(item["ruleId"], item["level"]) for item in run["results"]]
    assert found == [("world_open_admin_ports", "error"), ("unreachable", "warning")]
    text = source.read_text("utf-8").splitlines()
    for item, rule in zip(run["results"], (EVERYWHERE, SSH), strict=True):
        place = item["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == str(source)
        assert yaml.safe_load(text[place["region"]["startLine"] - 1].replace("-", " ", 1)).items() <= rule.items()
    assert "egress[1]" in json.dumps(run["results"][1])
    cases = ElementTree.fromstring(junit.read_text("utf-8")).iter("testcase")
    assert len([case for case in cases if case.find("failure") is not None]) == 1


LINES = """\
ingress:
  - {action: accept, protocol: tcp, port: 443}
  - {action: accept, protocol: tcp, port: 22}
"""
OPEN_DATABASE = {"action": "accept", "protocol": "tcp", "port": 3306}


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({}, {"ingress[1]": 3}),
        ({"present": {"ingress": [OPEN_DATABASE]}, "state": "merged"}, {"ingress[0]": 1, "ingress[2]": 3}),
        (
            {"present": {"ingress": [OPEN_DATABASE]}, "state": "merged", "position": "top"},
            {"ingress[1]": 3, "ingress[2]": 1},
        ),
        ({"present": {"ingress": [EVERYWHERE]}, "state": "merged"}, {"ingress[0]": 3}),
        ({"present": {"ingress": [OPEN_DATABASE, EVERYWHERE]}, "state": "deleted"}, {"ingress[0]": 1}),
        ({"present": {"ingress": [OPEN_DATABASE]}, "ingress": None, "egress": []}, {"ingress[0]": 1}),
        ({"ingress": [SSH, *yaml.safe_load(LINES)["ingress"]]}, {"ingress[2]": 1}),
    ],
)
def test_a_problem_has_the_line_of_its_own_rule(tmp_path: Path, options: dict[str, Any], lines: dict[str, int]) -> None:
    """Line 1 stands for the file: the rule is not in it, but is one that the group has or that the task adds."""
    source, sarif = tmp_path / "web.yml", tmp_path / "rules.sarif"
    source.write_text(LINES, "utf-8")
    both = ["world_open_admin_ports", "world_open_databases"]
    task = {"ingress": yaml.safe_load(LINES)["ingress"], "forbid": both, "lint": "off", **options}
    offline(security_group_id=WEB, source=str(source), sarif_file=str(sarif), **task)
    found = {}
    for item in json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]:
        (place,) = item["locations"]
        position = place["logicalLocations"][0]["fullyQualifiedName"].partition("/")[2]
        found[position] = place["physicalLocation"]["region"]["startLine"]
    assert found == lines


@pytest.mark.parametrize("name", ["sarif_file", "junit_file"])
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / "missing" / "report")
    result = offline(security_group_id=WEB, ingress=[SSH], **{name: path})
    assert result["failure"]["kind"] == "invalid_input"
    assert [error["path"] for error in result["failure"]["errors"]] == [name]
    assert path in result["msg"]


# By kind of failure, the options of a task about one group.
FAILURES: dict[str, dict[str, Any]] = {
    "invalid_input": {"ingress": [{}]},
    "policy": {"ingress": [EVERYWHERE], "forbid": ["world_open_admin_ports"]},
    "conflict": {"ingress": [SSH], "expected_version": "2", "present": {"version": "3"}},
}


@pytest.mark.parametrize("report", ["", "missing"])
@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_has_the_keys_of_a_result(tmp_path: Path, kind: str, report: str) -> None:
    """Also if its report cannot be written, which is a warning then."""
    fine = offline(security_group_id=WEB, ingress=[SSH])
    files = {"sarif_file": str(tmp_path / report / "rules.sarif")}
    result = offline(security_group_id=WEB, **FAILURES[kind], **files)
    more = {"fingerprint"} if kind == "invalid_input" else set()  # without rules there is none
    assert fine.keys() - result.keys() == more
    assert result["failure"]["kind"] == kind
    assert any(str(tmp_path) in warning for warning in result["warnings"]) is (bool(report) and not more)


def test_a_report_that_cannot_be_written_leaves_the_result(tmp_path: Path) -> None:
    path = str(tmp_path / "missing" / "report")
    options: dict[str, Any] = {"security_group_id": WEB, "ingress": [SSH]}
    expected, result = offline(**options), offline(**options, junit_file=path)
    assert {name: result[name] for name in expected.keys() - {"invocation"}} == {
        name: value for name, value in expected.items() if name != "invocation"
    }
    fleet = offline(groups=[options], junit_file=path)
    assert [group["after"] for group in fleet["groups"]] == [expected["after"]]


def test_a_playbook_without_any_key(ansible: Ansible, tmp_path: Path) -> None:
    """Real Ansible, and an environment that has neither keys nor an endpoint."""
    options = {"security_group_id": WEB, "ingress": [SSH], "sarif_file": str(tmp_path / "rules.sarif")}
    run = ansible.tasks([{"name": "check", f"cnclouds.security_groups.{CHECK}": options}], "--diff")
    assert run.result("check")["impact"]["text"] == [
        "+ newly allowed: ingress tcp 22 from 203.0.113.0/24  (now ingress[0])"
    ]
    assert json.loads((tmp_path / "rules.sarif").read_text("utf-8"))["version"] == "2.1.0"


def test_playbooks_of_both_modules_agree(clouds: Harness, ansible: Ansible) -> None:
    """The whole table, with real Ansible in check mode."""
    tasks: list[dict[str, Any]] = []
    for name, task in TASKS.items():
        options = {"security_group_id": WEB, **task}
        rules = present(clouds, options)
        online = tencent_options(clouds.url, **options)
        offline_options = {"region": TENCENT_REGION, "present": rules, **options}
        tasks.append({"name": f"{name}, online", f"cnclouds.security_groups.{RULES}": online})
        tasks.append({"name": f"{name}, offline", f"cnclouds.security_groups.{CHECK}": offline_options})
    run = ansible.tasks(tasks, "--check", "--diff", ignore_errors=True)
    assert run.status == 0, run.stdout
    for name in TASKS:
        expected, result = run.result(f"{name}, online"), run.result(f"{name}, offline")
        assert {key: result.get(key) for key in SAME} == {key: expected.get(key) for key in SAME}, name
        assert result["changed"] is False
