# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles in the files of the vendor's command line tool (JSON) and libraries (INI)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .._keys.assumed_role import SESSION_NAME, AssumedRole
from .._keys.key_chain import UnusablePlace, key_from
from .._keys.keys import KeySource, StaticKey
from .._keys.profile_files import ini_file, json_file, named_profiles, no_profile
from .instance_role import instance_keys
from .sts import Identity, StsAccess

CLI_FILE = "~/.aliyun/config.json"
Profile = Mapping[str, Any]


class Profiles(NamedTuple):
    """The profile of that name, or the default one of each file if the name is empty.

    ``from_cli`` and ``from_ini`` return keys, or the reason why there are none. They raise UnusablePlace.
    """

    name: str
    sts: StsAccess

    def from_cli(self) -> KeySource | str:
        """Read the file of the command line tool."""
        config = json_file(CLI_FILE)
        if config is None:
            return "no such file"
        listed = named_profiles(CLI_FILE, config)
        name = self.name or _text(config, "current")
        if name not in listed:
            return no_profile(name, list(listed))
        return self._cli_keys(listed, name, ())

    def _cli_keys(self, listed: Mapping[str, Profile], name: str, seen: tuple[str, ...]) -> KeySource | str:
        where = f"the profile {name} in {CLI_FILE}"
        if name in seen:
            raise UnusablePlace(f"{where} is its own source_profile, through {' and '.join(seen)}")
        if name not in listed:
            raise UnusablePlace(
                f"{where}, the source_profile of {seen[-1]}, does not exist: {no_profile(name, list(listed))}"
            )
        profile = listed[name]
        mode = _text(profile, "mode") or "AK"
        if mode == "EcsRamRole":
            return instance_keys(_text(profile, "ram_role_name"), self.sts.client)
        if mode == "OIDC":
            return self._cli_oidc(profile, where)
        if mode == "ChainableRamRoleArn":
            source = self._cli_keys(listed, _required(profile, "source_profile", where), (*seen, name))
            return source if isinstance(source, str) else self._cli_assume(source, profile, where)
        return self._cli_own_key(profile, name, mode, where)

    def _cli_oidc(self, profile: Profile, where: str) -> KeySource:
        names = ("oidc_provider_arn", "oidc_token_file", "ram_role_arn")
        provider, file, _arn = (_required(profile, member, where) for member in names)
        region = _text(profile, "sts_region")
        return self.sts.assume_with_identity(Identity(provider, file), _cli_role(profile, where), region)

    def _cli_own_key(self, profile: Profile, name: str, mode: str, where: str) -> KeySource | str:
        if mode not in ("AK", "StsToken", "RamRoleArn"):
            raise UnusablePlace(f"{where} has the mode {mode}, which is not supported")
        keys = self._own_key(profile, where, "sts_token" if mode == "StsToken" else "")
        if keys is None:
            return f"the profile {name} contains no key"
        return self._cli_assume(keys, profile, where) if mode == "RamRoleArn" else keys

    def _cli_assume(self, source: KeySource, profile: Profile, where: str) -> KeySource:
        return self.sts.assume(source, _cli_role(profile, where), _text(profile, "sts_region"))

    def from_ini(self, path: str) -> KeySource | str:
        """Read a file of the libraries."""
        parser = ini_file(path, comments="#")
        if parser is None:
            return "no such file"
        name = self.name or "default"
        if not parser.has_section(name):
            return no_profile(name, parser.sections())
        return self._ini_keys(dict(parser[name]), name, f"the profile {name} in {path}")

    def cli_region(self) -> str:
        """Return the region of the profile in the file of the command line tool, or ""."""
        config = json_file(CLI_FILE) or {}
        profile = named_profiles(CLI_FILE, config).get(self.name or _text(config, "current"), {})
        return _text(profile, "region_id")

    def ini_region(self, path: str) -> str:
        """Return the region of the profile in a file of the libraries, which ignore it, or ""."""
        parser, name = ini_file(path, comments="#"), self.name or "default"
        if parser is None or not parser.has_section(name):
            return ""
        return _text(parser[name], "region_id") or _text(parser[name], "region")

    def _ini_keys(self, profile: Profile, name: str, where: str) -> KeySource | str:
        kind = _text(profile, "type") or "access_key"
        if kind == "ecs_ram_role":
            return instance_keys(_text(profile, "role_name"), self.sts.client)
        if kind == "oidc_role_arn":
            names = ("oidc_provider_arn", "oidc_token_file_path")
            provider, file = (_required(profile, member, where) for member in names)
            return self.sts.assume_with_identity(Identity(provider, file), _ini_role(profile, where))
        if kind not in ("access_key", "sts", "ram_role_arn"):
            raise UnusablePlace(f"{where} has the type {kind}, which is not supported")
        keys = self._own_key(profile, where, "security_token" if kind == "sts" else "")
        if keys is None:
            return f"the profile {name} contains no key"
        return self.sts.assume(keys, _ini_role(profile, where)) if kind == "ram_role_arn" else keys

    def _own_key(self, profile: Profile, where: str, token: str) -> KeySource | None:
        """Return the key in the profile itself. ``token`` is the name of its token, or empty if it has none."""
        members = ["access_key_id", "access_key_secret", *([token] if token else [])]
        key = key_from(where, [(member, profile.get(member)) for member in members])
        if key is None:
            return None
        self.sts.client.secrets.add(key.secret, key.token)
        return StaticKey(key)


def _cli_role(profile: Profile, where: str) -> AssumedRole:
    seconds = _text(profile, "expired_seconds")
    return AssumedRole(
        _required(profile, "ram_role_arn", where),
        _text(profile, "ram_session_name") or SESSION_NAME,
        int(seconds) if re.fullmatch("[0-9]{1,9}", seconds) else None,
        _text(profile, "external_id"),
        _text(profile, "policy"),
    )


def _ini_role(profile: Profile, where: str) -> AssumedRole:
    session_name = _text(profile, "role_session_name") or SESSION_NAME
    return AssumedRole(_required(profile, "role_arn", where), session_name, policy=_text(profile, "policy"))


def _text(profile: Profile, member: str) -> str:
    value = profile.get(member)
    return "" if value is None else str(value).strip()


def _required(profile: Profile, member: str, where: str) -> str:
    value = _text(profile, member)
    if not value:
        raise UnusablePlace(f"{where} has no {member}")
    return value
