# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters and pages of DescribeSecurityGroups. Source: alibaba_ecs.md 5.2."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.cloud_simulator.aliyun.errors import ApiError, invalid
from tests.cloud_simulator.aliyun.parameters import Parameters
from tests.cloud_simulator.aliyun.state import GROUP_ID, GROUP_TYPES, SecurityGroup
from tests.cloud_simulator.aliyun.switches import SwitchBoard

TOKEN_PAGING = ("MaxResults", "NextToken")
NUMBER_PAGING = ("PageNumber", "PageSize")
PARAMETERS = frozenset(
    {
        *TOKEN_PAGING,
        *NUMBER_PAGING,
        "SecurityGroupId",
        "SecurityGroupIds",
        "SecurityGroupName",
        "SecurityGroupType",
        "VpcId",
        "NetworkType",
        "ResourceGroupId",
        "ServiceManaged",
        "IsQueryEcsCount",
        "FuzzyQuery",
    }
)
# Older clients spell the endings in lower case, and the service accepts that.
TAG_PARAMETER = re.compile(r"Tag\.([1-9]|1[0-9]|20)\.(Key|Value|key|value)")

DEFAULT_PAGE = 10
MAX_RESULTS = 100
MAX_PAGE_SIZE = 50
MAX_IDS = 100
SHORT_PAGE = 3


@dataclass(frozen=True)
class _Position:
    """The start of a page: the number of groups before it, and of pages before it."""

    groups: int
    pages: int


def select(groups: Sequence[SecurityGroup], parameters: Parameters, switches: SwitchBoard) -> dict[str, Any]:
    """Return the response's fields except RegionId, for the requested page. Raises ApiError for invalid parameters."""
    knows_tokens = switches["token_paging"] == "supported"
    by_token = knows_tokens and any(parameters.text(name) for name in TOKEN_PAGING)
    by_number = any(parameters.text(name) for name in NUMBER_PAGING)
    if by_number and (by_token or switches["page_number_paging"] == "refused"):
        raise ApiError("NotSupported.PageNumberAndPageSize")
    found = _in_order(_filtered(groups, parameters), switches)
    if by_token:
        return _page_by_token(found, parameters, switches)
    page = _page_by_number(found, parameters, switches)
    return page if knows_tokens else {name: value for name, value in page.items() if name != "NextToken"}


def _filtered(groups: Sequence[SecurityGroup], parameters: Parameters) -> list[SecurityGroup]:
    wanted_ids = _wanted_ids(parameters)
    wanted_tags = _wanted_tags(parameters)
    group_type = _one_of(parameters, "SecurityGroupType", GROUP_TYPES, "InvalidParameter.SecurityGroupType")
    network = _one_of(parameters, "NetworkType", ("vpc", "classic"), "InvalidParameter")
    managed = parameters.flag("ServiceManaged") if parameters.text("ServiceManaged") else None
    vpc_id = parameters.text("VpcId")
    return [
        group
        for group in groups
        if (wanted_ids is None or group.id in wanted_ids)
        and (not group_type or group.type == group_type)
        and (not network or (network == "vpc") == bool(group.vpc_id))
        and (managed is None or group.service_managed == managed)
        and (not vpc_id or group.vpc_id == vpc_id)
        and not parameters.text("ResourceGroupId")  # no group of the simulator is in a resource group
        and _has_name(group, parameters)
        and _has_tags(group, wanted_tags)
    ]


def _wanted_ids(parameters: Parameters) -> set[str] | None:
    """Return the IDs in SecurityGroupId and SecurityGroupIds, or None if neither is given."""
    wanted: set[str] | None = None
    if parameters.text("SecurityGroupIds"):
        wanted = set(_id_list(parameters.text("SecurityGroupIds")))
    single = parameters.text("SecurityGroupId")
    if single:
        wanted = {single} if wanted is None else wanted & {single}
    if wanted and not all(GROUP_ID.fullmatch(group_id) for group_id in wanted | {single or "sg-x"}):
        raise ApiError("InvalidSecurityGroupId.Malformed")
    return wanted


def _id_list(text: str) -> list[str]:
    try:
        ids = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ApiError("InvalidSecurityGroupId.Malformed") from error
    if not isinstance(ids, list) or not 0 < len(ids) <= MAX_IDS or not all(isinstance(entry, str) for entry in ids):
        raise ApiError("InvalidSecurityGroupId.Malformed")
    return ids


def _wanted_tags(parameters: Parameters) -> list[tuple[str, str | None]]:
    """Return pairs of key and value; a missing value is None, and matches any value."""
    tags: dict[str, dict[str, str]] = {}
    for name, value in parameters.items():
        match = TAG_PARAMETER.fullmatch(name)
        if match is not None:
            tags.setdefault(match[1], {})[match[2].lower()] = value
    if any(not tag.get("key") for tag in tags.values()):
        raise invalid("Tag.N.Key")
    return [(tag["key"], tag.get("value")) for tag in tags.values()]


def _one_of(parameters: Parameters, name: str, values: tuple[str, ...], code: str) -> str:
    value = parameters.text(name)
    if value and value not in values:
        raise invalid(name) if code == "InvalidParameter" else ApiError(code)
    return value


def _has_name(group: SecurityGroup, parameters: Parameters) -> bool:
    name = parameters.text("SecurityGroupName")
    return name in group.name if parameters.flag("FuzzyQuery") else name in ("", group.name)


def _has_tags(group: SecurityGroup, wanted: list[tuple[str, str | None]]) -> bool:
    return all(key in group.tags and value in (None, group.tags[key]) for key, value in wanted)


def _in_order(groups: list[SecurityGroup], switches: SwitchBoard) -> list[SecurityGroup]:
    if switches["group_order"] == "seed":
        return groups
    return sorted(groups, key=lambda group: group.id, reverse=switches["group_order"] == "descending")


def _page_by_number(found: list[SecurityGroup], parameters: Parameters, switches: SwitchBoard) -> dict[str, Any]:
    clamp = switches["page_size_out_of_range"] == "clamped"
    number, size = 1, DEFAULT_PAGE
    if parameters.text("PageNumber"):
        number = parameters.number("PageNumber", 1, 10**6, clamp=clamp)
    if parameters.text("PageSize"):
        size = parameters.number("PageSize", 1, MAX_PAGE_SIZE, clamp=clamp)
    if switches["page_filling"] == "short":
        size = min(size, SHORT_PAGE)
    page = found[(number - 1) * size : number * size]
    return {
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(found),
        "NextToken": "",
        "SecurityGroups": {"SecurityGroup": [_listed(group) for group in page]},
    }


def _page_by_token(found: list[SecurityGroup], parameters: Parameters, switches: SwitchBoard) -> dict[str, Any]:
    size = DEFAULT_PAGE
    if parameters.text("MaxResults"):
        clamp = switches["page_size_out_of_range"] == "clamped"
        size = parameters.number("MaxResults", 1, MAX_RESULTS, clamp=clamp)
    filters = _fingerprint(parameters)
    start = _position(parameters.text("NextToken"), filters)
    if switches["page_filling"] == "short":
        size = min(size, SHORT_PAGE)
    elif switches["page_filling"] == "some_empty" and start.pages % 2 == 1:
        size = 0
    end = start.groups + size
    more = end < len(found)
    return {
        "NextToken": _token(_Position(end, start.pages + 1), filters) if more else "",
        "SecurityGroups": {"SecurityGroup": [_listed(group) for group in found[start.groups : end]]},
    }


def _fingerprint(parameters: Parameters) -> str:
    filters = sorted((name, value) for name, value in parameters.items() if name not in TOKEN_PAGING)
    return hashlib.sha256(json.dumps(filters).encode()).hexdigest()[:16]


def _token(position: _Position, filters: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([position.groups, position.pages, filters]).encode()).decode()


def _position(token: str, filters: str) -> _Position:
    """Return the start of the token's page. Raises ApiError for a token that was issued for other filters."""
    if not token:
        return _Position(0, 0)
    try:
        groups, pages, given_for = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError) as error:
        raise ApiError("InValidParameter.NextToken") from error
    if given_for != filters or not _is_count(groups) or not _is_count(pages):
        raise ApiError("InValidParameter.NextToken")
    return _Position(groups, pages)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _listed(group: SecurityGroup) -> dict[str, Any]:
    return {
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.name,
        "Description": group.description,
        "SecurityGroupType": group.type,
        "VpcId": group.vpc_id,
        "CreationTime": group.creation_time,
        "EcsCount": 0,
        "AvailableInstanceAmount": 0,
        "ResourceGroupId": "",
        "ServiceManaged": group.service_managed,
        "ServiceID": group.service_id,
        "Tags": {"Tag": [{"TagKey": key, "TagValue": value} for key, value in group.tags.items()]},
        "RuleCount": 0,
        "GroupToGroupRuleCount": 0,
    }
