# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side: a threaded HTTP/1.1 server with persistent connections.

It is based on ``http.server`` and not on a WSGI server, because faults need the socket (resets, truncated bodies), and
because Werkzeug's server closes every connection after one response.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from .admin import PREFIX, Admin
from .exchange import Reply, Request
from .simulator import Answer, Simulator

NO_LINGER = struct.pack("ii", 1, 0)  # close() then sends RST instead of FIN


class Handler(BaseHTTPRequestHandler):
    """One client connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: SimulatorServer

    def setup(self) -> None:
        """Tell the server that this connection is open."""
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        """Tell the server that this connection is closed."""
        self.server.closed(self.connection)
        super().finish()

    def handle(self) -> None:
        """Serve the connection. A client that closes it is not an error."""
        with contextlib.suppress(OSError):
            super().handle()

    def respond(self) -> None:
        """Respond to any method."""
        request = self.read_request()
        if "transfer-encoding" in request.headers:
            self.close_connection = True
            answer = Answer(Reply(411, b"send a Content-Length\n", "text/plain"))
        elif request.path.startswith(PREFIX):
            answer = Answer(self.server.admin.answer(request))
        else:
            answer = self.server.simulator.answer(request)
        self.deliver(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = respond

    def read_request(self) -> Request:
        """Return the request in the form that the clouds expect."""
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]},{value}" if key in headers else value
        length = headers.get("content-length", "0")
        body = self.rfile.read(int(length)) if length.isdigit() else b""
        url = urlsplit(self.path)
        # A client that uses this server as its HTTP proxy sends the whole URL.
        host = url.netloc if url.scheme and url.netloc else headers.get("host", "")
        return Request(self.command, url.path, url.query, headers, body, host)

    def deliver(self, answer: Answer) -> None:
        """Send the response, or fail in the requested way."""
        if answer.delivery in ("reset", "lost"):
            self.close_connection = True
            if answer.delivery == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                # Close it now, because the base class would send a FIN first.
                os.close(self.connection.detach())
            return
        body = answer.reply.body
        if answer.delivery == "truncated":
            self.close_connection = True
            body = body[: len(body) // 2]
        if self.command == "HEAD":
            body = b""
        self.wfile.write(self.head(answer) + body)

    def head(self, answer: Answer) -> bytes:
        """Return the status line and the headers; Content-Length is that of the whole body."""
        reply = answer.reply
        phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Unknown"
        lines = [
            f"HTTP/1.1 {reply.status} {phrase}",
            f"Date: {formatdate(self.server.simulator.clock.now(), usegmt=True)}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Log nothing, because the journal records the calls."""


class SimulatorServer(ThreadingHTTPServer):
    """Listens, and tracks its open connections so that it can close them when it stops."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(
        self, simulator: Simulator, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.simulator = simulator
        self.admin = Admin(simulator)
        self._tls = tls
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((host, port), Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Return the URL for clients."""
        host = str(self.server_address[0])
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self._tls else 'http'}://{shown}:{self.port}"

    def finish_request(self, request: object, client_address: object) -> None:
        """Run in the connection's own thread, so that a slow TLS handshake delays no other connection."""
        assert isinstance(request, socket.socket)
        connection = request
        if self._tls:
            try:
                connection = self._tls.wrap_socket(request, server_side=True)
            except OSError:
                return
        Handler(connection, client_address, self)
        if connection is not request:
            connection.close()

    def opened(self, connection: socket.socket) -> None:
        """Record a new connection."""
        with self._guard:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Record the end of a connection."""
        with self._guard:
            self._connections.discard(connection)

    def stop(self) -> None:
        """Stop listening, and close all connections. Must be called from a thread other than the serving one."""
        self.shutdown()
        self.server_close()
        with self._guard:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def serve_in_thread(server: SimulatorServer) -> Callable[[], None]:
    """Serve until the returned function is called."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def stop() -> None:
        server.stop()
        thread.join()

    return stop
