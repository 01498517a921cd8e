# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    ALL_SERVICES,
    IPV6,
    PORTS,
    PROTOCOL_RANGES,
    Range,
    Ranges,
    address_text,
    merged,
    network_text,
    parse_network,
    parse_ports,
    parse_services,
    port_text,
    protocol_of,
    without,
)

RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def numbers(ranges: list[Range] | Ranges) -> set[int]:
    return {number for low, high in ranges for number in range(low, high)}


@given(RANGES)
def test_merged_ranges_are_the_same_numbers_with_gaps_between_them(ranges: list[Range]) -> None:
    result = merged(ranges)
    assert numbers(result) == numbers(ranges)
    assert all(low < high for low, high in result)
    assert all(end < start for (_low, end), (start, _high) in zip(result, result[1:], strict=False))


@given(RANGES, RANGES)
def test_without_is_the_difference_of_two_sets(ranges: list[Range], removed: list[Range]) -> None:
    result = without(merged(ranges), merged(removed))
    assert numbers(result) == numbers(ranges) - numbers(removed)
    assert result == merged(result)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("22", ((22, 23),)),
        ("443, 80", ((80, 81), (443, 444))),
        ("80,81-90", ((80, 91),)),
        ("8000 - 8010", ((8000, 8011),)),
        ("0-65535", ((0, PORTS),)),
        ("ALL", ((0, PORTS),)),
        ("", None),
        ("80 81", None),
        ("65536", None),
        ("90-80", None),
        ("-1", None),
        ("80,", None),
        ("http", None),
        ("\N{ARABIC-INDIC DIGIT ONE}", None),
    ],
)
def test_ports_are_read(text: str, ports: Ranges | None) -> None:
    assert parse_ports(text) == ports


@given(st.sets(st.integers(0, PORTS - 1), min_size=1, max_size=5))
def test_the_text_of_ports_can_be_read_again(ports: set[int]) -> None:
    ranges = merged((port, port + 1) for port in ports)
    assert parse_ports(port_text(ranges)) == ranges


def test_the_text_of_ports_is_relative_to_the_first_service() -> None:
    assert port_text(((PORTS + 53, PORTS + 54), (PORTS + 60, PORTS + 62)), PORTS) == "53,60-61"


@pytest.mark.parametrize(
    ("protocol", "port", "services"),
    [
        ("tcp", "22", ((22, 23),)),
        (" UDP ", "53", ((PORTS + 53, PORTS + 54),)),
        ("icmp", "all", (PROTOCOL_RANGES["icmp"],)),
        ("gre", "80", (PROTOCOL_RANGES["gre"],)),
        ("all", "80", ALL_SERVICES),
        ("", "all", ALL_SERVICES),
        ("tcp", "nonsense", None),
        ("sctp", "all", None),
        ("other", "all", (PROTOCOL_RANGES["other"],)),
    ],
)
def test_services_are_read(protocol: str, port: str, services: Ranges | None) -> None:
    assert parse_services(protocol, port) == services


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/x",
        "::/129",
        "256.0.0.1",
        "sg-1",
        "10.0.0.0/255.0.0.0",
        "::g",
    ],
)
def test_a_text_that_is_not_a_network_has_no_addresses(text: str) -> None:
    assert parse_network(text) is None


@given(st.ip_addresses(), st.integers(0, 128))
def test_a_network_is_read_like_the_standard_library_reads_it(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, mask: int
) -> None:
    text = f"{address}/{min(mask, address.max_prefixlen)}"
    network = ipaddress.ip_network(text, strict=False)
    base = IPV6 if network.version == 6 else 0
    first = int(network.network_address) + base
    assert parse_network(text) == ((first, first + network.num_addresses), network.network_address != address)


@given(st.ip_addresses(), st.integers(0, 128))
def test_the_text_of_a_network_can_be_read_again(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, mask: int
) -> None:
    parsed = parse_network(f"{address}/{min(mask, address.max_prefixlen)}")
    assert parsed is not None
    assert parse_network(network_text(parsed[0])) == (parsed[0], False)


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ((10 << 24, 11 << 24), "10.0.0.0/8"),
        ((1, 2), "0.0.0.1"),
        ((0, 1 << 32), "0.0.0.0/0"),
        ((IPV6, 2 * IPV6), "::/0"),
        ((IPV6 + 1, IPV6 + 2), "::1"),
    ],
)
def test_a_network_is_written(network: Range, text: str) -> None:
    assert network_text(network) == text


def test_an_address_is_written_in_its_family() -> None:
    assert (address_text(1), address_text(IPV6 + 1)) == ("0.0.0.1", "::1")


@pytest.mark.parametrize("protocol", PROTOCOL_RANGES)
def test_the_first_and_the_last_service_of_a_protocol_belong_to_it(protocol: str) -> None:
    low, high = PROTOCOL_RANGES[protocol]
    assert (protocol_of(low), protocol_of(high - 1)) == (protocol, protocol)
