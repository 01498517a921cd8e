# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication, before an operation gets its parameters.

Source: alibaba_ecs.md 2 and 7.2. The order of the checks is not documented. This one was chosen: the operation, the
key, the time, the token, the signature, the nonce.
"""

from __future__ import annotations

from tests.cloud_simulator.aliyun.errors import ApiError, invalid, missing
from tests.cloud_simulator.aliyun.operations import OPERATIONS, Operation
from tests.cloud_simulator.aliyun.signatures import V3_REQUIRED, check_v1, check_v3, parse_authorization
from tests.cloud_simulator.aliyun.state import AccessKey, Account, parse_time
from tests.cloud_simulator.aliyun.switches import SwitchBoard
from tests.cloud_simulator.aliyun.wire import RpcCall
from tests.cloud_simulator.exchange import Clock

MAX_SKEW = 900.0  # seconds by which a request's time may differ from the server's

_V1_REQUIRED = (
    "AccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureVersion",
    "Timestamp",
)
_V1_FIXED = {"SignatureMethod": ("HMAC-SHA1",), "SignatureVersion": ("1.0",), "SignatureType": ("",)}


class Gateway:
    """Finds the operation of a request, and authenticates its sender."""

    def __init__(self, clock: Clock, switches: SwitchBoard) -> None:
        self._clock = clock
        self._switches = switches
        self._nonces: dict[str, float] = {}

    def clear(self) -> None:
        """Forget all nonces."""
        self._nonces.clear()

    def operation(self, call: RpcCall) -> Operation:
        """Return the requested operation. Raises ApiError if that version has none with this name."""
        if call.request.method not in ("GET", "POST"):
            raise ApiError("UnsupportedHTTPMethod")
        for name, value in (("Action", call.action), ("Version", call.version)):
            if not value:
                raise missing(name)
        if call.version not in {operation.version for operation in OPERATIONS}:
            raise ApiError("InvalidVersion")
        for operation in OPERATIONS:
            if (operation.name, operation.version) == (call.action, call.version) and call.request.path in ("", "/"):
                return operation
        raise ApiError("InvalidAction.NotFound")

    def authenticate(self, call: RpcCall, account: Account) -> AccessKey:
        """Return the key that signed the request. Raises ApiError if any part of the signature is missing or wrong."""
        _check_common(call)
        key = self._key(call, account)
        self._check_time(call.common("Timestamp", "x-acs-date"))
        self._check_token(call, key, account)
        if call.is_v3:
            check_v3(call, key.secret)
        else:
            check_v1(call, key.secret)
        self._use_nonce(call.common("SignatureNonce", "x-acs-signature-nonce"))
        return key

    def _key(self, call: RpcCall, account: Account) -> AccessKey:
        if call.is_v3:
            key_id = parse_authorization(call.request.headers["authorization"]).access_key_id
        else:
            key_id = call.parameters["AccessKeyId"]
        key = account.access_keys.get(key_id)
        if key is None:
            raise ApiError("InvalidAccessKeyId.NotFound")
        if not key.active:
            raise ApiError(self._switches["inactive_key_code"])
        return key

    def _check_time(self, text: str) -> None:
        try:
            sent = parse_time(text)
        except ValueError as error:
            raise ApiError("InvalidTimeStamp.Format") from error
        if abs(self._clock.now() - sent) > MAX_SKEW:
            raise ApiError("InvalidTimeStamp.Expired")

    def _check_token(self, call: RpcCall, key: AccessKey, account: Account) -> None:
        """A temporary key requires its own token; a permanent one has none."""
        token = call.common("SecurityToken", "x-acs-security-token")
        if token == (key.token or ""):
            if key.token_expires is not None and self._clock.now() >= parse_time(key.token_expires):
                raise ApiError("InvalidSecurityToken.Expired")
            return
        if not token:
            raise ApiError("MissingSecurityToken")
        known = any(token == other.token for other in account.access_keys.values())
        raise ApiError("InvalidSecurityToken." + ("MismatchWithAccessKey" if known else "Malformed"))

    def _use_nonce(self, nonce: str) -> None:
        now = self._clock.now()
        # The oldest come first, so expired ones are found without checking all of them.
        while self._nonces and self._nonces[oldest := next(iter(self._nonces))] <= now:
            del self._nonces[oldest]
        if self._nonces.get(nonce, now) > now:
            raise ApiError("SignatureNonceUsed")
        self._nonces[nonce] = now + 2 * MAX_SKEW


def _check_common(call: RpcCall) -> None:
    """Raise ApiError unless the common parameters (V3: headers) are present and have valid values."""
    if call.is_v3:
        for header in V3_REQUIRED:
            if not call.request.headers.get(header, "").strip():
                raise missing(header)
        return
    for name in _V1_REQUIRED:
        if not call.parameters.get(name):
            raise missing(name)
    for name, values in _V1_FIXED.items():
        if call.parameters.get(name, "") not in values:
            raise invalid(name)
    if call.parameters.get("Format", "XML").upper() not in ("JSON", "XML"):
        raise ApiError("InvalidParameter.Format")
