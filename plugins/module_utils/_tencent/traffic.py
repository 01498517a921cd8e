# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a Tencent Cloud group in the terms of the packet-space engine."""

from __future__ import annotations

from .._traffic.rules import NO_MEMBERS, Members, RuleList, TrafficRule
from .._traffic.situation import ListPair, Situation
from .rule_set import RuleSet
from .rules import DIRECTIONS, Rule

_PEER_FIELDS = {"sg": "security_group_id", "ipm": "address_template", "ipmg": "address_template"}


def situation(group: str, before: RuleSet, after: RuleSet, members: Members | None) -> Situation:
    """Return both directions before and after a change. Traffic that no rule matches is denied."""
    lists = {name: ListPair(_list(name, before), _list(name, after)) for name in DIRECTIONS}
    return Situation(lists, members or NO_MEMBERS, group, _peer_field)


def _list(direction: str, rules: RuleSet) -> RuleList:
    return RuleList(direction, [_traffic_rule(rule) for rule in rules.of(direction)])


def _traffic_rule(rule: Rule) -> TrafficRule:
    return TrafficRule(rule.action, rule.protocol or "all", rule.port or "all", rule.address, rule.service_template)


def _peer_field(identifier: str) -> str:
    return _PEER_FIELDS.get(identifier.partition("-")[0], "")
