# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lint compared with brute force: every finding is true, and no rule that never decides is missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.lint import lint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from tests.oracle import oracle, random_rules
from tests.oracle.cases import batches, members_of, names, pairs


def number(position: str) -> int:
    return int(position.partition("[")[2].rstrip("]"))


class Case(NamedTuple):
    rules: list[TrafficRule]
    known: oracle.Known

    def universe(self) -> list[oracle.Packet]:
        return oracle.packets(names(self.rules, known=self.known))

    def matched(self, rule: TrafficRule, universe: list[oracle.Packet]) -> set[oracle.Packet]:
        return {packet for packet in universe if oracle.matches(rule, packet, self.known)}

    def decide(self, packet: oracle.Packet) -> tuple[bool, int | None]:
        return oracle.decide(self.rules, False, packet, self.known)

    def for_all_of(self, rule: TrafficRule, universe: list[oracle.Packet]) -> set[bool]:
        """The address families (whether it is IPv6) of which a rule matches every packet."""
        matched = self.matched(rule, universe)
        return {
            is_ipv6
            for is_ipv6 in (False, True)
            if all(packet in matched for packet in universe if (":" in packet.address) == is_ipv6)
        }


def kind_of(case: Case, index: int, universe: list[oracle.Packet]) -> tuple[str, set[int]] | None:
    """The correct finding for a rule, with the rules that explain it."""
    rule = case.rules[index]
    packets = case.matched(rule, universe)
    decided = {case.decide(packet) for packet in packets}
    if not packets or any(decider == index for dummy, decider in decided):
        return None
    families = {":" in packet.address for packet in packets}
    whole = [earlier for earlier in range(index) if families <= case.for_all_of(case.rules[earlier], universe)]
    if whole:
        return "unreachable", {whole[0]}
    equal = [earlier for earlier in range(index) if case.matched(case.rules[earlier], universe) == packets]
    if equal:
        kind = "duplicate" if case.rules[equal[0]].action == rule.action else "contradictory"
        return kind, {equal[0]}
    opposite = any(verdict != (rule.action == "accept") for verdict, dummy in decided)
    return ("shadowed" if opposite else "redundant"), {d for dummy, d in decided if d is not None}


def wider_ports(case: Case, universe: list[oracle.Packet]) -> set[tuple[str, int | None]]:
    """The ports that an IPv4 rule names, and that every IPv6 address but not every IPv4 address reaches."""
    surely_open: dict[tuple[str, int | None], bool] = {}
    surely_closed: dict[tuple[tuple[str, int | None], str], bool] = {}
    for packet in universe:
        service = packet.protocol, packet.port
        allowed = case.decide(packet)[0]
        if ":" in packet.address:
            surely_open[service] = surely_open.get(service, True) and allowed
        else:
            key = service, packet.address
            surely_closed[key] = surely_closed.get(key, True) and not allowed
    closed = {service for (service, dummy), is_closed in surely_closed.items() if is_closed}
    return {
        service
        for service, is_open in surely_open.items()
        if is_open and service in closed and any(names_port(case, rule, *service) for rule in case.rules)
    }


def names_port(case: Case, rule: TrafficRule, protocol: str, port: int | None) -> bool:
    addresses = [address for address in oracle.ADDRESSES if oracle.in_peer(rule.peer, address, case.known)]
    is_ipv4 = bool(addresses) and not any(":" in address for address in addresses)
    is_plain = not rule.service_template and not oracle.symbols(rule, case.known)
    return (
        is_plain and is_ipv4 and rule.protocol == protocol and rule.port != "all" and oracle.in_ports(rule.port, port)
    )


@batches
def test_lint(batch: int) -> None:
    for choose, _peers, (_before, rules) in pairs(batch, "lint"):
        case = Case(rules, random_rules.some_members(choose))
        findings = lint([RuleList("ingress", rules)], members_of(case.known))
        universe = case.universe()
        told = {number(f["at"]): f for f in findings if f["kind"] != "wider_on_ipv6"}
        for index in range(len(rules)):
            truth = kind_of(case, index, universe)
            finding: Mapping[str, Any] | None = told.get(index)
            assert (finding and (finding["kind"], {number(by) for by in finding["by"]})) == truth, (case, index)
        wide = wider_ports(case, universe)
        assert bool(wide) == any(finding["kind"] == "wider_on_ipv6" for finding in findings), case
