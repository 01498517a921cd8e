# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that give keys to whoever runs on a machine: asked directly, never through a proxy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .._http.errors import CloudError
from .._http.transport import GRACE_SECONDS, HttpRequest, HttpResponse, NotSent, ResponseLost, Transport

# Seconds. Without such a service a packet may vanish without any answer.
PROBE_SECONDS = 1.0 - GRACE_SECONDS
REQUEST_SECONDS = 5.0


class LocalService:
    """``name`` completes "... did not answer". Every method raises CloudError with a reason that completes "but"."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._transport = Transport(direct=True)

    def probe(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """The first question. It takes a second at most, whatever it is that keeps the answer away."""
        return self._send(method, path, headers or {}, PROBE_SECONDS)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        return self._send("GET", path, headers or {}, REQUEST_SECONDS)

    def get_json(self, path: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """The object that it answers with."""
        return self.parsed(self.get(path, headers))

    def parsed(self, response: HttpResponse) -> Mapping[str, Any]:
        """The object in an answer."""
        self.check(response)
        try:
            body = json.loads(response.body)
        except ValueError:
            body = None
        if not isinstance(body, Mapping):
            raise CloudError("protocol", f"{self.name} answered with something that is no JSON object")
        if body.get("Code", "Success") != "Success":
            raise CloudError("auth", f"{self.name} gives no key: its code is {body['Code']}")
        return body

    def role_name(self, response: HttpResponse) -> str:
        """The name of the role that the machine has."""
        if response.status == 404:
            raise CloudError("auth", f"{self.name} says that this machine has no role")
        self.check(response)
        name = response.body.decode("utf-8", "replace").strip()
        if not re.fullmatch(r"[\w.@-]{1,128}", name, re.ASCII):
            raise CloudError("protocol", f"{self.name} answered with something that is no name of a role")
        return name

    def check(self, response: HttpResponse) -> None:
        """CloudError unless it answered well."""
        if response.status != 200:
            raise CloudError("unavailable", f"{self.name} answered with HTTP status {response.status}")

    def _send(self, method: str, path: str, headers: Mapping[str, str], timeout: float) -> HttpResponse:
        try:
            return self._transport.send(HttpRequest(method, f"{self._url}{path}", headers), timeout)
        except (NotSent, ResponseLost) as error:
            raise CloudError("unavailable", f"{self.name} did not answer: {error}") from error
