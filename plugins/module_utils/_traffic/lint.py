# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules that never decide anything, and ports that are wider open on IPv6 than on IPv4.

A finding is true whatever groups and templates contain: a rule that decides no packet in the world that has only the
rule's own symbols decides none at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .difference import CompiledList
from .entries import position_of
from .grid import (
    DEFAULT,
    FAMILIES,
    Grid,
    Placed,
    grids,
    scan,
    set_bits,
)
from .names import services
from .numbers import (
    ALL_SERVICES,
    ANY_ADDRESS,
    IPV6,
    PROTOCOL_RANGES,
    WITH_PORTS,
    Ranges,
    merged,
    parse_services,
    without,
)
from .rules import (
    NO_MEMBERS,
    Match,
    Members,
    RuleList,
    Symbol,
    TrafficRule,
    compile_rules,
)
from .sentences import place, service_words
from .verdicts import Region, views

UNREACHABLE, DUPLICATE, CONTRADICTORY = "unreachable", "duplicate", "contradictory"
SHADOWED, REDUNDANT, WIDER_ON_IPV6 = "shadowed", "redundant", "wider_on_ipv6"
KINDS = (UNREACHABLE, DUPLICATE, CONTRADICTORY, SHADOWED, REDUNDANT, WIDER_ON_IPV6)
Finding = dict[str, Any]

_REASONS = {
    UNREACHABLE: "never decides anything, because {by} matches all traffic of {family}",
    DUPLICATE: "never decides anything, because {by} matches the same and does the same",
    CONTRADICTORY: "never decides anything, because {by} matches the same and does the opposite",
    SHADOWED: "never decides anything, because {by} {match} all of it, and part of it gets the opposite verdict",
    REDUNDANT: "never decides anything, because {by} {match} all of it with the same verdict",
}


def lint(lists: Sequence[RuleList], members: Members = NO_MEMBERS) -> list[Finding]:
    """Return the findings of all lists: ``kind``, ``at``, ``by`` (positions such as ``ingress[2]``), ``message``."""
    findings: list[Finding] = []
    for rules in lists:
        matches = compile_rules(rules.rules, members)
        findings += _never_deciding(rules, matches)
        if rules.direction == "ingress":
            findings += _wider_on_ipv6(rules, matches)
    return findings


def as_violations(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings in the form of policy violations, for ``lint: error``."""
    return [
        {
            "policy": finding["kind"],
            "kind": "lint",
            "state": None,
            "change": None,
            "before": None,
            "after": _position(finding["at"]),
            "depends_on": [],
            "example": None,
            "remedy": None,
            "message": f'"{finding["kind"]}" (lint): {finding["message"]}.',
        }
        for finding in findings
    ]


def _position(at: str) -> int | str:
    number = at.partition("[")[2].rstrip("]")
    return int(number) if number.isdigit() else at


def _never_deciding(rules: RuleList, matches: Sequence[Match]) -> list[Finding]:
    reached: set[int] = set()
    kinds: dict[int, tuple[bool, set[int]]] = {}
    for grid in grids(matches, matches):
        placed = grid.place(matches)
        for number, rule in enumerate(placed):
            if rule.number in reached:
                continue
            earlier = placed[:number]
            left = scan(earlier, rules.default_allows, rule.symbols, rule.cells).hits
            if left[-1][0] == DEFAULT:
                reached.add(rule.number)
                continue
            opposite, by = kinds.get(rule.number, (False, set()))
            found = _deciders(earlier, rule)
            opposite = opposite or any(matches[index].allows != rule.allows for index in found)
            kinds[rule.number] = opposite, by | found
    return [_finding(rules, matches, number, *kinds[number]) for number in sorted(kinds) if number not in reached]


def _deciders(earlier: Sequence[Placed], rule: Placed) -> set[int]:
    """Return the rules that decide some packet that a rule matches, in any world."""
    found: set[int] = set()
    for world in {rule.symbols | other.symbols for other in earlier if other.cells & rule.cells}:
        found |= {index for index, _cells in scan(earlier, False, world, rule.cells).hits}
    return found


def _place_of(rules: RuleList, index: int) -> str:
    return place(rules.direction, position_of(rules, index) or 0)


def _single_blocker(matches: Sequence[Match], number: int) -> tuple[str, list[int]] | None:
    """Return the kind of finding and the one earlier rule that blocks this one alone; None if one is not enough."""
    rule, earlier = matches[number], matches[:number]
    for index, match in enumerate(earlier):
        if _is_for_all(match, rule):
            return UNREACHABLE, [index]
    condition = _condition(rule)
    for index, match in enumerate(earlier):
        if match.symbols == rule.symbols and _condition(match) == condition:
            return DUPLICATE if match.allows == rule.allows else CONTRADICTORY, [index]
    return None


def _finding(rules: RuleList, matches: Sequence[Match], number: int, opposite: bool, by: set[int]) -> Finding:
    rule = matches[number]
    kind, blockers = _single_blocker(matches, number) or (SHADOWED if opposite else REDUNDANT, sorted(by))
    names = [_place_of(rules, index) for index in blockers]
    at = _place_of(rules, number)
    reason = _REASONS[kind].format(
        by=_listed(names),
        match="matches" if len(names) == 1 else "match",
        family=_family_words(_existing_addresses(rule)),
    )
    return {"kind": kind, "at": at, "by": names, "message": f"{at}: {reason}"}


def _family_words(addresses: Ranges) -> str:
    first, last = addresses[0][0] >= IPV6, addresses[-1][0] >= IPV6
    return "any address" if first != last else f"any {'IPv6' if first else 'IPv4'} address"


def _is_for_all(earlier: Match, rule: Match) -> bool:
    """Return whether an earlier rule matches all traffic of the families that a rule's addresses belong to."""
    if earlier.symbols or earlier.services != ALL_SERVICES:
        return False
    addresses = _existing_addresses(rule)
    families = [family for family in ANY_ADDRESS if merged([*earlier.addresses, family]) == earlier.addresses]
    return all(any(low <= first and end <= high for low, high in families) for first, end in addresses)


def _condition(match: Match) -> tuple[Ranges, Ranges, frozenset[Symbol]]:
    """Return what a rule matches, whatever it does, without packets that do not exist."""
    addresses, services = _existing_addresses(match), match.services
    for name, family in (("icmp", FAMILIES[0]), ("icmpv6", FAMILIES[1])):
        if without(addresses, family) == addresses:
            services = without(services, (PROTOCOL_RANGES[name],))
    return services, addresses, match.symbols


def _existing_addresses(match: Match) -> Ranges:
    """Return the addresses of a rule that can send its packets: there is no ICMP on IPv6 and no ICMPv6 on IPv4."""
    for name, other_family in (("icmp", FAMILIES[1]), ("icmpv6", FAMILIES[0])):
        if match.services == (PROTOCOL_RANGES[name],):
            return without(match.addresses, other_family)
    return match.addresses


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _wider_on_ipv6(rules: RuleList, matches: Sequence[Match]) -> Iterator[Finding]:
    named = {index: _ports_of_ipv4(rule, matches[index]) for index, rule in enumerate(rules.rules)}
    ports = merged(part for ranges in named.values() for part in ranges)
    if not ports:
        return
    wide, let_in = _wider_ports(matches, rules.default_allows, ports)
    by_rule: dict[int, list[tuple[int, int]]] = {}
    for part, number in zip(wide, let_in):
        by_rule.setdefault(number, []).extend(part)
    for number, parts in sorted(by_rule.items()):
        ranges = merged(parts)
        at = rules.direction if number == DEFAULT else _place_of(rules, number)
        names = [_place_of(rules, index) for index, some in named.items() if _overlap(some, ranges)]
        words = service_words(services(ranges, holes=False), {})
        message = f"{at}: any IPv6 address can reach {words}, but not every IPv4 address can"
        yield {"kind": WIDER_ON_IPV6, "at": at, "by": names, "message": message}


def _overlap(first: Ranges, second: Ranges) -> bool:
    return any(low < end and start < high for low, high in first for start, end in second)


def _ports_of_ipv4(rule: TrafficRule, match: Match) -> Ranges:
    """Return the ports that a rule for IPv4 addresses names."""
    if match.symbols or rule.service_template or rule.protocol not in WITH_PORTS or rule.port == "all":
        return ()
    is_ipv4 = bool(match.addresses) and match.addresses[-1][0] < IPV6
    return parse_services(rule.protocol, rule.port) or () if is_ipv4 else ()


def _wider_ports(matches: Sequence[Match], default: bool, ports: Ranges) -> tuple[list[Ranges], list[int]]:
    """Return the ports that any IPv6 address certainly reaches, but not every IPv4 address, and the deciding rules."""
    rules = CompiledList(matches, default)
    closed: dict[Ranges, bool] = {}
    for view in views(Region(ports, FAMILIES[0]), rules, rules):
        for column in _columns(view.grid, view.after.surely_denied):
            closed[column] = True
    open_to_all: dict[Ranges, bool] = {}
    first: dict[Ranges, int] = {}
    for view in views(Region(ports, FAMILIES[1]), rules, rules):
        for index, column in enumerate(view.grid.columns.parts):
            every = view.grid.cells(1 << index, (1 << view.grid.height) - 1) & view.cells
            open_to_all[column] = open_to_all.get(column, True) and every & ~view.after.surely_allowed == 0
            hits = scan(view.rules[1], default, 0, every).hits
            first.setdefault(column, max(hits, key=lambda hit: bin(hit[1]).count("1"))[0])
    wide = [column for column in first if open_to_all[column] and closed.get(column)]
    return wide, [first[column] for column in wide]


def _columns(grid: Grid, cells: int) -> list[Ranges]:
    columns = 0
    for row in grid.split_rows(cells):
        columns |= row
    return [grid.columns.parts[index] for index in set_bits(columns)]
