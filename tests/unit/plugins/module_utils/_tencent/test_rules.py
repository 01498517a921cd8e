# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Canonical forms of ports and networks, strict for users and lenient for services."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import (
    Rule,
    canonical_cidr,
    canonical_ipv6_cidr,
    canonical_port,
    is_stored_as_any,
    observed_network,
    observed_port,
    one_line,
    without_host_bits,
)
from tests.unit.plugins.strategies import networks, ports

GOOD_PORTS = [
    ("22", "22"),
    ("022", "22"),
    ("22-22", "22"),
    ("0", "0"),
    ("0-65535", "0-65535"),
    ("65535", "65535"),
    ("8000-8010", "8000-8010"),
    ("8000 - 8010", "8000-8010"),
    ("443,80", "80,443"),
    ("80, 443,80", "80,443"),
    ("80,80", "80"),
    (" 80 ,\t443 ", "80,443"),
    ("9,10", "9,10"),
    ("80,8000-8010", "80,8000-8010"),
    ("8000-8010, 80", "80,8000-8010"),
    ("443-443,80-80", "80,443"),
    ("80-80,90-100,80", "80,90-100"),
    ("80-90,80", "80,80-90"),
    ("all", "all"),
    ("ALL", "all"),
]
BAD_PORTS = [
    ("65536", "highest port is 65535"),
    ("1-65536", "highest port is 65535"),
    ("80,70000", "highest port is 65535"),
    ("90-80", "ends before it begins"),
    ("23-22", "ends before it begins"),
    ("80,9-8", "ends before it begins"),
    ("-1", "not a port"),
    ("-", "not a port"),
    ("22-", "not a port"),
    ("80 81", "not a port"),
    ("80 443", "not a port"),
    ("80, 81 82", "not a port"),
    ("22-23-24", "not a port"),
    ("80,", "not a port"),
    (",", "not a port"),
    ("ssh", "not a port"),
    ("2_2", "not a port"),
    ("0x16", "not a port"),
    ("22.0", "not a port"),
    ("+22", "not a port"),
    ("\u0662\u0662", "not a port"),  # digits, but of another script
    ("²", "not a port"),
]
GOOD_CIDRS = [
    ("10.0.0.0/8", "10.0.0.0/8"),
    ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
    ("10.0.0.1", "10.0.0.1"),
    ("10.0.0.1/32", "10.0.0.1"),
    ("0.0.0.0/0", "0.0.0.0/0"),
    ("0.0.0.0/0.0.0.0", "0.0.0.0/0"),
    ("0.1.0.0/16", "0.1.0.0/16"),
    ("128.0.0.0/1", "128.0.0.0/1"),
]
BAD_CIDRS = [
    ("0.0.0.0", "stored by the service as 0.0.0.0/0, any IPv4 address"),
    ("0.0.0.0/32", "stored by the service as 0.0.0.0/0, any IPv4 address"),
    ("0.0.0.0/8", "stored by the service as 0.0.0.0/0, any IPv4 address"),
    ("0.0.0.0/1", "stored by the service as 0.0.0.0/0, any IPv4 address"),
    ("0.0.0.0/255.0.0.0", "stored by the service as 0.0.0.0/0, any IPv4 address"),
    ("10.1.2.3/8", "the network is 10.0.0.0/8"),
    ("10.0.0.1/31", "the network is 10.0.0.0/31"),
    ("10.0.0.0/33", "not an IPv4 address"),
    ("10.0.0", "not an IPv4 address"),
    ("10.0.0.256", "not an IPv4 address"),
    ("10.0.0.0/", "not an IPv4 address"),
    ("10.0.0.1-10.0.0.9", "not an IPv4 address"),
    ("any", "not an IPv4 address"),
]
GOOD_IPV6 = [
    ("::/0", "::/0"),
    ("0::0/0", "::/0"),
    ("2001:DB8::/32", "2001:db8::/32"),
    ("2001:0db8:0000::/32", "2001:db8::/32"),
    ("2001:db8:0:0:0:0:0:1/128", "2001:db8::1"),
    ("FF05::B5", "ff05::b5"),
]
BAD_IPV6 = [
    ("2001:db8::1/32", "the network is 2001:db8::/32"),
    ("2001:db8::/129", "not an IPv6 address"),
    ("fe80::1%eth0", "zone"),
    ("fe80::%1/64", "zone"),
    ("1::2::3", "not an IPv6 address"),
    ("10.0.0.1", "not an IPv6 address"),
]


@pytest.mark.parametrize(("text", "canonical"), GOOD_PORTS)
def test_port(text: str, canonical: str) -> None:
    assert canonical_port(text) == canonical
    assert observed_port(text) == canonical


@pytest.mark.parametrize(("text", "words"), BAD_PORTS)
def test_bad_port(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        canonical_port(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(("text", "canonical"), GOOD_CIDRS)
def test_cidr(text: str, canonical: str) -> None:
    assert canonical_cidr(text) == canonical
    assert observed_network(text) == ("cidr", canonical)


@pytest.mark.parametrize(("text", "canonical"), GOOD_IPV6)
def test_ipv6_cidr(text: str, canonical: str) -> None:
    assert canonical_ipv6_cidr(text) == canonical
    assert observed_network(text) == ("ipv6_cidr", canonical)


@pytest.mark.parametrize(("text", "words"), BAD_CIDRS)
def test_bad_cidr(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        canonical_cidr(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(("text", "words"), BAD_IPV6)
def test_bad_ipv6_cidr(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        canonical_ipv6_cidr(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "observed"),
    [
        ("10.1.2.3/8", ("cidr", "10.0.0.0/8")),
        ("10.9.89.9/25", ("cidr", "10.9.89.0/25")),
        ("10.9.89.9/255.255.255.128", ("cidr", "10.9.89.0/25")),
        ("10.0.0.1/31", ("cidr", "10.0.0.0/31")),
        ("2001:DB8::1/32", ("ipv6_cidr", "2001:db8::/32")),
        ("0.0.0.0/8", ("cidr", "0.0.0.0/0")),
        ("0.0.0.5/0", ("cidr", "0.0.0.0/0")),
        # It is not known whether the service treats this as any address, so it is not made wider.
        ("0.0.0.5/8", ("cidr", "0.0.0.0/8")),
        ("10.0.0.1-10.0.0.9", ("cidr", "10.0.0.1-10.0.0.9")),
        ("fe80::zz", ("ipv6_cidr", "fe80::zz")),
    ],
)
def test_stored_rules_are_read_by_meaning(text: str, observed: tuple[str, str]) -> None:
    assert observed_network(text) == observed


@pytest.mark.parametrize(
    ("text", "network", "widened"),
    [
        ("10.9.89.9/25", "10.9.89.0/25", False),
        ("2001:DB8::1/32", "2001:db8::/32", False),
        ("fe80::1%eth0/64", "fe80::1%eth0/64", False),
        ("office", "office", False),
        ("0.0.0.5/0", "0.0.0.0/0", False),
        ("0.0.0.5/8", "0.0.0.0/8", True),
        ("0.0.0.0/8", "0.0.0.0/8", True),
        ("0.0.0.1/31", "0.0.0.0/31", True),
    ],
)
def test_a_network_keeps_its_length_without_its_host_bits(text: str, network: str, widened: bool) -> None:
    assert without_host_bits(text) == network
    assert is_stored_as_any(network) is widened


@pytest.mark.parametrize(
    ("text", "observed"),
    [
        ("", "all"),
        ("Any", "any"),
        ("ALL,80", "all,80"),
        ("9-8,80", "9-8,80"),
    ],
)
def test_an_odd_port_of_a_service_is_kept(text: str, observed: str) -> None:
    assert observed_port(text) == observed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ssh", "ssh"),
        ("  ssh from\u3000the office ", "ssh from\u3000the office"),
        ("two\nlines", "two lines"),
        ("two\r\n lines\t", "two  lines"),
        ("\x00\u2028", ""),
        ("\u200d is kept", "\u200d is kept"),
        ("   ", ""),
    ],
)
def test_a_description_is_read_as_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert one_line(shown) == shown


@given(ports())
def test_canonical_ports_stay(port: str) -> None:
    assert canonical_port(port) == port


@given(networks(4), networks(6))
def test_canonical_networks_stay(ipv4: str, ipv6: str) -> None:
    assert canonical_cidr(ipv4) == ipv4
    assert canonical_ipv6_cidr(ipv6) == ipv6


@given(st.text("0123456789-, alALxX.", max_size=12))
def test_a_port_is_refused_or_canonical_for_good(text: str) -> None:
    try:
        once = canonical_port(text)
    except ValueError:
        return
    assert canonical_port(once) == once


@given(st.text("0123456789abcdef:./%", max_size=24))
def test_a_network_is_refused_or_canonical_for_good(text: str) -> None:
    for canonical in (canonical_cidr, canonical_ipv6_cidr):
        try:
            once = canonical(text)
        except ValueError:
            continue
        assert canonical(once) == once


def test_identity_is_the_rule_without_its_description() -> None:
    rule = Rule("accept", "tcp", "22", "cidr", "10.0.0.1", description="ssh")
    assert rule.identity == Rule("accept", "tcp", "22", "cidr", "10.0.0.1")
    assert rule.to_dict() == {
        "action": "accept",
        "protocol": "tcp",
        "port": "22",
        "cidr": "10.0.0.1",
        "description": "ssh",
    }
    beside_template = Rule("drop", "", "", "security_group_id", "sg-1", "ppm-1")
    assert beside_template.to_dict() == {
        "action": "drop",
        "security_group_id": "sg-1",
        "service_template": "ppm-1",
    }
