# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""API 3.0: ``vpc`` 2017-03-12 (and ``sts`` GetCallerIdentity). Source: tencent_sg.md section 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import echo
from .errors import Kind, Refusal
from .filters import groups_matching, rule_matches
from .parameters import Shape
from .rules import RuleReader, StoredRule
from .state import RULE_QUOTA, Backend, Direction, Group, SecretKey, refuse_duplicates

MEMBERS: tuple[tuple[Direction, str], ...] = (("ingress", "Ingress"), ("egress", "Egress"))
RULE: dict[str, Shape] = {
    "PolicyIndex": "index",
    "Protocol": "string",
    "Port": "string",
    "ServiceTemplate": {"ServiceId": "string", "ServiceGroupId": "string"},
    "CidrBlock": "string",
    "Ipv6CidrBlock": "string",
    "SecurityGroupId": "string",
    "AddressTemplate": {"AddressId": "string", "AddressGroupId": "string"},
    "Action": "string",
    "PolicyDescription": "string",
}
SET: dict[str, Shape] = {"Version": "string", "Ingress": [RULE], "Egress": [RULE]}
FILTERS: Shape = [{"Name": "string", "Values": ["string"]}]
WRITE: dict[str, Shape] = {"SecurityGroupId": "string", "SecurityGroupPolicySet": SET}
GROUPS: dict[str, Shape] = {
    "SecurityGroupIds": ["string"],
    "Filters": FILTERS,
    "Offset": "string",
    "Limit": "string",
    "OrderField": "string",
    "OrderDirection": "string",
}
LIMITS = {
    "SecurityGroupLimit": 50,
    "SecurityGroupPolicyLimit": RULE_QUOTA,
    "ReferedSecurityGroupLimit": 10,
    "SecurityGroupInstanceLimit": 2000,
    "InstanceSecurityGroupLimit": 2000,
}
PAGE = 20
MAX_PAGE = 100
SHORT_PAGE = 3
BOTH = "The parameter `Egress and Ingress` cannot be imported at the same time in the request."

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Caller:
    """The caller and the region of a call."""

    key: SecretKey
    region: str


@dataclass(frozen=True)
class Action:
    """One action: its service, its parameters, the required ones, and its function."""

    shape: dict[str, Shape]
    required: tuple[str, ...]
    run: Callable[[Caller, Given], dict[str, Any]]
    service: str = "vpc"


@dataclass(frozen=True)
class OneDirection:
    """The only direction of a call, with its rules as given."""

    direction: Direction
    rules: list[dict[str, Any]]
    path: str
    first: int

    @property
    def indexes(self) -> list[int | None]:
        """The position of every rule, counted from 0."""
        given = [rule.get("PolicyIndex") for rule in self.rules]
        return [None if index is None else index - self.first for index in given]


class Vpc:
    """The actions of API 3.0."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._setting = backend.setting
        write = ("SecurityGroupId", "SecurityGroupPolicySet")
        original: dict[str, Shape] = {**WRITE, "OriginalSecurityGroupPolicySet": SET}
        several: dict[str, Shape] = {**original, "UpdateType": "string"}
        self.actions = {
            "DescribeSecurityGroupPolicies": Action(
                {"SecurityGroupId": "string", "Filters": FILTERS}, ("SecurityGroupId",), self.describe_policies
            ),
            "ModifySecurityGroupPolicies": Action({**WRITE, "SortPolicys": "boolean"}, write, self.modify_policies),
            "CreateSecurityGroupPolicies": Action(dict(WRITE), write, self.create_policies),
            "DeleteSecurityGroupPolicies": Action(dict(WRITE), write, self.delete_policies),
            "ReplaceSecurityGroupPolicy": Action(dict(original), write, self.replace_policy),
            "ReplaceSecurityGroupPolicies": Action(dict(several), write, self.replace_policies),
            "DescribeSecurityGroups": Action(dict(GROUPS), (), self.describe_groups),
            "DescribeSecurityGroupLimits": Action({}, (), lambda caller, given: {"SecurityGroupLimitSet": LIMITS}),
            "GetCallerIdentity": Action({}, (), self.caller_identity, "sts"),
        }

    def describe_policies(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DescribeSecurityGroupPolicies."""
        group = self._backend.group(given["SecurityGroupId"], caller.region)
        filters = given.get("Filters", [])
        shown: dict[str, Any] = {"Version": echo.version_value(group, True, self._setting)}
        for direction, member in MEMBERS:
            shown[member] = [
                echo.vpc_rule(rule, index, self._setting)
                for index, rule in enumerate(group.rules(direction))
                if all(rule_matches(rule, direction, item) for item in filters)
            ]
        if self._setting("era") == "2025":
            shown["PolicyStatistics"] = statistics(group)
        return {"SecurityGroupPolicySet": shown}

    def modify_policies(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ModifySecurityGroupPolicies: the whole set at once (section 2.4)."""
        group, wanted = self._write_target(caller, given)
        version = wanted.get("Version")
        if version == "0":
            cleared = group.version + 1 if self._setting("wipe_version") == "step" else 0
            self._backend.store(group, {"ingress": (), "egress": ()}, cleared)
            return {}
        if version is not None and self._setting("modify_stale_version") == "mismatch":
            check_version(group, version)
        if not any(member in wanted for dummy, member in MEMBERS):
            raise Refusal(Kind.EMPTY, "The parameter `SecurityGroupPolicySet` holds neither Ingress nor Egress.")
        self._refuse_absent(wanted)
        self._refuse_default(group)
        sort = given.get("SortPolicys", False)
        changes: dict[Direction, tuple[StoredRule, ...]] = {}
        for direction, member in MEMBERS:
            try:
                changes[direction] = self._modified(group, direction, wanted.get(member), sort, member)
            except Refusal:
                if self._setting("atomic_modify") == "no" and changes:
                    self._backend.store(group, changes, group.version + 1)
                raise
        self._backend.store(group, changes, self._version_after(group, changes))
        return {}

    def _modified(
        self, group: Group, direction: Direction, given: list[dict[str, Any]] | None, sort: bool, member: str
    ) -> tuple[StoredRule, ...]:
        old = group.rules(direction)
        if given is None:
            return () if self._setting("modify_absent_direction") == "clear" else old
        if not given and self._setting("modify_empty_direction") == "keep":
            return old
        if any("PolicyIndex" in rule for rule in given):
            raise Refusal(Kind.PARAMETER, "PolicyIndex is not supported by ModifySecurityGroupPolicies.")
        rules = tuple(self._read(rule, member, index) for index, rule in enumerate(given))
        over = Refusal(Kind.QUOTA, f"More than {RULE_QUOTA} policies.", self._setting("modify_over_quota"))
        self._check(group, direction, rules, over)
        if not sort and self._setting("modify_unsorted") == "old_first":
            known = [rule.key for rule in old]
            kept = sorted((rule for rule in rules if rule.key in known), key=lambda rule: known.index(rule.key))
            return (*kept, *(rule for rule in rules if rule.key not in known))
        return rules

    def _refuse_absent(self, wanted: Given) -> None:
        absent = [member for dummy, member in MEMBERS if member not in wanted]
        if absent and self._setting("modify_absent_direction") == "refuse":
            raise Refusal(Kind.EMPTY, f"The parameter `SecurityGroupPolicySet.{absent[0]}` must not be empty.")

    def _version_after(self, group: Group, changes: Mapping[Direction, tuple[StoredRule, ...]]) -> int:
        step = self._setting("modify_version_step")
        if step == "if_changed":
            same = all(plain(group.rules(direction)) == plain(rules) for direction, rules in changes.items())
            return group.version + (0 if same else 1)
        return group.version + {"one": 1, "two": 2}[step]

    def create_policies(self, caller: Caller, given: Given) -> dict[str, Any]:
        """CreateSecurityGroupPolicies: add rules of one direction, at PolicyIndex or at the end."""
        group, wanted, one = self._one_direction(caller, given)
        if len(set(one.indexes)) > 1:
            raise Refusal(Kind.VALUE, "PolicyIndex must be the same in all policies.")
        old = group.rules(one.direction)
        at = one.indexes[0]
        # 0 is the top, whatever the number of the first position is.
        at = len(old) if at is None else max(at, 0) if one.rules[0]["PolicyIndex"] == 0 else at
        if not 0 <= at <= len(old):
            raise out_of_range(f"{one.path}.0", at)
        new = tuple(self._read(rule, one.path, index) for index, rule in enumerate(one.rules))
        over = Refusal(Kind.QUOTA_CREATE, f"More than {RULE_QUOTA} policies.", self._setting("create_over_quota"))
        self._store_checked(group, one.direction, (*old[:at], *new, *old[at:]), over)
        return {}

    def delete_policies(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DeleteSecurityGroupPolicies: remove rules of one direction, by index or by content."""
        group, wanted, one = self._one_direction(caller, given)
        left = list(group.rules(one.direction))
        if any(index is not None for index in one.indexes):
            indexes = self._checked_indexes(one, len(left), alone=True)
            left = [rule for index, rule in enumerate(left) if index not in indexes]
        else:
            for index, rule in enumerate(one.rules):
                wanted_rule = self._read(rule, one.path, index)
                match = next((old for old in left if plain((old,)) == plain((wanted_rule,))), None)
                if match is None:
                    raise Refusal(Kind.NO_RULE, f"The resource `rule {rule} not exist` was not found.")
                left.remove(match)
        self._backend.store(group, {one.direction: left}, group.version + 1)
        return {}

    def replace_policy(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ReplaceSecurityGroupPolicy: exactly one rule, in its place."""
        group, wanted, one = self._one_direction(caller, given)
        if len(one.rules) != 1:
            raise Refusal(Kind.VALUE, "Exactly one policy must be given.")
        return self._replace(group, one)

    def replace_policies(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ReplaceSecurityGroupPolicies: several rules; UpdateType Priority or Both also moves them."""
        group, wanted, one = self._one_direction(caller, given)
        kind = given.get("UpdateType", "Policy")
        if kind == "Policy":
            return self._replace(group, one)
        if kind not in ("Priority", "Both"):
            raise Refusal(Kind.VALUE, f"The parameter `UpdateType`'s value `{kind}` is invalid.")
        original = given.get("OriginalSecurityGroupPolicySet", {}).get(one.path.rpartition(".")[2])
        if original is None or len(original) != len(one.rules):
            raise Refusal(Kind.VALUE, "OriginalSecurityGroupPolicySet must have the same direction and length.")
        old = list(group.rules(one.direction))
        places = self._checked_indexes(one, len(old), alone=False)
        before = self._checked_indexes(replace(one, rules=original), len(old), alone=False)
        moved = {
            place: self._read(rule, one.path, number) if kind == "Both" else old[was]
            for number, (place, was, rule) in enumerate(zip(places, before, one.rules, strict=True))
        }
        rules = [rule for index, rule in enumerate(old) if index not in before]
        for place in sorted(moved):
            rules.insert(place, moved[place])
        self._store_checked(group, one.direction, tuple(rules), Refusal(Kind.QUOTA, "Too many policies."))
        return {}

    def _replace(self, group: Group, one: OneDirection) -> dict[str, Any]:
        rules = list(group.rules(one.direction))
        for number, place in enumerate(self._checked_indexes(one, len(rules), alone=False)):
            rules[place] = self._read(one.rules[number], one.path, number)
        self._store_checked(group, one.direction, tuple(rules), Refusal(Kind.QUOTA, "Too many policies."))
        return {}

    def describe_groups(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DescribeSecurityGroups: a page of the groups of the region."""
        if "SecurityGroupIds" in given and "Filters" in given:
            raise Refusal(Kind.COEXIST, "SecurityGroupIds and Filters may not be given together.")
        ids = given.get("SecurityGroupIds", [])
        if len(ids) > MAX_PAGE:
            raise Refusal(Kind.TOO_MANY, f"More than {MAX_PAGE} SecurityGroupIds.")
        groups = [group for group in self._backend.groups.values() if group.region == caller.region]
        if ids:
            found = [self._backend.group(group_id, caller.region) for group_id in ids]
            groups = [group for group in groups if group in found]
        groups = groups_matching(groups, given.get("Filters", []))
        if given.get("OrderDirection") not in (None, "ASC", "DESC"):
            raise Refusal(Kind.VALUE, "OrderDirection is ASC or DESC.")
        if given.get("OrderField") not in (None, "CreatedTime", "UpdateTime"):
            raise Refusal(Kind.VALUE, "OrderField is CreatedTime or UpdateTime.")
        if given.get("OrderDirection") == "DESC":
            groups.reverse()
        start, size = page_number(given, "Offset", 0, None), page_number(given, "Limit", PAGE, MAX_PAGE)
        shown = [self._shown_group(group) for group in groups[start : start + page_size(size, self._setting)]]
        return {"SecurityGroupSet": shown, **counted("TotalCount", groups, self._setting)}

    def _shown_group(self, group: Group) -> dict[str, Any]:
        return {
            "SecurityGroupId": group.id,
            "SecurityGroupName": group.name,
            "SecurityGroupDesc": group.description,
            "ProjectId": group.project_id,
            "IsDefault": group.is_default,
            "CreatedTime": self._backend.created,
            "UpdateTime": self._backend.created,
            "TagSet": [{"Key": key, "Value": value} for key, value in group.tags],
        }

    def caller_identity(self, caller: Caller, given: Given) -> dict[str, Any]:
        """sts GetCallerIdentity."""
        account = "100000000001"
        arn = f"qcs::cam::uin/{account}:uin/{account}"
        return {"Arn": arn, "AccountId": account, "UserId": account, "PrincipalId": account, "Type": "CAMUser"}

    def _write_target(self, caller: Caller, given: Given) -> tuple[Group, Given]:
        return self._backend.group(given["SecurityGroupId"], caller.region), given["SecurityGroupPolicySet"]

    def _one_direction(self, caller: Caller, given: Given) -> tuple[Group, Given, OneDirection]:
        group, wanted = self._write_target(caller, given)
        if wanted.get("Ingress") and wanted.get("Egress"):
            raise Refusal(Kind.COEXIST, BOTH)
        for direction, member in MEMBERS:
            if wanted.get(member):
                if "Version" in wanted:
                    check_version(group, wanted["Version"])
                self._refuse_default(group)
                path, first = f"SecurityGroupPolicySet.{member}", int(self._setting("first_position"))
                return group, wanted, OneDirection(direction, wanted[member], path, first)
        raise Refusal(Kind.EMPTY, "The parameter `SecurityGroupPolicySet` holds no policy.")

    def _checked_indexes(self, one: OneDirection, length: int, alone: bool) -> list[int]:
        indexes: list[int] = []
        for number, (index, rule) in enumerate(zip(one.indexes, one.rules, strict=True)):
            if index is None and alone:
                raise Refusal(Kind.COEXIST, "Policies by PolicyIndex and by content may not be given together.")
            if index is None:
                raise Refusal(Kind.EMPTY, f"The parameter `{one.path}.{number}.PolicyIndex` must not be empty.")
            if alone and len(rule) > 1:
                raise Refusal(
                    Kind.COEXIST, f"`{one.path}.{number}`: PolicyIndex and content may not be given together."
                )
            if not 0 <= index < length:
                raise out_of_range(f"{one.path}.{number}", index)
            if index in indexes:
                raise Refusal(Kind.VALUE, f"The PolicyIndex {index} is given twice.")
            indexes.append(index)
        return indexes

    def _read(self, rule: Mapping[str, Any], path: str, index: int) -> StoredRule:
        if self._setting("port_all") == "strict":
            check_port_of_any(rule, f"{path}.{index}")
        reader = RuleReader(self._setting, self._setting("description_limit"))
        return reader.read(rule, f"{path}.{index}")

    def _check(self, group: Group, direction: Direction, rules: tuple[StoredRule, ...], over_quota: Refusal) -> None:
        self._backend.check_rules(group, direction, rules, over_quota)
        refuse_duplicates(rules, self._setting("duplicate_key") == "with_description")

    def _store_checked(
        self, group: Group, direction: Direction, rules: tuple[StoredRule, ...], over_quota: Refusal
    ) -> None:
        self._check(group, direction, rules, over_quota)
        self._backend.store(group, {direction: rules}, group.version + 1)

    def _refuse_default(self, group: Group) -> None:
        if group.is_default and self._setting("default_group") == "refuse":
            raise Refusal(Kind.DEFAULT_GROUP, "The default security group may not be changed.")


def plain(rules: tuple[StoredRule, ...]) -> list[tuple[str, ...]]:
    """Return what distinguishes rules for a client, without times."""
    return [(*rule.key, rule.description) for rule in rules]


def check_port_of_any(rule: Given, path: str) -> None:
    """Check that only TCP, UDP and ALL have a port, and that ALL has one: the vendor's texts require this (2.3)."""
    protocol = str(rule.get("Protocol", "")).upper()
    if "Port" in rule and protocol in ("ICMP", "ICMPV6", "GRE"):
        raise Refusal(Kind.VALUE, f"The parameter `{path}.Port` goes only with TCP or UDP.")
    if "Port" not in rule and protocol == "ALL":
        raise Refusal(Kind.EMPTY, f"The parameter `{path}.Port` must not be empty.")


def check_version(group: Group, version: str) -> None:
    """Refuse a version that is not the current one."""
    if version != str(group.version):
        raise Refusal(Kind.VERSION, f"The version `{version}` of the policy set is not the latest one.")


def out_of_range(path: str, index: int) -> Refusal:
    """Refuse an unknown position."""
    return Refusal(Kind.RANGE, f"The parameter `{path}.PolicyIndex`'s value `{index}` is out of range.")


def page_size(asked: int, setting: Callable[[str], str]) -> int:
    """Return the number of groups on a page."""
    return asked if setting("page_filling") == "full" else min(asked, SHORT_PAGE)


def counted(name: str, groups: list[Group], setting: Callable[[str], str]) -> dict[str, int]:
    """Return the member with the total number of groups, if there is one."""
    return {name: len(groups)} if setting("group_count") == "told" else {}


def page_number(given: Given, name: str, default: int, maximum: int | None) -> int:
    """Return Offset or Limit, which are texts in the vendor's model."""
    text = given.get(name, str(default))
    if not text.isdecimal() or (maximum is not None and not 1 <= int(text) <= maximum):
        raise Refusal(Kind.RANGE, f"The parameter `{name}`'s value `{text}` is out of range.")
    return int(text)


def statistics(group: Group) -> dict[str, int]:
    """Return the PolicyStatistics."""
    result = {}
    for direction, member in MEMBERS:
        six = sum(1 for rule in group.rules(direction) if rule.ipv6)
        result[f"{member}IPv4TotalCount"] = len(group.rules(direction)) - six
        result[f"{member}IPv6TotalCount"] = six
    return result
