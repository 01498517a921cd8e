# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the module and the cloud: hooks at each request, hurried pauses, and a clock that tests turn."""

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

# Nobody listens on the port of discarded datagrams.
CLOSED_PORT = 9


@dataclass
class Wire:
    """Sees every request before it goes out. ``hooks`` run before the request of that number (from 1).

    With ``direct`` requests reach the simulator without a socket, which takes a tenth of the time; what happens to
    connections is then told as Transport would tell it.
    """

    direct: Simulator | None = None
    hooks: dict[int, Callable[[], None]] = field(default_factory=dict)
    refused: range = range(0)
    clock: TestClock | None = None
    sent: int = 0

    def clear(self) -> None:
        """No hooks; the next request is number 1."""
        self.hooks, self.refused, self.sent = {}, range(0), 0

    def send(self, transport: Transport, request: HttpRequest, timeout: float) -> HttpResponse:
        """One request: perhaps to a port where nobody listens, perhaps slower than its timeout."""
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
    """The module's time. It stands still but for sleeping and for ``latency`` seconds in every call."""

    __test__ = False
    latency: float = 0.1
    seconds: float = 0.0

    def sleep(self, seconds: float) -> None:
        """What the module does between two calls."""
        self.seconds += seconds

    def pass_call(self, timeout: float) -> None:
        """An answer arrives after the latency, or too late. ResponseLost."""
        self.seconds += min(timeout, self.latency)
        if self.latency >= timeout:
            raise ResponseLost("no answer came within the timeout", timed_out=True)

    def clock(self) -> Clock:
        """What a task gets in place of the machine's clock. Signatures are for the real time."""
        return Clock(time.time, lambda: self.seconds, self.sleep)


@contextlib.contextmanager
def tapped() -> Iterator[Wire]:
    """Every request of every module goes through this wire."""
    wire = Wire()

    def send(transport: Transport, request: HttpRequest, timeout: float) -> HttpResponse:
        return wire.send(transport, request, timeout)

    with mock.patch.object(Transport, "send", send):
        yield wire


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    """Pauses take milliseconds, and calls are not spread over the second."""
    with (
        mock.patch.multiple(client, FIRST_PAUSE=0.0005, LONGEST_PAUSE=0.002),
        mock.patch.multiple(pace, FIRST_INTERVAL=0.0005, SLOWEST_INTERVAL=0.002),
        mock.patch.dict(Api30.rates, clear=True),
    ):
        yield


@contextlib.contextmanager
def turned_clock(wire: Wire, latency: float) -> Iterator[TestClock]:
    """Time passes only by the module's own waiting and by calls that take this long."""
    turned = TestClock(latency)
    wire.clock = turned
    try:
        with mock.patch.object(task, "Clock", turned.clock):
            yield turned
    finally:
        wire.clock = None
