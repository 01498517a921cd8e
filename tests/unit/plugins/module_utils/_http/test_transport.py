# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport with real sockets: what is known about a request without a response, and which servers are trusted."""

from __future__ import annotations

import gc
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.signing import canonical_query
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import (
    HttpRequest,
    HttpResponse,
    NotSent,
    ResponseLost,
    Transport,
)
from tests.unit.plugins.servers import Server, answering, breaking_tls, sending, tunnelling

pytestmark = pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(cleanup: ExitStack) -> Any:
    """A function that starts a server."""

    def start(script: Any = None, tls: ssl.SSLContext | None = None) -> Server:
        return cleanup.enter_context(Server(script or answering(), tls))

    return start


@pytest.fixture
def send(cleanup: ExitStack) -> Any:
    """A function that makes one attempt on a new transport."""

    def attempt(url: str, timeout: float = 5, headers: dict[str, str] | None = None, **settings: Any) -> HttpResponse:
        transport = Transport(**settings)
        cleanup.callback(transport.close)
        return transport.send(HttpRequest("POST", f"{url}/", headers or {}, b"x=1"), timeout)

    return attempt


def test_the_request_arrives_as_it_was_made_and_so_does_the_answer(serve: Any, cleanup: ExitStack) -> None:
    server = serve(answering("{内}".encode(), "404 Not Found", "Content-Type: application/json"))
    transport = Transport()
    cleanup.callback(transport.close)
    query = canonical_query({"Text": "a b+c*~/ü内&=%", "Empty": "", "Z.10": "'\"()!", "Z.2": "[x]"})
    request = HttpRequest("POST", f"{server.url}/v2/index.php?{query}", {"host": "service.test", "X-A": "1"}, b"b=%20")
    assert transport.send(request, 5) == HttpResponse(404, "application/json", "{内}".encode())
    (received,) = server.requests
    assert received.startswith(f"POST /v2/index.php?{query} HTTP/1.1\r\n".encode())
    assert received.endswith(b"\r\n\r\nb=%20")
    assert server.header("host") == ["service.test"]
    assert server.header("x-a") == ["1"]


def test_a_missing_content_type_is_empty(serve: Any, send: Any) -> None:
    assert send(serve().url).content_type == ""


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(serve: Any, send: Any, status: str) -> None:
    server = serve(answering(b"", status, "Location: /elsewhere"))
    assert send(server.url).status == int(status[:3])
    assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["http://[", "http://127.0.0.1:99999/", "x://y", "http://.", "\xff", ""])
def test_the_address_of_a_redirect_is_ignored(serve: Any, send: Any, location: str) -> None:
    raw = f"HTTP/1.1 302 Found\r\nContent-Length: 2\r\nLocation: {location}\r\n\r\n{{}}".encode("latin-1")
    assert send(serve(sending(raw)).url) == HttpResponse(302, "", b"{}")


@pytest.mark.parametrize("variable", ["HOME", "NETRC"])
@pytest.mark.parametrize("headers", [{"authorization": "signed"}, {}])
def test_netrc_is_not_read(
    serve: Any, send: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, headers: dict[str, str]
) -> None:
    name = ".netrc" if variable == "HOME" else "credentials"
    tmp_path.joinpath(name).write_text("machine 127.0.0.1 login somebody password else\n", encoding="ascii")
    tmp_path.joinpath(name).chmod(0o600)
    if variable == "NETRC":
        monkeypatch.setenv("NETRC", str(tmp_path / name))
    server = serve()
    send(server.url, headers=headers)
    assert server.header("authorization") == list(headers.values())


def test_one_connection_serves_several_requests(serve: Any, cleanup: ExitStack) -> None:
    server, transport = serve(), Transport()
    cleanup.callback(transport.close)
    for _request in range(3):
        transport.send(HttpRequest("POST", server.url, {}), 5)
    assert (len(server.requests), server.connections) == (3, 1)


def test_a_connection_closed_by_the_server_is_opened_again(serve: Any, cleanup: ExitStack) -> None:
    server, transport = serve(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), Transport()
    cleanup.callback(transport.close)
    for _request in range(2):
        transport.send(HttpRequest("POST", server.url, {}), 5)
        assert server.closed_one.wait(10)
        server.closed_one.clear()
    assert server.connections == 2


# --- proxies


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy"])
def test_a_proxy_is_used(serve: Any, send: Any, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    proxy = serve()
    monkeypatch.setenv(variable, proxy.url)
    assert send("http://service.test").status == 200
    assert proxy.requests[0].startswith(b"POST http://service.test/ HTTP/1.1\r\n")


def test_no_proxy_for_excluded_hosts(serve: Any, send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = serve(), serve()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    send(server.url)
    assert (len(proxy.requests), len(server.requests)) == (0, 1)


def test_a_direct_transport_uses_no_proxy(serve: Any, send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = serve(), serve()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    send(server.url, direct=True)
    assert (len(proxy.requests), len(server.requests)) == (0, 1)


def test_https_goes_through_a_tunnel(serve: Any, send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(answering(b"", "403 Forbidden"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(NotSent, match="proxy"):
        send("https://service.test")
    assert proxy.requests[0].startswith(b"CONNECT service.test:443 HTTP/1.")


def test_a_proxy_that_does_not_exist(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(NotSent, match="proxy") as caught:
        send("http://service.test")
    assert not caught.value.final


# Variables, the requested URL, the variable in the message, and the rest of the message.
ODD_PROXIES: list[tuple[dict[str, str], str, str, str]] = [
    ({"HTTPS_PROXY": "socks5h://robot:hunter2@127.0.0.1:1"}, "https://service.test", "HTTPS_PROXY", "PySocks"),
    ({"https_proxy": "SOCKS5://robot:hunter2@127.0.0.1:1"}, "https://service.test", "https_proxy", "requests[socks]"),
    ({"HTTP_PROXY": "socks4a://robot:hunter2@127.0.0.1:1"}, "http://service.test", "HTTP_PROXY", "PySocks"),
    ({"ALL_PROXY": "socks5h://robot:hunter2@127.0.0.1:1"}, "https://service.test", "ALL_PROXY", "PySocks"),
    ({"all_proxy": "socks5h://robot:hunter2@127.0.0.1:1"}, "http://service.test", "all_proxy", "PySocks"),
    (
        {"ALL_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "socks5h://robot:hunter2@127.0.0.1:1"},
        "https://service.test",
        "HTTPS_PROXY",
        "PySocks",
    ),
    ({"HTTPS_PROXY": "ftp://robot:hunter2@127.0.0.1:1"}, "https://service.test", "HTTPS_PROXY", "not supported"),
    ({"ALL_PROXY": "vmess://robot:hunter2@127.0.0.1:1"}, "http://service.test", "ALL_PROXY", "not supported"),
]


@pytest.mark.parametrize(("variables", "url", "variable", "told"), ODD_PROXIES)
def test_a_proxy_of_another_kind(
    send: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, variable: str, told: str
) -> None:
    """The message names the variable and the solution, and never the password."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotSent) as caught:
        send(url)
    assert caught.value.final
    assert str(caught.value).startswith(f"{variable} names a ")
    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value) and "robot" not in str(caught.value)


def test_a_proxy_that_hangs_up_may_have_passed_the_request_on(
    serve: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", serve(sending(b"")).url)
    with pytest.raises(ResponseLost):
        send("http://service.test")


# --- requests that were never sent, and answers that were lost


def closed_port() -> int:
    """A port of this machine without a server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("secret", ["", "robot:hunter2@"])
def test_a_refused_connection(send: Any, secret: str) -> None:
    host = f"127.0.0.1:{closed_port()}"
    with pytest.raises(NotSent, match=f"^no connection to {host}: .*refused") as caught:
        send(f"http://{secret}{host}")
    assert not caught.value.final
    assert "0x" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_connection_that_is_never_accepted(send: Any, cleanup: ExitStack) -> None:
    listener = cleanup.enter_context(socket.socket())
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _waiting in range(3):
        client = cleanup.enter_context(socket.socket())
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
    with pytest.raises(NotSent) as caught:
        send(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.3)
    assert not caught.value.final


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://.test", {}),
        ("gopher://service.test", {}),
        ("http://", {}),
        ("http://127.0.0.1", {"x-a": "two\nlines"}),
        ("http://127.0.0.1", {"x-a": "内"}),
    ],
)
def test_requests_that_cannot_be_sent(send: Any, url: str, headers: dict[str, str]) -> None:
    with pytest.raises(NotSent) as caught:
        send(url, headers=headers)
    assert caught.value.final


LOST = {
    "closed without a word": sending(b""),
    "closed within the status line": sending(b"HTTP/1.1 20"),
    "closed within the body": sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"),
    "closed within a chunk": sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}"),
    "no HTTP": sending(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "lengths that differ": sending(b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n{}"),
    "a damaged encoding": answering(b"this is no gzip", "200 OK", "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("what", LOST)
def test_a_lost_response(serve: Any, send: Any, what: str) -> None:
    server = serve(LOST[what])
    with pytest.raises(ResponseLost) as caught:
        send(server.url)
    assert not caught.value.timed_out
    assert "0x" not in str(caught.value)
    assert len(server.requests) == 1


# http.cookiejar warns about its own errors, which can also make requests fail.
@pytest.mark.filterwarnings("error:http.cookiejar bug:UserWarning", "ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("header", ["Content-Length: 5, 6", f"Set-Cookie: a=b; Max-Age={'9' * 400}"])
def test_a_response_that_requests_cannot_decode(serve: Any, send: Any, header: str) -> None:
    server = serve(sending(f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n{{}}".encode()))
    with pytest.raises(ResponseLost):
        send(server.url)
    assert len(server.requests) == 1
    gc.collect()  # requests and urllib3 leave the connection to it


def test_no_response_within_the_timeout(serve: Any, send: Any) -> None:
    def stall(connection: Any, request: Any) -> Any:
        return server.stall(connection, request)

    server: Server = serve(stall)
    with pytest.raises(ResponseLost) as caught:
        send(server.url, timeout=0.3)
    assert caught.value.timed_out
    assert len(server.requests) == 1


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"])
def test_a_response_that_arrives_slowly(before: bytes, serve: Any, send: Any) -> None:
    """Each wait ends in time with some bytes, but the whole response never arrives."""

    def trickle(connection: socket.socket, request: bytes) -> None:
        connection.sendall(before)
        while not server.over.wait(0.02):
            connection.sendall(b"1")

    server = serve(trickle)
    with pytest.raises(ResponseLost) as caught:
        send(server.url, timeout=0.3)
    assert caught.value.timed_out
    assert not server.over.is_set()


def test_no_complete_response_within_the_timeout(serve: Any, send: Any) -> None:
    def begin(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        server.stall(connection, request)

    server: Server = serve(begin)
    with pytest.raises(ResponseLost) as caught:
        send(server.url, timeout=0.3)
    assert caught.value.timed_out


# --- TLS


class Authority:
    """A certificate authority, its certificate in a file, and the TLS settings of a server with its certificate."""

    def __init__(self, folder: Path, name: str, host: str = "127.0.0.1") -> None:
        authority = trustme.CA()
        self.path = str(folder / f"{name}.pem")
        authority.cert_pem.write_to_path(self.path)
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(self.server)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authorities")


@pytest.fixture(scope="module")
def known(folder: Path) -> Authority:
    return Authority(folder, "known")


@pytest.fixture(scope="module")
def other(folder: Path) -> Authority:
    """Another authority, with a server named service.test."""
    return Authority(folder, "other", "service.test")


def test_an_unknown_authority(serve: Any, send: Any, known: Authority) -> None:
    server = serve(tls=known.server)
    with pytest.raises(NotSent, match="TLS.*certificate verify failed") as caught:
        send(server.url)
    assert caught.value.final
    assert server.requests == []


def test_a_ca_path(serve: Any, send: Any, known: Authority) -> None:
    assert send(serve(tls=known.server).url, ca_path=known.path).status == 200


def test_the_ca_path_of_another_authority(serve: Any, send: Any, known: Authority, other: Authority) -> None:
    with pytest.raises(NotSent) as caught:
        send(serve(tls=known.server).url, ca_path=other.path)
    assert caught.value.final


def test_a_certificate_for_another_host(serve: Any, send: Any, other: Authority) -> None:
    server = serve(tls=other.server)
    with pytest.raises(NotSent, match="127.0.0.1") as caught:
        send(server.url, ca_path=other.path)
    assert caught.value.final
    assert send(server.url, validate_certs=False).status == 200


def test_a_bundle_of_the_environment(
    serve: Any, send: Any, known: Authority, other: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(tls=known.server)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", known.path)
    assert send(server.url).status == 200
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", other.path)
    with pytest.raises(NotSent):
        send(server.url)


def test_options_win_over_the_bundle_of_the_environment(
    serve: Any, send: Any, known: Authority, other: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(tls=known.server)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", other.path)
    assert send(server.url, validate_certs=False).status == 200
    assert send(server.url, validate_certs=False, ca_path=other.path).status == 200
    assert send(server.url, ca_path=known.path).status == 200
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", known.path)
    with pytest.raises(NotSent):
        send(server.url, ca_path=other.path)


@pytest.mark.parametrize("content", [None, "this is no certificate\n"])
def test_a_ca_path_without_certificates(
    serve: Any, send: Any, known: Authority, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_text(content, encoding="ascii")
    with pytest.raises(NotSent) as caught:
        send(serve(tls=known.server).url, ca_path=os.fspath(path))
    assert caught.value.final


def test_a_server_that_does_not_speak_tls(serve: Any, send: Any) -> None:
    server = serve()
    with pytest.raises(NotSent) as caught:
        send(server.url.replace("http", "https"))
    assert caught.value.final
    assert server.requests == []


def test_a_response_through_a_tunnel(serve: Any, send: Any, known: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(tls=known.server)
    proxy = serve(tunnelling(server.port))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert send(server.url, ca_path=known.path).status == 200
    assert proxy.requests[0].startswith(f"CONNECT 127.0.0.1:{server.port} ".encode())


@pytest.mark.parametrize("what", [sending(b""), breaking_tls])
def test_a_response_lost_behind_a_tunnel(
    serve: Any, send: Any, known: Authority, monkeypatch: pytest.MonkeyPatch, what: Any
) -> None:
    server = serve(what, tls=known.server)
    monkeypatch.setenv("HTTPS_PROXY", serve(tunnelling(server.port)).url)
    with pytest.raises(ResponseLost):
        send(server.url, ca_path=known.path)
    assert len(server.requests) == 1


def test_an_unknown_authority_behind_a_tunnel(
    serve: Any, send: Any, known: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(tls=known.server)
    monkeypatch.setenv("HTTPS_PROXY", serve(tunnelling(server.port)).url)
    with pytest.raises(NotSent) as caught:
        send(server.url)
    assert caught.value.final
    assert server.requests == []


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"


@pytest.mark.parametrize("what", [sending(b""), sending(HALF), breaking_tls])
def test_a_tls_connection_that_breaks_after_the_request_was_sent(
    serve: Any, send: Any, known: Authority, what: Any
) -> None:
    server = serve(what, tls=known.server)
    with pytest.raises(ResponseLost):
        send(server.url, ca_path=known.path)
    assert len(server.requests) == 1
