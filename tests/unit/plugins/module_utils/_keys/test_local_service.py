# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that only this machine can reach: the first request is short in any case, and uses no proxy."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys import local_service
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.local_service import LocalService
from tests.cloud_simulator.exchange import Reply, Request
from tests.support.loopback import Loopback, as_json, as_text, serving

ANSWERS = {
    "/role": as_text("WebRole\n"),
    "/none": as_text("not found", 404),
    "/broken": as_text("oops", 500),
    "/page": as_text("<html>Please log in</html>"),
    "/list": as_json([1]),
    "/deep": as_text("[" * 100_000),
    "/key": as_json({"Code": "Success", "AccessKeyId": "x"}),
    "/plain": as_json({"AccessKeyId": "x"}),
    "/failed": as_json({"Code": "Failed"}),
}


def answer(request: Request) -> Reply:
    return ANSWERS[request.path]


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serving(answer) as service:
        yield service


def test_answers(loopback: Loopback) -> None:
    service = LocalService("the service", f"{loopback.url}/")
    assert service.role_name(service.probe("GET", "/role")) == "WebRole"
    assert service.get_json("/key")["AccessKeyId"] == service.get_json("/plain")["AccessKeyId"] == "x"
    assert loopback.paths == ["GET /role", "GET /key", "GET /plain"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/none", "reports that this machine has no role"),
        ("/broken", "returned the HTTP status 500"),
        ("/page", "not the name of a role"),
    ],
)
def test_no_role(loopback: Loopback, path: str, told: str) -> None:
    service = LocalService("the service", loopback.url)
    with pytest.raises(CloudError, match=told):
        service.role_name(service.probe("GET", path))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/none", "HTTP status 404"),
        ("/page", "not a JSON object"),
        ("/list", "not a JSON object"),
        ("/deep", "not a JSON object"),
        ("/failed", "its code is Failed"),
    ],
)
def test_no_key(loopback: Loopback, path: str, told: str) -> None:
    with pytest.raises(CloudError, match=told):
        LocalService("the service", loopback.url).get_json(path)


def test_no_proxy_sees_the_requests(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    service = LocalService("the service", loopback.url)
    assert service.probe("GET", "/role").status == service.get("/role").status == 200


def test_no_server() -> None:
    with pytest.raises(CloudError, match="the service did not answer: no connection to .*: .*refused"):
        LocalService("the service", "http://127.0.0.1:1").probe("GET", "/")


def test_an_endless_pause_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the name resolver did not respond, to which no timeout of the HTTP client applies."""
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments: never.wait(30) and [])
    monkeypatch.setattr(local_service, "PROBE_SECONDS", 0.01)
    with pytest.raises(CloudError, match="did not answer: there was no complete response within the timeout"):
        LocalService("the service", "http://127.0.0.1:1").probe("GET", "/")
    assert not never.is_set()
    never.set()
