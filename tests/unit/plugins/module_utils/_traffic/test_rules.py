# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    ALL_SERVICES,
    ANY_ADDRESS,
    IPV4_RANGE,
    PROTOCOL_RANGES,
    Ranges,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    ADDRESS,
    CONDITION,
    NO_MEMBERS,
    SERVICE,
    Match,
    Members,
    Symbol,
    TrafficRule,
    compile_rules,
    parse_members,
    peer_addresses,
)

SSH = ((22, 23),)
TEN = ((10 << 24, 11 << 24),)
TCP = (PROTOCOL_RANGES["tcp"],)


@pytest.mark.parametrize(
    ("rule", "match"),
    [
        (TrafficRule("accept"), Match(True, ALL_SERVICES, (IPV4_RANGE,), frozenset())),
        (TrafficRule("drop", "tcp", "22", "10.0.0.0/8"), Match(False, SSH, TEN, frozenset())),
        (TrafficRule("accept", "tcp", "22", ""), Match(True, SSH, ANY_ADDRESS, frozenset())),
        (
            TrafficRule("accept", "tcp", "22", "sg-a"),
            Match(True, SSH, ANY_ADDRESS, frozenset({Symbol(ADDRESS, "sg-a")})),
        ),
        (
            TrafficRule("accept", service_template="ppm-x", peer="10.0.0.0/8"),
            Match(True, ALL_SERVICES, TEN, frozenset({Symbol(SERVICE, "ppm-x")})),
        ),
        (
            TrafficRule("accept", "tcp", "22", "10.0.0.0/8", conditions=("at night",)),
            Match(True, SSH, TEN, frozenset({Symbol(CONDITION, "at night")})),
        ),
        (
            TrafficRule("accept", "tcp", "x", "10.0.0.0/8"),
            Match(True, TCP, TEN, frozenset({Symbol(CONDITION, "tcp port x")})),
        ),
        (
            TrafficRule("accept", "sctp", "7", "10.0.0.0/8"),
            Match(True, ALL_SERVICES, TEN, frozenset({Symbol(CONDITION, "sctp port 7")})),
        ),
        (
            TrafficRule("accept", "tcp", "22", "10.1.2.3/8"),
            Match(True, SSH, TEN, frozenset({Symbol(CONDITION, "10.1.2.3/8")})),
        ),
    ],
)
def test_what_a_rule_matches(rule: TrafficRule, match: Match) -> None:
    assert compile_rules([rule]) == [match]


def test_known_members_replace_the_symbol() -> None:
    members = Members({"sg-a": TEN}, {"ppm-x": SSH})
    rule = TrafficRule("accept", service_template="ppm-x", peer="sg-a")
    assert compile_rules([rule], members) == [Match(True, SSH, TEN, frozenset())]


@pytest.mark.parametrize(
    ("peer", "addresses", "symbols"),
    [
        ("", ANY_ADDRESS, set()),
        ("10.0.0.0/8", TEN, set()),
        ("sg-a", ANY_ADDRESS, {Symbol(ADDRESS, "sg-a")}),
        ("10.0.0.1/8", TEN, {Symbol(CONDITION, "10.0.0.1/8")}),
    ],
)
def test_the_addresses_of_a_peer(peer: str, addresses: Ranges, symbols: set[Symbol]) -> None:
    found: set[Symbol] = set()
    assert peer_addresses(peer, NO_MEMBERS, found) == addresses
    assert found == symbols


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ({"sg-a": ["10.0.0.0/9", "10.128.0.0/9"]}, Members({"sg-a": TEN}, {})),
        ({"ppm-x": ["tcp:22"]}, Members({}, {"ppm-x": SSH})),
        ({"ppm-x": ["tcp"]}, Members({}, {"ppm-x": TCP})),
        ({"ipm-empty": []}, Members({"ipm-empty": ()}, {})),
        ({"ppm-empty": []}, Members({}, {"ppm-empty": ()})),
        ({}, NO_MEMBERS),
    ],
)
def test_known_members_are_read(value: dict[str, Any], members: Members) -> None:
    assert parse_members(value) == (members, [])


def test_every_mistake_in_known_members_is_returned_with_its_path() -> None:
    dummy, mistakes = parse_members(
        {"sg-a": "10.0.0.0/8", "sg-b": ["10.0.0.1/8", "x", ":80"], "sg-c": ["tcp:80", "10.0.0.1"]}
    )
    assert [path for path, message in mistakes] == [
        "known_members.sg-a",
        "known_members.sg-b[0]",
        "known_members.sg-b[1]",
        "known_members.sg-b[2]",
        "known_members.sg-c[0]",
    ]


@pytest.mark.parametrize(
    ("identifier", "members", "paths"),
    [
        ("ppm-1", ["tcp:"], ["[0]"]),
        ("ppm-1", ["tcp: "], ["[0]"]),
        ("ppm-1", ["tcp:80 81"], ["[0]"]),
        ("ppm-1", ["tcp:" + "9" * 5000], ["[0]"]),
        ("ppm-1", ["icmp:80", "all:80", "tcp:80"], ["[0]", "[1]"]),
        ("ppm-1", ["10.0.0.0/8"], ["[0]"]),
        ("sg-1", ["tcp:80", "10.0.0.0/8"], ["[0]"]),
        ("ipm-1", [None, ""], ["[0]", "[1]"]),
        ("ipm-1", "10.0.0.0/8", [""]),
        ("0.0.0.0/0", ["10.0.0.1"], [""]),
        ("self", ["10.0.0.1"], [""]),
        ("IPM-1", ["10.0.0.1"], [""]),
        (7, ["10.0.0.1"], [""]),
        ("ppmg-1", ["tcp", "udp:all", "TCP:80, 443", "icmp", "all"], []),
        ("ipmg-1", ["10.0.0.0/8", "::1"], []),
        ("pl-1", [], []),
    ],
)
def test_members_are_never_more_than_was_written(identifier: Any, members: Any, paths: list[str]) -> None:
    dummy, mistakes = parse_members({identifier: members})
    assert [path for path, message in mistakes] == [f"known_members.{identifier}{path}" for path in paths]
