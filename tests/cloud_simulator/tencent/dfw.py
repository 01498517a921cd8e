# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""API 2.0: ``dfw``, ``/v2/index.php``. Source: tencent_sg.md section 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import echo
from .errors import Kind, Refusal, invalid_value
from .parameters import Shape, shaped
from .rules import RuleReader, StoredRule
from .state import DIRECTIONS, RULE_QUOTA, Backend, Direction, Group, refuse_duplicates
from .vpc import counted, page_size

V2_PATH = "/v2/index.php"
SHORT_REGIONS = {
    "gz": "ap-guangzhou",
    "sh": "ap-shanghai",
    "bj": "ap-beijing",
    "hk": "ap-hongkong",
    "ca": "na-toronto",
    "sg": "ap-singapore",
    "usw": "na-siliconvalley",
    "cd": "ap-chengdu",
    "de": "eu-frankfurt",
    "kr": "ap-seoul",
    "shjr": "ap-shanghai-fsi",
    "szjr": "ap-shenzhen-fsi",
    "gzopen": "ap-guangzhou-open",
}
# Name of a rule's field in API 2.0 -> member in API 3.0; templates have no direct counterpart (6.2).
FIELDS = {
    "ipProtocol": "Protocol",
    "portRange": "Port",
    "cidrIp": "CidrBlock",
    "sgId": "SecurityGroupId",
    "action": "Action",
    "desc": "PolicyDescription",
}
TEMPLATES = {"addressModule": ("AddressTemplate", "Address"), "serviceModule": ("ServiceTemplate", "Service")}
RULE = {name: "string" for name in (*FIELDS, *TEMPLATES)}
GROUPS: dict[str, Shape] = {
    "projectId": "string",
    "sgId": "string",
    "sgName": "string",
    "offset": "integer",
    "offsetLine": "integer",
    "limit": "integer",
}
PROTOCOLS = ("tcp", "udp", "icmp", "all")
PAGE = 20

Given = Mapping[str, Any]


def short_region(name: str) -> str:
    """Return the current name of the region."""
    return SHORT_REGIONS.get(name, name)


@dataclass(frozen=True)
class Action:
    """One action: its parameters, the required ones, and its function."""

    shape: dict[str, Shape]
    required: tuple[str, ...]
    run: Callable[[Given, str], dict[str, Any]]


class Dfw:
    """The actions of API 2.0. Their results are the members next to ``code`` and ``message``."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._setting = backend.setting
        one: dict[str, Shape] = {"sgId": "string", "direction": "string", "version": "integer"}
        self._actions = {
            "DescribeSecurityGroupPolicys": Action({"sgId": "string"}, ("sgId",), self.describe_policies),
            "ModifySecurityGroupPolicys": Action(
                {"sgId": "string", "ingress": [RULE], "egress": [RULE]}, ("sgId",), self.modify_policies
            ),
            "CreateSecurityGroupPolicy": Action(
                {**one, "index": "integer", "policys": [RULE]},
                ("sgId", "direction", "index", "policys"),
                self.create_policies,
            ),
            "ModifySingleSecurityGroupPolicy": Action(
                {**one, "index": "integer", "policys": RULE},
                ("sgId", "direction", "index", "policys"),
                self.modify_single,
            ),
            "DeleteSecurityGroupPolicy": Action(
                {**one, "indexes": ["integer"]}, ("sgId", "direction", "indexes"), self.delete_policies
            ),
            "DescribeSecurityGroupEx": Action(dict(GROUPS), (), self.describe_groups),
        }

    def run(self, name: str, tree: dict[str, Any], region: str) -> dict[str, Any]:
        """Perform one action. Raises Refusal."""
        action = self._actions.get(name)
        if action is None:
            raise Refusal(Kind.ACTION, f"There is no action {name}.")
        given = shaped(tree, action.shape, "", True)
        for parameter in action.required:
            if parameter not in given:
                raise Refusal(Kind.MISSING_PARAMETER, f"The parameter {parameter} is missing.")
        result = action.run(given, region)
        return result if name.startswith("Describe") else self._written(result)

    def _written(self, result: dict[str, Any]) -> dict[str, Any]:
        """Return the response to a write; only the page of the deletion documents ``data``."""
        style = self._setting("v2_write_data")
        if style == "documented":
            return result
        bare = {name: value for name, value in result.items() if name != "data"}
        return bare if style == "nowhere" else {**bare, "data": []}

    def describe_policies(self, given: Given, region: str) -> dict[str, Any]:
        """DescribeSecurityGroupPolicys: a direction without rules is omitted, unless switched."""
        group = self._backend.group(given["sgId"], region)
        where, none = self._setting("v2_version_position"), self._setting("v2_no_rules")
        version = {"version": echo.version_value(group, False, self._setting)}
        data: dict[str, Any] = dict(version) if where in ("data", "both") else {}
        for direction in DIRECTIONS:
            shown = (echo.dfw_rule(rule, at, self._setting) for at, rule in enumerate(group.rules(direction)))
            rules = [{**rule, **(version if where in ("rule", "both") else {})} for rule in shown if rule is not None]
            if rules or none in ("list", "null"):
                data[direction] = rules or (None if none == "null" else [])
        return {"data": [] if none == "data_list" and not data else data}

    def modify_policies(self, given: Given, region: str) -> dict[str, Any]:
        """ModifySecurityGroupPolicys: the whole set at once, all or nothing."""
        group = self._writable(given, region)
        missing = self._setting("v2_absent_direction")
        changes: dict[Direction, tuple[StoredRule, ...]] = {}
        for direction in DIRECTIONS:
            if direction in given:
                changes[direction] = self._read_all(given[direction], direction)
            elif missing == "error":
                raise Refusal(Kind.MISSING_PARAMETER, f"The parameter {direction} is missing.")
            elif missing == "clear":
                changes[direction] = ()
        if not any(direction in given for direction in DIRECTIONS):
            raise Refusal(Kind.MISSING_PARAMETER, "The parameters ingress and egress are missing.")
        self._store(group, changes)
        return {}

    def create_policies(self, given: Given, region: str) -> dict[str, Any]:
        """CreateSecurityGroupPolicy: insert rules at an index; -1 where there is no rule yet."""
        group, direction, rules = self._locked_direction(given, region)
        at = 0 if given["index"] == -1 and not rules else given["index"]
        if not 0 <= at <= len(rules):
            raise invalid_value("index", given["index"])
        new = self._read_all(given["policys"], "policys")
        self._store(group, {direction: (*rules[:at], *new, *rules[at:])})
        return {}

    def modify_single(self, given: Given, region: str) -> dict[str, Any]:
        """ModifySingleSecurityGroupPolicy: one rule in its place."""
        group, direction, rules = self._locked_direction(given, region)
        at = self._existing(given["index"], rules)
        new = self._read(given["policys"], "policys")
        self._store(group, {direction: (*rules[:at], new, *rules[at + 1 :])})
        return {}

    def delete_policies(self, given: Given, region: str) -> dict[str, Any]:
        """DeleteSecurityGroupPolicy: by index."""
        group, direction, rules = self._locked_direction(given, region)
        indexes = {self._existing(index, rules) for index in given["indexes"]}
        if not indexes or len(indexes) != len(given["indexes"]):
            raise invalid_value("indexes", given["indexes"])
        left = tuple(rule for index, rule in enumerate(rules) if index not in indexes)
        self._backend.store(group, {direction: left}, group.version + 1)
        return {"codeDesc": "Success", "data": []}

    def describe_groups(self, given: Given, region: str) -> dict[str, Any]:
        """DescribeSecurityGroupEx: a page of groups; ``offset`` counts pages, ``offsetLine`` rows."""
        groups = [group for group in self._backend.groups.values() if group.region == region]
        if "projectId" in given:
            groups = [group for group in groups if group.project_id == given["projectId"]]
        if "sgId" in given:
            groups = [group for group in groups if group.id == given["sgId"]]
        groups = [group for group in groups if given.get("sgName", "") in group.name]
        limit = given.get("limit", PAGE)
        start = given.get("offsetLine", given.get("offset", 0) * limit)
        if start < 0 or limit < 1:
            raise Refusal(Kind.PARAMETER, "offset, offsetLine or limit is out of range.")
        shown = [self._shown_group(group) for group in groups[start : start + page_size(limit, self._setting)]]
        return {"data": {**counted("totalNum", groups, self._setting), "detail": shown}}

    def _shown_group(self, group: Group) -> dict[str, Any]:
        return {
            "sgId": group.id,
            "sgName": group.name,
            "sgRemark": group.description,
            "createTime": self._backend.created,
            "projectId": int(group.project_id),
            "beAssociateCount": 0,
            "version": echo.version_value(group, False, self._setting),
        }

    def _writable(self, given: Given, region: str) -> Group:
        group = self._backend.group(given["sgId"], region)
        if group.is_default and self._setting("v2_default_group") == "7006":
            raise Refusal(Kind.DEFAULT_GROUP, "The default security group may not be changed.")
        return group

    def _locked_direction(self, given: Given, region: str) -> tuple[Group, Direction, tuple[StoredRule, ...]]:
        group = self._writable(given, region)
        if given.get("version", group.version) != group.version:
            raise Refusal(Kind.VERSION, "The version is stale.", number=int(self._setting("v2_stale_version")))
        for direction in DIRECTIONS:
            if given["direction"] == direction:
                return group, direction, group.rules(direction)
        raise Refusal(Kind.PARAMETER, "direction is ingress or egress.")

    def _existing(self, index: int, rules: tuple[StoredRule, ...]) -> int:
        if not 0 <= index < len(rules):
            raise invalid_value("index", index)
        return index

    def _store(self, group: Group, changes: Mapping[Direction, tuple[StoredRule, ...]]) -> None:
        over = Refusal(Kind.QUOTA, f"More than {RULE_QUOTA} rules.", number=int(self._setting("v2_over_quota")))
        for direction, rules in changes.items():
            self._backend.check_rules(group, direction, rules, over)
            if self._setting("v2_duplicates") == "refuse":
                refuse_duplicates(rules, with_description=True)
        self._backend.store(group, changes, group.version + 1)

    def _read_all(self, rules: list[dict[str, str]], path: str) -> tuple[StoredRule, ...]:
        return tuple(self._read(rule, f"{path}.{index}") for index, rule in enumerate(rules))

    def _read(self, rule: Mapping[str, str], path: str) -> StoredRule:
        protocols = PROTOCOLS if self._setting("v2_protocol_all") == "accept" else PROTOCOLS[:-1]
        if rule.get("ipProtocol", PROTOCOLS[0]).lower() not in protocols:
            raise invalid_value(f"{path}.ipProtocol", rule["ipProtocol"])
        if "," in rule.get("portRange", "") and self._setting("v2_port_list") == "refuse":
            raise invalid_value(f"{path}.portRange", rule["portRange"])
        members: dict[str, Any] = {FIELDS[name]: value for name, value in rule.items() if name in FIELDS}
        for name, (member, stem) in TEMPLATES.items():
            if name in rule:
                grouped = re.match(r"(ipm|ppm)g-", rule[name])
                members[member] = {f"{stem}{'Group' if grouped else ''}Id": rule[name]}
        return RuleReader(self._setting, self._setting("v2_description_limit")).read(members, path)
