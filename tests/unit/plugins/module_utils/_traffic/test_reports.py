# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from xml.etree import ElementTree

import jsonschema

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.reports import (
    Problem,
    junit,
    problems,
    sarif,
)

# Written from the text of SARIF 2.1.0, sections 3.13 to 3.30: only what these logs use, and nothing else allowed.
SCHEMA = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "required": ["tool"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "properties": {"driver": {"$ref": "#/$defs/driver"}},
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
        },
        "driver": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "version": {"type": "string"},
                "rules": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {
                        "type": "object",
                        "required": ["id"],
                        "properties": {"id": {"type": "string"}, "shortDescription": {"$ref": "#/$defs/message"}},
                    },
                },
            },
        },
        "message": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
        "result": {
            "type": "object",
            "required": ["message"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": {"$ref": "#/$defs/message"},
                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
        "location": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation"],
                    "properties": {
                        "artifactLocation": {"properties": {"uri": {"type": "string", "format": "uri-reference"}}},
                        "region": {"properties": {"startLine": {"type": "integer", "minimum": 1}}},
                    },
                },
                "logicalLocations": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {"properties": {"fullyQualifiedName": {"type": "string"}}},
                },
            },
        },
    },
}
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
    log = json.loads(sarif(FOUND, "group vars/web.yml", "1.0.0"))
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    results = run["results"]
    assert [result["ruleId"] for result in results] == ["our way in", "old", "duplicate"]
    assert all(run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"] for item in results)
    place = results[0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "group%20vars/web.yml"
    assert place["logicalLocations"] == [{"fullyQualifiedName": "sg-1/ingress[2]"}]


def test_sarif_without_problems() -> None:
    log = json.loads(sarif([], "rules.yml"))
    jsonschema.validate(log, SCHEMA)
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
    assert [len(case) for case in cases] == [1, 1, 1, 0]
    assert (root.get("tests"), root.get("failures")) == ("4", "3")
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == 'a "message" with <marks> & \N{REPLACEMENT CHARACTER}'


def test_the_line_is_used_if_it_is_known() -> None:
    log = json.loads(sarif([Problem("duplicate", "lint", "twice", False, line=7)], "rules.yml"))
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
