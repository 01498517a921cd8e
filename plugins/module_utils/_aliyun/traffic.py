# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of an ECS group in the terms of the packet-space engine.

Source: the permissions in the response of DescribeSecurityGroupAttribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._http.client import Client
from .._http.errors import CloudError
from .._traffic.rules import NO_MEMBERS, Members, RuleList, TrafficRule
from .._traffic.situation import Lists, Situation

Rules = tuple[Mapping[str, Any], ...]
_ACTION = "DescribeSecurityGroupAttribute"
_PAGE = 1000
_MOST_PAGES = 100
_DIRECTIONS = ("ingress", "egress")
INNER_ACCESS = "inner_access_policy"
# How a direction calls the other side, and this side of a connection.
_SIDES = {"ingress": ("Source", "Dest"), "egress": ("Dest", "Source")}
_ANY = ("", "0.0.0.0/0", "::/0")
_ANY_PORT = ("", "-1/-1", "1/65535", "0/65535")


def read_rules(client: Client, group: str, first: Mapping[str, Any]) -> Rules:
    """Return all rules of a group. ``first`` is a response that has been read: the rules, if it has all of them.

    Raises CloudError, of kind protocol for a list that does not end.
    """
    vpc = bool(first.get("VpcId"))
    if not first.get("NextToken"):
        return _permissions(first, vpc)
    rules: Rules = ()
    parameters = {"SecurityGroupId": group, "MaxResults": str(_PAGE)}
    for _page in range(_MOST_PAGES):
        body = client.read(_ACTION, parameters)
        rules += _permissions(body, vpc)
        token = str(body.get("NextToken") or "")
        if not token:
            return rules
        if token == parameters.get("NextToken"):
            break
        parameters["NextToken"] = token
    raise CloudError("protocol", f"the list of rules that {_ACTION} returns does not end", action=_ACTION)


def _permissions(body: Mapping[str, Any], vpc: bool) -> Rules:
    listed = body.get("Permissions")
    entries = listed.get("Permission") if isinstance(listed, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise CloudError("protocol", f"the response to {_ACTION} has no list of rules", action=_ACTION)
    if not all(_is_readable(entry) for entry in entries):
        raise CloudError("protocol", f"the response to {_ACTION} has a rule that cannot be read", action=_ACTION)
    # Only groups of the classic network have rules for two kinds of network cards.
    return tuple({**entry, "NicType": "" if vpc else entry.get("NicType")} for entry in entries)


def _is_readable(rule: Mapping[str, Any]) -> bool:
    """Return whether a rule says where it applies, when, and what it does. A guess would make the impact untrue."""
    direction, policy = _text(rule, "Direction").lower(), _text(rule, "Policy").lower()
    priority = _text(rule, "Priority") or "1"
    return direction in _DIRECTIONS and policy in ("accept", "drop") and priority.isascii() and priority.isdigit()


def situation(group: str, rules: Rules, before: str, after: str, members: Members | None) -> Situation:
    """Return both directions under the inner access policies ``before`` and ``after``."""
    lists = {name: Lists(_list(group, rules, name, before), _list(group, rules, name, after)) for name in _DIRECTIONS}
    return Situation(lists, members or NO_MEMBERS, group, remedies=False)


def _list(group: str, rules: Rules, direction: str, policy: str) -> RuleList:
    """Rules by priority, drop before accept at the same one; a policy of accept comes before any rule."""
    own = [rule for rule in rules if str(rule.get("Direction") or "").lower() == direction]
    ordered = [_traffic_rule(rule, direction) for rule in sorted(own, key=_precedence)]
    members = [TrafficRule("accept", peer=group, position=INNER_ACCESS)] if policy == "accept" else []
    return RuleList(direction, members + ordered, default_allows=direction == "egress")


def _precedence(rule: Mapping[str, Any]) -> tuple[int, bool]:
    priority = str(rule.get("Priority") or "1")
    return int(priority), _text(rule, "Policy").lower() != "drop"


def _text(rule: Mapping[str, Any], name: str) -> str:
    value = rule.get(name)
    return "" if value is None else str(value)


def _traffic_rule(rule: Mapping[str, Any], direction: str) -> TrafficRule:
    there, here = _SIDES[direction]
    protocol = _text(rule, "IpProtocol").lower() or "all"
    return TrafficRule(
        "accept" if _text(rule, "Policy").lower() == "accept" else "drop",
        protocol,
        _port(rule, protocol),
        _side(rule, there),
        conditions=_conditions(rule, here),
        position=_text(rule, "SecurityGroupRuleId"),
    )


def _port(rule: Mapping[str, Any], protocol: str) -> str:
    """The port as rules of the engine have it; the ID of a port list stands for ports that are not known."""
    port = _text(rule, "PortRange")
    if _text(rule, "PortRangeListId"):
        return _text(rule, "PortRangeListId")
    if protocol not in ("tcp", "udp") or port in _ANY_PORT:
        return "all"
    return port.replace("/", "-")


def _side(rule: Mapping[str, Any], side: str) -> str:
    """The network, group or prefix list on one side; "" if the rule names none."""
    names = (f"Ipv6{side}CidrIp", f"{side}CidrIp", f"{side}GroupId", f"{side}PrefixListId")
    return next(filter(None, (_text(rule, name) for name in names)), "")


def _conditions(rule: Mapping[str, Any], here: str) -> tuple[str, ...]:
    """What a packet has to have besides: the engine knows neither this side's address nor the source port."""
    port, nic, side = _text(rule, "SourcePortRange"), _text(rule, "NicType"), _side(rule, here)
    conditions = [f"source port {port}"] if port not in _ANY_PORT else []
    # In the classic network, members reach each other by the cards of the intranet.
    conditions += [f"{nic} network card"] if nic == "internet" else []
    return (*conditions, *([f"own address {side}"] if side not in _ANY else []))
