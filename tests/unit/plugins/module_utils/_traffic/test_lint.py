# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.lint import as_violations, lint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    RuleList,
    TrafficRule,
    parse_members,
)

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
        # ICMP does not exist on IPv6, so a group's addresses of that family do not count.
        ([DROP_ALL, TrafficRule("accept", "icmp", peer="sg-a")], [("unreachable", "ingress[1]", ["ingress[0]"])]),
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
        "ingress[1]: any IPv6 address can reach tcp 22, but not every IPv4 address can"
    ]
    assert [item["message"] for item in lint([RuleList("egress", rules)])] == [
        "egress[3]: never decides anything, because egress[2] matches the same and does the same"
    ]


@pytest.mark.parametrize(
    ("known", "kind", "reason"),
    [
        (["0.0.0.0/0", "::/0"], "unreachable", "ingress[0] matches all traffic of any address"),
        (["0.0.0.0/0"], "unreachable", "ingress[0] matches all traffic of any IPv4 address"),
        (["10.0.0.0/8", "2001:db8::/32"], "unreachable", "ingress[0] matches all traffic of any address"),
        (["2001:db8::/32"], "unreachable", "ingress[0] matches all traffic of any IPv6 address"),
    ],
)
def test_known_members_are_addresses_like_any_other(known: list[str], kind: str, reason: str) -> None:
    members, _mistakes = parse_members({"sg-all": ["0.0.0.0/0", "::/0"], "sg-some": known})
    rules = [TrafficRule("drop", peer="sg-all"), TrafficRule("accept", "tcp", "22", "sg-some")]
    (finding,) = lint([RuleList("ingress", rules)], members)
    assert (finding["kind"], finding["message"]) == (kind, f"ingress[1]: never decides anything, because {reason}")


def test_groups_with_the_same_known_members_are_the_same() -> None:
    """Also if they differ in addresses from which there is no such traffic."""
    members, _mistakes = parse_members({"sg-a": ["10.0.0.0/8"], "sg-b": ["10.0.0.0/8", "2001:db8::/32"]})
    kinds = {}
    for protocol in ("icmp", "tcp", "icmpv6"):
        rules = [TrafficRule("accept", protocol, peer="sg-a"), TrafficRule("accept", protocol, peer="sg-b")]
        kinds[protocol] = [finding["kind"] for finding in lint([RuleList("ingress", rules)], members)]
    assert kinds == {"icmp": ["duplicate"], "tcp": [], "icmpv6": []}


@pytest.mark.parametrize(("peer", "protocol"), [("10.0.0.0/8", "icmp"), ("2001:db8::/32", "icmpv6")])
def test_a_template_is_the_same_as_the_part_of_it_that_exists(peer: str, protocol: str) -> None:
    members, _mistakes = parse_members({"ppm-ping": ["icmp", "icmpv6"]})
    both = [TrafficRule("accept", peer=peer, service_template="ppm-ping"), TrafficRule("accept", protocol, peer=peer)]
    for rules in (both, both[::-1]):
        assert [finding["kind"] for finding in lint([RuleList("ingress", rules)], members)] == ["duplicate"]


def test_violations() -> None:
    (violation,) = as_violations(lint([RuleList("ingress", [SSH, SSH])]))
    assert (violation["policy"], violation["kind"], violation["after"]) == ("duplicate", "lint", 1)
    # A sentence, because others may follow in the message of a failure.
    assert violation["message"].endswith("does the same.")
