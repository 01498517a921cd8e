# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The Security Token Service (STS, version 2015-04-01): roles to take on, and whose a key is."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .._http.errors import CloudError
from .._http.transport import HttpRequest
from .._keys.access import TaskClient
from .._keys.assumed_role import AssumedRole
from .._keys.keys import Key, KeySource
from .._keys.renewal import RenewingKey
from .._options.endpoint import parse_endpoint
from .ecs import AcsService

API_VERSION = "2015-04-01"


class AnonymousSts(AcsService):
    """Calls that prove who calls with an identity token instead of a signature: in the body, not in addresses."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now()))
        common = {"Action": action, "Version": self.api_version, "Format": "JSON", "Timestamp": now}
        headers = {"host": self.endpoint.host, "content-type": "application/x-www-form-urlencoded"}
        url = f"{self.endpoint.url('/')}?{urlencode(common)}"
        return HttpRequest("POST", url, headers, urlencode(parameters).encode("ascii"))


@dataclass(frozen=True)
class Identity:
    """What stands for a key in a cluster: a provider that the account trusts, and the file with its token."""

    provider_arn: str
    token_file: str


@dataclass(frozen=True)
class StsAccess:
    """C(host) gives the host or URL for an STS region, where empty means the usual one."""

    host: Callable[[str], str]
    signature_version: str
    calls: TaskClient

    def account(self, keys: KeySource) -> str:
        """The id of the account that the key belongs to."""
        body = self.calls.read(self._service(AcsService, keys, ""), "GetCallerIdentity", {})
        return str(body.get("AccountId"))

    def assume(self, base: KeySource, role: AssumedRole, sts_region: str = "") -> KeySource:
        """Keys of the role, which the base keys may take on."""

        def fetch() -> Key:
            return self._key(self._service(AcsService, base, sts_region), "AssumeRole", _parameters(role))

        return RenewingKey(fetch, self.calls, role.arn)

    def assume_with_identity(self, identity: Identity, role: AssumedRole, sts_region: str = "") -> KeySource:
        """Keys of the role, for the token in the file: read anew each time, for it is replaced from time to time."""

        def fetch() -> Key:
            try:
                with open(identity.token_file, encoding="utf-8") as file:
                    token = file.read().strip()
            except (OSError, UnicodeError) as error:
                raise CloudError("auth", f"the identity token cannot be read: {error}") from error
            self.calls.secrets.add(token)
            own = {"OIDCProviderArn": identity.provider_arn, "OIDCToken": token}
            service = self._service(AnonymousSts, _NoKeys(), sts_region)
            return self._key(service, "AssumeRoleWithOIDC", {**_parameters(role), **own})

        return RenewingKey(fetch, self.calls, role.arn)

    def _service(self, kind: type[AcsService], keys: KeySource, sts_region: str) -> AcsService:
        endpoint = parse_endpoint(self.host(sts_region))
        return kind(endpoint, "", keys, self.signature_version, self.calls.clock, API_VERSION)

    def _key(self, service: AcsService, action: str, parameters: Mapping[str, str]) -> Key:
        return read_key(self.calls.read(service, action, parameters).get("Credentials"), f"the answer to {action}")


class _NoKeys:
    def current(self) -> Key:
        return Key("", "")

    def account_label(self) -> str:
        return ""


def _parameters(role: AssumedRole) -> dict[str, str]:
    given = {
        "RoleArn": role.arn,
        "RoleSessionName": role.session_name,
        "DurationSeconds": str(role.duration_seconds or ""),
        "ExternalId": role.external_id,
        "Policy": role.policy,
    }
    return {name: value for name, value in given.items() if value}


def read_key(given: object, where: str) -> Key:
    """A temporary key as STS, instance metadata and credentials URIs give it. CloudError if it is not whole."""
    members = ("AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration")
    parts = [str(given.get(name) or "") if isinstance(given, Mapping) else "" for name in members]
    try:
        expires = calendar.timegm(time.strptime(parts[3], "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        parts[3] = ""
    missing = [name for name, part in zip(members, parts) if not part]
    if missing:
        raise CloudError("protocol", f"{where} holds no usable {' and no usable '.join(missing)}")
    return Key(parts[0], parts[1], parts[2], expires)
