# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write violations and findings for code hosts and CI servers, as SARIF 2.1.0 and JUnit XML.

Sources: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; the JUnit XML that CI servers accept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

TOOL = "cnclouds.security_groups"
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# Characters that XML 1.0 cannot contain.
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF]")
_LEVELS = {True: "error", False: "warning"}
_RULES = {
    "protect": "Traffic that has to stay allowed",
    "forbid": "Traffic that must not become allowed",
    "lint": "A rule that has no effect, or more effect on IPv6",
}


class Problem(NamedTuple):
    """One violation or finding.

    ``rule`` is the policy's name or the lint's kind, ``at`` the position (``ingress[2]``; empty if no rule decides),
    ``group`` the ID of the security group. ``kind`` is ``protect``, ``forbid`` or ``lint``.
    """

    rule: str
    kind: str
    message: str
    is_error: bool
    at: str = ""
    group: str = ""
    line: int | None = None


def problems(
    group: str,
    failures: Iterable[dict[str, Any]],
    warnings: Iterable[dict[str, Any]],
    findings: Iterable[dict[str, Any]],
) -> list[Problem]:
    """Return violations that fail, violations that warn, and findings of the lint, as one list.

    A finding is an error if its kind is among the violations that fail.
    """
    failures, warnings = list(failures), list(warnings)
    errors = {item["policy"] for item in failures if item["kind"] == "lint"}
    result = []
    for is_error, violations in ((True, failures), (False, warnings)):
        for item in violations:
            if item["kind"] == "lint":
                continue
            example = item.get("example") or {}
            after = item.get("after")
            at = f"{example.get('direction', 'ingress')}[{after}]" if isinstance(after, int) else after or ""
            result.append(Problem(item["policy"], item["kind"], item["message"], is_error, at, group))
    for item in findings:
        result.append(Problem(item["kind"], "lint", item["message"], item["kind"] in errors, item["at"], group))
    return result


def sarif(found: Sequence[Problem], source: str) -> str:
    """Return a SARIF 2.1.0 log. ``source`` is the path of the file that the rules come from, relative to its root."""
    rules = {problem.rule: problem.kind for problem in found}
    names = list(rules)
    driver: dict[str, Any] = {
        "name": TOOL,
        "rules": [{"id": name, "shortDescription": {"text": _RULES.get(kind, kind)}} for name, kind in rules.items()],
    }
    results = [_result(problem, names.index(problem.rule), source) for problem in found]
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, indent=2) + "\n"


def _result(problem: Problem, index: int, source: str) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if source:
        # GitHub requires a line for each result: if it is not known, the first one stands for the file.
        region = {"startLine": problem.line or 1}
        place["physicalLocation"] = {"artifactLocation": {"uri": _uri(source)}, "region": region}
    logical = "/".join(part for part in (problem.group, problem.at) if part)
    if logical:
        place["logicalLocations"] = [{"fullyQualifiedName": logical}]
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": _LEVELS[problem.is_error],
        "message": {"text": problem.message},
        **({"locations": [place]} if place else {}),
        "partialFingerprints": {"position/v1": f"{problem.rule}:{logical}"},
    }


def _uri(path: str) -> str:
    return quote(path.replace("\\", "/"))


def junit(found: Sequence[Problem], source: str, checked: Sequence[str] = ()) -> str:
    """Return JUnit XML: a case for each problem, and a passed one for each policy without any.

    Only errors are failed cases. A warning is a passed case with the message as its output.
    """
    named = {problem.rule for problem in found}
    passed = [name for name in checked if name not in named]
    count = str(len(found) + len(passed))
    failures = str(sum(problem.is_error for problem in found))
    root = ElementTree.Element("testsuites", name=TOOL, tests=count, failures=failures, errors="0")
    suite = ElementTree.SubElement(
        root, "testsuite", name=_xml(source), tests=count, failures=failures, errors="0", skipped="0"
    )
    for problem in found:
        _add_case(suite, problem, source)
    for name in passed:
        ElementTree.SubElement(suite, "testcase", classname=_xml(source), name=_xml(name))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_case(suite: ElementTree.Element, problem: Problem, source: str) -> None:
    name = " ".join(part for part in (problem.rule, problem.group, problem.at) if part)
    case = ElementTree.SubElement(suite, "testcase", classname=_xml(source), name=_xml(name))
    if source:
        case.set("file", _xml(source))
    if source and problem.line:
        case.set("line", str(problem.line))
    text = _xml(problem.message)
    if problem.is_error:
        ElementTree.SubElement(case, "failure", type="error", message=text).text = text
    else:
        ElementTree.SubElement(case, "system-out").text = f"warning: {text}"


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
