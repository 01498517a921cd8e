# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.names import (
    Network,
    Service,
    address_weight,
    network_name,
    networks,
    service_weight,
    services,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    ALL_SERVICES,
    ANY_ADDRESS,
    IPV4_RANGE,
    IPV6_RANGE,
    PROTOCOL_RANGES,
    Range,
    Ranges,
    merged,
    parse_network,
    parse_services,
    without,
)


def addresses(text: str) -> Range:
    parsed = parse_network(text)
    assert parsed
    return parsed[0]


def traffic(protocol: str, port: str = "all") -> Ranges:
    parsed = parse_services(protocol, port)
    assert parsed
    return parsed


def meaning(named: list[Service]) -> Ranges:
    """The services that these names represent."""
    parts: list[Range] = []
    for item in named:
        holes = merged(part for hole in item.holes for part in traffic(*hole))
        parts += without(traffic(item.protocol, item.port), holes)
    return merged(parts)


RANGES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=5).map(merged).filter(bool)


@given(RANGES, st.booleans())
def test_networks_are_aligned_and_make_up_the_addresses(ranges: Ranges, holes: bool) -> None:
    found = networks(ranges, holes)
    parts = [*(item.network for item in found), *(hole for item in found for hole in item.holes)]
    assert all((high - low).bit_count() == 1 and low % (high - low) == 0 for low, high in parts)
    assert merged(part for item in found for part in without((item.network,), merged(item.holes))) == ranges
    assert holes or not any(item.holes for item in found)


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ((IPV4_RANGE,), [Network(IPV4_RANGE)]),
        (ANY_ADDRESS, [Network(IPV4_RANGE), Network(IPV6_RANGE)]),
        ((addresses("10.0.0.0/8"),), [Network(addresses("10.0.0.0/8"))]),
        (without((IPV4_RANGE,), (addresses("10.0.0.0/8"),)), [Network(IPV4_RANGE, (addresses("10.0.0.0/8"),))]),
        ((), []),
    ],
)
def test_networks_have_exceptions_where_these_are_shorter(ranges: Ranges, found: list[Network]) -> None:
    assert networks(ranges) == found


@given(st.sets(st.sampled_from([0, 21, 22, 23, 80, 443, 65535]), min_size=1), st.sampled_from(["tcp", "udp"]))
def test_services_are_named_completely(ports: set[int], protocol: str) -> None:
    low, high = PROTOCOL_RANGES[protocol]
    some = merged((low + port, low + port + 1) for port in ports)
    for ranges in (some, without(ALL_SERVICES, some), without(((low, high),), some)):
        assert meaning(services(ranges)) == ranges


@pytest.mark.parametrize(
    ("ranges", "named"),
    [
        (ALL_SERVICES, [Service("all", "all")]),
        (traffic("tcp"), [Service("tcp", "all")]),
        (merged([*traffic("tcp", "80,443"), *traffic("icmp")]), [Service("tcp", "80,443"), Service("icmp", "all")]),
        (without(ALL_SERVICES, traffic("tcp", "25")), [Service("all", "all", (("tcp", "25"),))]),
        (without(ALL_SERVICES, traffic("udp", "53,123")), [Service("all", "all", (("udp", "53,123"),))]),
    ],
)
def test_services_have_the_shortest_names(ranges: Ranges, named: list[Service]) -> None:
    assert services(ranges) == named


def test_without_holes_no_service_has_an_exception() -> None:
    ranges = without(traffic("tcp"), traffic("tcp", "25"))
    assert services(ranges, holes=False) == [Service("tcp", "0-24,26-65535")]


def test_services_that_need_not_be_part_may_make_the_name_shorter() -> None:
    ranges = without(ALL_SERVICES, traffic("icmpv6"))
    assert services(ranges) != [Service("all", "all")]
    assert services(ranges, traffic("icmpv6")) == [Service("all", "all")]


def test_a_network_weighs_more_than_its_parts() -> None:
    texts = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3"]
    weights = [address_weight(Network(addresses(text))) for text in texts]
    assert weights == sorted(set(weights), reverse=True)
    assert address_weight(Network(IPV4_RANGE, (addresses("0.0.0.0/1"),))) == weights[0] / 2


def test_the_ipv6_network_of_a_home_weighs_as_much_as_an_ipv4_address() -> None:
    assert address_weight(Network(addresses("2001:db8::/56"))) == address_weight(Network(addresses("192.0.2.1")))


def test_all_services_weigh_one() -> None:
    assert service_weight(ALL_SERVICES) == 1
    assert 0 < service_weight(traffic("tcp", "22")) < service_weight(traffic("tcp")) < 1


@pytest.mark.parametrize(
    ("text", "name"),
    [("0.0.0.0/0", "any IPv4 address"), ("::/0", "any IPv6 address"), ("10.0.0.0/8", "10.0.0.0/8"), ("::1", "::1")],
)
def test_a_network_in_a_sentence(text: str, name: str) -> None:
    assert network_name(addresses(text)) == name
