# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of DescribeSecurityGroupPolicies and DescribeSecurityGroups (tencent_sg.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import Kind, Refusal
from .rules import StoredRule
from .state import Direction, Group

RULE_TESTS: dict[str, Callable[[StoredRule, str], bool]] = {
    "security-group-id": lambda rule, value: rule.group == value,
    "ip": lambda rule, value: value in rule.cidr or value in rule.ipv6,
    "address-module": lambda rule, value: value in (rule.address_id, rule.address_group_id),
    "service-module": lambda rule, value: value in (rule.service_id, rule.service_group_id),
    "protocol-type": lambda rule, value: rule.protocol.upper() == value.upper(),
    "port": lambda rule, value: value.upper() in rule.port.upper(),
    "poly": lambda rule, value: value.upper() in ("ALL", rule.action),
    "description": lambda rule, value: value in rule.description,
}
DIRECTION_VALUES = {"ingress": ("ALL", "INBOUND"), "egress": ("ALL", "OUTBOUND")}
GROUP_TESTS: dict[str, Callable[[Group, str], bool]] = {
    "security-group-id": lambda group, value: group.id == value,
    "project-id": lambda group, value: group.project_id == value,
    "security-group-name": lambda group, value: group.name == value,
    "tag-key": lambda group, value: value in dict(group.tags),
}


def named(item: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return name and values of one filter, both of which are required."""
    if not item.get("Name") or "Values" not in item:
        raise Refusal(Kind.FILTER_KEY, "A filter needs Name and Values.")
    return item["Name"], item["Values"]


def rule_matches(rule: StoredRule, direction: Direction, item: Mapping[str, Any]) -> bool:
    """Return whether a rule matches one of a filter's values."""
    name, values = named(item)
    if name == "direction":
        return any(value.upper() in DIRECTION_VALUES[direction] for value in values)
    if name not in RULE_TESTS:
        raise Refusal(Kind.FILTER_KEY, f"There is no filter `{name}`.")
    return any(RULE_TESTS[name](rule, value) for value in values)


def groups_matching(groups: list[Group], filters: list[dict[str, Any]]) -> list[Group]:
    """Return the groups that match every filter."""
    for item in filters:
        name, values = named(item)
        if name.startswith("tag:"):
            tag = name.removeprefix("tag:")
            groups = [group for group in groups if dict(group.tags).get(tag) in values]
        elif name in GROUP_TESTS:
            groups = [group for group in groups if any(GROUP_TESTS[name](group, value) for value in values)]
        else:
            raise Refusal(Kind.FILTER_KEY, f"There is no filter `{name}`.")
    return groups
