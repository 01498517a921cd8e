# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Security Token Service (STS, version 2018-08-13): roles to assume, and the account of a key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from .._http.errors import CloudError
from .._http.transport import HttpRequest
from .._keys.access import TaskClient
from .._keys.assumed_role import AssumedRole, identity_token
from .._keys.keys import Key, KeySource, NoKey
from .._keys.renewal import RenewingKey
from .._options.endpoint import parse_endpoint
from .._options.options import Options
from .endpoints import api_host
from .service import CONTENT_TYPE, Tc3Service

API_VERSION = "2018-08-13"


class AnonymousSts(Tc3Service):
    """STS for calls that are authenticated by an identity token instead of a signature."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        headers = {
            "content-type": CONTENT_TYPE,
            "host": self.endpoint.host,
            "x-tc-action": action,
            "x-tc-version": self.api_version,
            "x-tc-region": self.region,
            "x-tc-timestamp": str(int(self.clock.now())),
            "authorization": "SKIP",
        }
        return HttpRequest("POST", self.endpoint.url("/"), headers, json.dumps(parameters).encode())


class Identity(NamedTuple):
    """What replaces a key in a cluster: a provider that the account trusts, and the file with its token."""

    provider_id: str
    token_file: str
    region: str


class StsAccess(NamedTuple):
    """The options for calls of STS. ``endpoint`` is the one that the user gave, or empty."""

    endpoint: str
    region: Callable[[], str]
    network: str
    client: TaskClient

    def account(self, keys: KeySource) -> str:
        """Return the ID of the account that the key belongs to. Raises CloudError."""
        body = self.client.read(self._service(Tc3Service, keys, self.region()), "GetCallerIdentity", {})
        return str(body.get("AccountId"))

    def assume(self, base: KeySource, role: AssumedRole) -> KeySource:
        """Return temporary keys of the role, which the base keys are allowed to assume."""

        def fetch() -> Key:
            return self._key(self._service(Tc3Service, base, self.region()), "AssumeRole", _parameters(role))

        return RenewingKey(fetch, self.client, role.arn)

    def assume_with_identity(self, identity: Identity, role: AssumedRole) -> KeySource:
        """Return temporary keys of the role for the token in the file."""

        def fetch() -> Key:
            token = identity_token(identity.token_file, self.client.secrets)
            own = {"ProviderId": identity.provider_id, "WebIdentityToken": token}
            service = self._service(AnonymousSts, NoKey(), identity.region)
            return self._key(service, "AssumeRoleWithWebIdentity", {**_parameters(role), **own})

        return RenewingKey(fetch, self.client, role.arn)

    def _service(self, kind: type[Tc3Service], keys: KeySource, region: str) -> Tc3Service:
        endpoint = parse_endpoint(self.endpoint or api_host("sts", region, self.network))
        return kind(endpoint, region, keys, self.client.clock, "sts", API_VERSION)

    def _key(self, service: Tc3Service, action: str, parameters: Mapping[str, Any]) -> Key:
        body = self.client.read(service, action, parameters)
        given = body.get("Credentials")
        whole = {**(given if isinstance(given, Mapping) else {}), "ExpiredTime": body.get("ExpiredTime")}
        return read_key(whole, f"the response to {action}")


def sts_access(options: Options, client: TaskClient) -> StsAccess:
    """Return what is needed to call STS."""
    # The region is read late, because it may be that of a profile.
    return StsAccess(options.text("sts_endpoint"), lambda: options.text("region"), options.text("network"), client)


def _parameters(role: AssumedRole) -> dict[str, Any]:
    given = {
        "RoleArn": role.arn,
        "RoleSessionName": role.session_name,
        "DurationSeconds": role.duration_seconds,
        "ExternalId": role.external_id,
        "Policy": quote_plus(role.policy),  # the documentation of AssumeRole requires it URL-encoded
    }
    return {name: value for name, value in given.items() if value}


def read_key(given: Mapping[str, Any], where: str) -> Key:
    """Return a temporary key from the members that STS and instance metadata return.

    Raises CloudError of kind ``protocol`` if a part is missing.
    """
    members = ("TmpSecretId", "TmpSecretKey", "Token", "ExpiredTime")
    parts = [str(given.get(name) or "") for name in members]
    missing = [name for name, part in zip(members, parts) if not part]
    if missing or not re.fullmatch("[0-9]{1,12}", parts[3]):
        raise CloudError("protocol", f"{where} has no valid {' and no valid '.join(missing or members[3:])}")
    return Key(parts[0], parts[1], parts[2], float(parts[3]))
