# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication: signatures are verified with the vendor's own signing code (tencent_sg.md section 3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import importlib
import re
import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ..exchange import Request
from .errors import Kind, Refusal
from .rules import Settings
from .state import SecretKey

TC3_WINDOW = 300
AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>[^/]+)/(?P<service>[^/]+)/tc3_request, ?"
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
WRONG_SIGNATURE = "The provided credentials could not be validated. Please check your signature is correct."
Keys = Mapping[str, SecretKey]


def tc3_key(request: Request, keys: Keys, now: float, service: str) -> SecretKey:
    """Return the key that signed this request with TC3-HMAC-SHA256."""
    match = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if match is None:
        raise Refusal(Kind.AUTHORIZATION, "The Authorization header is missing or malformed.")
    signed = match["headers"].split(";")
    if not {"content-type", "host"} <= set(signed) or signed != sorted(signed):
        raise Refusal(Kind.AUTHORIZATION, "SignedHeaders must be sorted and hold content-type and host.")
    timestamp = checked_time(request.headers.get("x-tc-timestamp", ""), now, TC3_WINDOW)
    key = known_key(match["id"], keys)
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    if (match["date"], match["service"]) != (date, service):
        raise Refusal(Kind.SIGNATURE, f"The credential scope must be {date}/{service}/tc3_request.")
    if not hmac.compare_digest(match["signature"], tc3_signature(request, signed, date, service, key.key)):
        raise Refusal(Kind.SIGNATURE, WRONG_SIGNATURE)
    check_token(key, request.headers.get("x-tc-token", ""))
    return key


def tc3_signature(request: Request, signed: list[str], date: str, service: str, key: str) -> str:
    """Return the expected signature of this request. For the two usual headers, the SDK computes all of it."""
    if signed == ["content-type", "host"]:
        headers = {
            "Content-Type": request.headers.get("content-type", ""),
            "Host": request.host,
            "X-TC-Timestamp": request.headers["x-tc-timestamp"],
            "X-TC-Content-SHA256": request.headers.get("x-tc-content-sha256"),
        }
        data: str | bytes = request.query_string if request.method == "GET" else request.body
        sent = SimpleNamespace(method=request.method, uri=request.path, data=data, header=headers)
        client = importlib.import_module("tencentcloud.common.abstract_client").AbstractClient
        return str(client._get_tc3_signature(None, {}, sent, date, service, key))
    text = "\n".join(
        ("TC3-HMAC-SHA256", request.headers["x-tc-timestamp"], f"{date}/{service}/tc3_request")
        + (hashlib.sha256(canonical_request(request, signed).encode()).hexdigest(),)
    )
    return str(importlib.import_module("tencentcloud.common.sign").Sign.sign_tc3(key, date, service, text))


def canonical_request(request: Request, signed: list[str]) -> str:
    """The canonical request with headers the SDK does not sign; their values are lower-cased (newer page)."""
    values = {**request.headers, "host": request.host}
    lines = "".join(f"{name}:{values.get(name, '').strip().lower()}\n" for name in signed)
    unsigned = request.headers.get("x-tc-content-sha256") == "UNSIGNED-PAYLOAD"
    payload = b"UNSIGNED-PAYLOAD" if unsigned else (b"" if request.method == "GET" else request.body)
    query = request.query_string if request.method == "GET" else ""
    return "\n".join(
        (request.method, request.path, query, lines, ";".join(signed), hashlib.sha256(payload).hexdigest())
    )


def query_key(request: Request, parameters: Mapping[str, str], keys: Keys, now: float) -> SecretKey:
    """Return the key that signed this API 3.0 request with the old query signature."""
    checked_time(parameters.get("Timestamp", ""), now, TC3_WINDOW)
    key = known_key(parameters.get("SecretId", ""), keys)
    method = parameters.get("SignatureMethod", "HmacSHA1")
    if method not in ("HmacSHA1", "HmacSHA256"):
        raise Refusal(Kind.SIGNATURE, f"There is no signature method {method}.")
    stub = SimpleNamespace(
        profile=SimpleNamespace(httpProfile=SimpleNamespace(reqMethod=request.method)),
        _get_endpoint=lambda options: request.host,
        _requestPath=request.path,
    )
    client = importlib.import_module("tencentcloud.common.abstract_client").AbstractClient
    text = client._format_sign_string(stub, unsigned_parameters(parameters))
    signature = importlib.import_module("tencentcloud.common.sign").Sign.sign(key.key, text, method)
    check_base64(parameters.get("Signature", ""), signature)
    check_token(key, parameters.get("Token", ""))
    return key


class Nonces:
    """The nonces that API 2.0 has received within its time window."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], float] = {}

    def use(self, secret_id: str, nonce: str, now: float, window: int) -> None:
        """Refuse a nonce that was used within the window."""
        if not nonce.isdecimal() or int(nonce) == 0:
            raise Refusal(Kind.PARAMETER, "Nonce must be a positive integer.")
        if now - self._seen.get((secret_id, nonce), -window) < window:
            raise Refusal(Kind.REPLAY, "The Nonce has been used already.")
        self._seen[secret_id, nonce] = now


def v2_key(
    request: Request, parameters: Mapping[str, str], keys: Keys, now: float, nonces: Nonces, setting: Settings
) -> SecretKey:
    """Return the key that signed this API 2.0 request."""
    window = int(setting("v2_time_window"))
    checked_time(parameters.get("Timestamp", ""), now, window)
    key = known_key(parameters.get("SecretId", ""), keys)
    signer = importlib.import_module("QcloudApi.common.sign").Sign(key.id, key.key)
    method = parameters.get("SignatureMethod", "HmacSHA1")
    sent = unsigned_parameters(parameters)
    # The SDK omits values with @ from the signature of a POST, but not of a post; it signs POST for both.
    verb = request.method if setting("v2_at_values") == "unsigned" else request.method.lower()
    check_base64(parameters.get("Signature", ""), signer.make(request.host, request.path, sent, verb, method))
    check_token(key, parameters.get("Token", ""))
    nonces.use(key.id, parameters.get("Nonce", ""), now, window)
    return key


def unsigned_parameters(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return all signed parameters: all except the signature."""
    return {name: value for name, value in parameters.items() if name != "Signature"}


def checked_time(text: str, now: float, window: int) -> int:
    """Return the request's time, if it is within the window."""
    if not text.isdecimal():
        raise Refusal(Kind.MISSING_PARAMETER, "The Timestamp is missing or is no number.")
    if abs(now - int(text)) > window:
        raise Refusal(Kind.EXPIRED, f"The request's time is more than {window} seconds off.")
    return int(text)


def known_key(secret_id: str, keys: Keys) -> SecretKey:
    """Return the key with that ID."""
    if secret_id not in keys:
        raise Refusal(Kind.SECRET_ID, "The SecretId is not found, please ensure that your SecretId is correct.")
    return keys[secret_id]


def check_base64(given: str, expected: str) -> None:
    """Compare two base64 signatures."""
    try:
        right = hmac.compare_digest(base64.b64decode(given, validate=True), base64.b64decode(expected))
    except (binascii.Error, ValueError):
        right = False
    if not right:
        raise Refusal(Kind.SIGNATURE, WRONG_SIGNATURE)


def check_token(key: SecretKey, token: str) -> None:
    """Check that a temporary key has its token, and a permanent one none."""
    if token != key.token:
        raise Refusal(Kind.TOKEN, "The token is missing, wrong, or not of this SecretId.")
