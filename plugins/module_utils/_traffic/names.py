# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short names for sets of addresses and of services, with exceptions where these are shorter."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from .numbers import (
    ALL_SERVICES,
    ANY_ADDRESS,
    IPV6,
    PORTS,
    PROTOCOL_RANGES,
    WITH_PORTS,
    Range,
    Ranges,
    merged,
    network_text,
    port_text,
    without,
)

# What an exception costs a reader, compared with one more network or port.
EXCEPTION_PRICE = 1.2


class Network(NamedTuple):
    """An aligned range of addresses, except ``holes``."""

    network: Range
    holes: tuple[Range, ...] = ()


class Service(NamedTuple):
    """A protocol with ports, except ``holes``, in the spelling of rules."""

    protocol: str
    port: str
    holes: tuple[tuple[str, str], ...] = ()


def networks(ranges: Ranges, holes: bool = True) -> list[Network]:
    """Return as few networks as possible that cover exactly these addresses."""
    if not holes:
        return [Network(part) for part in _aligned(ranges)]
    result: list[Network] = []
    for low, high in ANY_ADDRESS:
        inside = tuple(part for part in ranges if low <= part[0] < high)
        if inside:
            result += _best(inside, (high - low).bit_length() - 1).parts
    return result


def _aligned(ranges: Ranges) -> list[Range]:
    """Return the networks that cover exactly these addresses, without exceptions."""
    result = []
    for low, high in ranges:
        while low < high:
            longest = 1 << ((high - low).bit_length() - 1)
            size = min(longest, low & -low) if low else longest
            result.append((low, low + size))
            low += size
    return result


class _Best(NamedTuple):
    """The cheapest networks within a block of the address space, and the number of networks in the rest of it."""

    price: float
    parts: list[Network]
    rest: int


def _best(ranges: Ranges, bits: int) -> _Best:
    """Return the cheapest networks for ``ranges``, which are not empty, in a block of ``2 ** bits`` addresses."""
    first, last = ranges[0][0], ranges[-1][1] - 1
    inner = (first ^ last).bit_length()
    low = first >> inner << inner
    block, middle = (low, low + (1 << inner)), low + (1 << inner >> 1)
    # The block is halved until the addresses are in both halves: each time one network is in the rest.
    halved = bits - inner
    if ranges == (block,):
        return _Best(1, [Network(block)], halved)
    left, right = (_best(half, inner - 1) for half in _halves(ranges, middle))
    price, parts, rest = left.price + right.price, left.parts + right.parts, left.rest + right.rest
    if 1 + EXCEPTION_PRICE * rest < price:
        price, parts = 1 + EXCEPTION_PRICE * rest, [Network(block, tuple(_aligned(without((block,), ranges))))]
    return _Best(price, parts, rest + halved)


def _clip(ranges: Ranges, low: int, high: int) -> Ranges:
    return tuple((max(first, low), min(end, high)) for first, end in ranges if first < high and end > low)


def _halves(ranges: Ranges, middle: int) -> tuple[Ranges, Ranges]:
    """Return the addresses below ``middle``, and the others."""
    index = bisect_left(ranges, (middle,))
    left, right = ranges[:index], ranges[index:]
    first, end = left[-1]
    if end > middle:
        return (*left[:-1], (first, middle)), ((middle, end), *right)
    return left, right


def services(ranges: Ranges, free: Ranges = (), holes: bool = True) -> list[Service]:
    """Return as few protocols and ports as possible that cover exactly these services.

    ``free`` are services that may be included or not.
    """
    missing = without(ALL_SERVICES, merged([*ranges, *free]))
    if not missing:
        return [Service("all", "all")]
    named = _named(ranges, holes)
    left_out = _named(missing, False)
    if holes and 1 + EXCEPTION_PRICE * _items(left_out) < _items(named):
        return [Service("all", "all", tuple((hole.protocol, hole.port) for hole in left_out))]
    return named


def _items(named: list[Service]) -> float:
    return sum(1 + item.port.count(",") + EXCEPTION_PRICE * len(item.holes) for item in named)


def _named(ranges: Ranges, holes: bool) -> list[Service]:
    result = []
    for protocol, (low, high) in PROTOCOL_RANGES.items():
        ports = _clip(ranges, low, high)
        if not ports:
            continue
        missing = without(((low, high),), ports)
        if not missing or protocol not in WITH_PORTS:
            result.append(Service(protocol, "all"))
        elif holes and 1 + EXCEPTION_PRICE * len(missing) < len(ports):
            result.append(Service(protocol, "all", ((protocol, port_text(missing, low)),)))
        else:
            result.append(Service(protocol, port_text(ports, low)))
    return result


def address_weight(item: Network) -> float:
    """Return the share of its family that a network has. The IPv6 network of a home counts like one IPv4 address."""
    share = sum(_share(hole) for hole in item.holes)
    return max(_share(item.network) - share, 2.0**-40)


def _share(network: Range) -> float:
    size = (network[1] - network[0]).bit_length() - 1
    # The public IPv4 internet and the 2^97 IPv6 addresses that count as the world: a /7 and a /31.
    length = 32 - size if network[0] < IPV6 else max(0, 128 - size - 24)
    return 2.0**-length


def service_weight(ranges: Ranges) -> float:
    """Return the share of all services that these are."""
    return sum(high - low for low, high in ranges) / (2 * PORTS + 4)


def network_name(network: Range) -> str:
    """Return a network in the words of a sentence."""
    text = network_text(network)
    return {"0.0.0.0/0": "any IPv4 address", "::/0": "any IPv6 address"}.get(text, text)
