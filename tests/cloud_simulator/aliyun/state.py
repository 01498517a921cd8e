# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources of one account, and their seeds: keys, regions and security groups."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.cloud_simulator.aliyun.rules import Rule, rules_from_seed
from tests.cloud_simulator.exchange import SeedError

POLICIES = {"accept": "Accept", "drop": "Drop"}
GROUP_TYPES = ("normal", "enterprise")
GROUP_ID = re.compile(r"sg-[A-Za-z0-9_-]{1,97}")
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

_DEFAULT_ACCOUNT = "1234567890123456"
_TEXT_MEMBERS = ("id", "region", "name", "description", "type", "vpc_id", "inner_access_policy", "creation_time")
_OTHER_MEMBERS = ("service_managed", "service_id", "tags", "rules")


@dataclass(frozen=True)
class AccessKey:
    """A key pair, which is temporary if it has a ``token``. ``deny`` names the actions that it may not call."""

    id: str
    secret: str
    token: str | None = None
    token_expires: str | None = None
    active: bool = True
    deny: tuple[str, ...] = ()


@dataclass(frozen=True)
class SecurityGroup:
    """One security group. ``inner_access_policy`` is "Accept" or "Drop"; ``vpc_id`` is "" in the classic network.

    ``rules`` are in the member names of DescribeSecurityGroupAttribute.
    """

    id: str
    region: str
    name: str = ""
    description: str = ""
    type: str = "normal"
    vpc_id: str = ""
    inner_access_policy: str = "Accept"
    service_managed: bool = False
    service_id: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
    creation_time: str = "2024-01-01T00:00:00Z"
    rules: tuple[Rule, ...] = ()


@dataclass
class Account:
    """Everything a seed describes."""

    account_id: str = _DEFAULT_ACCOUNT
    regions: tuple[str, ...] = ("cn-hangzhou",)
    access_keys: dict[str, AccessKey] = field(default_factory=dict)
    security_groups: dict[str, SecurityGroup] = field(default_factory=dict)

    def group(self, region: str, group_id: str) -> SecurityGroup | None:
        """Return the group of that region, or None if it does not exist."""
        found = self.security_groups.get(group_id)
        return found if found is not None and found.region == region else None


def parse_time(text: str) -> float:
    """Return the seconds since the epoch of ``YYYY-MM-DDThh:mm:ssZ``. Raises ValueError for any other form."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        raise ValueError(f"not a UTC time: {text}")
    return float(calendar.timegm(time.strptime(text, TIME_FORMAT)))


def load_account(seed: Mapping[str, Any]) -> Account:
    """Return the account that a seed describes. Raises SeedError for the first invalid member."""
    _known(seed, ("account_id", "regions", "access_keys", "security_groups"), "aliyun")
    account = Account()
    account.account_id = _string(seed.get("account_id", _DEFAULT_ACCOUNT), "aliyun.account_id")
    account.regions = _strings(seed.get("regions", account.regions), "aliyun.regions")
    for key in _each(seed, "access_keys", _access_key):
        account.access_keys[key.id] = key
    for group in _each(seed, "security_groups", _security_group):
        _in_region(group, account.regions)
        account.security_groups[group.id] = group
    return account


def dump_account(account: Account) -> dict[str, Any]:
    """Return a seed from which ``load_account`` creates this account."""
    return {
        "account_id": account.account_id,
        "regions": list(account.regions),
        "access_keys": [_dump_key(key) for key in account.access_keys.values()],
        "security_groups": [_dump_group(group) for group in account.security_groups.values()],
    }


def changed_group(account: Account, group_id: str, change: Mapping[str, Any]) -> SecurityGroup:
    """Return a group with some seed members replaced. Raises SeedError."""
    old = account.security_groups.get(group_id)
    if old is None:
        raise SeedError(f"aliyun.security_groups: there is no {group_id}")
    where = f"aliyun.security_groups[{group_id}]"
    if change.get("id", group_id) != group_id:
        raise SeedError(f"{where}.id cannot change")
    new = _security_group({**_dump_group(old), **change}, where)
    _in_region(new, account.regions)
    return new


def with_policy(group: SecurityGroup, policy: str) -> SecurityGroup:
    """Return the group with another inner access policy ("Accept" or "Drop")."""
    return replace(group, inner_access_policy=policy)


def _each(seed: Mapping[str, Any], member: str, build: Any) -> list[Any]:
    entries = seed.get(member, [])
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise SeedError(f"aliyun.{member} must be a list")
    built = [build(entry, f"aliyun.{member}[{index}]") for index, entry in enumerate(entries)]
    ids = [entry.id for entry in built]
    twice = sorted({entry for entry in ids if ids.count(entry) > 1})
    if twice:
        raise SeedError(f"aliyun.{member}: {twice[0]} is there twice")
    return built


def _access_key(entry: Any, where: str) -> AccessKey:
    _known(entry, ("id", "secret", "token", "token_expires", "active", "deny"), where)
    expires = _optional(entry.get("token_expires"), f"{where}.token_expires")
    if expires is not None:
        try:
            parse_time(expires)
        except ValueError as error:
            raise SeedError(f"{where}.token_expires: {error}") from error
    return AccessKey(
        id=_required(entry, "id", where),
        secret=_required(entry, "secret", where),
        token=_optional(entry.get("token"), f"{where}.token"),
        token_expires=expires,
        active=_boolean(entry.get("active", True), f"{where}.active"),
        deny=_strings(entry.get("deny", ()), f"{where}.deny"),
    )


def _security_group(entry: Any, where: str) -> SecurityGroup:
    _known(entry, _TEXT_MEMBERS + _OTHER_MEMBERS, where)
    texts = {name: _string(entry[name], f"{where}.{name}") for name in _TEXT_MEMBERS if name in entry}
    group_type = texts.setdefault("type", "normal")
    # The defaults at creation: members of a basic group can reach each other, those of an advanced group cannot.
    policy = texts.get("inner_access_policy", "Drop" if group_type == "enterprise" else "Accept")
    if policy.lower() not in POLICIES:
        raise SeedError(f"{where}.inner_access_policy must be Accept or Drop, not {policy!r}")
    if group_type not in GROUP_TYPES:
        raise SeedError(f"{where}.type must be normal or enterprise, not {group_type!r}")
    if not GROUP_ID.fullmatch(_required(entry, "id", where)):
        raise SeedError(f"{where}.id must look like sg-..., not {entry['id']!r}")
    texts["region"] = _required(entry, "region", where)
    texts["inner_access_policy"] = POLICIES[policy.lower()]
    return SecurityGroup(
        **texts,
        service_managed=_boolean(entry.get("service_managed", False), f"{where}.service_managed"),
        service_id=_integer(entry.get("service_id", 0), f"{where}.service_id"),
        tags=_tags(entry.get("tags", {}), f"{where}.tags"),
        rules=rules_from_seed(entry.get("rules", ()), f"{where}.rules"),
    )


def _in_region(group: SecurityGroup, regions: tuple[str, ...]) -> None:
    if group.region not in regions:
        raise SeedError(f"aliyun.security_groups[{group.id}].region: {group.region} is not one of the regions")


def _dump_key(key: AccessKey) -> dict[str, Any]:
    dumped = {"id": key.id, "secret": key.secret, "active": key.active, "deny": list(key.deny)}
    optional = {"token": key.token, "token_expires": key.token_expires}
    return dumped | {name: value for name, value in optional.items() if value is not None}


def _dump_group(group: SecurityGroup) -> dict[str, Any]:
    plain = {"tags": dict(group.tags), "rules": [dict(rule) for rule in group.rules]}
    return {name: getattr(group, name) for name in _TEXT_MEMBERS + _OTHER_MEMBERS} | plain


def _known(entry: Any, names: tuple[str, ...], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise SeedError(f"{where} must be a mapping")
    unknown = sorted(set(entry) - set(names))
    if unknown:
        raise SeedError(f"{where}: unknown member {unknown[0]!r}; there are {', '.join(names)}")


def _required(entry: Mapping[str, Any], name: str, where: str) -> str:
    value = _string(entry.get(name), f"{where}.{name}")
    if not value:
        raise SeedError(f"{where}.{name} must not be empty")
    return value


def _optional(value: Any, where: str) -> str | None:
    return None if value is None or value == "" else _string(value, where)


def _string(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise SeedError(f"{where} must be a string, not {value!r}")
    return value


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise SeedError(f"{where} must be a list of strings")
    return tuple(_string(entry, where) for entry in value)


def _boolean(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise SeedError(f"{where} must be true or false, not {value!r}")
    return value


def _integer(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise SeedError(f"{where} must be a whole number, not {value!r}")
    return value


def _tags(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise SeedError(f"{where} must be a mapping of strings")
    return {_string(key, where): _string(text, f"{where}.{key}") for key, text in value.items()}
