# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rule of a security group as a value: two spellings of one rule are equal.

A rule consists of canonical text. The functions ``canonical_*`` are strict, for values that a user wrote, and raise
ValueError with a message for the user. The functions ``observed_*`` keep what a service returned if it is not valid.
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
_ZEROS = "0.0.0.0"
# Entries in the cache of a function. The groups of a fleet share many ports, networks and rules, and a cached value is
# neither computed nor stored twice.
CACHE_SIZE = 4096
_AROUND_SEPARATORS = re.compile(r"\s*([,-])\s*")
# Control characters, and the two separators that end a line or a paragraph.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Rule(NamedTuple):
    """One rule in canonical form. ``peer`` is the name of one of PEERS and ``address`` its value.

    ``protocol`` and ``port`` are empty beside a ``service_template``, and ``description`` is empty when there is none.
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
        """Return the rule without its description: what it matches and what it does."""
        return Rule(*self[:-1]) if self.description else self

    def to_dict(self) -> RuleDict:
        """Return the form of results, which users may give back: canonical names, without unset fields."""
        fields = {
            "action": self.action,
            "protocol": self.protocol,
            "port": self.port,
            self.peer: self.address,
            "service_template": self.service_template,
            "description": self.description,
        }
        return {name: value for name, value in fields.items() if value}


@functools.lru_cache(maxsize=CACHE_SIZE)
def canonical_keyword(text: str) -> str:
    """Return a keyword in lower case, whether or not a rule may have it."""
    return text.strip().lower()


@functools.lru_cache(maxsize=CACHE_SIZE)
def canonical_port(text: str) -> str:
    """Return a port, a range, a list of them (ascending, once each) or ``all``. Raises ValueError.

    Lists that mix ports and ranges are accepted, because groups can contain them; the
    service decides whether it accepts one.
    """
    # Blanks are only dropped beside a comma or a dash: 80 81 is a forgotten comma, not port 8081.
    compact = _AROUND_SEPARATORS.sub(r"\1", text.strip()).lower()
    if compact == ANY:
        return ANY
    ranges = sorted({_port_range(part, text) for part in compact.split(",")})
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


def _port_range(part: str, text: str) -> tuple[int, int]:
    first, dash, last = part.partition("-")
    low = _port_number(first, text)
    high = _port_number(last, text) if dash else low
    if low > high:
        raise ValueError(f"{text!r} is a range that ends before it begins")
    return low, high


def _port_number(digits: str, text: str) -> int:
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{text!r} is not a port, a range like 8000-8010, a list like 80,443, or all")
    # Python refuses to convert a text of thousands of digits.
    if len(digits) > 9 or int(digits) > 65535:
        raise ValueError(f"{text!r} contains {digits}; the highest port is 65535")
    return int(digits)


def canonical_cidr(text: str) -> str:
    """Return an IPv4 network, or a single address without its mask. Raises ValueError."""
    return _plain_ipv4(text) or _canonical_network(text, ipaddress.IPv4Interface, "IPv4", "10.0.0.0/8 or 10.0.0.1")


@functools.lru_cache(maxsize=CACHE_SIZE)
def _plain_ipv4(text: str) -> str | None:
    """Return the canonical form of common networks ten times faster than ipaddress; None for others."""
    address, slash, mask = text.partition("/")
    length = int(mask) if mask.isascii() and mask.isdigit() and len(mask) <= 2 else 33 if slash else 32
    try:
        number = int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big")
    except (OSError, ValueError):
        return None
    if length > 32 or not number or number & (0xFFFFFFFF >> length):
        return None
    return address if length == 32 else f"{address}/{length}"


@functools.lru_cache(maxsize=CACHE_SIZE)
def canonical_ipv6_cidr(text: str) -> str:
    """Return an IPv6 network, or a single address without its mask. Raises ValueError."""
    return _canonical_network(text, ipaddress.IPv6Interface, "IPv6", "2001:db8::/32 or 2001:db8::1")


def _canonical_network(text: str, parse: Callable[[str], Interface], family: str, example: str) -> str:
    try:
        interface = parse(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an {family} address or network such as {example}") from error
    if "%" in text:
        raise ValueError(f"{text!r} has a zone, which a rule cannot have")
    network = interface.network
    if network.network_address != interface.ip:
        raise ValueError(f"{text!r} has host bits set; the network is {_spell(interface)}")
    canonical = _spell(interface)
    if is_stored_as_any(canonical):
        raise ValueError(
            f"{text!r} would be stored by the service as {ANY_IPV4}, any IPv4 address; write {ANY_IPV4} to mean that"
        )
    return canonical


def is_stored_as_any(address: str) -> bool:
    """Return whether this network, in canonical form, is one that the service would store as any address.

    API 3.0 does so with every 0.0.0.0/n (SecurityGroupPolicy.CidrBlock).
    """
    return address.partition("/")[0] == _ZEROS and address != ANY_IPV4


def _spell(interface: Interface) -> str:
    network = interface.network
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def observed_port(text: str) -> str:
    """Return the canonical port of what a service returned; nothing at all means any port."""
    try:
        return canonical_port(text or ANY)
    except ValueError:
        return text.lower()


@functools.lru_cache(maxsize=CACHE_SIZE)
def one_line(text: str) -> str:
    """Return a description without blanks around it, line breaks and other control characters.

    Services may return a description with them. Without, the description that a result shows can be given back.
    """
    return text.strip() if text.isprintable() else _BREAKS.sub(" ", text).strip()


def without_host_bits(text: str) -> str:
    """Return the network of an address that a service returned. Text that is not an address, or has a zone, is kept."""
    try:
        return text if "%" in text else _spell(ipaddress.ip_interface(text))
    except ValueError:
        return text


@functools.lru_cache(maxsize=CACHE_SIZE)
def observed_network(text: str) -> tuple[str, str]:
    """Return the peer field and the canonical network of an address that a service returned.

    Host bits are cleared, because the rule matches the network that they are in. Text that is not an address is kept.
    """
    plain = _plain_ipv4(text)
    if plain:
        return "cidr", plain
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        return ("ipv6_cidr" if ":" in text else "cidr"), text
    if str(interface.ip) == _ZEROS:
        return "cidr", ANY_IPV4  # that is what the service has stored
    return ("cidr" if interface.version == 4 else "ipv6_cidr"), _spell(interface)
