# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short names for sets of addresses and of services, with exceptions where these are shorter."""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    ALL_SERVICES,
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
    """An aligned range of addresses without some others."""

    network: Range
    holes: tuple[Range, ...] = ()


class Service(NamedTuple):
    """A protocol with ports, without some others; each part as the words of a rule."""

    protocol: str
    port: str
    holes: tuple[tuple[str, str], ...] = ()


def networks(ranges: Ranges, holes: bool = True) -> list[Network]:
    """Return as few networks as possible that make up some addresses."""
    result: list[Network] = []
    for base, bits in ((0, 32), (IPV6, 128)):
        whole = (base, base + (1 << bits))
        inside = tuple(part for part in ranges if whole[0] <= part[0] < whole[1])
        result += _best(inside, whole, holes)[1]
    return result


def _best(ranges: Ranges, block: Range, holes: bool) -> tuple[float, list[Network]]:
    """The cheapest networks within a block of the address space, and their price."""
    if not ranges:
        return 0, []
    if ranges == (block,):
        return 1, [Network(block)]
    middle = (block[0] + block[1]) // 2
    if ranges[-1][1] <= middle:
        return _best(ranges, (block[0], middle), holes)
    if ranges[0][0] >= middle:
        return _best(ranges, (middle, block[1]), holes)
    low = _best(_clip(ranges, block[0], middle), (block[0], middle), holes)
    high = _best(_clip(ranges, middle, block[1]), (middle, block[1]), holes)
    price, parts = low[0] + high[0], low[1] + high[1]
    if holes:
        missing = _best(without((block,), ranges), block, False)[1]
        if 1 + EXCEPTION_PRICE * len(missing) < price:
            return 1 + EXCEPTION_PRICE * len(missing), [Network(block, tuple(hole.network for hole in missing))]
    return price, parts


def _clip(ranges: Ranges, low: int, high: int) -> Ranges:
    return tuple((max(first, low), min(end, high)) for first, end in ranges if first < high and end > low)


def services(ranges: Ranges, free: Ranges = (), holes: bool = True) -> list[Service]:
    """Return as few protocols and ports as possible that make up some services.

    ``free`` are services that may be part of it and need not.
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
    """How much of its family a network is, on a scale on which a home's IPv6 network counts as much as an address."""
    share = sum(_share(hole) for hole in item.holes)
    return max(_share(item.network) - share, 2.0**-40)


def _share(network: Range) -> float:
    size = (network[1] - network[0]).bit_length() - 1
    # The public IPv4 internet and the 2^97 IPv6 addresses that count as the world: a /7 and a /31.
    length = 32 - size if network[0] < IPV6 else max(0, 128 - size - 24)
    return 2.0**-length


def service_weight(ranges: Ranges) -> float:
    """How much of all services some are."""
    return sum(high - low for low, high in ranges) / (2 * PORTS + 4)


def network_name(network: Range) -> str:
    """Return a network in the words of a sentence."""
    text = network_text(network)
    return {"0.0.0.0/0": "any IPv4 address", "::/0": "any IPv6 address"}.get(text, text)
