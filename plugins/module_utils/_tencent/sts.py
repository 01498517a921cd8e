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

from .._http.errors import CloudError
from .._http.transport import HttpRequest
from .._keys.access import TaskClient
from .._keys.assumed_role import AssumedRole
from .._keys.keys import Key, KeySource
from .._keys.renewal import RenewingKey
from .._options.endpoint import parse_endpoint
from .endpoints import api_host
from .vpc import Tc3Service

API_VERSION = "2018-08-13"


class AnonymousSts(Tc3Service):
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
    calls: TaskClient

    def account(self, keys: KeySource) -> str:
        """The id of the account that the key belongs to."""
        body = self.calls.read(self._service(Tc3Service, keys, self.region()), "GetCallerIdentity", {})
        return str(body.get("AccountId"))

    def assume(self, base: KeySource, role: AssumedRole) -> KeySource:
        """Keys of the role, which the base keys may take on."""

        def fetch() -> Key:
            return self._key(self._service(Tc3Service, base, self.region()), "AssumeRole", _parameters(role))

        return RenewingKey(fetch, self.calls, role.arn)

    def assume_with_identity(self, identity: Identity, role: AssumedRole) -> KeySource:
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

        return RenewingKey(fetch, self.calls, role.arn)

    def _service(self, kind: type[Tc3Service], keys: KeySource, region: str) -> Tc3Service:
        endpoint = parse_endpoint(self.endpoint or api_host("sts", region, self.network))
        return kind(endpoint, region, keys, self.calls.clock, "sts", API_VERSION)

    def _key(self, service: Tc3Service, action: str, parameters: Mapping[str, Any]) -> Key:
        body = self.calls.read(service, action, parameters)
        given = body.get("Credentials")
        whole = {**(given if isinstance(given, Mapping) else {}), "ExpiredTime": body.get("ExpiredTime")}
        return read_key(whole, f"the answer to {action}")


class _NoKeys:
    def current(self) -> Key:
        return Key("", "")

    def account_label(self) -> str:
        return ""


def _parameters(role: AssumedRole) -> dict[str, Any]:
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
