# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Security Token Service (STS, version 2015-04-01): roles to assume, and the account of a key."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from .._http.errors import CloudError
from .._http.transport import HttpRequest
from .._keys.access import TaskClient
from .._keys.assumed_role import AssumedRole, identity_token
from .._keys.keys import Key, KeySource, NoKey
from .._keys.renewal import RenewingKey
from .._options.endpoint import parse_endpoint
from .._options.environment import from_variables
from .._options.options import Options
from .endpoints import sts_host
from .environment import STS_IN_VPC, STS_REGION
from .service import STS_VERSION, AcsService


class AnonymousSts(AcsService):
    """STS for calls that are authenticated by an identity token in the body instead of a signature."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now()))
        common = {"Action": action, "Version": self.api_version, "Format": "JSON", "Timestamp": now}
        headers = {"host": self.endpoint.host, "content-type": "application/x-www-form-urlencoded"}
        url = f"{self.endpoint.url('/')}?{urlencode(common)}"
        return HttpRequest("POST", url, headers, urlencode(parameters).encode("ascii"))


class Identity(NamedTuple):
    """What replaces a key in a cluster: a provider that the account trusts, and the file with its token."""

    provider_arn: str
    token_file: str


class StsAccess(NamedTuple):
    """The options for calls of STS. ``host`` returns the host or URL for an STS region; "" stands for the default."""

    host: Callable[[str], str]
    signature_version: str
    client: TaskClient

    def account(self, keys: KeySource) -> str:
        """Return the ID of the account that the key belongs to. Raises CloudError."""
        body = self.client.read(self._service(AcsService, keys, ""), "GetCallerIdentity", {})
        return str(body.get("AccountId"))

    def assume(self, base: KeySource, role: AssumedRole, sts_region: str = "") -> KeySource:
        """Return temporary keys of the role, which the base keys are allowed to assume."""

        def fetch() -> Key:
            return self._key(self._service(AcsService, base, sts_region), "AssumeRole", _parameters(role))

        return RenewingKey(fetch, self.client, role.arn)

    def assume_with_identity(self, identity: Identity, role: AssumedRole, sts_region: str = "") -> KeySource:
        """Return temporary keys of the role for the token in the file."""

        def fetch() -> Key:
            token = identity_token(identity.token_file, self.client.secrets)
            own = {"OIDCProviderArn": identity.provider_arn, "OIDCToken": token}
            service = self._service(AnonymousSts, NoKey(), sts_region)
            return self._key(service, "AssumeRoleWithOIDC", {**_parameters(role), **own})

        return RenewingKey(fetch, self.client, role.arn)

    def _service(self, kind: type[AcsService], keys: KeySource, sts_region: str) -> AcsService:
        endpoint = parse_endpoint(self.host(sts_region))
        return kind(endpoint, "", keys, self.signature_version, self.client.clock, STS_VERSION)

    def _key(self, service: AcsService, action: str, parameters: Mapping[str, str]) -> Key:
        credentials = self.client.read(service, action, parameters).get("Credentials")
        return read_key(credentials, f"the response to {action}")


def sts_access(options: Options, client: TaskClient) -> StsAccess:
    """Return what is needed to call STS."""
    in_vpc = options.text("network") == "vpc" or from_variables(STS_IN_VPC).lower() == "true"

    def host(sts_region: str) -> str:
        region = options.text("region")  # read late, because it may be that of a profile
        chosen = sts_region or from_variables(STS_REGION)
        return options.text("sts_endpoint") or sts_host(region, "vpc" if in_vpc else "public", chosen)

    return StsAccess(host, options.text("signature_version"), client)


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
    """Return a temporary key from the members that STS, instance metadata and credentials URIs return.

    Raises CloudError of kind ``protocol`` if a part is missing.
    """
    members = ("AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration")
    parts = [str(given.get(name) or "") if isinstance(given, Mapping) else "" for name in members]
    try:
        expires = calendar.timegm(time.strptime(parts[3], "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        parts[3] = ""
    missing = [name for name, part in zip(members, parts) if not part]
    if missing:
        raise CloudError("protocol", f"{where} has no valid {' and no valid '.join(missing)}")
    return Key(parts[0], parts[1], parts[2], expires)
