# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What M(cnclouds.security_groups.tencent_sg_rules_info) supplies: which groups there are, and their rules.

Sources: DescribeSecurityGroups (vpc 2017-03-12), DescribeSecurityGroupEx (dfw), and the read action of either API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._http.client import Client
from .._http.errors import CloudError
from .._http.paging import Page, by_offset, number_of
from .._http.responses import group_entries, tags_of
from .._keys.access import ServiceAccess, TaskClient
from .._options.options import Options
from .._task.info import Entry, Filters
from .._task.task import OptionProblems
from .arguments import tencent_access
from .rule_api import RuleApi
from .sg_rules import APIS, check_id
from .vpc import RATES

# The most that one page, and one list of ids, may hold.
PAGE = 100


@dataclass(frozen=True)
class RulesListing:
    """What both APIs have in common. Implements the Listing protocol, but for what there is to page through."""

    ids: list[str]
    filters: Filters
    api: RuleApi

    def entries(self, client: Client) -> list[Entry]:
        return [entry for entry in self.listed(client) if self.filters.match(entry)]

    def listed(self, client: Client) -> Iterator[Entry]:
        raise NotImplementedError

    def detail(self, client: Client, entry: Entry) -> Entry:
        parameters = self.api.read_parameters(entry["security_group_id"])
        return {**entry, **self.api.parse(client.read(self.api.read_action, parameters)).report()}


class Listing30(RulesListing):
    """API 3.0, which takes ids or filters, not both."""

    action = "DescribeSecurityGroups"

    def listed(self, client: Client) -> Iterator[Entry]:
        if not self.ids:
            yield from self._pages(client, {"Filters": self._conditions()} if self._conditions() else {})
        for start in range(0, len(self.ids), PAGE):
            yield from self._by_ids(client, self.ids[start : start + PAGE])

    def _conditions(self) -> list[dict[str, Any]]:
        names = {"name": "security-group-name", "project_id": "project-id"}
        conditions = {other: self.filters.text(name) for name, other in names.items() if self.filters.text(name)}
        conditions.update({f"tag:{key}": value for key, value in self.filters.tags.items() if value})
        return [{"Name": name, "Values": [value]} for name, value in conditions.items()]

    def _by_ids(self, client: Client, ids: list[str]) -> Iterator[Entry]:
        """One unknown id spoils the whole call without being named, so the list is halved until it stands alone."""
        try:
            yield from self._pages(client, {"SecurityGroupIds": ids})
        except CloudError as error:
            if error.kind != "not_found":
                raise
            if len(ids) > 1:
                middle = len(ids) // 2
                yield from self._by_ids(client, ids[:middle])
                yield from self._by_ids(client, ids[middle:])

    def _pages(self, client: Client, conditions: Mapping[str, Any]) -> list[Entry]:
        def page(offset: int) -> Page:
            body = client.read(self.action, {**conditions, "Offset": str(offset), "Limit": str(PAGE)})
            groups = group_entries(body.get("SecurityGroupSet"), "SecurityGroupId", self.action)
            return Page(groups, number_of(body.get("TotalCount")))

        return [_entry_30(group) for group in by_offset(self.action, "SecurityGroupId", page)]


class Listing20(RulesListing):
    """API 2.0, which takes one id."""

    action = "DescribeSecurityGroupEx"

    def listed(self, client: Client) -> Iterator[Entry]:
        names = {"name": "sgName", "project_id": "projectId"}
        conditions = {other: self.filters.text(name) for name, other in names.items() if self.filters.text(name)}
        for identifier in self.ids:
            try:
                yield from self._pages(client, {**conditions, "sgId": identifier})
            except CloudError as error:
                if error.kind != "not_found":
                    raise
        if not self.ids:
            yield from self._pages(client, conditions)

    def _pages(self, client: Client, conditions: Mapping[str, Any]) -> list[Entry]:
        def page(offset: int) -> Page:
            body = client.read(self.action, {**conditions, "offsetLine": offset, "limit": PAGE})
            data = body.get("data")
            listed = data.get("detail") if isinstance(data, Mapping) else None
            groups = group_entries(listed, "sgId", self.action)
            return Page(groups, number_of(data.get("totalNum")) if isinstance(data, Mapping) else None)

        return [_entry_20(group) for group in by_offset(self.action, "sgId", page)]


def _entry_30(group: Mapping[str, Any]) -> Entry:
    return {
        "security_group_id": str(group.get("SecurityGroupId")),
        "name": group.get("SecurityGroupName") or "",
        "description": group.get("SecurityGroupDesc") or "",
        "project_id": str(group.get("ProjectId") or "0"),
        "is_default": str(group.get("IsDefault")).lower() == "true",
        "tags": tags_of(group.get("TagSet"), "Key", "Value", Listing30.action),
    }


def _entry_20(group: Mapping[str, Any]) -> Entry:
    # This API tells neither tags nor which group is a default one.
    return {
        "security_group_id": str(group.get("sgId")),
        "name": group.get("sgName") or "",
        "description": group.get("sgRemark") or "",
        "project_id": str(group.get("projectId") or "0"),
        "is_default": None,
        "tags": {},
    }


class RulesInfoModule:
    """Implements the InfoCloud protocol."""

    filters: Sequence[str] = ("name", "project_id", "tags")
    rates = RATES
    check_id = staticmethod(check_id)

    def __init__(self, api_version: str) -> None:
        self.api_version = api_version

    def access(self, options: Options, calls: TaskClient) -> ServiceAccess:
        return tencent_access(options, calls)

    def listing(self, ids: list[str], filters: Filters, options: Options, problems: OptionProblems) -> RulesListing:
        api, dummy = APIS[self.api_version]
        if self.api_version == "3.0":
            return Listing30(ids, filters, api)
        if filters.tags:
            options.wrong("filters.tags", "API 2.0 tells no tags; use api_version 3.0")
        return Listing20(ids, filters, api)
