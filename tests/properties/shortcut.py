# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection from a module to the simulated clouds without sockets, which can change responses.

A module that runs here does everything except opening connections: it builds, signs and paces its requests, and reads,
retries and settles the responses as usual.
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

# Changes the response to the call with this number (from 1).
Spoil = Callable[[int, HttpResponse], HttpResponse]


class Shortcut:
    """``spoil`` sees every response before the module does.

    ``requests`` are those since the last time they were cleared.
    """

    def __init__(self, clouds: Harness) -> None:
        self.clouds = clouds
        self.spoil: Spoil | None = None
        self.requests: list[Request] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        """Return the response to a request. Raises NotSent for any host other than the simulator."""
        url = urlsplit(request.url)
        if f"{url.scheme}://{url.netloc}" != self.clouds.url:
            raise NotSent("there is no network here")
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
        """While this is open, ``spoil`` can change every response."""
        self.requests.clear()
        with mock.patch.object(self, "spoil", spoil):
            yield


@contextlib.contextmanager
def shortcut(clouds: Harness) -> Iterator[Shortcut]:
    """While this is open, all modules use this connection."""
    way = Shortcut(clouds)

    def send(transport: Transport, request: HttpRequest, timeout: float) -> HttpResponse:
        return way.send(request)

    # Documented rates only add waiting, and these tests are not about time.
    with mock.patch.object(Transport, "send", send), mock.patch.dict(Api30.rates, clear=True):
        yield way
