# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sources of Alibaba Cloud's temporary keys: stand-ins for STS, instance metadata and credentials URIs.

Written from the vendor's pages on AssumeRole, AssumeRoleWithOIDC and instance roles. Signatures are verified with the
vendor's own code. The returned key is the temporary one of ``worlds``, which the cloud simulator accepts.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud_simulator.aliyun.errors import ApiError
from tests.cloud_simulator.aliyun.signatures import check_v1, check_v3, parse_authorization
from tests.cloud_simulator.aliyun.wire import RpcCall, parse
from tests.cloud_simulator.exchange import Reply, Request
from tests.support.loopback import as_json, as_text
from tests.support.worlds import (
    ALIYUN_KEY_ID,
    ALIYUN_SECRET,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    ALIYUN_TOKEN,
)

ROLE_ARN = "acs:ram::1234567890123456:role/network-admin"
PROVIDER_ARN = "acs:ram::1234567890123456:oidc-provider/cluster"
IDENTITY_TOKEN = "identityTokenDistinctive.eyJpc3MiOiJjbHVzdGVyIn0.7Hq2"
ROLE_NAME = "WebServerRole"
METADATA_TOKEN = "metadataTokenDistinctive=="
ROLES = "/latest/meta-data/ram/security-credentials/"
ACCOUNT = "1234567890123456"  # the cloud simulator's


def temporary_key(seconds: float = 3600) -> dict[str, str]:
    """The temporary key of ``worlds``, which expires in this many seconds."""
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    key = {"AccessKeyId": ALIYUN_TEMPORARY_ID, "AccessKeySecret": ALIYUN_TEMPORARY_SECRET}
    return {**key, "SecurityToken": ALIYUN_TOKEN, "Expiration": expires}


@dataclass
class Sts:
    """AssumeRole for the keys of ``worlds``, and AssumeRoleWithOIDC for one token. ``calls`` are its calls."""

    seconds: float = 3600
    refusal: str = ""
    calls: list[Mapping[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        """Authenticate and perform the call, and respond."""
        call = parse(request)
        business = {name: value for name, value in call.business.items() if name not in ("Format", "Timestamp")}
        self.calls.append({"Action": call.action, **business})
        try:
            self._authenticate(call)
            if self.refusal:
                raise ApiError(self.refusal, f"You are not authorized ({call.parameters}).")
        except ApiError as error:
            body = {"RequestId": "7B9EFA4F", "Code": error.code, "Message": error.message}
            return as_json(body, 403)
        return as_json({"RequestId": "7B9EFA4F", "Credentials": temporary_key(self.seconds)})

    def _authenticate(self, call: RpcCall) -> None:
        if call.version != "2015-04-01" or call.parameters.get("RoleArn") != ROLE_ARN:
            raise ApiError("EntityNotExist.Role", "The role not exists.")
        if call.action == "AssumeRoleWithOIDC":
            if "OIDCToken" in call.query:
                raise ApiError("InvalidParameter.OIDCToken", "A token in an address ends in logs.")
            if (call.form.get("OIDCToken"), call.form.get("OIDCProviderArn")) != (IDENTITY_TOKEN, PROVIDER_ARN):
                raise ApiError("AuthenticationFail.OIDCToken.Invalid", "This OIDC token is invalid.")
        elif call.action == "AssumeRole":
            _check_signature(call)
        else:
            raise ApiError("InvalidAction.NotFound")


def _check_signature(call: RpcCall) -> None:
    keys = {ALIYUN_KEY_ID: (ALIYUN_SECRET, ""), ALIYUN_TEMPORARY_ID: (ALIYUN_TEMPORARY_SECRET, ALIYUN_TOKEN)}
    if call.is_v3:
        key_id = parse_authorization(call.request.headers["authorization"]).access_key_id
    else:
        key_id = call.parameters["AccessKeyId"]
    secret, token = keys[key_id]
    if call.common("SecurityToken", "x-acs-security-token") != token:
        raise ApiError("InvalidSecurityToken.Malformed")
    (check_v3 if call.is_v3 else check_v1)(call, secret)


@dataclass
class InstanceMetadata:
    """The metadata service of an instance: with tokens (``v2``) or without (``v1``), and with or without a role."""

    v1: bool = True
    v2: bool = True
    role: str = ROLE_NAME
    seconds: float = 3600
    key: Mapping[str, str] | None = None

    def answer(self, request: Request) -> Reply:
        """The response of the vendor's service."""
        if (request.method, request.path) == ("PUT", "/latest/api/token"):
            if not self.v2:
                return as_text("not found", 404)
            asked = "x-aliyun-ecs-metadata-token-ttl-seconds" in request.headers
            return as_text(METADATA_TOKEN) if asked else as_text("bad request", 400)
        token = request.headers.get("x-aliyun-ecs-metadata-token")
        if request.method != "GET" or (token != METADATA_TOKEN if token or not self.v1 else not self.v1):
            return as_text("forbidden", 403)
        if request.path == ROLES and self.role:
            return as_text(self.role)
        if self.role and request.path == ROLES + self.role:
            return as_json({"Code": "Success", **(self.key or temporary_key(self.seconds))})
        return as_text("not found", 404)


def credentials_uri(request: Request) -> Reply:
    """A helper that returns keys, at /key only."""
    if (request.method, request.path, request.query_string) != ("GET", "/key", "for=me"):
        return as_text("not found", 404)
    return as_json({"Code": "Success", **temporary_key()})
