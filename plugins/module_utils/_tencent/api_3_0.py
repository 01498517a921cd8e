# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""API 3.0 (vpc, version 2017-03-12): everything that only this API knows.

Sources: the pages of its security group actions, and the data types SecurityGroupPolicy and SecurityGroupPolicySet.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from .._change.contract import Entry
from .._http.client import Client
from .._http.clock import Clock
from .._http.errors import CloudError
from .._http.paging import Page, by_offset, count_from
from .._http.responses import group_entries, tags_of
from .._keys.keys import KeySource
from .._options.endpoint import Endpoint
from .._options.environment import from_variables
from .._options.filters import Filters
from .._options.options import Options
from .._options.service_options import endpoint_option
from .dialect import Dialect
from .edits import Delete, Edit, Insert, Reset
from .endpoints import api_host
from .rule_api import Call, lockable, no_rules, read_rules, version_of
from .rule_fields import ADDRESS_TEMPLATE_MEMBERS, SERVICE_TEMPLATE_MEMBERS
from .rule_input import Limits
from .rule_set import RuleSet
from .service import Tc3Service
from .signing import TC3

ENDPOINT = ("TENCENTCLOUD_ENDPOINT_VPC",)
DIALECT = Dialect(
    members={
        "action": "Action",
        "protocol": "Protocol",
        "port": "Port",
        "cidr": "CidrBlock",
        "ipv6_cidr": "Ipv6CidrBlock",
        "security_group_id": "SecurityGroupId",
        "address_template": "AddressTemplate",
        "service_template": "ServiceTemplate",
        "description": "PolicyDescription",
    },
    template_members={"address_template": ADDRESS_TEMPLATE_MEMBERS, "service_template": SERVICE_TEMPLATE_MEMBERS},
    any_protocol="ALL",
    any_port="ALL",
    # A port is an error with icmp, icmpv6 and gre, and has to be ALL with ALL.
    any_port_with=("tcp", "udp", "all"),
)
PAGE_SIZE = 100  # the maximum of one page, and of one list of IDs


class Api30:
    """Implements the RuleApi protocol."""

    # As documented on the page of each action. That of DescribeSecurityGroups has no figure.
    rates: Mapping[str, float] = {
        "DescribeSecurityGroupPolicies": 100.0,
        "ModifySecurityGroupPolicies": 100.0,
        "CreateSecurityGroupPolicies": 100.0,
        "DeleteSecurityGroupPolicies": 100.0,
        "ReplaceSecurityGroupPolicy": 100.0,
    }
    limits = Limits()
    has_lock = True
    reset_can_empty = True
    read_action = "DescribeSecurityGroupPolicies"
    list_action = "DescribeSecurityGroups"

    def endpoint(self, options: Options, region: str) -> Endpoint | None:
        given = options.text("endpoint") or from_variables(ENDPOINT)
        if given:
            return endpoint_option(options, given)
        try:
            return endpoint_option(options, api_host("vpc", region, options.text("network")))
        except ValueError as error:
            options.wrong("network", str(error))
            return None

    def signature_method(self, options: Options) -> str:
        method = options.text("signature_method")
        if method not in ("", TC3):
            options.wrong("signature_method", f"API 3.0 is signed with {TC3}; use api_version 2.0 for {method}")
        return TC3

    def service(self, endpoint: Endpoint, region: str, keys: KeySource, method: str, clock: Clock) -> Tc3Service:
        return Tc3Service(endpoint, region, keys, clock, "vpc", "2017-03-12")

    def read_parameters(self, group: str) -> dict[str, Any]:
        return {"SecurityGroupId": group}

    def parse(self, body: Mapping[str, Any]) -> RuleSet:
        listed = body.get("SecurityGroupPolicySet")
        if not isinstance(listed, Mapping):
            raise no_rules(self.read_action)
        directions = [listed.get("Ingress"), listed.get("Egress")]
        # Positions from 1 are only accepted here, because API 2.0 may omit a first rule.
        first = 1 if any(directions) and all(_begins_at_1(entries) for entries in directions if entries) else 0
        ingress, egress = (
            read_rules(DIALECT, entries, "PolicyIndex", self.read_action, first) for entries in directions
        )
        return RuleSet(ingress, egress, version_of(listed.get("Version")), first_index=first)

    def locks(self, edit: Edit, version: str | None) -> bool:
        # The documentation does not say that ModifySecurityGroupPolicies refuses an old version.
        return lockable(edit, version)

    def call(self, group: str, edit: Edit, state: RuleSet) -> Call:
        first = state.first_index
        if isinstance(edit, Reset):
            return "ModifySecurityGroupPolicies", {"SecurityGroupId": group, **_reset(edit)}
        if isinstance(edit, Insert):
            place = {"PolicyIndex": first} if edit.at_top else {}
            action, entries = "CreateSecurityGroupPolicies", [{**DIALECT.to_api(r), **place} for r in edit.rules]
        elif isinstance(edit, Delete):
            action, entries = "DeleteSecurityGroupPolicies", [{"PolicyIndex": first + at} for at in edit.positions]
        else:
            place = {"PolicyIndex": first + edit.position}
            action, entries = "ReplaceSecurityGroupPolicy", [{**DIALECT.to_api(edit.rule), **place}]
        lock = {"Version": state.version} if self.locks(edit, state.version) else {}
        listed = {**lock, edit.direction.capitalize(): entries}
        return action, {"SecurityGroupId": group, "SecurityGroupPolicySet": listed}

    def check_filters(self, filters: Filters, options: Options) -> None:
        """The API has all filters."""

    def groups(self, client: Client, ids: list[str], filters: Filters) -> Iterator[Entry]:
        """Yield the groups. The API accepts IDs or filters, not both."""
        if not ids:
            conditions = _conditions(filters)
            yield from self._pages(client, {"Filters": conditions} if conditions else {})
        for start in range(0, len(ids), PAGE_SIZE):
            yield from self._by_ids(client, ids[start : start + PAGE_SIZE])

    def _by_ids(self, client: Client, ids: list[str]) -> Iterator[Entry]:
        """Yield the groups with these IDs. An unknown one fails the whole call unnamed, so the list is halved then."""
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
            body = client.read(self.list_action, {**conditions, "Offset": str(offset), "Limit": str(PAGE_SIZE)})
            total = count_from(body.get("TotalCount"))
            groups = group_entries(body.get("SecurityGroupSet"), "SecurityGroupId", self.list_action, total)
            return Page(groups, total)

        return [_entry(group) for group in by_offset(self.list_action, "SecurityGroupId", page)]


def _reset(edit: Reset) -> dict[str, Any]:
    """Return the parameters of a reset. It has no version, except for the one that empties both directions.

    A direction that stays empty is omitted, because the effect of an empty list is not documented.
    """
    given = {"Ingress": edit.ingress, "Egress": edit.egress}
    listed: dict[str, Any] = {name: [DIALECT.to_api(rule) for rule in rules] for name, rules in given.items() if rules}
    if not listed:
        return {"SecurityGroupPolicySet": {"Version": "0"}}
    return {"SecurityGroupPolicySet": listed, "SortPolicys": True}


def _begins_at_1(entries: Any) -> bool:
    """Return whether the positions of these rules are 1, 2, 3 and so on."""
    if not isinstance(entries, list):
        return False
    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
        return sorted(int(entry["PolicyIndex"]) for entry in entries) == list(range(1, len(entries) + 1))
    return False


def _conditions(filters: Filters) -> list[dict[str, Any]]:
    names = {"name": "security-group-name", "project_id": "project-id"}
    conditions = {other: filters.text(name) for name, other in names.items() if filters.text(name)}
    conditions.update({f"tag:{key}": value for key, value in filters.tags.items() if value})
    return [{"Name": name, "Values": [value]} for name, value in conditions.items()]


def _entry(group: Mapping[str, Any]) -> Entry:
    return {
        "security_group_id": str(group.get("SecurityGroupId")),
        "name": group.get("SecurityGroupName") or "",
        "description": group.get("SecurityGroupDesc") or "",
        "project_id": str(group.get("ProjectId") or "0"),
        "is_default": str(group.get("IsDefault")).lower() == "true",
        "tags": tags_of(group.get("TagSet"), "Key", "Value", Api30.list_action),
    }
