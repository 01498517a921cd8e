# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The Security Token Service (STS, version 2018-08-13): roles to take on, and whose a key is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from .._core.access import TaskCalls
from .._core.endpoint import parse_endpoint
from .._core.errors import CloudError
from .._core.keys import Key, Keys
from .._core.renewal import RenewedKey
from .._core.roles import Role
from .._core.transport import HttpRequest
from .endpoints import api_host
from .vpc import Vpc

API_VERSION = "2018-08-13"


class AnonymousSts(Vpc):
    """Calls that prove who calls with an identity token instead of a signature."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        headers = {
            "content-type": "application/json",
            "host": self.endpoint.host,
            "x-tc-action": action,
            "x-tc-version": self.api_version,
            "x-tc-region": self.region,
            "x-tc-timestamp": str(int(self.clock.now())),
            "authorization": "SKIP",
        }
        return HttpRequest("POST", self.endpoint.url("/"), headers, json.dumps(parameters).encode())


@dataclass(frozen=True)
class Identity:
    """What stands for a key in a cluster: a provider that the account trusts, and the file with its token."""

    provider_id: str
    token_file: str
    region: str


@dataclass(frozen=True)
class StsAccess:
    """C(endpoint) is what the user gave, or empty."""

    endpoint: str
    region: Callable[[], str]
    network: str
    calls: TaskCalls

    def account(self, keys: Keys) -> str:
        """The id of the account that the key belongs to."""
        body = self.calls.read(self._service(Vpc, keys, self.region()), "GetCallerIdentity", {})
        return str(body.get("AccountId"))

    def assume(self, base: Keys, role: Role) -> Keys:
        """Keys of the role, which the base keys may take on."""

        def fetch() -> Key:
            return self._key(self._service(Vpc, base, self.region()), "AssumeRole", _parameters(role))

        return RenewedKey(fetch, self.calls, role.arn)

    def assume_with_identity(self, identity: Identity, role: Role) -> Keys:
        """Keys of the role, for the token in the file: read anew each time, for it is replaced from time to time."""

        def fetch() -> Key:
            try:
                with open(identity.token_file, encoding="utf-8") as file:
                    token = file.read().strip()
            except (OSError, UnicodeError) as error:
                raise CloudError("auth", f"the identity token cannot be read: {error}") from error
            self.calls.secrets.add(token)
            own = {"ProviderId": identity.provider_id, "WebIdentityToken": token}
            service = self._service(AnonymousSts, _NoKeys(), identity.region)
            return self._key(service, "AssumeRoleWithWebIdentity", {**_parameters(role), **own})

        return RenewedKey(fetch, self.calls, role.arn)

    def _service(self, kind: type[Vpc], keys: Keys, region: str) -> Vpc:
        endpoint = parse_endpoint(self.endpoint or api_host("sts", region, self.network))
        return kind(endpoint, region, keys, self.calls.clock, "sts", API_VERSION)

    def _key(self, service: Vpc, action: str, parameters: Mapping[str, Any]) -> Key:
        body = self.calls.read(service, action, parameters)
        given = body.get("Credentials")
        whole = {**(given if isinstance(given, Mapping) else {}), "ExpiredTime": body.get("ExpiredTime")}
        return read_key(whole, f"the answer to {action}")


class _NoKeys:
    def current(self) -> Key:
        return Key("", "")

    def owner(self) -> str:
        return ""


def _parameters(role: Role) -> dict[str, Any]:
    given = {
        "RoleArn": role.arn,
        "RoleSessionName": role.session_name,
        "DurationSeconds": role.duration_seconds,
        "ExternalId": role.external_id,
        "Policy": quote_plus(role.policy),  # the page of AssumeRole asks for an encoded one
    }
    return {name: value for name, value in given.items() if value}


def read_key(given: Mapping[str, Any], where: str) -> Key:
    """A temporary key as STS and instance metadata give it. CloudError if it is not whole."""
    members = ("TmpSecretId", "TmpSecretKey", "Token", "ExpiredTime")
    parts = [str(given.get(name) or "") for name in members]
    missing = [name for name, part in zip(members, parts) if not part]
    if missing or not re.fullmatch("[0-9]{1,12}", parts[3]):
        raise CloudError("protocol", f"{where} holds no usable {' and no usable '.join(missing or members[3:])}")
    return Key(parts[0], parts[1], parts[2], float(parts[3]))
