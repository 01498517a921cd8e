# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What M(cnclouds.security_groups.aliyun_sg_policy_info) supplies: which groups there are, and their policy.

Source: DescribeSecurityGroups and DescribeSecurityGroupAttribute of ECS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.access import Access, TaskCalls
from .._core.answers import tags_of
from .._core.conversation import Conversation
from .._core.info import MOST_PAGES, Entry, Filters
from .._core.options import Options
from .._core.task import Findings
from .arguments import ecs_access
from .ecs import RATES
from .inner_access import check_id, listed_groups, read_policy

# The most that one page, and one list of ids, may hold.
PAGE = 100
TYPES = ("normal", "enterprise")


@dataclass(frozen=True)
class PolicyListing:
    """Implements the Listing protocol."""

    ids: list[str]
    filters: Filters

    def entries(self, conversation: Conversation) -> list[Entry]:
        conditions = self._conditions()
        if not self.ids:
            return [_entry(group) for group in _pages(conversation, conditions)]
        entries: list[Entry] = []
        for start in range(0, len(self.ids), PAGE):
            some = {**conditions, "SecurityGroupIds": json.dumps(self.ids[start : start + PAGE])}
            entries += [_entry(group) for group in _pages(conversation, some)]
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

    def detail(self, conversation: Conversation, entry: Entry) -> Entry:
        return {**entry, "inner_access_policy": read_policy(conversation, entry["security_group_id"])}


def _pages(conversation: Conversation, conditions: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Every group on every page. A page may be empty and not be the last one."""
    parameters = {**conditions, "MaxResults": str(PAGE)}
    for _page in range(MOST_PAGES):
        groups, body = listed_groups(conversation, parameters)
        yield from groups
        token = body.get("NextToken")
        if not token or token == parameters.get("NextToken"):
            return
        parameters["NextToken"] = str(token)


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


class PolicyInfoTask:
    """Implements the InfoCloud protocol."""

    filters: Sequence[str] = ("name", "vpc_id", "type", "tags")
    rates = RATES
    check_id = staticmethod(check_id)

    def access(self, options: Options, calls: TaskCalls) -> Access:
        return ecs_access(options, calls)

    def listing(self, ids: list[str], filters: Filters, options: Options, findings: Findings) -> PolicyListing:
        if filters.text("type").lower() not in ("", *TYPES):
            options.wrong("filters.type", f"{filters.text('type')!r} is not {' or '.join(TYPES)}")
        return PolicyListing(ids, filters)
