# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sources of Tencent Cloud's temporary keys: stand-ins for STS and instance metadata.

Written from the vendor's pages on AssumeRole, AssumeRoleWithWebIdentity and instance roles. Signatures are verified
with the vendor's own code. The returned key is the temporary one of ``worlds``, which the cloud simulator accepts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud_simulator.exchange import Reply, Request
from tests.cloud_simulator.tencent.errors import Refusal
from tests.cloud_simulator.tencent.signature import tc3_key
from tests.cloud_simulator.tencent.state import SecretKey
from tests.support.loopback import as_json, as_text
from tests.support.worlds import TENCENT_ID, TENCENT_KEY, TENCENT_TEMPORARY_ID, TENCENT_TEMPORARY_KEY, TENCENT_TOKEN

ROLE_ARN = "qcs::cam::uin/100000000001:roleName/network-admin"
PROVIDER_ID = "cls-a1b2c3d4"
TKE_REGION = "ap-shanghai"
IDENTITY_TOKEN = "identityTokenDistinctive.eyJpc3MiOiJ0a2UifQ.9Kx4"
ROLE_NAME = "WebServerRole"
ROLES = "/latest/meta-data/cam/security-credentials/"
ACCOUNT = "100000000001"  # the cloud simulator's
KEYS = {
    TENCENT_ID: SecretKey(TENCENT_ID, TENCENT_KEY),
    TENCENT_TEMPORARY_ID: SecretKey(TENCENT_TEMPORARY_ID, TENCENT_TEMPORARY_KEY, TENCENT_TOKEN),
}
TEMPORARY_KEY = {"TmpSecretId": TENCENT_TEMPORARY_ID, "TmpSecretKey": TENCENT_TEMPORARY_KEY, "Token": TENCENT_TOKEN}


@dataclass
class Sts:
    """AssumeRole for the keys of ``worlds``, and AssumeRoleWithWebIdentity for one token; ``calls`` are its calls."""

    seconds: float = 7200
    refusal: str = ""
    calls: list[Mapping[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        """Authenticate and perform the call, and respond."""
        action = request.headers.get("x-tc-action", "")
        given = json.loads(request.body)
        self.calls.append({"Action": action, "Region": request.headers.get("x-tc-region"), **given})
        code = self._code(request, action, given)
        if code:
            return _response({"Error": {"Code": code, "Message": f"refused: {given}"}})
        return _response({"Credentials": TEMPORARY_KEY, "ExpiredTime": int(time.time() + self.seconds)})

    def _code(self, request: Request, action: str, given: Mapping[str, Any]) -> str:
        """Return the error code of a refused call, or "" if it is not refused."""
        if request.headers.get("x-tc-version") != "2018-08-13" or given.get("RoleArn") != ROLE_ARN:
            return "ResourceNotFound.RoleNotFound"
        if action == "AssumeRoleWithWebIdentity":
            if request.headers.get("authorization") != "SKIP":
                return "AuthFailure.SignatureFailure"
            wanted = {"WebIdentityToken": IDENTITY_TOKEN, "ProviderId": PROVIDER_ID}
            right = {name: given.get(name) for name in wanted} == wanted
            return self.refusal if right else "InvalidParameter.WebIdentityTokenError"
        if action != "AssumeRole":
            return "InvalidAction"
        try:
            tc3_key(request, KEYS, time.time(), "sts")
        except Refusal as refusal:
            return refusal.code
        return self.refusal


def _response(body: Mapping[str, Any]) -> Reply:
    return as_json({"Response": {**body, "RequestId": "3c140219-cfe9"}})


@dataclass
class InstanceMetadata:
    """The metadata service of an instance, with or without a role."""

    role: str = ROLE_NAME
    seconds: float = 3600
    code: str = "Success"

    def answer(self, request: Request) -> Reply:
        """The response of the vendor's service."""
        if request.method == "GET" and self.role and request.path == ROLES:
            return as_text(self.role)
        if request.method == "GET" and self.role and request.path == ROLES + self.role:
            return as_json({"Code": self.code, **TEMPORARY_KEY, "ExpiredTime": int(time.time() + self.seconds)})
        return as_text("not found", 404)
