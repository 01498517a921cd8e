# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arbitrary bytes after a request has arrived count as a response or as a lost response, never as "not sent"."""

from __future__ import annotations

import contextlib
import gc
import gzip
import socket
import threading
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import (
    HttpRequest,
    HttpResponse,
    ResponseLost,
    Transport,
)
from tests.properties.profile import cases
from tests.reliability.tally import Tally

# requests and urllib3 do not close the connection if a response makes them raise.
pytestmark = [
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.HTTPWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
REQUEST = b"the whole request"
JSON = b'{"Response": {"RequestId": "r"}}'
STATUS_LINES = (
    *(
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.0 200",
        b"HTTP/1.1 302 Found",
        b"HTTP/1.1 301 Moved",
        b"HTTP/1.1",
    ),
    *(
        b"HTTP/1.1 204 No",
        b"HTTP/1.1 304 Not",
        b"HTTP/1.1 407 Proxy",
        b"HTTP/1.1 401 Who",
        b"HTTP/1.1 999 \xff",
        b"HTTP/9",
    ),
    *(
        b"HTTP/1.1 99 x",
        b"HTTP/1.1 1000 x",
        b"HTTP/1.1 -1 x",
        b"HTTP/2 200",
        b"ICY 200 OK",
        b"",
        b"\x16\x03\x01\x00",
        b"x" * 70000,
    ),
    *(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
        b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 503 x",
        b"HTTP/1.1 \xc2\xb2\xc2\xb2\xc2\xb2 x",
    ),
)
HEADERS = (
    *(
        b"Content-Length: 32",
        b"Content-Length: 5, 6",
        b"Content-Length: -1",
        b"Content-Length: abc",
        b"Content-Length:",
    ),
    *(
        b"Content-Length: 32\r\nContent-Length: 33",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Length: 99999999999999999999",
    ),
    *(
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: x",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3",
    ),
    *(b"Content-Encoding: gzip", b"Content-Encoding: deflate", b"Content-Encoding: br", b"Content-Encoding: zstd"),
    *(
        b"Content-Encoding: gzip, " * 6 + b"x",
        b"Content-Encoding: \xff",
        b"Content-Encoding: ",
        b"Content-Type: \xff\xfe",
    ),
    *(
        b"Content-Type: text/html; charset=\x00",
        b"Content-Type: a\r\n b",
        b"Content-Type: application/json; charset=utf-99",
    ),
    *(
        b"Location: http://[::1",
        b"Location: \xff",
        b"Location: http://127.0.0.1:99999/",
        b"Location: ",
        b"Location: x://y",
    ),
    *(
        b"Location: http://\xd8\x00/",
        b"Location: //",
        b"Location: http://a b/",
        b"Location: http://%zz/",
        b"Location: http://.a/",
    ),
    *(
        b"Location: http://xn--\xc3\xa9/",
        b"Location: http://" + b"a" * 300 + b"/",
        b"Location: /%",
        b"Location: http://user:pw@[/",
    ),
    *(
        b"Set-Cookie: a=b; Expires=\xff; Domain=..",
        b"Set-Cookie: =",
        b"Set-Cookie: a=b; Max-Age=" + b"9" * 400,
        b"Connection: keep-alive",
    ),
    *(
        b"Connection: close",
        b": x",
        b"no colon",
        b"\x00: y",
        b"Trailer: x",
        b"Retry-After: soon",
        b"WWW-Authenticate: Digest",
        b"X: " + b"y" * 70000,
    ),
    *(
        b"Date: \xff",
        b"Upgrade: h2c",
        b"Proxy-Authenticate: Basic",
        b"Refresh: 0; url=http://[",
        b"Link: <http://[>",
        b"Set-Cookie2: x",
    ),
)
CHUNKED = (
    b"20\r\n" + JSON + b"\r\n0\r\n\r\n",
    b"zz\r\n",
    b"-1\r\n",
    b"ffffffffffffffff\r\nx",
    b"5\r\nab",
    b"0\r\nX: y\r\n\r\n",
    b"5;\xff\r\nhello\r\n0\r\n\r\n",
)
BODIES = (
    *CHUNKED,
    JSON,
    b"",
    gzip.compress(JSON),
    gzip.compress(JSON)[:-5],
    zlib.compress(JSON),
    b"\x28\xb5\x2f\xfd\x00",
    b"x" * 100,
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Bytes that more or less resemble an HTTP response."""
    if draw(st.integers(0, 14)) == 0:
        return draw(st.binary(max_size=60))
    lines = [draw(st.sampled_from(STATUS_LINES)), *draw(st.lists(st.sampled_from(HEADERS), max_size=4))]
    end = draw(st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"]))
    body: SearchStrategy[bytes] = st.one_of(st.sampled_from(BODIES), st.binary(max_size=40))
    whole = end.join([*lines, b"", draw(body)])
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.integers(0, 9)) == 0 else whole


class Peer:
    """Accepts one request after the other, responds to each with ``answer``, and closes the connection."""

    def __init__(self, listener: socket.socket) -> None:
        self.answer = b""
        self.arrived = 0
        self._listener = listener

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def serve(self) -> None:
        """Serve until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    self._exchange(connection)

    def _exchange(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        received = b""
        while not received.endswith(REQUEST):
            some = connection.recv(65536)
            if not some:
                return
            received += some
        self.arrived += 1
        connection.sendall(self.answer)


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = Peer(listener)
        thread = threading.Thread(target=peer.serve, daemon=True)
        thread.start()
        yield peer
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    gc.collect()


@cases(150, 6000)
@given(answer=answers())
def test_any_bytes(peer: Peer, tally: Tally, answer: bytes) -> None:
    """NotSent would assert that nothing was done. A write would then be forgotten, or made twice."""
    peer.answer, arrived = answer, peer.arrived
    transport = Transport()
    try:
        response = transport.send(HttpRequest("POST", peer.url, {"x-a": "1"}, REQUEST), 5)
    except ResponseLost as lost:
        assert str(lost)
        outcome = "failed"
    else:
        assert isinstance(response, HttpResponse)
        outcome = "ok"
    finally:
        transport.close()
    assert peer.arrived == arrived + 1, "one attempt is one request"
    tally.count("fuzz", "Bytes on the wire | all", outcome)
