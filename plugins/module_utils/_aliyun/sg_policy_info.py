# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What M(cnclouds.security_groups.aliyun_sg_policy_info) supplies: which groups there are, and their policy.

Source: DescribeSecurityGroups and DescribeSecurityGroupAttribute of ECS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._http.client import Client
from .._http.paging import Page, by_number, by_token, number_of
from .._http.responses import tags_of
from .._keys.access import ServiceAccess, TaskClient
from .._options.options import Options
from .._task.info import Entry, Filters
from .._task.task import OptionProblems
from .arguments import ecs_access
from .ecs import RATES
from .inner_access import check_id, listed_groups, read_policy

# The most that one page, and one list of ids, may hold.
PAGE = 100
NUMBERED_PAGE = 50  # the most that a page by number holds
TYPES = ("normal", "enterprise")


@dataclass(frozen=True)
class PolicyListing:
    """Implements the Listing protocol."""

    ids: list[str]
    filters: Filters

    def entries(self, client: Client) -> list[Entry]:
        conditions = self._conditions()
        if not self.ids:
            return [_entry(group) for group in _pages(client, conditions)]
        entries: list[Entry] = []
        for start in range(0, len(self.ids), PAGE):
            some = {**conditions, "SecurityGroupIds": json.dumps(self.ids[start : start + PAGE])}
            entries += [_entry(group) for group in _pages(client, some)]
        return entries

    def _conditions(self) -> dict[str, str]:
        names = {"name": "SecurityGroupName", "vpc_id": "VpcId"}
        conditions = {member: self.filters.text(name) for name, member in names.items() if self.filters.text(name)}
        if self.filters.text("type"):
            conditions["SecurityGroupType"] = self.filters.text("type").lower()
        for number, (key, value) in enumerate(self.filters.tags.items(), start=1):
            conditions[f"Tag.{number}.Key"] = key
            if value:
                conditions[f"Tag.{number}.Value"] = value
        return conditions

    def detail(self, client: Client, entry: Entry) -> Entry:
        return {**entry, "inner_access_policy": read_policy(client, entry["security_group_id"])[0]}


def _pages(client: Client, conditions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every group on every page. CloudError of kind protocol if the service lists fewer than it says there are."""

    def page(paging: Mapping[str, str]) -> tuple[Page, str]:
        groups, body = listed_groups(client, {**conditions, **paging})
        return Page(groups, number_of(body.get("TotalCount"))), str(body.get("NextToken") or "")

    def of_token(token: str) -> tuple[Page, str]:
        return page({"MaxResults": str(PAGE), **({"NextToken": token} if token else {})})

    def of_number(number: int) -> Page:
        return page({"PageNumber": str(number), "PageSize": str(NUMBERED_PAGE)})[0]

    action, identifier = "DescribeSecurityGroups", "SecurityGroupId"
    return by_token(action, identifier, of_token, lambda: by_number(action, identifier, of_number))


def _entry(group: Mapping[str, Any]) -> Entry:
    tags = group.get("Tags")
    listed = tags.get("Tag") if isinstance(tags, Mapping) else tags
    return {
        "security_group_id": str(group.get("SecurityGroupId")),
        "name": group.get("SecurityGroupName") or "",
        "description": group.get("Description") or "",
        "type": group.get("SecurityGroupType") or "normal",
        "vpc_id": group.get("VpcId") or "",
        "service_managed": str(group.get("ServiceManaged")).lower() == "true",
        "tags": tags_of(listed, "TagKey", "TagValue", "DescribeSecurityGroups"),
    }


class PolicyInfoModule:
    """Implements the InfoCloud protocol."""

    filters: Sequence[str] = ("name", "vpc_id", "type", "tags")
    rates = RATES
    check_id = staticmethod(check_id)

    def access(self, options: Options, calls: TaskClient) -> ServiceAccess:
        return ecs_access(options, calls)

    def listing(self, ids: list[str], filters: Filters, options: Options, problems: OptionProblems) -> PolicyListing:
        if filters.text("type").lower() not in ("", *TYPES):
            options.wrong("filters.type", f"{filters.text('type')!r} is not {' or '.join(TYPES)}")
        return PolicyListing(ids, filters)
