# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lint by brute force: every finding is true, and no rule that never decides is missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.lint import lint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from tests.oracle import oracle
from tests.oracle.cases import batches, names, pairs


def number(position: str) -> int:
    return int(position.partition("[")[2].rstrip("]"))


def same(first: TrafficRule, second: TrafficRule, universe: list[oracle.Packet]) -> bool:
    return all(oracle.matches(first, packet) == oracle.matches(second, packet) for packet in universe)


def is_for_all(earlier: TrafficRule, rule: TrafficRule) -> bool:
    family = "::/0" if ":" in rule.peer else "0.0.0.0/0"
    unlimited = earlier.protocol == "all" and not earlier.service_template
    return unlimited and earlier.peer == family and oracle.is_network(rule.peer)


def kind_of(rules: list[TrafficRule], index: int, universe: list[oracle.Packet]) -> tuple[str, set[int]] | None:
    """The finding that a rule deserves, with the rules that explain it."""
    rule = rules[index]
    packets = [packet for packet in universe if oracle.matches(rule, packet)]
    decided = {oracle.decide(rules, False, packet) for packet in packets}
    if not packets or any(decider == index for dummy, decider in decided):
        return None
    whole = [earlier for earlier in range(index) if is_for_all(rules[earlier], rule)]
    if whole:
        return "unreachable", {whole[0]}
    equal = [earlier for earlier in range(index) if same(rules[earlier], rule, universe)]
    if equal:
        kind = "duplicate" if rules[equal[0]].action == rule.action else "contradictory"
        return kind, {equal[0]}
    opposite = any(verdict != (rule.action == "accept") for verdict, dummy in decided)
    return ("shadowed" if opposite else "redundant"), {d for dummy, d in decided if d is not None}


def wider_ports(rules: list[TrafficRule], universe: list[oracle.Packet]) -> set[tuple[str, int | None]]:
    """The ports that every IPv6 address reaches and some IPv4 address does not, and that an IPv4 rule names."""
    surely_open: dict[tuple[str, int | None], bool] = {}
    surely_closed: dict[tuple[tuple[str, int | None], str], bool] = {}
    for packet in universe:
        service = packet.protocol, packet.port
        allowed = oracle.decide(rules, False, packet)[0]
        if ":" in packet.address:
            surely_open[service] = surely_open.get(service, True) and allowed
        else:
            key = service, packet.address
            surely_closed[key] = surely_closed.get(key, True) and not allowed
    closed = {service for (service, dummy), is_closed in surely_closed.items() if is_closed}
    return {
        service
        for service, is_open in surely_open.items()
        if is_open and service in closed and any(names_port(rule, *service) for rule in rules)
    }


def names_port(rule: TrafficRule, protocol: str, port: int | None) -> bool:
    is_ipv4 = oracle.is_network(rule.peer) and ":" not in rule.peer and not oracle.symbols(rule)
    return is_ipv4 and rule.protocol == protocol and rule.port != "all" and oracle.in_ports(rule.port, port)


@batches
def test_lint(batch: int) -> None:
    for _choose, _peers, (_before, rules) in pairs(batch, "lint"):
        findings = lint([RuleList("ingress", rules)])
        universe = oracle.packets(names(rules))
        told = {number(f["at"]): f for f in findings if f["kind"] != "wider_on_ipv6"}
        for index in range(len(rules)):
            truth = kind_of(rules, index, universe)
            finding: Mapping[str, Any] | None = told.get(index)
            assert (finding and (finding["kind"], {number(by) for by in finding["by"]})) == truth, (rules, index)
        wide = wider_ports(rules, universe)
        assert bool(wide) == any(finding["kind"] == "wider_on_ipv6" for finding in findings), rules
