# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""API 3.0 (vpc, 2017-03-12) as a service to talk to: signed requests, and what the answers mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._http.clock import Clock
from .._http.responses import json_of, unintelligible
from .._http.transport import HttpRequest, HttpResponse
from .._keys.keys import KeySource
from .._options.endpoint import Endpoint
from .signing import canonical_request_tc3, sign_tc3

API_VERSION = "2017-03-12"
# Calls a second, as printed on the page of each action. For API 2.0 and DescribeSecurityGroups none is.
RATES: Mapping[str, float] = {
    "DescribeSecurityGroupPolicies": 100.0,
    "ModifySecurityGroupPolicies": 100.0,
    "CreateSecurityGroupPolicies": 100.0,
    "DeleteSecurityGroupPolicies": 100.0,
    "ReplaceSecurityGroupPolicy": 100.0,
}
CONTENT_TYPE = "application/json"


@dataclass(frozen=True)
class Tc3Service:
    """Implements the Service protocol. C(name) and C(api_version) say which service of API 3.0 it is."""

    endpoint: Endpoint
    region: str
    keys: KeySource
    clock: Clock
    name: str = "vpc"
    api_version: str = API_VERSION

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """A POST with a JSON body: the only form that can carry an empty list."""
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
        """What is in C(Response), and the request id. Raises CloudError."""
        envelope = json_of(response.body)
        body = envelope.get("Response") if isinstance(envelope, dict) else None
        if not isinstance(body, dict):
            raise unintelligible(action, response, "Tencent Cloud")
        request_id = body.get("RequestId")
        request_id = request_id if isinstance(request_id, str) else None
        error = body.get("Error")
        code = error.get("Code") if isinstance(error, dict) else None
        if isinstance(error, dict) and code and isinstance(code, str):
            from .errors import refused  # long tables, for failures only

            raise refused(action, code, str(error.get("Message") or ""), response, request_id, self.clock.now())
        if error is not None or request_id is None or response.status != 200:
            raise unintelligible(action, response, "Tencent Cloud")
        return body, request_id
