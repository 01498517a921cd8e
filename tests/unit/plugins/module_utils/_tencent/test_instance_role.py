# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.instance_role import (
    instance_key,
    instance_keys,
)
from tests.cloud_simulator.exchange import Reply, Request
from tests.support.loopback import Loopback, as_json, as_text, serving
from tests.unit.plugins.task_clients import task_talk

ROLES = "/latest/meta-data/cam/security-credentials/"
KEY = {"TmpSecretId": "id", "TmpSecretKey": "secret", "Token": "token", "ExpiredTime": 1_767_300_000}


class Metadata:
    """The responses of instance metadata."""

    role: Reply = as_text("Web.Role@1")
    key: Reply = as_json(KEY)

    def __call__(self, request: Request) -> Reply:
        return self.role if request.path == ROLES else self.key


@pytest.fixture
def metadata() -> Metadata:
    return Metadata()


@pytest.fixture
def loopback(metadata: Metadata, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with serving(metadata) as service:
        monkeypatch.setenv("CNCLOUDS_TENCENT_METADATA_ENDPOINT", service.url)
        yield service


def test_the_key_of_the_role(loopback: Loopback) -> None:
    assert instance_key() == Key("id", "secret", "token", 1_767_300_000.0)
    assert loopback.paths == [f"GET {ROLES}", f"GET {ROLES}Web.Role%401"]


@pytest.mark.parametrize(
    ("role", "key", "kind"),
    [
        (as_text("", 404), as_json(KEY), "auth"),
        (as_text("<html>"), as_json(KEY), "protocol"),
        (as_text("oops", 500), as_json(KEY), "unavailable"),
        (as_text("WebRole"), as_text("oops", 500), "unavailable"),
        (as_text("WebRole"), as_json({**KEY, "Code": "Failed"}), "auth"),
        (as_text("WebRole"), as_json({**KEY, "Token": ""}), "protocol"),
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
    metadata.key = as_json({**KEY, "ExpiredTime": int(talk.time.seconds + 3600)})
    keys = instance_keys(talk.client)
    assert loopback.paths == []
    assert keys.current().id == keys.current().id == "id"
    assert len(loopback.paths) == 2
    later: dict[str, Any] = {**KEY, "TmpSecretId": "later", "ExpiredTime": int(talk.time.seconds + 9999)}
    metadata.key = as_json(later)
    talk.time.seconds += 3600
    assert keys.current().id == "later"
    assert {"secret", "token"} <= set(talk.client.secrets)


def test_a_key_that_was_just_fetched_is_used_first(loopback: Loopback) -> None:
    keys = instance_keys(task_talk().client, Key("first", "secret", "token", 2_000_000_000))
    assert (keys.current().id, keys.account_label(), loopback.paths) == ("first", "first", [])
