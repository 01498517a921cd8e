# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""RPC APIs of Alibaba Cloud, such as ECS and STS: signed requests, and the meaning of responses."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from .._http.clock import Clock
from .._http.responses import invalid_response, parse_json
from .._http.transport import HttpRequest, HttpResponse
from .._keys.keys import Key, KeySource
from .._options.endpoint import Endpoint
from .signing import canonical_query, sign_v1, sign_v3

ECS_VERSION = "2014-05-26"
STS_VERSION = "2015-04-01"
EMPTY_BODY_HASH = hashlib.sha256(b"").hexdigest()


class AcsService(NamedTuple):
    """Implements the Service protocol. ``signature_version`` is ``v3`` or ``v1``; an empty ``region`` is not sent."""

    endpoint: Endpoint
    region: str
    keys: KeySource
    signature_version: str
    clock: Clock
    api_version: str = ECS_VERSION

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """Return a signed POST with all parameters in the query, as the vendor's own clients send it."""
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
        """Return the body of a successful response and its request ID. Raises CloudError."""
        body = _parse(response.body)
        request_id = _text(body, "RequestId")
        code = _text(body, "Code")
        if response.status < 400 and code is None and request_id is not None:
            return body, request_id
        if code is None:
            raise invalid_response(action, response, "Alibaba Cloud")
        from .errors import refused  # long tables, for failures only

        raise refused(action, code, _text(body, "Message") or "", response, request_id, self.clock.now())


def _parse(body: bytes) -> dict[str, Any]:
    parsed = parse_json(body)
    return parsed if isinstance(parsed, dict) else _parse_xml_error(body)


def _parse_xml_error(body: bytes) -> dict[str, Any]:
    """Return an error in XML, the format of errors that occur before the service knows the requested format."""
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
