# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles in the files of the vendor's command line tool (JSON) and client libraries (INI)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from .._keys.assumed_role import SESSION_NAME, AssumedRole
from .._keys.key_chain import UnusablePlace, key_from
from .._keys.keys import KeySource, StaticKey
from .._keys.profile_files import ini_file, json_file, no_profile
from .instance_role import instance_keys
from .sts import StsAccess

CLI_FILE = "~/.tccli/{}.credential"
CLI_CONFIGURATION = "~/.tccli/{}.configure"


class Profiles(NamedTuple):
    """The profile of that name.

    ``from_cli`` and ``from_ini`` return keys, or the reason why there are none. They raise UnusablePlace.
    """

    name: str
    sts: StsAccess

    def from_ini(self, path: str) -> KeySource | str:
        """Read a file of the libraries, with a section for each profile."""
        parser = ini_file(path)
        if parser is None:
            return "no such file"
        if not parser.has_section(self.name):
            return no_profile(self.name, parser.sections())
        section = {name: value.strip("\"' ") for name, value in parser[self.name].items()}
        named = [("secret_id", section.get("secret_id")), ("secret_key", section.get("secret_key"))]
        token = [("token", section["token"])] if section.get("token") else []
        return self._own_key(named + token, f"the profile {self.name} in {path}")

    def from_cli(self) -> KeySource | str:
        """Read the file of the command line tool for this profile."""
        path = CLI_FILE.format(self.name)
        profile = json_file(path)
        if profile is None:
            return f"no such file{_others()}"
        if profile.get("type") == "cvm-role":
            return instance_keys(self.sts.client)
        token = [("token", profile["token"])] if profile.get("token") else []
        named = [("secretId", profile.get("secretId")), ("secretKey", profile.get("secretKey")), *token]
        keys = self._own_key(named, path, self._expiry(profile, path))
        arn = str(profile.get("role-arn") or "")
        if isinstance(keys, str) or not arn:
            return keys
        return self.sts.assume(keys, AssumedRole(arn, str(profile.get("role-session-name") or SESSION_NAME)))

    def ini_region(self, path: str) -> str:
        """Return the region of the profile in a file of the libraries, which ignore it, or ""."""
        parser = ini_file(path)
        if parser is None or not parser.has_section(self.name):
            return ""
        return parser[self.name].get("region", "").strip("\"' ")

    def cli_region(self) -> str:
        """Return the region of the profile in the file of the command line tool, or ""."""
        config = json_file(CLI_CONFIGURATION.format(self.name)) or {}
        own = config.get("_sys_param")
        # Older versions of the tool kept it one level higher.
        places = (own if isinstance(own, Mapping) else {}, config)
        return next((str(place["region"]).strip() for place in places if place.get("region")), "")

    def _expiry(self, profile: Mapping[str, Any], path: str) -> float | None:
        """Return when the key of a logged-in user expires, or None if it does not. Raises UnusablePlace if it has."""
        expires = profile.get("expiresAt")
        if not isinstance(expires, (int, float)):
            return None
        if expires <= self.sts.client.clock.now():
            raise UnusablePlace(f"the key in {path} has expired; log in again with the command line tool")
        return float(expires)

    def _own_key(self, named: list[tuple[str, Any]], where: str, expires: float | None = None) -> KeySource | str:
        key = key_from(where, named, expires)
        if key is None:
            return "it contains no key"
        self.sts.client.secrets.add(key.secret, key.token)
        return StaticKey(key)


def _others() -> str:
    """Return the end of a sentence that names the profiles of the command line tool, each of which is a file."""
    folder, ending = os.path.split(os.path.expanduser(CLI_FILE.format("")))
    try:
        names = sorted(name.removesuffix(ending) for name in os.listdir(folder) if name.endswith(ending))
    except OSError:
        names = []
    return f"; there are {', '.join(names)}" if names else ""
