# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module tencent_sg_rules_info supplies: the groups that match, with the rules of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .._change.contract import Entry
from .._http.client import Client
from .._keys.access import ServiceAccess, TaskClient
from .._options.filters import Filters
from .._options.options import Options
from .apis import rule_api
from .arguments import tencent_access
from .rule_api import RuleApi
from .sg_rules import check_id


class RulesListing(NamedTuple):
    """Implements the Listing protocol."""

    ids: list[str]
    filters: Filters
    api: RuleApi

    def entries(self, client: Client) -> list[Entry]:
        # Services disagree on whether a name has to match completely, so the entries are compared here.
        return [entry for entry in self.api.groups(client, self.ids, self.filters) if self.filters.match(entry)]

    def detail(self, client: Client, entry: Entry) -> Entry:
        parameters = self.api.read_parameters(entry["security_group_id"])
        return {**entry, **self.api.parse(client.read(self.api.read_action, parameters)).as_result()}


class RulesInfoModule:
    """Implements the InfoCloud protocol."""

    filters: Sequence[str] = ("name", "project_id", "tags")
    check_id = staticmethod(check_id)

    def __init__(self, api_version: str) -> None:
        self.api = rule_api(api_version)
        self.rates = self.api.rates

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        return tencent_access(options, client, self.api)

    def listing(self, ids: list[str], filters: Filters, options: Options) -> RulesListing:
        self.api.check_filters(filters, options)
        return RulesListing(ids, filters, self.api)
