# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of an ECS group in the terms of the packet-space engine.

Source: the permissions in the response to DescribeSecurityGroupAttribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._traffic.difference import opened_rules
from .._traffic.rules import NO_MEMBERS, Members, RuleList, TrafficRule
from .._traffic.situation import ListPair, Situation
from .ecs import DIRECTIONS, Rules, member_text

INNER_ACCESS = "inner_access_policy"
# The prefix of members about the peer, and of members about the group itself, by direction.
_SIDES = {"ingress": ("Source", "Dest"), "egress": ("Dest", "Source")}
_ANY = ("", "0.0.0.0/0", "::/0")
_ANY_PORT = ("", "-1/-1", "1/65535", "0/65535")


def situation(group: str, rules: Rules, before: str, after: str, members: Members | None) -> Situation:
    """Return both directions under the inner access policies ``before`` and ``after``."""
    lists = {name: ListPair(_list(group, rules, name, before), _list(group, rules, name, after)) for name in DIRECTIONS}
    return Situation(lists, members or NO_MEMBERS, group, remedies=False)


def overridden_rules(situation: Situation) -> list[str]:
    """Return the IDs of the rules that decided some of the traffic before that becomes allowed."""
    found = set()
    for lists in situation.lists.values():
        opened = opened_rules(*lists.compiled(situation.members))
        found |= {str(lists.before.rules[number].position or "") for number in opened}
    return sorted(found - {""})


def _list(group: str, rules: Rules, direction: str, policy: str) -> RuleList:
    """Return the rules by priority, with drop before accept at the same one; the policy accept outranks all of them."""
    own = [rule for rule in rules if member_text(rule, "Direction").lower() == direction]
    ordered = [_traffic_rule(rule, direction) for rule in sorted(own, key=_precedence)]
    members = [TrafficRule("accept", peer=group, position=INNER_ACCESS)] if policy == "accept" else []
    return RuleList(direction, members + ordered, default_allows=direction == "egress")


def _precedence(rule: Mapping[str, Any]) -> tuple[int, bool]:
    priority = str(rule.get("Priority") or "1")
    return int(priority), member_text(rule, "Policy").lower() != "drop"


def _traffic_rule(rule: Mapping[str, Any], direction: str) -> TrafficRule:
    there, here = _SIDES[direction]
    protocol = member_text(rule, "IpProtocol").lower() or "all"
    return TrafficRule(
        "accept" if member_text(rule, "Policy").lower() == "accept" else "drop",
        protocol,
        _port(rule, protocol),
        _side(rule, there),
        conditions=_conditions(rule, here),
        position=member_text(rule, "SecurityGroupRuleId"),
    )


def _port(rule: Mapping[str, Any], protocol: str) -> str:
    """Return the port in the form of the engine. The ID of a port list stands for ports that are not known."""
    port = member_text(rule, "PortRange")
    if member_text(rule, "PortRangeListId"):
        return member_text(rule, "PortRangeListId")
    if protocol not in ("tcp", "udp") or port in _ANY_PORT:
        return "all"
    return port.replace("/", "-")


def _side(rule: Mapping[str, Any], side: str) -> str:
    """Return the network, group or prefix list on one side; "" if the rule names none."""
    names = (f"Ipv6{side}CidrIp", f"{side}CidrIp", f"{side}GroupId", f"{side}PrefixListId")
    return next(filter(None, (member_text(rule, name) for name in names)), "")


def _conditions(rule: Mapping[str, Any], here: str) -> tuple[str, ...]:
    """Return further conditions, because the engine knows neither the address of this side nor the source port."""
    port, nic, side = member_text(rule, "SourcePortRange"), member_text(rule, "NicType"), _side(rule, here)
    conditions = [f"source port {port}"] if port not in _ANY_PORT else []
    # In the classic network, members reach each other through the network cards of the intranet.
    conditions += [f"{nic} network card"] if nic == "internet" else []
    return (*conditions, *([f"own address {side}"] if side not in _ANY else []))
