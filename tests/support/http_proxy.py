# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP proxy on loopback that requires a password and connects every host name to one port of this machine."""

from __future__ import annotations

import base64
import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

USER = "robot"
PASSWORD = "proxyPasswordDistinctive+/4Kd8"
NEEDED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass
class Proxy:
    """A running proxy. ``targets`` are the requested hosts; ``refused`` are those of refused requests."""

    port: int
    targets: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def url(self, credentials: str) -> str:
        """Return the value for a variable; ``credentials`` are ``user:password``, percent-encoded."""
        return f"http://{credentials}@127.0.0.1:{self.port}"


@contextlib.contextmanager
def proxying(upstream: int) -> Iterator[Proxy]:
    """A proxy in front of this port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                serve(self.request)

    def serve(client: socket.socket) -> None:
        head = _head(client)
        lines = head.split(b"\r\n")
        method, target = lines[0].decode("latin-1").split(" ")[:2]
        wanted = b"Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode())
        given = [line.partition(b":")[2].strip() for line in lines if line.lower().startswith(b"proxy-authorization:")]
        if given != [wanted]:
            proxy.refused.append(target)
            client.sendall(NEEDED)
            return
        proxy.targets.append(target if method == "CONNECT" else target.split("/")[2])
        with socket.create_connection(("127.0.0.1", upstream), 20) as server:
            if method == "CONNECT":
                client.sendall(CONNECTED)
            else:
                server.sendall(head)
            threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()
            _pass_on(client, server)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy = Proxy(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


def _head(client: socket.socket) -> bytes:
    """Return the request line, the headers, and the part of the body that arrived with them."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = client.recv(65536)
        if not more:
            raise OSError("the client went away")
        received += more
    return received


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
