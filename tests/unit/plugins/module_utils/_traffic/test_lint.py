# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.lint import as_violations, lint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule

Rules = list[TrafficRule]
SSH = TrafficRule("accept", "tcp", "22")
ALL, DROP_ALL = TrafficRule("accept"), TrafficRule("drop")


@pytest.mark.parametrize(
    ("rules", "findings"),
    [
        ([DROP_ALL, SSH], [("unreachable", "ingress[1]", ["ingress[0]"])]),
        ([ALL, ALL], [("unreachable", "ingress[1]", ["ingress[0]"])]),
        ([SSH, SSH], [("duplicate", "ingress[1]", ["ingress[0]"])]),
        ([SSH, TrafficRule("drop", "tcp", "22")], [("contradictory", "ingress[1]", ["ingress[0]"])]),
        (
            [
                TrafficRule("accept", "tcp", "1-100"),
                TrafficRule("accept", "tcp", "101-200"),
                TrafficRule("accept", "tcp", "50-150"),
            ],
            [("redundant", "ingress[2]", ["ingress[0]", "ingress[1]"])],
        ),
        (
            [
                TrafficRule("drop", "tcp", "1-100"),
                TrafficRule("accept", "tcp", "101-200"),
                TrafficRule("accept", "tcp", "50-150"),
            ],
            [("shadowed", "ingress[2]", ["ingress[0]", "ingress[1]"])],
        ),
        (
            [TrafficRule("accept", "tcp", "22", "203.0.113.0/24"), TrafficRule("accept", "tcp", "22", "::/0")],
            [("wider_on_ipv6", "ingress[1]", ["ingress[0]"])],
        ),
        ([SSH, TrafficRule("accept", "tcp", "22", "::/0")], []),
        ([TrafficRule("accept", "tcp", "all", "::/0")], []),
        ([TrafficRule("drop", "tcp", "22"), ALL, DROP_ALL][:2], []),
        ([SSH, DROP_ALL], []),
        ([ALL, TrafficRule("accept", peer="sg-a")], []),
        ([TrafficRule("accept", "tcp", "22", "sg-a"), SSH], []),
        ([TrafficRule("accept", "tcp", "22", "sg-a"), TrafficRule("accept", "tcp", "22", "sg-b")], []),
    ],
)
def test_findings(rules: Rules, findings: list[tuple[str, str, list[str]]]) -> None:
    assert [(item["kind"], item["at"], item["by"]) for item in lint([RuleList("ingress", rules)])] == findings


def test_messages() -> None:
    rules = [TrafficRule("accept", "tcp", "22", "203.0.113.0/24"), TrafficRule("accept", "tcp", "22", "::/0"), SSH, SSH]
    assert [item["message"] for item in lint([RuleList("ingress", rules[:2])])] == [
        "ingress[1]: any IPv6 address may reach tcp 22, and not every IPv4 address"
    ]
    assert [item["message"] for item in lint([RuleList("egress", rules)])] == [
        "egress[3]: never decides anything, because egress[2] matches the same and does the same"
    ]


def test_violations() -> None:
    (violation,) = as_violations(lint([RuleList("ingress", [SSH, SSH])]))
    assert (violation["policy"], violation["kind"], violation["after"]) == ("duplicate", "lint", 1)
