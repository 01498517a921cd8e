# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small HTTP services on a loopback port, in plain text or TLS, over IPv4 or IPv6."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.cloud_simulator.exchange import Reply, Request


@dataclass
class Loopback:
    """A running service: its address, and its requests in order."""

    url: str
    requests: list[Request] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Return the method and path of every request."""
        return [f"{request.method} {request.path}" for request in self.requests]


def as_json(body: Any, status: int = 200) -> Reply:
    """Return a JSON response."""
    return Reply(status, json.dumps(body).encode(), "application/json")


def as_text(text: str, status: int = 200) -> Reply:
    """Return a plain text response."""
    return Reply(status, text.encode(), "text/plain")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), handler)

    def server_bind(self) -> None:
        """Skip the look-up of the host name that the base class makes."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that closes the connection is not an error here."""


@contextlib.contextmanager
def serving(
    answer: Callable[[Request], Reply], host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Loopback]:
    """A service on a free port that responds to every request with the result of this function."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            url = urlsplit(self.path)
            body = self.rfile.read(length)
            request = Request(self.command, url.path, url.query, headers, body, headers.get("host", ""))
            loopback.requests.append(request)
            reply = answer(request)
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = respond

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Log nothing: the recorded requests are the log."""

    with _Server(host, Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        shown = f"[{host}]" if ":" in host else host
        loopback = Loopback(f"{'https' if tls else 'http'}://{shown}:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield loopback
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def silence() -> Iterator[str]:
    """The URL of a service that accepts connections and never responds."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
