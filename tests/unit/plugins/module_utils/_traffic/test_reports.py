# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from xml.etree import ElementTree

import jsonschema
import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.reports import (
    Problem,
    junit,
    problems,
    sarif,
)
from tests.support.sarif import SARIF_SCHEMA

VIOLATION = {
    "policy": "our way in",
    "kind": "protect",
    "after": 2,
    "example": {"direction": "ingress"},
    "message": 'a "message" with <marks> & \x00',
}
FINDING = {"kind": "duplicate", "at": "egress[1]", "by": ["egress[0]"], "message": "twice"}
FOUND = problems("sg-1", [VIOLATION], [{**VIOLATION, "policy": "old", "after": None}], [FINDING])


def test_problems() -> None:
    assert [(item.rule, item.is_error, item.at) for item in FOUND] == [
        ("our way in", True, "ingress[2]"),
        ("old", False, ""),
        ("duplicate", False, "egress[1]"),
    ]


def test_sarif() -> None:
    log = json.loads(sarif(FOUND, "group vars/web.yml"))
    jsonschema.validate(log, SARIF_SCHEMA)
    (run,) = log["runs"]
    results = run["results"]
    assert [result["ruleId"] for result in results] == ["our way in", "old", "duplicate"]
    assert all(run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"] for item in results)
    place = results[0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "group%20vars/web.yml"
    assert place["logicalLocations"] == [{"fullyQualifiedName": "sg-1/ingress[2]"}]


def test_sarif_without_problems() -> None:
    log = json.loads(sarif([], "rules.yml"))
    jsonschema.validate(log, SARIF_SCHEMA)
    assert log["runs"][0]["results"] == []


def test_junit() -> None:
    root = ElementTree.fromstring(junit(FOUND, "rules.yml", ["our way in", "fine"]))
    cases = root.findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == [
        "our way in sg-1 ingress[2]",
        "old sg-1",
        "duplicate sg-1 egress[1]",
        "fine",
    ]
    assert [[child.tag for child in case] for case in cases] == [["failure"], ["system-out"], ["system-out"], []]
    assert (root.get("tests"), root.get("failures")) == ("4", "1")
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == 'a "message" with <marks> & \N{REPLACEMENT CHARACTER}'


def test_without_a_source_there_is_no_file() -> None:
    log = json.loads(sarif(FOUND, ""))
    jsonschema.validate(log, SARIF_SCHEMA)
    locations = [result["locations"] for result in log["runs"][0]["results"]]
    assert all("physicalLocation" not in place for places in locations for place in places)
    assert locations[0][0]["logicalLocations"] == [{"fullyQualifiedName": "sg-1/ingress[2]"}]
    cases = ElementTree.fromstring(junit(FOUND, "")).findall("testsuite/testcase")
    assert all(case.get("file") is None for case in cases)


@pytest.mark.parametrize("line", [7, None])
def test_the_line_of_a_rule(line: int | None) -> None:
    """JUnit XML omits an unknown line. GitHub requires one in SARIF, so line 1 represents the file."""
    found = [Problem("duplicate", "lint", "twice", False, line=line)]
    (result,) = json.loads(sarif(found, "rules.yml"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line or 1}
    (case,) = ElementTree.fromstring(junit(found, "rules.yml")).iter("testcase")
    assert (case.get("file"), case.get("line")) == ("rules.yml", str(line) if line else None)
