# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Traffic as numbers: services and addresses are half-open ranges of integers, read from and written as text.

A service is a TCP port (0 to 65535), a UDP port (65536 above it), or one number for each protocol without ports.
An IPv4 address is its own number; an IPv6 address is its number plus ``IPV6``.
"""

from __future__ import annotations

import functools
import re
import socket
from collections.abc import Iterable, Sequence

Range = tuple[int, int]
Ranges = tuple[Range, ...]

PORTS = 1 << 16
IPV6 = 1 << 128
IPV4_RANGE = (0, 1 << 32)
IPV6_RANGE = (IPV6, 2 * IPV6)
ANY_ADDRESS: Ranges = (IPV4_RANGE, IPV6_RANGE)
ANY_IPV4 = "0.0.0.0/0"
ANY_IPV6 = "::/0"
# ``other`` is what only ``all`` matches: every protocol that a rule cannot name.
PROTOCOL_RANGES = {
    "tcp": (0, PORTS),
    "udp": (PORTS, 2 * PORTS),
    "icmp": (2 * PORTS, 2 * PORTS + 1),
    "icmpv6": (2 * PORTS + 1, 2 * PORTS + 2),
    "gre": (2 * PORTS + 2, 2 * PORTS + 3),
    "other": (2 * PORTS + 3, 2 * PORTS + 4),
}
ALL_SERVICES: Ranges = ((0, 2 * PORTS + 4),)
WITH_PORTS = ("tcp", "udp")
_AROUND_SEPARATORS = re.compile(r"\s*([,-])\s*")


def merged(ranges: Iterable[Range]) -> Ranges:
    """Return the same numbers as ascending ranges that neither touch nor overlap."""
    result: list[Range] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        elif low < high:
            result.append((low, high))
    return tuple(result)


def without(ranges: Ranges, removed: Ranges) -> Ranges:
    """Return the numbers of ``ranges`` that are not in ``removed``; both are in the form of ``merged``."""
    result: list[Range] = []
    for first, end in ranges:
        low = first
        for cut_low, cut_high in removed:
            if cut_low >= end:
                break
            if cut_high > low:
                result.append((low, cut_low))
                low = cut_high
        result.append((low, end))
    return tuple(part for part in result if part[0] < part[1])


@functools.lru_cache(maxsize=4096)
def parse_ports(text: str) -> Ranges | None:
    """Return the ports of ``22``, ``80,443,8000-8010`` or ``all``; None for any other text."""
    # Blanks are only dropped beside a comma or a dash: 80 81 is a forgotten comma, not port 8081.
    compact = _AROUND_SEPARATORS.sub(r"\1", text.strip()).lower()
    if compact == "all":
        return ((0, PORTS),)
    ranges = []
    for part in compact.split(","):
        low, dash, high = part.partition("-")
        first, last = _port_number(low), _port_number(high if dash else low)
        if first is None or last is None or not first <= last < PORTS:
            return None
        ranges.append((first, last + 1))
    return merged(ranges)


def _port_number(text: str) -> int | None:
    # Python refuses to convert a text of thousands of digits.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@functools.lru_cache(maxsize=4096)
def parse_services(protocol: str, port: str = "all") -> Ranges | None:
    """Return the services of a protocol and its ports; None if either is not readable."""
    protocol = protocol.strip().lower() or "all"
    if protocol == "all":
        return ALL_SERVICES
    if protocol not in PROTOCOL_RANGES:
        return None
    low, high = PROTOCOL_RANGES[protocol]
    if protocol not in WITH_PORTS:
        return ((low, high),)
    ports = parse_ports(port)
    return None if ports is None else tuple((low + first, low + end) for first, end in ports)


@functools.lru_cache(maxsize=4096)
def parse_network(text: str) -> tuple[Range, bool] | None:
    """Return the addresses of a network and whether its text had host bits; None if it is not a network."""
    address, slash, mask = text.strip().partition("/")
    family, bits, base = (socket.AF_INET6, 128, IPV6) if ":" in address else (socket.AF_INET, 32, 0)
    length = int(mask) if mask.isascii() and mask.isdigit() and len(mask) <= 3 else -1 if slash else bits
    if not 0 <= length <= bits:
        return None
    try:
        number = int.from_bytes(socket.inet_pton(family, address), "big")
    except (OSError, ValueError, UnicodeError):
        return None
    size = 1 << (bits - length)
    first = number & ~(size - 1)
    return (base + first, base + first + size), first != number


def address_text(number: int) -> str:
    """Return the text of one address."""
    if number >= IPV6:
        return socket.inet_ntop(socket.AF_INET6, (number - IPV6).to_bytes(16, "big"))
    return socket.inet_ntop(socket.AF_INET, number.to_bytes(4, "big"))


def network_text(network: Range) -> str:
    """Return the text of an aligned range of addresses, a single address without its mask."""
    size = (network[1] - network[0]).bit_length() - 1
    bits = 128 if network[0] >= IPV6 else 32
    text = address_text(network[0])
    return f"{text}/{bits - size}" if size else text


def protocol_of(service: int) -> str:
    """Return the protocol of one service."""
    return next(name for name, (low, high) in PROTOCOL_RANGES.items() if low <= service < high)


def port_text(ports: Sequence[Range], base: int = 0) -> str:
    """Return ``80,443,8000-8010`` for ranges of services that begin at ``base``."""
    return ",".join(str(low - base) if high - low == 1 else f"{low - base}-{high - base - 1}" for low, high in ports)
