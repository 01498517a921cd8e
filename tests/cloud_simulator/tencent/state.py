# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the backend: secret keys, regions and security groups, and how a seed is loaded."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..exchange import Clock, SeedError
from .errors import Kind, Refusal
from .rules import RuleReader, Settings, StoredRule, checked_group_id

Direction = Literal["ingress", "egress"]
DIRECTIONS: tuple[Direction, Direction] = ("ingress", "egress")
RULE_QUOTA = 100
REFERENCE_QUOTA = 10
BEIJING = 8 * 3600
GROUP_MEMBERS = {"id", "region", "project_id", "name", "description", "is_default", "tags", "version"} | {*DIRECTIONS}


@dataclass(frozen=True)
class SecretKey:
    """One API key; ``token`` is "" for a permanent one."""

    id: str
    key: str
    token: str = ""


@dataclass(frozen=True)
class Group:
    """One security group. Groups are immutable values; a change creates a new one."""

    id: str
    region: str
    project_id: str = "0"
    name: str = ""
    description: str = ""
    is_default: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    version: int = 0
    ingress: tuple[StoredRule, ...] = ()
    egress: tuple[StoredRule, ...] = ()

    def rules(self, direction: Direction) -> tuple[StoredRule, ...]:
        """Return the rules of one direction, in order."""
        return self.ingress if direction == "ingress" else self.egress


class Backend:
    """The common state of both APIs."""

    def __init__(self, clock: Clock, setting: Settings) -> None:
        self._clock = clock
        self.setting = setting
        self.regions: list[str] = []
        self.keys: dict[str, SecretKey] = {}
        self.groups: dict[str, Group] = {}
        self.created = ""

    def now_text(self) -> str:
        """Return the current time as the service writes it, in UTC+8."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self._clock.now() + BEIJING))

    def load(self, seed: Mapping[str, Any]) -> None:
        """Replace everything by a seed. Raises SeedError, and then changes nothing."""
        unknown = sorted(set(seed) - {"regions", "secret_keys", "security_groups"})
        if unknown:
            raise SeedError(f"tencent: unknown members {', '.join(unknown)}")
        try:
            keys = {data["id"]: SecretKey(**data) for data in seed.get("secret_keys", [])}
            groups = {data["id"]: self.group_from_seed(data) for data in seed.get("security_groups", [])}
        except (KeyError, TypeError) as problem:
            raise SeedError(f"tencent: {problem}") from problem
        self.regions = list(seed.get("regions", []))
        self.keys, self.groups, self.created = keys, groups, self.now_text()

    def group_from_seed(self, data: Mapping[str, Any]) -> Group:
        """One entry of ``security_groups``. SeedError."""
        unknown = sorted(set(data) - GROUP_MEMBERS)
        if unknown:
            raise SeedError(f"tencent: security group {data.get('id')}: unknown members {', '.join(unknown)}")
        try:
            checked_group_id(str(data["id"]), "id")
            rules = {direction: self.rules_from_seed(data.get(direction, []), direction) for direction in DIRECTIONS}
        except Refusal as problem:
            raise SeedError(f"tencent: security group {data['id']}: {problem.message}") from problem
        plain = {name: data[name] for name in ("id", "region", "name", "description", "is_default") if name in data}
        tags = tuple((str(key), str(value)) for key, value in data.get("tags", {}).items())
        project = str(data.get("project_id", 0))
        return replace(
            Group(**plain),
            project_id=project,
            tags=tags,
            version=int(data.get("version", 0)),
            ingress=rules["ingress"],
            egress=rules["egress"],
        )

    def rules_from_seed(self, rules: Iterable[Mapping[str, Any]], path: str) -> tuple[StoredRule, ...]:
        """Rules in API 3.0 member names, with an optional ModifyTime. Refusal."""
        reader = RuleReader(self.setting, "unlimited")
        result = []
        for index, given in enumerate(rules):
            rule = reader.read({k: v for k, v in given.items() if k != "ModifyTime"}, f"{path}.{index}")
            result.append(replace(rule, modified=given.get("ModifyTime", self.now_text())))
        return tuple(result)

    def dump(self) -> dict[str, Any]:
        """Return the state in the form of the seed."""
        keys = [
            {"id": key.id, "key": key.key, **({"token": key.token} if key.token else {})} for key in self.keys.values()
        ]
        groups = [group_to_seed(group) for group in self.groups.values()]
        return {"regions": list(self.regions), "secret_keys": keys, "security_groups": groups}

    def group(self, group_id: str, region: str) -> Group:
        """Return the group with that ID in that region, or refuse with the codes of both APIs."""
        unknown_number = int(self.setting("v2_unknown_group"))
        try:
            checked_group_id(group_id, "SecurityGroupId")
        except Refusal as problem:
            raise Refusal(problem.kind, problem.message, self.setting("malformed_group"), unknown_number) from None
        group = self.groups.get(group_id)
        if group is None or group.region != region:
            code = self.setting("unknown_group")
            raise Refusal(Kind.NO_GROUP, f"The resource `{group_id}` was not found.", code, unknown_number)
        return group

    def store(self, group: Group, changes: Mapping[Direction, Iterable[StoredRule]], version: int) -> None:
        """Put new rules in a group; new rules get the current time as their ModifyTime."""
        now = self.now_text()
        stamped = {
            direction: tuple(rule if rule.modified else replace(rule, modified=now) for rule in rules)
            for direction, rules in changes.items()
        }
        ingress, egress = stamped.get("ingress", group.ingress), stamped.get("egress", group.egress)
        self.groups[group.id] = replace(group, version=version, ingress=ingress, egress=egress)

    def check_rules(
        self, group: Group, direction: Direction, rules: tuple[StoredRule, ...], over_quota: Refusal
    ) -> None:
        """Check every rule set: the quotas, and peer groups that exist, in the same region and project."""
        if len(rules) > RULE_QUOTA:
            raise over_quota
        other: Direction = "egress" if direction == "ingress" else "ingress"
        referred = {rule.group for rule in (*rules, *group.rules(other)) if rule.group}
        if len(referred) > REFERENCE_QUOTA:
            raise Refusal(Kind.QUOTA, f"More than {REFERENCE_QUOTA} security groups are referred to.")
        for peer_id in sorted({rule.group for rule in rules if rule.group}):
            peer = self.groups.get(peer_id)
            if peer is None or (peer.region, peer.project_id) != (group.region, group.project_id):
                raise Refusal(Kind.NO_GROUP, f"The resource `{peer_id}` was not found.")


def refuse_duplicates(rules: Iterable[StoredRule], with_description: bool) -> None:
    """Refuse a rule set with a duplicate rule."""
    seen = set()
    for rule in rules:
        key = (*rule.key, rule.description) if with_description else rule.key
        if key in seen:
            raise Refusal(Kind.DUPLICATE, "The same policy is given twice.")
        seen.add(key)


def group_to_seed(group: Group) -> dict[str, Any]:
    """Return a group in the form of the seed."""
    return {
        "id": group.id,
        "region": group.region,
        "project_id": group.project_id,
        "name": group.name,
        "description": group.description,
        "is_default": group.is_default,
        "tags": dict(group.tags),
        "version": group.version,
        "ingress": [rule_to_seed(rule) for rule in group.ingress],
        "egress": [rule_to_seed(rule) for rule in group.egress],
    }


def rule_to_seed(rule: StoredRule) -> dict[str, Any]:
    """Return a rule in API 3.0 member names, without unset members."""
    members = {
        "Protocol": rule.protocol,
        "Port": rule.port,
        "CidrBlock": rule.cidr,
        "Ipv6CidrBlock": rule.ipv6,
        "SecurityGroupId": rule.group,
        "AddressTemplate": set_halves(AddressId=rule.address_id, AddressGroupId=rule.address_group_id),
        "ServiceTemplate": set_halves(ServiceId=rule.service_id, ServiceGroupId=rule.service_group_id),
        "Action": rule.action,
        "PolicyDescription": rule.description,
        "ModifyTime": rule.modified,
    }
    return {name: value for name, value in members.items() if value}


def set_halves(**halves: str) -> dict[str, str]:
    """Return the set halves of a template."""
    return {name: value for name, value in halves.items() if value}
