# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock that only advances on request, a transport with prepared responses, and a service in plain JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.clock import Clock, Deadline
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.pace import Pace
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import (
    HttpRequest,
    HttpResponse,
    Transport,
)

# The reaction of a fake transport to a request: return this body, raise this, or call this function.
Answer = Mapping[str, Any] | Exception | Callable[[HttpRequest], Any] | None


@dataclass
class FakeTime:
    """Time that passes when a sleep is requested, or when a test says so."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self) -> Clock:
        return Clock(now=lambda: self.seconds, monotonic=lambda: self.seconds, sleep=self.sleep)


def fake_clock() -> Clock:
    return FakeTime().clock()


class FakeTransport(Transport):
    """Responds to each request with the next of ``answers``; ``requests`` and ``timeouts`` record the requests."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self.answers = iter(answers)
        self.requests: list[HttpRequest] = []
        self.timeouts: list[float] = []

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        self.requests.append(request)
        self.timeouts.append(timeout)
        answer = next(self.answers)
        body = answer(request) if callable(answer) else answer
        if isinstance(body, Exception):
            raise body
        return HttpResponse(200, "application/json", json.dumps(body).encode())

    def close(self) -> None:
        """Do nothing."""


class JsonService:
    """A service whose requests and responses are plain JSON, and whose refusals are test values.

    The member ``refusal`` of a body is the name of one of ``refusals``.
    """

    def __init__(self, refusals: Mapping[str, CloudError]) -> None:
        self.refusals = refusals
        self.signed = 0

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        self.signed += 1
        body = json.dumps({"action": action, "parameters": parameters}).encode()
        return HttpRequest("POST", "http://service.test/", {"nonce": str(self.signed)}, body)

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        body: dict[str, Any] = json.loads(response.body)
        if "refusal" in body:
            raise replace(self.refusals[body["refusal"]], action=action, request_id=body.get("request_id"))
        return body, body.get("request_id")


@dataclass
class Talk:
    """A client with a fake transport, and the parts that it uses."""

    service: JsonService
    transport: FakeTransport
    time: FakeTime
    client: Client


def talk(
    answers: Iterable[Answer],
    *,
    deadline: float = 120,
    timeout: float = 10,
    jitter: Callable[[], float] = lambda: 1.0,
    rates: Mapping[str, float] | None = None,
    refusals: Mapping[str, CloudError] | None = None,
) -> Talk:
    service, transport, time = JsonService(refusals or {}), FakeTransport(answers), FakeTime()
    clock = time.clock()
    limit, pace = Deadline(clock, deadline), Pace(clock, rates or {})
    client = Client(service, transport, clock, limit, timeout, pace, jitter=jitter)
    return Talk(service, transport, time, client)
