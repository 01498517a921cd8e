# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A brute-force judge of the packet-space engine: it decides every packet of a small universe one by one.

It shares no code with the engine. A packet is a service, an address, and the set of groups and templates that it
belongs to. This set is independent of other packets, so every possible content of groups and templates is covered.
Known members restrict it: ``Known`` contains networks, or services such as ``tcp:22,80``, by ID.
"""

from __future__ import annotations

import functools
import ipaddress
import itertools
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

# The boundaries of the networks and ranges in random_rules: one packet represents all that the rules treat alike.
ADDRESSES = (
    *("0.0.0.0", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "11.0.0.0", "128.0.0.0"),
    *("::", "2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::4", "8000::"),
)
PORTS = {"tcp": (0, 1, 22, 23, 24, 25, 80, 81), "udp": (0, 1, 22, 23, 53, 54)}
SERVICES = (
    *((protocol, port) for protocol, ports in PORTS.items() for port in ports),
    *((protocol, None) for protocol in ("icmp", "icmpv6", "gre", "other")),
)


def sample_address(address: str) -> str:
    """The address of the universe that represents this address."""
    value = ipaddress.ip_address(address)
    family = [one for one in map(ipaddress.ip_address, ADDRESSES) if one.version == value.version]
    return str(max(one for one in family if int(one) <= int(value)))


def sample_port(protocol: str, port: str) -> int | None:
    """The port of the universe that represents this port."""
    return max(one for one in PORTS[protocol] if one <= int(port)) if protocol in PORTS else None


Known = Mapping[str, Sequence[str]]
NOTHING_KNOWN: Known = MappingProxyType({})


class Packet(NamedTuple):
    protocol: str
    port: int | None
    address: str
    belongs: frozenset[str]


def packets(names: Iterable[str]) -> list[Packet]:
    """Every packet of the universe, with every set of memberships in the groups and templates that rules name."""
    known = sorted(set(names))
    sets = [frozenset(c) for size in range(len(known) + 1) for c in itertools.combinations(known, size)]
    return [
        Packet(protocol, port, address, belongs)
        for protocol, port in SERVICES
        for address in ADDRESSES
        if not (protocol == "icmp" and ":" in address) and not (protocol == "icmpv6" and ":" not in address)
        for belongs in sets
    ]


@functools.cache
def in_ports(text: str, port: int | None) -> bool:
    if text == "all":
        return True
    return any(
        int(p.split("-")[0]) <= (port if port is not None else -1) <= int(p.split("-")[-1]) for p in text.split(",")
    )


@functools.cache
def in_network(text: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(text, strict=False)


@functools.cache
def is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


@functools.cache
def has_host_bits(text: str) -> bool:
    return str(ipaddress.ip_interface(text).ip) != str(ipaddress.ip_interface(text).network.network_address)


def fits_service(protocol: str, port: str, packet: Packet) -> bool:
    return protocol == "all" or (protocol == packet.protocol and in_ports(port, packet.port))


def symbols(rule: Any, known: Known = NOTHING_KNOWN) -> set[str]:
    """Everything that a packet must belong to in order to match, except what is known."""
    found = set(rule.conditions)
    if rule.service_template:
        found.add(rule.service_template)
    elif not readable_port(rule.port):
        found.add(f"{rule.protocol} port {rule.port}")
    if rule.peer and (not is_network(rule.peer) or has_host_bits(rule.peer)):
        found.add(rule.peer)
    return found - set(known)


@functools.cache
def readable_port(text: str) -> bool:
    return text == "all" or text.replace(",", "").replace("-", "").isdigit()


def in_peer(peer: str, address: str, known: Known = NOTHING_KNOWN) -> bool:
    """Whether an address can be in a peer, given the known members.

    Any address can be in a group without known members.
    """
    if peer in known:
        return any(in_network(network, address) for network in known[peer])
    return not peer or not is_network(peer) or in_network(peer, address)


def in_services(rule: Any, packet: Packet, known: Known = NOTHING_KNOWN) -> bool:
    """Whether a packet can have a service of a rule, given the known members."""
    if rule.service_template in known:
        parts = [text.partition(":") for text in known[rule.service_template]]
        return any(fits_service(protocol, port or "all", packet) for protocol, dummy, port in parts)
    if rule.service_template:
        return True
    return fits_service(rule.protocol, rule.port if readable_port(rule.port) else "all", packet)


def matches(rule: Any, packet: Packet, known: Known = NOTHING_KNOWN) -> bool:
    return (
        symbols(rule, known) <= packet.belongs
        and in_peer(rule.peer, packet.address, known)
        and in_services(rule, packet, known)
    )


def decide(
    rules: Sequence[Any], default: bool, packet: Packet, known: Known = NOTHING_KNOWN
) -> tuple[bool, int | None]:
    """The verdict, and the index of the deciding rule."""
    for index, rule in enumerate(rules):
        if matches(rule, packet, known):
            return rule.action == "accept", index
    return default, None


def fits_item(item: Mapping[str, Any], packet: Packet) -> bool:
    """Whether a packet fits the fields of an entry or of one of its exceptions."""
    peer = item.get("peer")
    belongs = [*item.get("also", []), *filter(None, [item.get("service_template")])]
    network = item.get("within")
    if peer is not None and is_network(peer) and not has_host_bits(peer):
        network = peer
    elif peer is not None:
        belongs.append(peer)
    return (
        set(belongs) <= packet.belongs
        and (network is None or in_network(network, packet.address))
        and fits_service(item.get("protocol", "all"), item.get("port", "all"), packet)
    )


def fits_entry(entry: Mapping[str, Any], packet: Packet) -> bool:
    return fits_item(entry, packet) and not any(fits_item(item, packet) for item in entry.get("except", []))
