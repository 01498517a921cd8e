# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The legacy API 2.0 (module dfw) as a service to talk to: signed requests, and what the answers mean."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from .._http.clock import Clock
from .._http.responses import json_of, unintelligible
from .._http.transport import HttpRequest, HttpResponse
from .._keys.keys import KeySource
from .._options.endpoint import Endpoint
from .errors import NUMBERED_KINDS, refused
from .signing import sign_query

PATH = "/v2/index.php"


@dataclass(frozen=True)
class Dfw:
    """Implements the Service protocol. C(signature_method) is C(HmacSHA256) or C(HmacSHA1)."""

    endpoint: Endpoint
    region: str
    keys: KeySource
    signature_method: str
    clock: Clock

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """A POST with a form; a GET if a value begins with C(@), which vendors' clients leave unsigned in a POST."""
        key = self.keys.current()
        flat = {
            **dict(flatten(parameters)),
            "Action": action,
            "Region": self.region,
            "Timestamp": str(int(self.clock.now())),
            "Nonce": str(secrets.randbelow(2**31 - 1) + 1),
            "SecretId": key.id,
            "SignatureMethod": self.signature_method,
        }
        if key.token:
            flat["Token"] = key.token
        method = "GET" if any(value.startswith("@") for value in flat.values()) else "POST"
        flat["Signature"] = sign_query(method, self.endpoint.host, PATH, flat, key.secret)
        form = urlencode(flat)
        headers = {"host": self.endpoint.host}
        if method == "GET":
            return HttpRequest("GET", f"{self.endpoint.url(PATH)}?{form}", headers)
        headers["content-type"] = "application/x-www-form-urlencoded"
        return HttpRequest("POST", self.endpoint.url(PATH), headers, form.encode("ascii"))

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        """The whole body, and the request id if there is one. Raises CloudError."""
        body = json_of(response.body)
        try:
            number = str(int(body["code"]))
        except (ValueError, TypeError, KeyError, OverflowError):
            raise unintelligible(action, response, "Tencent Cloud") from None
        request_id = body.get("requestId")
        request_id = request_id if isinstance(request_id, str) else None
        if number != "0":
            described = body.get("codeDesc")
            # A later form of the API tells more in a text code than in the number.
            code = described if number not in NUMBERED_KINDS and isinstance(described, str) else number
            raise refused(action, code, str(body.get("message", "")), response, request_id, self.clock.now())
        return body, request_id


def flatten(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Lists and objects as dotted names, counted from 0. An empty list gives no name at all."""
    if isinstance(value, Mapping):
        pairs: Any = value.items()
    elif isinstance(value, (list, tuple)):
        pairs = enumerate(value)
    else:
        yield prefix, str(value)
        return
    for name, member in pairs:
        yield from flatten(member, f"{prefix}.{name}" if prefix else str(name))
