# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a Tencent Cloud group in the terms of the packet-space engine."""

from __future__ import annotations

from functools import partial

from .._traffic.rules import NO_MEMBERS, Members, RuleList, TrafficRule
from .._traffic.situation import ListPair, Situation
from .rule_fields import ID_PREFIXES
from .rule_input import Limits, RuleReader
from .rule_set import RuleSet
from .rules import DIRECTIONS, PEERS, Rule


def situation(group: str, before: RuleSet, after: RuleSet, members: Members | None, limits: Limits) -> Situation:
    """Return both directions before and after a change. Traffic that no rule matches is denied.

    ``limits`` are those of the API that would write a remedy.
    """
    lists = {name: ListPair(_list(name, before), _list(name, after)) for name in DIRECTIONS}
    return Situation(lists, members or NO_MEMBERS, group, _peer_field, is_writable=partial(_is_writable, limits))


def _is_writable(limits: Limits, fields: dict[str, str]) -> bool:
    """Return whether a user may give this rule."""
    reader = RuleReader(limits)
    reader.read([fields], "")
    return not (reader.mistakes or reader.unsupported)


def _list(direction: str, rules: RuleSet) -> RuleList:
    return RuleList(direction, [_traffic_rule(rule) for rule in rules.of(direction)])


def _traffic_rule(rule: Rule) -> TrafficRule:
    return TrafficRule(rule.action, rule.protocol or "all", rule.port or "all", rule.address, rule.service_template)


def _peer_field(identifier: str) -> str:
    prefix = identifier.partition("-")[0]
    return next((name for name in PEERS if prefix in ID_PREFIXES.get(name, ())), "")
