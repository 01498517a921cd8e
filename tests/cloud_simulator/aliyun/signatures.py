# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verification of the two signatures with the vendor's own functions.

``alibabacloud_tea_openapi`` computes the expected signature; nothing here does. The strings to sign only exist to be
returned to the client, as the service does. Tests compare them with the vendor's vectors. Source: alibaba_ecs.md 2.1
and 2.2.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote

from alibabacloud_tea_openapi.utils import Utils, get_canonical_query_string, get_canonicalized_headers

from tests.cloud_simulator.aliyun.errors import TEXTS, ApiError
from tests.cloud_simulator.aliyun.wire import RpcCall

V3_ALGORITHM = "ACS3-HMAC-SHA256"
V3_REQUIRED = ("host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version")

_AUTHORIZATION = re.compile(rf"{V3_ALGORITHM} Credential=([^,\s]+),SignedHeaders=([^,\s]+),Signature=([0-9a-f]{{64}})")


@dataclass(frozen=True)
class Authorization:
    """The parts of a V3 ``Authorization`` header."""

    access_key_id: str
    signed_headers: tuple[str, ...]


@dataclass
class _SignedRequest:
    """The attributes of a request that ``Utils.get_authorization`` reads."""

    method: str
    pathname: str
    query: dict[str, str]
    headers: dict[str, str]


def parse_authorization(header: str) -> Authorization:
    """Parse the header. Raises ApiError (IncompleteSignature) if its form differs from the documented one."""
    match = _AUTHORIZATION.fullmatch(header)
    if match is None:
        raise ApiError("IncompleteSignature")
    return Authorization(match[1], tuple(match[2].split(";")))


def v1_string_to_sign(method: str, parameters: dict[str, str]) -> str:
    """Return the string that version 1.0 signs: all parameters except Signature (alibaba_ecs.md 2.1, steps 1 to 5)."""
    names = sorted(name for name in parameters if name != "Signature")
    canonical = "&".join(f"{_escape(name)}={_escape(parameters[name])}" for name in names)
    return f"{method}&%2F&{_escape(canonical)}"


def v3_canonical_request(call: RpcCall, signed_headers: tuple[str, ...]) -> str:
    """Return the canonical request of V3 (alibaba_ecs.md 2.2), for the named headers and the received body."""
    signed = _signed_request(call, signed_headers)
    headers, names = get_canonicalized_headers(signed.headers)
    query = get_canonical_query_string(signed.query)
    return f"{signed.method}\n{signed.pathname}\n{query}\n{headers}\n{names}\n{_body_hash(call)}"


def v3_string_to_sign(call: RpcCall, signed_headers: tuple[str, ...]) -> str:
    """Return the string that V3 signs."""
    return f"{V3_ALGORITHM}\n{hashlib.sha256(v3_canonical_request(call, signed_headers).encode()).hexdigest()}"


def check_v1(call: RpcCall, secret: str) -> None:
    """Raise ApiError (SignatureDoesNotMatch) unless the parameters are signed with the secret."""
    method = call.request.method
    signed = {name: value for name, value in call.parameters.items() if name != "Signature"}
    expected: str = Utils.get_rpcsignature(signed, method, secret)
    if not hmac.compare_digest(expected.encode(), call.parameters["Signature"].encode()):
        raise _mismatch(v1_string_to_sign(method, signed))


def check_v3(call: RpcCall, secret: str) -> None:
    """Raise ApiError unless every required header is signed, with the secret."""
    header = call.request.headers["authorization"]
    claimed = parse_authorization(header)
    string_to_sign = v3_string_to_sign(call, claimed.signed_headers)
    if not _signs_enough(call, claimed.signed_headers):
        raise ApiError("IncompleteSignature", TEXTS["IncompleteSignature"][1] + string_to_sign)
    signed = _signed_request(call, claimed.signed_headers)
    expected: str = Utils.get_authorization(signed, V3_ALGORITHM, _body_hash(call), claimed.access_key_id, secret)
    if not hmac.compare_digest(expected.encode(), header.encode()):
        raise _mismatch(string_to_sign)


def _signs_enough(call: RpcCall, names: tuple[str, ...]) -> bool:
    """Whether all required headers are present and signed. Their order is part of the signature."""
    headers = call.request.headers
    wanted = {name for name in headers if name.startswith("x-acs-") or name == "content-type"}
    wanted.update(V3_REQUIRED)
    return wanted <= set(names) <= headers.keys()


def _signed_request(call: RpcCall, names: tuple[str, ...]) -> _SignedRequest:
    headers = {name: call.request.headers.get(name, "") for name in names}
    return _SignedRequest(call.request.method, call.request.path or "/", dict(call.query), headers)


def _body_hash(call: RpcCall) -> str:
    return hashlib.sha256(call.request.body).hexdigest()


def _escape(text: str) -> str:
    return quote(text, safe="~", encoding="utf-8")


def _mismatch(string_to_sign: str) -> ApiError:
    return ApiError("SignatureDoesNotMatch", TEXTS["SignatureDoesNotMatch"][1] + string_to_sign)
