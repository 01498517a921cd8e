# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The read operations of ECS (version 2014-05-26) on security groups.

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

# ECS documents windows of a minute without figures; the rate is found out from its refusals.
RATES: Mapping[str, float] = {}
POLICIES = ("accept", "drop")
LIST_GROUPS = "DescribeSecurityGroups"
READ_GROUP = "DescribeSecurityGroupAttribute"
# The most that one page, and one list of IDs, may hold; and the most that a page by number may.
PAGE = 100
NUMBERED_PAGE = 50


def check_id(identifier: str) -> None:
    """Raise ValueError if this cannot be the ID of a security group."""
    # The vendor's description of IDs contradicts its examples, so only what no ID can be is refused.
    if len(identifier) > 100 or re.search(r"[^0-9A-Za-z_-]", identifier):
        raise ValueError(f"{identifier!r} is not the ID of a security group, like sg-bp67acfmxa")


def read_policy(client: Client, security_group_id: str) -> tuple[str, dict[str, Any]]:
    """Return ``accept`` or ``drop``, and the whole response with the first of the group's rules.

    This is the only operation that returns the policy. Raises CloudError.
    """
    # The smallest page, because most tasks do not need the rules.
    body = client.read(READ_GROUP, {"SecurityGroupId": security_group_id, "MaxResults": "10"})
    policy = str(body.get("InnerAccessPolicy") or "").lower()
    if policy not in POLICIES:
        reason = f"{READ_GROUP} returned the inner access policy {body.get('InnerAccessPolicy')!r}"
        raise CloudError("protocol", reason, action=READ_GROUP, request_id=body.get("RequestId"))
    return policy, body


def list_group(client: Client, security_group_id: str, region: str) -> dict[str, Any]:
    """Return one group as ECS lists it. Raises CloudError; an unknown ID is an empty list there, not an error."""
    for group in _pages_of_one(client, security_group_id):
        if group.get("SecurityGroupId") == security_group_id:
            return group
    raise CloudError("not_found", f"{LIST_GROUPS} does not list it in {region}", action=LIST_GROUPS)


def _pages_of_one(client: Client, security_group_id: str) -> Iterator[dict[str, Any]]:
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
        return Page(groups, count_from(body.get("TotalCount"))), str(body.get("NextToken") or "")

    def of_token(token: str) -> tuple[Page, str]:
        return page({"MaxResults": str(PAGE), **({"NextToken": token} if token else {})})

    def of_number(number: int) -> Page:
        return page({"PageNumber": str(number), "PageSize": str(NUMBERED_PAGE)})[0]

    identifier = "SecurityGroupId"
    return by_token(LIST_GROUPS, identifier, of_token, lambda: by_number(LIST_GROUPS, identifier, of_number))


def _page_of_groups(client: Client, parameters: Mapping[str, str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    body = client.read(LIST_GROUPS, parameters)
    groups = body.get("SecurityGroups")
    entries = groups.get("SecurityGroup") if isinstance(groups, dict) else None
    return group_entries(entries, "SecurityGroupId", LIST_GROUPS, count_from(body.get("TotalCount"))), body
