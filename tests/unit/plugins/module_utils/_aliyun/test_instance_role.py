# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.instance_role import (
    instance_key,
    instance_keys,
    uri_keys,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key
from tests.cloud_simulator.exchange import Reply, Request
from tests.support.loopback import Loopback, as_json, as_text, serving
from tests.unit.plugins.task_clients import empty_machine, task_talk

TOKEN, ROLES = "/latest/api/token", "/latest/meta-data/ram/security-credentials/"
EXPIRES = 1_767_229_200.0
KEY = {
    "Code": "Success",
    "AccessKeyId": "id",
    "AccessKeySecret": "secret",
    "SecurityToken": "token",
    "Expiration": "2026-01-01T01:00:00Z",
}


class Metadata:
    """The responses of instance metadata."""

    token: Reply = as_text("session\n")
    role: Reply = as_text("Web.Role@1")
    key: Reply = as_json(KEY)

    def __call__(self, request: Request) -> Reply:
        return self.token if request.path == TOKEN else self.role if request.path == ROLES else self.key


@pytest.fixture
def metadata() -> Metadata:
    return Metadata()


@pytest.fixture
def loopback(metadata: Metadata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    empty_machine(monkeypatch, tmp_path)
    with serving(metadata) as service:
        monkeypatch.setenv("CNCLOUDS_ALIYUN_METADATA_ENDPOINT", service.url)
        yield service


def test_the_key_of_the_role_is_read_in_a_session(loopback: Loopback) -> None:
    assert instance_key() == Key("id", "secret", "token", EXPIRES)
    assert loopback.paths == [f"PUT {TOKEN}", f"GET {ROLES}", f"GET {ROLES}Web.Role%401"]
    sessions = [request.headers.get("x-aliyun-ecs-metadata-token") for request in loopback.requests]
    assert sessions == [None, "session", "session"]


@pytest.mark.parametrize("variable", ["", "MyRole"])
def test_a_named_role_is_not_requested(loopback: Loopback, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA", variable)
    instance_key("" if variable else "MyRole")
    assert loopback.paths == [f"PUT {TOKEN}", f"GET {ROLES}MyRole"]


@pytest.mark.parametrize("disabled", ["", "true"])
def test_without_sessions_the_old_way_is_used_unless_it_is_disabled(
    loopback: Loopback, metadata: Metadata, monkeypatch: pytest.MonkeyPatch, disabled: str
) -> None:
    metadata.token = as_text("no", 404)
    monkeypatch.setenv("ALIBABA_CLOUD_IMDSV1_DISABLED", disabled)
    if disabled:
        with pytest.raises(CloudError, match="HTTP status 404"):
            instance_key()
        assert loopback.paths == [f"PUT {TOKEN}"]
    else:
        assert instance_key().id == "id"
        assert all("x-aliyun-ecs-metadata-token" not in request.headers for request in loopback.requests)


@pytest.mark.parametrize(
    ("role", "key", "kind"),
    [
        (as_text("", 404), as_json(KEY), "auth"),
        (as_text("<html>"), as_json(KEY), "protocol"),
        (as_text("WebRole"), as_text("oops", 500), "unavailable"),
        (as_text("WebRole"), as_json({**KEY, "Code": "Failed"}), "auth"),
        (as_text("WebRole"), as_json({**KEY, "SecurityToken": ""}), "protocol"),
    ],
)
def test_no_role_or_no_key_is_an_error(
    loopback: Loopback, metadata: Metadata, role: Reply, key: Reply, kind: str
) -> None:
    metadata.role, metadata.key = role, key
    with pytest.raises(CloudError) as caught:
        instance_key()
    assert caught.value.kind == kind


def test_keys_are_fetched_when_they_are_needed_and_renewed(loopback: Loopback, metadata: Metadata) -> None:
    talk = task_talk()
    keys = instance_keys("WebRole", talk.client)
    assert loopback.paths == []
    assert keys.current().id == keys.current().id == "id"
    assert len(loopback.paths) == 2
    metadata.key = as_json({**KEY, "AccessKeyId": "later", "Expiration": "2026-01-01T09:00:00Z"})
    talk.time.seconds = EXPIRES
    assert keys.current().id == "later"
    assert {"secret", "token"} <= set(talk.client.secrets)


def test_a_key_that_was_just_fetched_is_used_first(loopback: Loopback) -> None:
    keys = instance_keys("", task_talk().client, Key("first", "secret", "token", 2_000_000_000))
    assert (keys.current().id, keys.account_label(), loopback.paths) == ("first", "first", [])


def test_keys_of_a_credentials_uri(loopback: Loopback) -> None:
    keys = uri_keys(f"{loopback.url}/helper?secret=1", task_talk().client)
    assert keys.current() == Key("id", "secret", "token", EXPIRES)
    assert loopback.paths == ["GET /helper"]


def test_an_error_of_a_credentials_uri_does_not_show_its_query(loopback: Loopback, metadata: Metadata) -> None:
    metadata.key = as_text("oops", 500)
    with pytest.raises(CloudError, match=f"the credentials URI {loopback.url}/helper returned") as caught:
        uri_keys(f"{loopback.url}/helper?secret=hidden", task_talk().client).current()
    assert "hidden" not in caught.value.reason
