# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random rules over the universe of the oracle."""

from __future__ import annotations

import random
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import TrafficRule

NETWORKS = (
    *("0.0.0.0/0", "0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/30", "10.0.0.0/31"),
    *("10.0.0.2/31", "10.0.0.0", "10.0.0.1", "10.0.0.3", "2001:db8::/126", "2001:db8::/127", "2001:db8::1", "8000::/1"),
)
PEERS = ("sg-a", "sg-b", "ipm-c", "10.0.0.1/30")
PORTS = ("all", "22", "23", "80", "22,80", "22-24", "0-23", "1-65535", "80-65535", "weird")
UDP_PORTS = ("all", "22", "53", "22-53", "53-65535", "1-65535", "weird")


def rule(choose: random.Random, peers: tuple[str, ...]) -> TrafficRule:
    action = choose.choice(("accept", "accept", "drop"))
    peer = choose.choice(peers) if choose.random() < 0.3 else choose.choice(NETWORKS)
    if choose.random() < 0.08:
        return TrafficRule(action, peer=peer, service_template="ppm-x")
    protocol = choose.choice(("all", "tcp", "tcp", "tcp", "udp", "icmp", "icmpv6", "gre"))
    ports = {"tcp": PORTS, "udp": UDP_PORTS}.get(protocol, ("all", "all"))
    port = choose.choice(ports if choose.random() < 0.1 else ports[:-1])
    return TrafficRule(action, protocol, port, peer)


def some_peers(choose: random.Random) -> tuple[str, ...]:
    """The peers without known members that the rules of one case name."""
    return tuple(choose.sample(PEERS, 2))


# The known services of service templates.
SERVICE_LISTS = (
    *((), ("tcp:22,80", "udp:53"), ("udp:22-53",), ("tcp:0-23", "gre"), ("all",), ("tcp",)),
    ("icmp", "icmpv6"),
)


def some_members(choose: random.Random) -> dict[str, list[str]]:
    """Half of the time nothing; otherwise the known members of some of the groups and templates."""
    if choose.random() < 0.5:
        return {}
    names = choose.sample(("sg-a", "sg-b", "ipm-c", "sg-other"), choose.randrange(1, 4))
    known = {name: choose.sample(NETWORKS[1:], choose.choice((0, 1, 1, 2, 3))) for name in names}
    return known | ({"ppm-x": list(choose.choice(SERVICE_LISTS))} if choose.random() < 0.5 else {})


def pair(choose: random.Random, peers: tuple[str, ...]) -> tuple[list[TrafficRule], list[TrafficRule]]:
    """Two lists of 0 to 7 rules; the second list is often an edit of the first."""
    before = [rule(choose, peers) for dummy in range(choose.randrange(8))]
    if choose.random() < 0.2:
        return before, [rule(choose, peers) for dummy in range(choose.randrange(8))]
    after = list(before)
    for _dummy in range(choose.choice((0, 1, 1, 1, 2, 3))):
        kind = choose.random()
        if kind < 0.5 or not after:
            after.insert(choose.randrange(len(after) + 1), rule(choose, peers))
        elif kind < 0.75:
            after.pop(choose.randrange(len(after)))
        else:
            choose.shuffle(after)
    return before, after


def flow(choose: random.Random, peers: tuple[str, ...]) -> dict[str, Any]:
    """A flow in the form of the option."""
    protocol = choose.choice(("tcp", "tcp", "tcp", "udp", "icmp", "all"))
    fields: dict[str, Any] = {"direction": "ingress", "protocol": protocol}
    if protocol == "tcp":
        fields["port"] = choose.choice(PORTS[:-1])
    if protocol == "udp":
        fields["port"] = choose.choice(UDP_PORTS[:-1])
    usable = (*NETWORKS, *(peer for peer in peers if "/" not in peer), "sg-other")
    kind = choose.random()
    if kind < 0.6:
        fields["peer"] = choose.choice(usable)
    elif kind < 0.75:
        fields["peer"] = [choose.choice(usable), choose.choice(usable)]
    if choose.random() < 0.25:
        fields["except"] = choose.choice(usable)
    return fields
