# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The ECS API (version 2014-05-26) as a service to talk to: signed requests, and what the answers mean."""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._http.clock import Clock
from .._http.errors import CloudError, FailureKind
from .._http.responses import clock_difference, json_of, kind_of, known_kind, unintelligible, with_clock
from .._http.transport import HttpRequest, HttpResponse
from .._keys.keys import Key, KeySource
from .._options.endpoint import Endpoint
from .signing import canonical_query, sign_v1, sign_v3

API_VERSION = "2014-05-26"
# ECS documents windows of a minute, and no figures; the pace is found out by its refusals.
RATES: Mapping[str, float] = {}
EMPTY_BODY_HASH = hashlib.sha256(b"").hexdigest()

# The code decides, never the HTTP status: an enterprise group's policy is answered with a 404 of its own code.
# The longest prefix that ends at a dot wins. Source: ECS error tables and "How to ensure idempotence".
KINDS: dict[str, FailureKind] = {
    "InvalidAccessKeyId": "auth",
    "Forbidden.AccessKeyDisabled": "auth",
    "SignatureDoesNotMatch": "auth",
    "IncompleteSignature": "auth",
    "InvalidTimeStamp": "auth",
    "IllegalTimestamp": "auth",
    "SignatureNonceUsed": "auth",
    "InvalidSecurityToken": "auth",
    "MissingSecurityToken": "auth",
    "Forbidden": "permission",
    "Forbidden.SecurityGroupNotFound": "not_found",
    "NoPermission": "permission",
    "PermissionDenied": "permission",
    "RealNameAuthenticationError": "permission",
    "InvalidAccount": "permission",
    "InvalidOperation.SecurityGroupNotAuthorized": "permission",
    "InvalidSecurityGroupId.NotFound": "not_found",
    "InvalidSecurityGroup.NotFound": "not_found",
    "InvalidRegionId.NotFound": "not_found",
    "InvalidParameter.InnerAccessPolicy": "unsupported",
    "InvalidOperation": "unsupported",
    "InvalidAction": "unsupported",
    "InvalidApi": "unsupported",
    "InvalidProduct": "unsupported",
    "InvalidVersion": "unsupported",
    "UnsupportedHTTPMethod": "unsupported",
    "InvalidProtocol": "unsupported",
    "OperationConflict": "conflict",
    "TaskConflict": "conflict",
    "Operation.Blocking": "conflict",
    "ResourceInConfiguring": "conflict",
    "InvalidOperation.Conflict": "conflict",
    "InvalidStatus": "conflict",
    "IncorrectStatus": "conflict",
    "DependencyViolation": "conflict",
    "IdempotentParameterMismatch": "conflict",
    "InvalidIdempotenceParameter": "conflict",
    "IdempotentProcessing": "conflict",
    "IdempotenceProcessing": "conflict",
    "LastTokenProcessing": "conflict",
    "OperationFailed.LastTokenProcessing": "conflict",
    "OperationFailed.IdempotentTokenProcessing": "conflict",
    "OperationFailed.DistibuteLock": "conflict",  # the vendor's spelling
    "IdempotentFailed": "conflict",
    "QuotaExceed": "quota",
    "QuotaExceeded": "quota",
    "OperationDenied.QuotaExceed": "quota",
    "LimitExceed": "quota",
    "LimitExceeded": "quota",
    "AuthorizationLimitExceed": "quota",
    "AuthorizedGroupRule.LimitExceed": "quota",
    "ServiceUnavailable": "unavailable",
    "InternalError": "unavailable",
    "InternalServerError": "unavailable",
    "UnknownError": "unavailable",
    # Other products of the vendor have these; for ECS no page names them.
    "SystemBusy": "unavailable",
    "ServiceBusy": "unavailable",
    "OperationBusy": "unavailable",
    # What is wrong with the call itself, where the code does not begin as such codes usually do.
    "OperationDenied": "invalid_input",
    "DryRunOperation": "invalid_input",
    "ILLEGAL_IPV6_CIDR": "invalid_input",
    "ProtocolAndAddressFamilyMismatch": "invalid_input",
    "SecurityGroupRule.NotFound": "not_found",
    "VPCDisabled": "unsupported",
    # The Security Token Service.
    "EntityNotExist": "not_found",
    "AuthenticationFail": "auth",
}
_ABOUT_TIME = ("InvalidTimeStamp", "IllegalTimestamp")
# The first call with this token is still running; the same call again will find its result.
_STILL_RUNNING = (
    "IdempotentProcessing",
    "IdempotenceProcessing",
    "LastTokenProcessing",
    "OperationFailed.LastTokenProcessing",
    "OperationFailed.IdempotentTokenProcessing",
)
# Refusals that pass: those that the vendor's Terraform provider repeats for minutes.
_PASSING = (
    "OperationConflict",
    "TaskConflict",
    "Operation.Blocking",
    "ResourceInConfiguring",
    "InvalidOperation.Conflict",
    "InvalidStatus",
    "IncorrectStatus",
    "OperationFailed.DistibuteLock",
    "OperationFailed.ConcurrentOperation",
    "NetworkStatus.Modifying",
    "ResourceStatus",
    "ResourceBusy",
)
_INCORRECT_STATUS = re.compile(r"Incorrect[A-Z]\w*Status(?:\.|$)")  # IncorrectVpcStatus, IncorrectInstanceStatus.X


@dataclass(frozen=True)
class AcsService:
    """Implements the Service protocol. C(signature_version) is C(v3) or C(v1); without a C(region) none is sent."""

    endpoint: Endpoint
    region: str
    keys: KeySource
    signature_version: str
    clock: Clock
    api_version: str = API_VERSION

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """A POST with all parameters in the query, as the vendor's own clients send it."""
        key = self.keys.current()
        query = {**({"RegionId": self.region} if self.region else {}), **parameters}
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now()))
        nonce = uuid.uuid4().hex
        headers = {"host": self.endpoint.host, "accept": "application/json"}
        if self.signature_version == "v1":
            query = self._signed_v1(key, action, query, now, nonce)
        else:
            headers.update(self._signed_v3(key, action, query, now, nonce))
        return HttpRequest("POST", f"{self.endpoint.url('/')}?{canonical_query(query)}", headers)

    def _signed_v1(self, key: Key, action: str, query: Mapping[str, str], now: str, nonce: str) -> dict[str, str]:
        signed = {
            **query,
            "Action": action,
            "Version": self.api_version,
            "Format": "JSON",
            "AccessKeyId": key.id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": nonce,
            "Timestamp": now,
        }
        if key.token:
            signed["SecurityToken"] = key.token
        signed["Signature"] = sign_v1("POST", signed, key.secret)
        return signed

    def _signed_v3(self, key: Key, action: str, query: Mapping[str, str], now: str, nonce: str) -> dict[str, str]:
        headers = {
            "host": self.endpoint.host,
            "x-acs-action": action,
            "x-acs-version": self.api_version,
            "x-acs-date": now,
            "x-acs-signature-nonce": nonce,
            "x-acs-content-sha256": EMPTY_BODY_HASH,
        }
        if key.token:
            headers["x-acs-security-token"] = key.token
        headers["authorization"] = sign_v3("POST", query, headers, EMPTY_BODY_HASH, key.id, key.secret)
        return headers

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        """The body of a success and its request id. Raises CloudError."""
        body = _parse(response.body)
        request_id = _text(body, "RequestId")
        code = _text(body, "Code")
        if response.status < 400 and code is None and request_id is not None:
            return body, request_id
        if code is None:
            raise unintelligible(action, response, "ECS")
        error = _refusal(action, response.status, code, _text(body, "Message") or "", request_id)
        if code.startswith(_ABOUT_TIME):
            error.reason = with_clock(error.reason, clock_difference(response, self.clock.now()))
        raise error


def _parse(body: bytes) -> dict[str, Any]:
    parsed = json_of(body)
    return parsed if isinstance(parsed, dict) else _parse_xml_error(body)


def _parse_xml_error(body: bytes) -> dict[str, Any]:
    """Errors raised before the wanted format is known come as XML."""
    from xml.etree import ElementTree  # rarely needed, and slow to import

    if b"<!DOCTYPE" in body or b"<Error>" not in body:
        return {}
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return {}
    return {child.tag: child.text for child in root}


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


def _refusal(action: str, status: int, code: str, message: str, request_id: str | None) -> CloudError:
    conflict = bool(_INCORRECT_STATUS.match(code)) or any(code == c or code.startswith(f"{c}.") for c in _PASSING)
    kind = "conflict" if conflict else kind_of(KINDS, code, status)
    known = conflict or known_kind(KINDS, code) is not None
    running = code in _STILL_RUNNING
    return CloudError(
        kind,
        f"{code}: {message}",
        code,
        message,
        status,
        request_id,
        action,
        # What a code means that nobody knows, nobody knows either.
        had_no_effect=known and kind != "unavailable" and not running,
        transient=kind in ("throttled", "unavailable") or running or conflict,
        replan=code == "IdempotentFailed",
        busy=conflict or (known and kind == "unavailable"),
    )
