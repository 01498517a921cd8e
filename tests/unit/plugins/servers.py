# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loopback servers with deliberately bad HTTP: a script decides about each request."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

# The reaction to one request; the connection is closed unless it returns True.
Script = Callable[[socket.socket, bytes], object]

TLS_HANDSHAKE = b"\x16\x03"


def answering(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> Script:
    """A whole response, on a connection that stays open."""

    def script(connection: socket.socket, request: bytes) -> bool:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)
        return True

    return script


def sending(raw: bytes) -> Script:
    """These bytes, and the end of the connection."""
    return lambda connection, request: connection.sendall(raw)


def breaking_tls(connection: socket.socket, request: bytes) -> None:
    """Bytes that are not a TLS record, in the middle of a TLS connection."""
    with socket.socket(fileno=os.dup(connection.fileno())) as below:
        below.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def tunnelling(port: int) -> Script:
    """A proxy that forwards everything to this port, whatever the requested host is."""

    def script(connection: socket.socket, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", port), 20) as upstream:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            answers = threading.Thread(target=_pass_on, args=(upstream, connection))
            answers.start()
            _pass_on(connection, upstream)
            answers.join()

    return script


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


@dataclass
class Server:
    """Runs its script for every request. ``requests`` are those that arrived completely, as bytes."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    closed_one: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Server:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]
        self._conversations: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        for thread in (self._thread, *self._conversations):
            thread.join()
        self._listener.close()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def stall(self, connection: socket.socket, request: bytes) -> None:
        """No response, on a connection that stays open."""
        self.over.wait(20)

    def header(self, name: str, number: int = 0) -> list[str]:
        """The values of a header of a request."""
        lines = self.requests[number].partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        pairs = [line.partition(": ") for line in lines]
        return [value for found, dummy, value in pairs if found.lower() == name]

    def _serve(self) -> None:
        while not self.over.is_set():
            with suppress(TimeoutError):
                connection, dummy = self._listener.accept()
                self.connections += 1
                self._conversations.append(threading.Thread(target=self._converse, args=(connection,)))
                self._conversations[-1].start()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        with connection, suppress(OSError):  # a client that does not trust us hangs up
            if self.tls:
                with self.tls.wrap_socket(connection, server_side=True, suppress_ragged_eofs=True) as secured:
                    self._answer_all(secured)
            else:
                self._answer_all(connection)
        self.closed_one.set()

    def _answer_all(self, connection: socket.socket) -> None:
        while request := self._read(connection):
            self.requests.append(request)
            if not self.script(connection, request):
                return

    def _read(self, connection: socket.socket) -> bytes:
        """Return one request, or nothing if the client has gone or the test is over."""
        received = b""
        while not _whole(received):
            connection.settimeout(0.05)
            try:
                part = connection.recv(65536)
            except TimeoutError:
                if self.over.is_set():
                    return b""
                continue
            if not part:
                return b""
            received += part
            if received.startswith(TLS_HANDSHAKE):
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                return b""
        connection.settimeout(20)
        return received


def _whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end) and len(body) >= int(lengths[0] if lengths else 0)
