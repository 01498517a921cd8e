# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The signatures of Tencent Cloud: TC3-HMAC-SHA256 for API 3.0, HmacSHA256 and HmacSHA1 for API 2.0.

Sources: "Signature v3" and the signature page of the legacy API. Time and nonce are passed in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

TC3 = "TC3-HMAC-SHA256"
QUERY_METHODS = {"HmacSHA256": hashlib.sha256, "HmacSHA1": hashlib.sha1}


def sign_query(method: str, host: str, path: str, parameters: Mapping[str, str], secret_key: str) -> str:
    """Return the value of the parameter Signature (base64) for all other parameters of a call of API 2.0.

    Values are signed without URL encoding, and keys sorted bytewise (``ingress.10`` before ``ingress.2``). Any other
    SignatureMethod than HmacSHA256 is treated as HmacSHA1, as the service does.
    """
    dotted = {key.replace("_", "."): value for key, value in parameters.items()}
    if method == "POST":
        # The vendor's API 2.0 client treats a value that begins with @ as a file, and does not sign it.
        dotted = {key: value for key, value in dotted.items() if not value.startswith("@")}
    listed = "&".join(f"{key}={dotted[key]}" for key in sorted(dotted))
    digest = QUERY_METHODS.get(parameters.get("SignatureMethod", ""), hashlib.sha1)
    signature = hmac.new(secret_key.encode(), f"{method}{host}{path}?{listed}".encode(), digest).digest()
    return base64.b64encode(signature).decode("ascii")


def canonical_request_tc3(method: str, query: str, headers: Mapping[str, str], body_hash: str) -> tuple[str, str]:
    """Return the canonical request and the names of the signed headers. ``headers`` are those to sign."""
    lowered = {name.lower(): value.strip().lower() for name, value in headers.items()}
    block = "".join(f"{name}:{lowered[name]}\n" for name in sorted(lowered))
    names = ";".join(sorted(lowered))
    return f"{method}\n/\n{query}\n{block}\n{names}\n{body_hash}", names


def sign_tc3(canonical_request: tuple[str, str], service: str, timestamp: int, secret_id: str, secret_key: str) -> str:
    """Return the value of the Authorization header. Its date is the UTC date of the timestamp (Unix seconds)."""
    request, names = canonical_request
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    scope = f"{date}/{service}/tc3_request"
    string_to_sign = "\n".join([TC3, str(timestamp), scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, string_to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{TC3} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}"
