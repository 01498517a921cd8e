# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module aliyun_sg_policy_info supplies: the groups that match, with the policy of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .._change.contract import Entry
from .._http.client import Client
from .._http.responses import tags_of
from .._keys.access import ServiceAccess, TaskClient
from .._options.filters import Filters
from .._options.options import Options
from .arguments import ecs_access
from .ecs import LIST_GROUPS, PAGE_SIZE, RATES, check_id, list_groups, read_policy

TYPES = ("normal", "enterprise")


class PolicyListing(NamedTuple):
    """Implements the Listing protocol."""

    ids: list[str]
    filters: Filters

    def entries(self, client: Client) -> list[Entry]:
        conditions = self._conditions()
        if not self.ids:
            return [_entry(group) for group in list_groups(client, conditions)]
        entries: list[Entry] = []
        for start in range(0, len(self.ids), PAGE_SIZE):
            some = {**conditions, "SecurityGroupIds": json.dumps(self.ids[start : start + PAGE_SIZE])}
            entries += [_entry(group) for group in list_groups(client, some)]
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
        "tags": tags_of(listed, "TagKey", "TagValue", LIST_GROUPS),
    }


class PolicyInfoModule:
    """Implements the InfoCloud protocol."""

    filters: Sequence[str] = ("name", "vpc_id", "type", "tags")
    rates = RATES
    check_id = staticmethod(check_id)

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        return ecs_access(options, client)

    def listing(self, ids: list[str], filters: Filters, options: Options) -> PolicyListing:
        if filters.text("type").lower() not in ("", *TYPES):
            options.wrong("filters.type", f"{filters.text('type')!r} is not {' or '.join(TYPES)}")
        return PolicyListing(ids, filters)
