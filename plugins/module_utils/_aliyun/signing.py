# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two signatures of Alibaba Cloud RPC APIs: version 3 (ACS3-HMAC-SHA256) and version 1.0 (HMAC-SHA1).

Sources: "V3 request structure and signature" and "Request signatures" in the vendor's API documentation. Time and nonce
are passed in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def percent_encode(text: str) -> str:
    """Encode text as in RFC 3986, with upper-case digits: a space becomes ``%20``, and ``~`` is not encoded."""
    return quote(text, safe="~")


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Return the percent-encoded parameters, sorted by name in byte order. An empty value becomes ``name=``."""
    return "&".join(f"{percent_encode(name)}={percent_encode(parameters[name])}" for name in sorted(parameters))


def sign_v1(method: str, parameters: Mapping[str, str], access_key_secret: str) -> str:
    """Return the value of the parameter Signature (base64) for all other parameters, of query and form alike."""
    string_to_sign = f"{method}&%2F&{percent_encode(canonical_query(parameters))}"
    key = f"{access_key_secret}&".encode()
    return base64.b64encode(hmac.new(key, string_to_sign.encode(), hashlib.sha1).digest()).decode("ascii")


def canonical_request_v3(
    method: str, parameters: Mapping[str, str], headers: Mapping[str, str], body_hash: str
) -> tuple[str, str]:
    """Return the canonical request and the names of the signed headers: ``host``, ``content-type``, all ``x-acs-*``."""
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    signed = sorted(n for n in lowered if n.startswith("x-acs-") or n in ("host", "content-type"))
    block = "".join(f"{name}:{lowered[name]}\n" for name in signed)
    names = ";".join(signed)
    return f"{method}\n/\n{canonical_query(parameters)}\n{block}\n{names}\n{body_hash}", names


def sign_v3(
    method: str,
    parameters: Mapping[str, str],
    headers: Mapping[str, str],
    body_hash: str,
    access_key_id: str,
    access_key_secret: str,
) -> str:
    """Return the value of the Authorization header. ``body_hash`` is the hexadecimal SHA-256 of the body."""
    request, names = canonical_request_v3(method, parameters, headers, body_hash)
    string_to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(access_key_secret.encode(), string_to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={access_key_id},SignedHeaders={names},Signature={signature}"
