# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that provide keys to programs on a machine. They are called directly, never through a proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._http.errors import CloudError
from .._http.responses import parse_json
from .._http.transport import GRACE_SECONDS, HttpRequest, HttpResponse, NotSent, ResponseLost, Transport

# On a machine without such a service, packets may be dropped silently.
PROBE_SECONDS = 1.0 - GRACE_SECONDS
REQUEST_SECONDS = 5.0


class LocalService:
    """``name`` is the subject of messages, as in "the service did not answer". Every method raises CloudError."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._transport = Transport(direct=True)

    def probe(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """Make the first request, which takes at most a second."""
        return self._send(method, path, headers or {}, PROBE_SECONDS)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """Make a request to a service that has responded before."""
        return self._send("GET", path, headers or {}, REQUEST_SECONDS)

    def get_json(self, path: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """Return the JSON object at this path."""
        return self.parsed(self.get(path, headers))

    def parsed(self, response: HttpResponse) -> Mapping[str, Any]:
        """Return the JSON object of a response."""
        self.check(response)
        body = parse_json(response.body)
        if not isinstance(body, Mapping):
            raise CloudError("protocol", f"{self.name} returned something that is not a JSON object")
        if body.get("Code", "Success") != "Success":
            raise CloudError("auth", f"{self.name} returned no key: its code is {body['Code']}")
        return body

    def role_name(self, response: HttpResponse) -> str:
        """Return the name of the role of the machine."""
        if response.status == 404:
            raise CloudError("auth", f"{self.name} reports that this machine has no role")
        self.check(response)
        name = response.body.decode("utf-8", "replace").strip()
        if not re.fullmatch(r"[\w.@-]{1,128}", name, re.ASCII):
            raise CloudError("protocol", f"{self.name} returned something that is not the name of a role")
        return name

    def check(self, response: HttpResponse) -> None:
        """Raise CloudError unless the response is a success."""
        if response.status != 200:
            raise CloudError("unavailable", f"{self.name} returned the HTTP status {response.status}")

    def _send(self, method: str, path: str, headers: Mapping[str, str], timeout: float) -> HttpResponse:
        try:
            return self._transport.send(HttpRequest(method, f"{self._url}{path}", headers), timeout)
        except (NotSent, ResponseLost) as error:
            raise CloudError("unavailable", f"{self.name} did not answer: {error}") from error
