# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services of API 3.0, such as vpc and sts: signed requests, and the meaning of responses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .._http.clock import Clock
from .._http.errors import CloudError
from .._http.responses import invalid_response, parse_json
from .._http.transport import HttpRequest, HttpResponse
from .._keys.keys import KeySource
from .._options.endpoint import Endpoint
from .signing import canonical_request_tc3, sign_tc3

CONTENT_TYPE = "application/json"


class Tc3Service(NamedTuple):
    """Implements the Service protocol for the service ``name`` in the version ``api_version``."""

    endpoint: Endpoint
    region: str
    keys: KeySource
    clock: Clock
    name: str
    api_version: str

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """Return a signed POST with a JSON body, the only form that can carry an empty list."""
        key = self.keys.current()
        body = json.dumps(parameters, separators=(",", ":")).encode()
        timestamp = int(self.clock.now())
        signed = {"content-type": CONTENT_TYPE, "host": self.endpoint.host, "x-tc-action": action}
        canonical = canonical_request_tc3("POST", "", signed, hashlib.sha256(body).hexdigest())
        headers = {
            **signed,
            "x-tc-version": self.api_version,
            "x-tc-region": self.region,
            "x-tc-timestamp": str(timestamp),
            "x-tc-language": "en-US",
            "authorization": sign_tc3(canonical, self.name, timestamp, key.id, key.secret),
        }
        if key.token:
            headers["x-tc-token"] = key.token
        return HttpRequest("POST", self.endpoint.url("/"), headers, body)

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        """Return the member ``Response`` and the request ID. Raises CloudError."""
        envelope = parse_json(response.body)
        body = envelope.get("Response") if isinstance(envelope, dict) else None
        if not isinstance(body, dict):
            raise invalid_response(action, response, "Tencent Cloud")
        request_id = body.get("RequestId")
        request_id = request_id if isinstance(request_id, str) else None
        error = body.get("Error")
        if error is not None:
            raise self._refused(action, error, response, request_id)
        if request_id is None or response.status != 200:
            raise invalid_response(action, response, "Tencent Cloud")
        return body, request_id

    def _refused(self, action: str, error: Any, response: HttpResponse, request_id: str | None) -> CloudError:
        code = error.get("Code") if isinstance(error, dict) else None
        if not code or not isinstance(code, str):
            return invalid_response(action, response, "Tencent Cloud")
        from .errors import refused  # long tables, for failures only

        return refused(action, code, str(error.get("Message") or ""), response, request_id, self.clock.now())
