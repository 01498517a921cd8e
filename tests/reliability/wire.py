# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection between the module and the cloud: hooks for each request, short pauses, and a clock for tests."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from unittest import mock
from urllib.parse import urlsplit

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http import client, pace
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.clock import Clock
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import (
    HttpRequest,
    HttpResponse,
    ResponseLost,
    Transport,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task import task
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from tests.cloud_simulator.exchange import Request
from tests.cloud_simulator.simulator import Simulator

# No server listens on the discard port.
CLOSED_PORT = 9


@dataclass
class Wire:
    """Sees every request before it is sent.

    ``hooks`` run before the request with that number (from 1). With ``direct``, requests reach the simulator without a
    socket, which takes a tenth of the time; connection errors are then raised as Transport would raise them.
    """

    direct: Simulator | None = None
    hooks: dict[int, Callable[[], None]] = field(default_factory=dict)
    refused: range = range(0)
    clock: TestClock | None = None
    sent: int = 0

    def clear(self) -> None:
        """Remove all hooks; the next request is number 1."""
        self.hooks, self.refused, self.sent = {}, range(0), 0

    def send(self, transport: Transport, request: HttpRequest, timeout: float) -> HttpResponse:
        """Send one request, possibly to a port without a server, or with a response slower than the timeout."""
        self.sent += 1
        if self.sent in self.hooks:
            self.hooks[self.sent]()
        if self.sent in self.refused:
            address = urlsplit(request.url)
            closed = address._replace(netloc=f"{address.hostname}:{CLOSED_PORT}")
            return _send(transport, request._replace(url=closed.geturl()), timeout)
        response = _send(transport, request, timeout) if self.direct is None else _handed(self.direct, request)
        if self.clock is not None:
            self.clock.pass_call(timeout)
        return response


_send = Transport.send


def _handed(direct: Simulator, request: HttpRequest) -> HttpResponse:
    url = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = direct.answer(Request(request.method, url.path, url.query, headers, request.body, url.netloc))
    if answer.delivery != "whole":
        raise ResponseLost(f"the connection broke before the whole answer came: {answer.delivery}")
    return HttpResponse(answer.reply.status, answer.reply.content_type, answer.reply.body)


@dataclass
class TestClock:
    """The module's time. It advances only by sleeping, and by ``latency`` seconds in every call."""

    __test__ = False
    latency: float = 0.1
    seconds: float = 0.0

    def sleep(self, seconds: float) -> None:
        """Advance instead of waiting."""
        self.seconds += seconds

    def pass_call(self, timeout: float) -> None:
        """Advance by the latency. Raises ResponseLost if the response is too late."""
        self.seconds += min(timeout, self.latency)
        if self.latency >= timeout:
            raise ResponseLost("no answer came within the timeout", timed_out=True)

    def clock(self) -> Clock:
        """The replacement for the machine's clock. Signatures use the real time."""
        return Clock(time.time, lambda: self.seconds, self.sleep)


@contextlib.contextmanager
def tapped() -> Iterator[Wire]:
    """Every request of every module passes this wire."""
    wire = Wire()

    def send(transport: Transport, request: HttpRequest, timeout: float) -> HttpResponse:
        return wire.send(transport, request, timeout)

    with mock.patch.object(Transport, "send", send):
        yield wire


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    """Pauses take milliseconds, and calls are not spread over a second."""
    with (
        mock.patch.multiple(client, FIRST_PAUSE=0.0005, LONGEST_PAUSE=0.002),
        mock.patch.multiple(pace, FIRST_INTERVAL=0.0005, SLOWEST_INTERVAL=0.002),
        mock.patch.dict(Api30.rates, clear=True),
    ):
        yield


@contextlib.contextmanager
def turned_clock(wire: Wire, latency: float) -> Iterator[TestClock]:
    """Time passes only when the module waits, and by this latency in each call."""
    turned = TestClock(latency)
    wire.clock = turned
    try:
        with mock.patch.object(task, "Clock", turned.clock):
            yield turned
    finally:
        wire.clock = None
