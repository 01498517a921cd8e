# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that is read through the ECS API (version 2014-05-26) about security groups.

Sources: DescribeSecurityGroups and DescribeSecurityGroupAttribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._http.client import Client
from .._http.errors import CloudError
from .._http.paging import MOST_PAGES, Page, by_number, by_token, count_from
from .._http.responses import group_entries

# ECS documents windows of a minute without figures, so the rate is learned from its refusals.
RATES: Mapping[str, float] = {}
POLICIES = ("accept", "drop")
LIST_GROUPS = "DescribeSecurityGroups"
READ_GROUP = "DescribeSecurityGroupAttribute"
# The most groups on one page and IDs in one list, on one page by number, and rules on one page.
PAGE_SIZE = 100
NUMBERED_PAGE_SIZE = 50
RULES_PAGE_SIZE = 1000
MOST_RULES_PAGES = 100
DIRECTIONS = ("ingress", "egress")
Rules = tuple[Mapping[str, Any], ...]


def check_id(identifier: str) -> None:
    """Raise ValueError if this cannot be the ID of a security group."""
    # The vendor's description of IDs contradicts its examples, so only what no ID can be is refused.
    if len(identifier) > 100 or re.search(r"[^0-9A-Za-z_-]", identifier):
        raise ValueError(f"{identifier!r} is not the ID of a security group, like sg-bp67acfmxa")


def read_policy(client: Client, security_group_id: str) -> tuple[str, dict[str, Any]]:
    """Return ``accept`` or ``drop``, and the whole response, which contains the first of the group's rules.

    This is the only operation that returns the policy. Raises CloudError.
    """
    # The smallest page, because most tasks do not need the rules.
    body = client.read(READ_GROUP, {"SecurityGroupId": security_group_id, "MaxResults": "10"})
    policy = str(body.get("InnerAccessPolicy") or "").lower()
    if policy not in POLICIES:
        reason = f"{READ_GROUP} returned the inner access policy {body.get('InnerAccessPolicy')!r}"
        raise CloudError("protocol", reason, action=READ_GROUP, request_id=body.get("RequestId"))
    return policy, body


def read_rules(client: Client, security_group_id: str, first: Mapping[str, Any]) -> Rules:
    """Return all rules of a group. ``first`` is a response that has been read, which may contain all of them.

    Raises CloudError of kind ``protocol`` for a list that does not end, and for rules that cannot be understood.
    """
    in_vpc = bool(first.get("VpcId"))
    if not first.get("NextToken"):
        return _permissions(first, in_vpc)
    rules: Rules = ()
    parameters = {"SecurityGroupId": security_group_id, "MaxResults": str(RULES_PAGE_SIZE)}
    for _page in range(MOST_RULES_PAGES):
        body = client.read(READ_GROUP, parameters)
        rules += _permissions(body, in_vpc)
        token = str(body.get("NextToken") or "")
        if not token:
            return rules
        if token == parameters.get("NextToken"):
            break
        parameters["NextToken"] = token
    raise CloudError("protocol", f"the list of rules that {READ_GROUP} returns does not end", action=READ_GROUP)


def _permissions(body: Mapping[str, Any], in_vpc: bool) -> Rules:
    listed = body.get("Permissions")
    entries = listed.get("Permission") if isinstance(listed, Mapping) else None
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise CloudError("protocol", f"the response to {READ_GROUP} has no list of rules", action=READ_GROUP)
    if not all(_is_readable(entry) for entry in entries):
        raise CloudError("protocol", f"the response to {READ_GROUP} has a rule that cannot be read", action=READ_GROUP)
    # Only groups of the classic network have rules for two kinds of network cards.
    return tuple({**entry, "NicType": "" if in_vpc else entry.get("NicType")} for entry in entries)


def _is_readable(rule: Mapping[str, Any]) -> bool:
    """Return whether direction, priority and policy of a rule are valid, because a guess would falsify the impact."""
    direction, policy = member_text(rule, "Direction").lower(), member_text(rule, "Policy").lower()
    priority = count_from(member_text(rule, "Priority") or "1")
    return direction in DIRECTIONS and policy in POLICIES and priority is not None


def member_text(rule: Mapping[str, Any], name: str) -> str:
    """Return a member of a rule as text, "" if it is missing or null."""
    value = rule.get(name)
    return "" if value is None else str(value)


def list_group(client: Client, security_group_id: str, region: str) -> dict[str, Any]:
    """Return the group with this ID from the list. Raises CloudError, of kind ``not_found`` if it is missing there."""
    for group in _groups_with_id(client, security_group_id):
        if group.get("SecurityGroupId") == security_group_id:
            return group
    raise CloudError("not_found", f"{LIST_GROUPS} does not list it in {region}", action=LIST_GROUPS)


def _groups_with_id(client: Client, security_group_id: str) -> Iterator[dict[str, Any]]:
    """Yield the groups page by page, because a page may be empty although more follow."""
    parameters = {"SecurityGroupId": security_group_id}
    for _page in range(MOST_PAGES):
        groups, body = _page_of_groups(client, parameters)
        yield from groups
        token = str(body.get("NextToken") or "")
        if token in ("", parameters.get("NextToken")):
            return
        parameters["NextToken"] = token


def list_groups(client: Client, conditions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the groups on every page. Raises CloudError, of kind ``protocol`` if there are fewer than ECS counts."""

    def page(paging: Mapping[str, str]) -> tuple[Page, str]:
        groups, body = _page_of_groups(client, {**conditions, **paging})
        is_numbered = "PageNumber" in body and "NextToken" not in body
        return Page(groups, count_from(body.get("TotalCount")), is_numbered), str(body.get("NextToken") or "")

    def of_token(token: str) -> tuple[Page, str]:
        return page({"MaxResults": str(PAGE_SIZE), **({"NextToken": token} if token else {})})

    def of_number(number: int) -> Page:
        return page({"PageNumber": str(number), "PageSize": str(NUMBERED_PAGE_SIZE)})[0]

    identifier = "SecurityGroupId"
    return by_token(LIST_GROUPS, identifier, of_token, lambda: by_number(LIST_GROUPS, identifier, of_number))


def _page_of_groups(client: Client, parameters: Mapping[str, str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    body = client.read(LIST_GROUPS, parameters)
    groups = body.get("SecurityGroups")
    entries = groups.get("SecurityGroup") if isinstance(groups, dict) else None
    return group_entries(entries, "SecurityGroupId", LIST_GROUPS, count_from(body.get("TotalCount"))), body
