# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The rule of a security group as a value: two spellings of one rule are equal.

Values are built from canonical text.  The functions below make it, strictly for what a user wrote (ValueError with
words for the user) and leniently for what a service returned, which is kept as it is where it cannot be understood.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import socket
from collections.abc import Callable
from typing import NamedTuple, Union

RuleDict = dict[str, str]
Interface = Union[ipaddress.IPv4Interface, ipaddress.IPv6Interface]

ACTIONS = ("accept", "drop")
PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "gre", "all")
PEERS = ("cidr", "ipv6_cidr", "security_group_id", "address_template")
DIRECTIONS = ("ingress", "egress")
ANY = "all"
ANY_IPV4 = "0.0.0.0/0"
# How many values a function remembers: the groups of a fleet have many ports, networks and rules in common, and what
# is remembered is neither worked out nor kept in memory twice.
REMEMBERED = 4096
_AROUND_SEPARATORS = re.compile(r"\s*([,-])\s*")


class Rule(NamedTuple):
    """One rule in canonical form. C(peer) is the name of one of PEERS and C(address) its value.

    C(protocol) and C(port) are empty beside a C(service_template), and C(description) is empty when there is none.
    """

    action: str
    protocol: str
    port: str
    peer: str
    address: str
    service_template: str = ""
    description: str = ""

    @property
    def identity(self) -> Rule:
        """The rule without its description: what it matches and what it does."""
        return Rule(*self[:-1]) if self.description else self

    def to_dict(self) -> RuleDict:
        """The form that users see and may hand back: canonical names, unset fields left out."""
        fields = {
            "action": self.action,
            "protocol": self.protocol,
            "port": self.port,
            self.peer: self.address,
            "service_template": self.service_template,
            "description": self.description,
        }
        return {name: value for name, value in fields.items() if value}


@functools.lru_cache(maxsize=REMEMBERED)
def canonical_keyword(text: str) -> str:
    """A keyword in lower case, whether or not it is one that a rule may have."""
    return text.strip().lower()


@functools.lru_cache(maxsize=REMEMBERED)
def canonical_port(text: str) -> str:
    """C(22), C(8000-8010), C(80,443) ascending and once each, or C(all). Raises ValueError."""
    # Blanks are taken away beside a comma or a dash only: 80 81 is a forgotten comma, and not port 8081.
    compact = _AROUND_SEPARATORS.sub(r"\1", text.strip()).lower()
    if compact == ANY:
        return ANY
    if compact.isascii() and compact.isdigit():
        return str(_port_number(compact, text))
    if "-" in compact:
        first, dummy, last = compact.partition("-")
        low, high = _port_number(first, text), _port_number(last, text)
        if low > high:
            raise ValueError(f"{text!r} is a range that ends before it begins")
        return str(low) if low == high else f"{low}-{high}"
    return ",".join(str(number) for number in sorted({_port_number(part, text) for part in compact.split(",")}))


def _port_number(digits: str, text: str) -> int:
    if not (digits.isascii() and digits.isdigit()):
        hint = " (a list cannot hold a range; write two rules)" if "," in text and "-" in text else ""
        raise ValueError(f"{text!r} is not a port, a range like 8000-8010, a list like 80,443, or all{hint}")
    number = int(digits)
    if number > 65535:
        raise ValueError(f"{text!r} holds {number}; the highest port is 65535")
    return number


def canonical_cidr(text: str) -> str:
    """An IPv4 network, a single address without its mask. Raises ValueError."""
    return _plain_ipv4(text) or _canonical_network(text, ipaddress.IPv4Interface, "IPv4", "10.0.0.0/8 or 10.0.0.1")


@functools.lru_cache(maxsize=REMEMBERED)
def _plain_ipv4(text: str) -> str | None:
    """The canonical form of what most rules hold, ten times faster than by way of ipaddress; None for anything else."""
    address, slash, mask = text.partition("/")
    length = int(mask) if mask.isascii() and mask.isdigit() and len(mask) <= 2 else 33 if slash else 32
    try:
        number = int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
    except (OSError, ValueError):
        return None
    if length > 32 or not number or number & (0xFFFFFFFF >> length):
        return None
    return address if length == 32 else f"{address}/{length}"


@functools.lru_cache(maxsize=REMEMBERED)
def canonical_ipv6_cidr(text: str) -> str:
    """An IPv6 network, a single address without its mask. Raises ValueError."""
    return _canonical_network(text, ipaddress.IPv6Interface, "IPv6", "2001:db8::/32 or 2001:db8::1")


def _canonical_network(text: str, parse: Callable[[str], Interface], family: str, example: str) -> str:
    try:
        interface = parse(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an {family} address or network such as {example}") from error
    if "%" in text:
        raise ValueError(f"{text!r} has a zone, which a rule cannot have")
    if interface.network.network_address != interface.ip:
        raise ValueError(f"{text!r} has host bits set; the network is {_spell(interface)}")
    return _spell(interface)


def _spell(interface: Interface) -> str:
    network = interface.network
    # Tencent Cloud stores every 0.0.0.0/n as any address (SecurityGroupPolicy.CidrBlock, API 3.0).
    if network.version == 4 and int(network.network_address) == 0:
        return ANY_IPV4
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def observed_port(text: str) -> str:
    """The canonical port of what a service returned; nothing at all means any port."""
    try:
        return canonical_port(text or ANY)
    except ValueError:
        return _listed_ranges(text) or text.lower()


def _listed_ranges(text: str) -> str:
    """The canonical form of a list with ranges in it (80-80,443-443), which nobody can give; "" if it is none."""
    try:
        parts = {canonical_port(part) for part in text.split(",")}
        return ",".join(sorted(parts, key=lambda part: int(part.partition("-")[0])))
    except ValueError:
        return ""


@functools.lru_cache(maxsize=REMEMBERED)
def observed_network(text: str) -> tuple[str, str]:
    """Peer name and canonical address of a network that a service returned. Host bits are kept as they are."""
    plain = _plain_ipv4(text)
    if plain:
        return "cidr", plain
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        return ("ipv6_cidr" if ":" in text else "cidr"), text
    peer = "cidr" if interface.version == 4 else "ipv6_cidr"
    if interface.network.network_address == interface.ip:
        return peer, _spell(interface)
    return peer, interface.with_prefixlen
