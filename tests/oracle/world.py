# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A brute-force judge of the named policies: it counts block by block how many public addresses reach each port.

It shares no code with the engine, and has its own copy of the documented ports and limits. A block is a range of
addresses that no rule of this module distinguishes, and a port range is one of ports.
"""

from __future__ import annotations

import functools
import ipaddress
import itertools
import random
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import TrafficRule
from tests.oracle.oracle import Known

LIMITS = {4: 2**25, 6: 2**97}
HALF_OF_ALL_PORTS = 65536 // 2
PRESETS: dict[str, dict[str, str]] = {
    "world_open_admin_ports": {
        "tcp": "22,23,135,139,445,2375,2376,3389,5800,5900,5985,5986,10250",
        "udp": "137,138,3389",
    },
    "world_open_databases": {
        "tcp": "1433,1521,2379,2380,3306,5432,5984,6379,9042,9160,9200,9300,11211,27017-27019",
        "udp": "1434,11211",
    },
    "any_any": {"tcp": "all", "udp": "all", "icmp": "all", "icmpv6": "all", "gre": "all", "other": "all"},
}
SPECIAL = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    *("224.0.0.0/3", "fc00::/7", "fe80::/10", "ff00::/8"),
)
# Two /8 (or a /8 and two /9) are exactly the world; less one address, or with private addresses, they are not.
NETWORKS = (
    *("0.0.0.0/0", "0.0.0.0/0", "::/0", "50.0.0.0/7", "50.0.0.0/8", "51.0.0.0/8", "60.0.0.0/9", "60.128.0.0/9"),
    *("50.1.2.3", "172.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "2400::/32", "2600::/32", "2a00::/33", "fc00::/7"),
)
GROUPS = ("sg-a", "ipm-c")
# Exactly half of all ports, one more than half, and the ends of the lists above.
TCP = (
    *("22", "22", "3389,5900", "3306", "27018", "1-1024", "0-32767", "0-32768", "32768-65535", "32767-65535"),
    *("2300-2400", "11211", "all", "80,443", "5985-5986"),
)
UDP = ("137", "138,3389", "1434", "11211", "0-32767", "0-32768", "all", "53")
SERVICE_LISTS = ((), ("tcp:443",), ("tcp:22,443",), ("udp:1434", "tcp:3306"), ("tcp:0-32768",), ("all",))


class Block(NamedTuple):
    """A range of addresses; ``public`` is the number of public ones."""

    version: int
    first: int
    end: int
    public: int


class Ports(NamedTuple):
    """A range of ports of one protocol. Protocols without ports have one range, from 0 to 0."""

    protocol: str
    first: int
    last: int


def parsed(text: str) -> tuple[int, int, int]:
    network = ipaddress.ip_network(text)
    return network.version, int(network.network_address), int(network.broadcast_address) + 1


def _blocks() -> list[Block]:
    whole = [parsed(text) for text in ("0.0.0.0/0", "::/0", *NETWORKS, *SPECIAL)]
    special = [parsed(text) for text in SPECIAL]
    found = []
    for version in (4, 6):
        edges = sorted({edge for family, *both in whole if family == version for edge in both})
        for first, end in itertools.pairwise(edges):
            inside = any(family == version and low <= first < high for family, low, high in special)
            found.append(Block(version, first, end, 0 if inside else end - first))
    return found


def port_ranges(text: str) -> list[tuple[int, int]]:
    if text == "all":
        return [(0, 65535)]
    parts = [part.partition("-") for part in text.split(",")]
    return [(int(low), int(high or low)) for low, dummy, high in parts]


def _port_blocks() -> list[Ports]:
    named = {"tcp": list(TCP), "udp": list(UDP)}
    for preset in ("world_open_admin_ports", "world_open_databases"):
        for protocol, text in PRESETS[preset].items():
            named[protocol].append(text)
    for text in itertools.chain.from_iterable(SERVICE_LISTS):
        protocol, dummy, ports = text.partition(":")
        if protocol in named:
            named[protocol].append(ports)
    found = [Ports(protocol, 0, 0) for protocol in ("icmp", "icmpv6", "gre", "other")]
    for protocol, texts in named.items():
        ranges = [each for text in texts for each in port_ranges(text)]
        edges = sorted({0, 65536} | {low for low, high in ranges} | {high + 1 for low, high in ranges})
        found += [Ports(protocol, low, high - 1) for low, high in itertools.pairwise(edges)]
    return found


BLOCKS, PORTS = _blocks(), _port_blocks()


@functools.cache
def in_network(text: str, block: Block) -> bool:
    version, first, end = parsed(text)
    return block.version == version and first <= block.first and block.end <= end


@functools.cache
def fits(protocol: str, ports: str, port: Ports) -> bool:
    if protocol == "all":
        return True
    if protocol != port.protocol:
        return False
    return protocol not in ("tcp", "udp") or any(
        low <= port.first and port.last <= high for low, high in port_ranges(ports)
    )


def matches(rule: Any, port: Ports, block: Block, known: Known, in_template: bool) -> bool:
    """Whether a rule matches packets from the world. Such packets belong to no group and no address template."""
    networks = known.get(rule.peer, [rule.peer] if rule.peer[0] not in "si" else [])
    if not any(in_network(network, block) for network in networks):
        return False
    if not rule.service_template:
        return fits(rule.protocol, rule.port, port)
    if rule.service_template not in known:
        return in_template
    services = [text.partition(":") for text in known[rule.service_template]]
    return any(fits(protocol, ports or "all", port) for protocol, dummy, ports in services)


def decide(
    rules: Sequence[Any], default: bool, port: Ports, block: Block, known: Known, in_template: bool
) -> tuple[bool, int | None]:
    """The verdict, and the index of the deciding rule."""
    for index, rule in enumerate(rules):
        if matches(rule, port, block, known, in_template):
            return rule.action == "accept", index
    return default, None


def exists(port: Ports, block: Block) -> bool:
    return port.protocol != {4: "icmpv6", 6: "icmp"}[block.version]


def ports_of(preset: str) -> list[Ports]:
    """The ports that a named policy is about."""
    return [port for port in PORTS if any(fits(*words, port) for words in PRESETS[preset].items())]


def affected(preset: str, reached: Iterable[Ports]) -> set[Ports]:
    """The ports that the world reaches and that violate the policy."""
    found = set(reached)
    if preset != "any_any":
        return found
    result = {port for port in found if port.protocol == "other"}
    for protocol in ("tcp", "udp"):
        ports = {port for port in found if port.protocol == protocol}
        if sum(port.last - port.first + 1 for port in ports) > HALF_OF_ALL_PORTS:
            result |= ports
    return result


def rule(choose: random.Random) -> TrafficRule:
    action = choose.choice(("accept", "accept", "accept", "drop"))
    peer = choose.choice(GROUPS) if choose.random() < 0.15 else choose.choice(NETWORKS)
    if choose.random() < 0.2:
        return TrafficRule(action, peer=choose.choice(NETWORKS[:5]), service_template="ppm-x")
    protocol = choose.choice(("all", "tcp", "tcp", "tcp", "tcp", "udp", "icmp", "icmpv6", "gre"))
    ports = {"tcp": TCP, "udp": UDP}.get(protocol, ("all",))
    return TrafficRule(action, protocol, choose.choice(ports), peer)


def pair(choose: random.Random) -> tuple[list[TrafficRule], list[TrafficRule]]:
    """Two lists of rules; the second list is usually an edit of the first."""
    before = [rule(choose) for dummy in range(choose.randrange(7))]
    after = list(before)
    for _dummy in range(choose.choice((1, 1, 2, 3))):
        if choose.random() < 0.7 or not after:
            after.insert(choose.randrange(len(after) + 1), rule(choose))
        else:
            after.pop(choose.randrange(len(after)))
    return before, after


def some_members(choose: random.Random) -> dict[str, list[str]]:
    """The known members of groups and templates; none half of the time."""
    if choose.random() < 0.5:
        return {}
    known = {name: choose.sample(NETWORKS[1:], choose.randrange(4)) for name in choose.sample(GROUPS, 1)}
    return known | ({"ppm-x": list(choose.choice(SERVICE_LISTS))} if choose.random() < 0.5 else {})
