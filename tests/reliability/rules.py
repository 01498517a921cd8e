# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules, each identified by a word, and the meaning of stored rules.

Shares no code with the collection, because it is part of the judge. A rule is written as the option of
``tencent_sg_rules``. ``as_stored`` returns it in the member names of the simulator's seed, and ``meaning`` is the same
for all spellings of a rule.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.worlds import PEER, WEB

Rule = Mapping[str, Any]
# action, what traffic, peer, description
Meaning = tuple[str, str, str, str]
# by direction
Content = dict[str, tuple[Meaning, ...]]

DIRECTIONS = ("ingress", "egress")
SSH: Rule = {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8"}

WORDS: Mapping[str, Rule] = {
    "ssh": {**SSH, "description": "ssh"},
    "ssh-office": {**SSH, "description": "from the office"},
    "ssh-bare": SSH,
    "web": {"action": "accept", "protocol": "tcp", "port": "80,443", "description": "web"},
    "udp": {"action": "drop", "protocol": "udp", "port": "8000-8010", "cidr": "192.168.0.0/16"},
    "any": {"action": "accept"},
    "none": {"action": "drop"},
    "dns": {"action": "accept", "protocol": "udp", "port": 53, "cidr": "10.1.2.3"},
    "icmp": {"action": "accept", "protocol": "icmp", "cidr": "172.16.0.0/12"},
    "peer": {"action": "accept", "protocol": "tcp", "port": "3306", "security_group_id": PEER},
    "self": {"action": "accept", "security_group_id": WEB},
    "template": {"action": "accept", "address_template": "ipm-11112222", "service_template": "ppm-33334444"},
    "templates": {"action": "drop", "address_template": "ipmg-55556666", "service_template": "ppmg-77778888"},
    "service": {"action": "accept", "service_template": "ppm-33334444", "cidr": "10.0.0.0/8", "description": "s"},
    "at": {"action": "accept", "protocol": "tcp", "port": "25", "cidr": "10.2.0.0/16", "description": "@home"},
    "chinese": {"action": "accept", "protocol": "tcp", "port": "110", "cidr": "10.3.0.0/16", "description": "办公室"},
    "v6": {"action": "accept", "protocol": "tcp", "port": "443", "ipv6_cidr": "2001:db8::/64"},
    "v6-one": {"action": "drop", "ipv6_cidr": "2001:DB8:0:0:0::1"},
    "icmp6": {"action": "accept", "protocol": "icmpv6", "ipv6_cidr": "::/0"},
    "gre": {"action": "accept", "protocol": "gre", "cidr": "10.9.0.0/16"},
    "remark": {"action": "accept", "protocol": "tcp", "port": "26", "cidr": "10.4.0.0/16", "description": "r" * 60},
    "foreign": {"action": "accept", "protocol": "tcp", "port": "7001", "cidr": "10.7.0.1", "description": "theirs"},
    "foreign-2": {"action": "drop", "protocol": "tcp", "port": "7002", "cidr": "10.7.0.2"},
    "foreign-3": {"action": "accept", "protocol": "udp", "port": "7003"},
}
_MEMBERS = {
    "protocol": "Protocol",
    "cidr": "CidrBlock",
    "ipv6_cidr": "Ipv6CidrBlock",
    "security_group_id": "SecurityGroupId",
    "description": "PolicyDescription",
}


def rules(words: str) -> list[dict[str, Any]]:
    """The rules of these words as options, in their order. ``word*3`` stands for three rules with ascending ports."""
    listed: list[dict[str, Any]] = []
    for word in words.split():
        name, _unused, number = word.partition("*")
        if number:
            first = {"action": "accept", "protocol": "tcp", "cidr": "10.5.0.0/16"}
            listed += [{**first, "port": str(10000 + each)} for each in range(int(number))]
        else:
            listed.append(dict(WORDS[name]))
    return listed


def as_stored(rule: Rule) -> dict[str, Any]:
    """The rule in the member names of a seed."""
    stored: dict[str, Any] = {"Action": rule["action"].upper()}
    stored |= {member: rule[name] for name, member in _MEMBERS.items() if rule.get(name)}
    if rule.get("port"):
        stored["Port"] = str(rule["port"])
    for name, member, part in (("address_template", "AddressTemplate", "Address"), ("service_template", *_SERVICE)):
        template = rule.get(name)
        if template:
            stored[member] = {f"{part}GroupId" if template.startswith(("ipmg", "ppmg")) else f"{part}Id": template}
    if not {"CidrBlock", "Ipv6CidrBlock", "SecurityGroupId", "AddressTemplate"} & set(stored):
        stored["CidrBlock"] = "0.0.0.0/0"
    return stored


_SERVICE = ("ServiceTemplate", "Service")


def meaning(stored: Mapping[str, Any]) -> Meaning:
    """The meaning of a rule that is given in the member names of a seed."""
    return stored["Action"].lower(), _traffic(stored), _peer(stored), stored.get("PolicyDescription", "")


def _traffic(stored: Mapping[str, Any]) -> str:
    if stored.get("ServiceTemplate"):
        return ",".join(stored["ServiceTemplate"].values())
    protocol, port = stored.get("Protocol", "all").lower(), stored.get("Port", "all").lower()
    ranges = sorted({_range(part) for part in port.split(",")} if port != "all" else {(0, 65535)})
    return f"{protocol} {ranges}"


def _range(text: str) -> tuple[int, int]:
    first, _unused, last = text.partition("-")
    return int(first), int(last or first)


def _peer(stored: Mapping[str, Any]) -> str:
    if stored.get("SecurityGroupId"):
        return str(stored["SecurityGroupId"])
    if stored.get("AddressTemplate"):
        return ",".join(stored["AddressTemplate"].values())
    return str(ipaddress.ip_network(stored.get("Ipv6CidrBlock") or stored.get("CidrBlock") or "0.0.0.0/0", False))


def content(ingress: Iterable[Mapping[str, Any]], egress: Iterable[Mapping[str, Any]]) -> Content:
    """The meaning of the stored rules of both directions."""
    return {"ingress": tuple(map(meaning, ingress)), "egress": tuple(map(meaning, egress))}
