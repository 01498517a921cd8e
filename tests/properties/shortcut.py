# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from a module to the simulated clouds without sockets, and what may happen to an answer on it.

A module that is run here does everything but to open connections: a request is made, signed and paced, and its answer
is read, retried and settled as ever.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from unittest import mock
from urllib.parse import urlsplit

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import (
    HttpRequest,
    HttpResponse,
    NotSent,
    ResponseLost,
    Transport,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from tests.cloud_simulator.exchange import Request
from tests.cloud_simulator.harness import Harness

# What becomes of the answer to the call of this number (from 1).
Spoil = Callable[[int, HttpResponse], HttpResponse]


class Shortcut:
    """``spoil`` sees every answer before the module does; ``requests`` are those since they were last cleared."""

    def __init__(self, clouds: Harness) -> None:
        self.clouds = clouds
        self.spoil: Spoil | None = None
        self.requests: list[Request] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        """The answer to one request; requests for other hosts than the simulator's go nowhere."""
        url = urlsplit(request.url)
        if f"{url.scheme}://{url.netloc}" != self.clouds.url:
            raise NotSent("no connection: there is no network here")
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers["content-length"] = str(len(request.body))
        received = Request(request.method, url.path, url.query, headers, request.body, headers.get("host", ""))
        self.requests.append(received)
        answer = self.clouds.simulator.answer(received)
        if answer.delivery != "whole":
            raise ResponseLost("the connection broke before the whole answer came")
        reply = answer.reply
        response = HttpResponse(reply.status, reply.content_type, reply.body)
        return response if self.spoil is None else self.spoil(len(self.requests), response)

    @contextlib.contextmanager
    def spoiling(self, spoil: Spoil) -> Iterator[None]:
        """While this is open, answers come out of ``spoil``."""
        self.requests.clear()
        with mock.patch.object(self, "spoil", spoil):
            yield


@contextlib.contextmanager
def shortcut(clouds: Harness) -> Iterator[Shortcut]:
    """While this is open, all modules take it."""
    way = Shortcut(clouds)

    def send(transport: Transport, request: HttpRequest, timeout: float) -> HttpResponse:
        return way.send(request)

    # A documented rate of calls is a matter of waiting, and time is not what these tests are about.
    with mock.patch.object(Transport, "send", send), mock.patch.dict(Api30.rates, clear=True):
        yield way
