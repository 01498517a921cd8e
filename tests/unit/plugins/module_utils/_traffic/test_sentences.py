# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.names import Network, Service
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    IPV4_RANGE,
    IPV6_RANGE,
    Range,
    parse_network,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.sentences import (
    MOST_LINES,
    MOST_NAMES,
    SELF,
    Line,
    impact_text,
    peer_name,
    place,
    sentence,
    service_words,
)

SSH = Service("tcp", "22")
ALL = Service("all", "all")
ANY, ANY_V6 = Network(IPV4_RANGE), Network(IPV6_RANGE)


def addresses(text: str) -> Range:
    parsed = parse_network(text)
    assert parsed
    return parsed[0]


def said(
    services: list[Service],
    networks: list[Network | None],
    names: dict[str, Any] | None = None,
    items: list[dict[str, Any]] | None = None,
    because: dict[str, Any] | None = None,
    direction: str = "ingress",
) -> str:
    return sentence(direction, services, networks, names or {}, items or [], because or {"before": [], "after": []})


@pytest.mark.parametrize(
    ("services", "networks", "names", "words"),
    [
        ([SSH], [ANY], {}, "ingress tcp 22 from any IPv4 address"),
        ([SSH], [ANY_V6], {}, "ingress tcp 22 from any IPv6 address"),
        ([ALL], [ANY, ANY_V6], {}, "ingress all traffic from any address"),
        ([SSH], [None], {"peer": "sg-a"}, "ingress tcp 22 from members of sg-a"),
        ([SSH], [ANY], {"peer": "ipm-x"}, "ingress tcp 22 from addresses of ipm-x within any IPv4 address"),
        ([SSH], [ANY], {"also": ["sg-b"]}, "ingress tcp 22 from any IPv4 address that are also in sg-b"),
    ],
)
def test_who_may_reach_what(
    services: list[Service], networks: list[Network | None], names: dict[str, Any], words: str
) -> None:
    assert said(services, networks, names) == words


def test_egress_goes_to_its_peer() -> None:
    assert said([SSH], [ANY], direction="egress") == "egress tcp 22 to any IPv4 address"


@pytest.mark.parametrize(
    ("service", "network", "item", "words"),
    [
        (SSH, Network(IPV4_RANGE, (addresses("203.0.113.0/24"),)), {}, "203.0.113.0/24"),
        (Service("all", "all", (("tcp", "25"),)), ANY, {}, "tcp 25"),
        (SSH, ANY, {"peer": "sg-a"}, "members of sg-a"),
        (ALL, ANY, {"protocol": "tcp", "port": "22", "peer": "10.0.0.0/8"}, "tcp 22 from 10.0.0.0/8"),
        (ALL, ANY, {"service_template": "ppm-x"}, "services of ppm-x"),
        (ALL, ANY, {"also": ["10.0.0.1/8"]}, "what is in 10.0.0.1/8"),
    ],
)
def test_exceptions(service: Service, network: Network, item: dict[str, Any], words: str) -> None:
    assert said([service], [network], items=[item] if item else []).partition(", except ")[2] == words


def test_exceptions_with_the_same_peer_are_one_phrase() -> None:
    items = [
        {"protocol": protocol, "port": port, "peer": "10.0.0.0/8"} for protocol, port in (("tcp", "22"), ("udp", "53"))
    ]
    assert said([ALL], [ANY], items=items).endswith(", except tcp 22, udp 53 from 10.0.0.0/8")


def test_more_names_than_a_line_has_room_for_are_counted() -> None:
    networks: list[Network | None] = [Network(addresses(f"10.0.0.{2 * part}")) for part in range(MOST_NAMES + 3)]
    assert said([SSH], networks).endswith(", 10.0.0.18, and 3 more")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([1], [], "  (was ingress[1])"),
        ([], ["sgr-a"], "  (now sgr-a)"),
        ([0, 2], [1], "  (was ingress[0], ingress[2], now ingress[1])"),
        ([None], [None], ""),
    ],
)
def test_the_deciding_rules_stand_at_the_end(before: list[Any], after: list[Any], words: str) -> None:
    text = said([SSH], [ANY], because={"before": before, "after": after})
    assert text == f"ingress tcp 22 from any IPv4 address{words}"


@pytest.mark.parametrize(
    ("services", "names", "words"),
    [
        ([SSH, Service("icmp", "all")], {}, "tcp 22, icmp"),
        ([Service("udp", "all")], {}, "all udp"),
        ([Service("other", "all")], {}, "protocols that no rule can name"),
        ([ALL], {"service_template": "ppm-x"}, "services of ppm-x"),
        ([SSH], {"service_template": "ppm-x"}, "tcp 22 of ppm-x"),
    ],
)
def test_services(services: list[Service], names: dict[str, str], words: str) -> None:
    assert service_words(services, names) == words


@pytest.mark.parametrize(
    ("peer", "words"),
    [(SELF, "members of this group"), ("sg-a", "members of sg-a"), ("ipm-x", "addresses of ipm-x")],
)
def test_peers(peer: str, words: str) -> None:
    assert peer_name(peer) == words


@pytest.mark.parametrize(("position", "words"), [(0, "egress[0]"), (12, "egress[12]"), ("sgr-a", "sgr-a")])
def test_the_place_of_a_rule(position: int | str, words: str) -> None:
    assert place("egress", position) == words


def numbered(count: int) -> list[Line]:
    return [Line(f"line {number}", [], 1) for number in range(count)]


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (MOST_LINES, f"+ newly allowed: line {MOST_LINES - 1}"),
        (MOST_LINES + 1, "+ newly allowed: 1 more line, narrower than these; impact.newly_allowed has all"),
        (MOST_LINES + 5, "+ newly allowed: 5 more lines, narrower than these; impact.newly_allowed has all"),
    ],
)
def test_lines_beyond_the_most_are_counted(count: int, last: str) -> None:
    assert impact_text(numbered(count), [], {True: True, False: False})[-1] == last


def test_what_opens_comes_before_what_closes() -> None:
    text = impact_text(numbered(1), numbered(1), {True: True, False: True})
    assert text == ["+ newly allowed: line 0", "- newly denied: line 0"]


def test_a_change_that_is_seen_is_never_passed_over() -> None:
    words = "traffic that requires too many entries to describe"
    assert impact_text([], [], {True: False, False: True}) == [f"- newly denied: {words}"]
    assert impact_text([], [], {True: False, False: False}) == []
