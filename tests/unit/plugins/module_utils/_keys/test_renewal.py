# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that are fetched, and renewed in time, and their secrets."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import TaskClient
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, Secrets
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.renewal import RenewingKey
from tests.unit.plugins.fakes import FakeTime

DEADLINE = 120.0


class Source:
    """Returns keys that are valid for this many seconds, and counts the fetches."""

    def __init__(self, lifetime: float | None) -> None:
        self.time = FakeTime()
        self.lifetime = lifetime
        self.fetched = 0
        self.error: CloudError | None = None
        self.calls = TaskClient(self.time.clock(), 10, DEADLINE)

    def __call__(self) -> Key:
        if self.error:
            raise self.error
        self.fetched += 1
        expires = None if self.lifetime is None else self.time.seconds + self.lifetime
        return Key(f"id-{self.fetched}", f"secret-{self.fetched}", f"token-{self.fetched}", expires)


def after(source: Source, keys: RenewingKey, *seconds: float) -> list[str]:
    """The IDs of the keys that are returned after these numbers of seconds."""
    ids = []
    for pause in seconds:
        source.time.seconds += pause
        ids.append(keys.current().id)
    return ids


def test_a_key_is_fetched_once_while_it_is_good() -> None:
    source = Source(3600)
    keys = RenewingKey(source, source.calls, "somebody")
    assert source.fetched == 0
    assert after(source, keys, 0, 1, 3600 - DEADLINE - 2) == ["id-1"] * 3


def test_the_owner_is_given_or_else_read_with_the_key() -> None:
    source = Source(3600)
    assert RenewingKey(source, source.calls, "the role").account_label() == "the role"
    assert source.fetched == 0
    assert RenewingKey(source, source.calls, "").account_label() == "id-1"


def test_a_key_that_would_expire_within_the_deadline_is_renewed() -> None:
    source = Source(3600)
    assert after(source, RenewingKey(source, source.calls, "somebody"), 0, 3600 - DEADLINE, 1) == [
        "id-1",
        "id-2",
        "id-2",
    ]


def test_a_short_lived_key_is_not_fetched_for_every_request() -> None:
    """It is valid for less than the deadline, so half of its lifetime is used."""
    source = Source(60)
    assert after(source, RenewingKey(source, source.calls, "somebody"), 0, 29, 1, 29, 1) == [
        "id-1",
        "id-1",
        "id-2",
        "id-2",
        "id-3",
    ]


def test_a_key_that_does_not_expire_is_fetched_once() -> None:
    source = Source(None)
    assert after(source, RenewingKey(source, source.calls, "somebody"), 0, 1e9) == ["id-1", "id-1"]


def test_an_existing_key_is_used_first() -> None:
    source = Source(3600)
    keys = RenewingKey(source, source.calls, "somebody", source())
    assert after(source, keys, 0, 3600) == ["id-1", "id-2"]


def test_an_old_key_is_used_until_it_expires_if_it_cannot_be_renewed() -> None:
    source = Source(3600)
    keys = RenewingKey(source, source.calls, "somebody")
    keys.current()
    source.error = CloudError("unavailable", "no answer", had_no_effect=False, transient=True)
    assert after(source, keys, 3599) == ["id-1"]
    source.time.seconds += 1
    with pytest.raises(CloudError) as caught:
        keys.current()
    # The request was never sent, and the deadline is over.
    assert (caught.value.kind, caught.value.had_no_effect, caught.value.transient) == ("unavailable", True, False)
    source.error = None
    assert keys.current().id == "id-2"


def test_no_first_key() -> None:
    source = Source(3600)
    source.error = CloudError("auth", "refused")
    with pytest.raises(CloudError, match="refused"):
        RenewingKey(source, source.calls, "somebody").current()


def test_a_missing_role_is_not_a_deleted_group() -> None:
    """An info module omits a group that is not found."""
    source = Source(3600)
    source.error = CloudError("not_found", "no such role", "ResourceNotFound.RoleNotFound")
    with pytest.raises(CloudError) as caught:
        RenewingKey(source, source.calls, "somebody").current()
    assert (caught.value.kind, caught.value.code) == ("auth", "ResourceNotFound.RoleNotFound")


def test_threads_share_one_renewal() -> None:
    source = Source(3600)
    here, go_on = threading.Barrier(2, timeout=30), threading.Event()

    def slow() -> Key:
        here.wait()
        go_on.wait(30)
        return source()

    keys = RenewingKey(slow, source.calls, "somebody")
    with ThreadPoolExecutor(8) as pool:
        handed_out = [pool.submit(keys.current) for _thread in range(8)]
        here.wait()
        go_on.set()
        assert {each.result().id for each in handed_out} == {"id-1"}
    assert source.fetched == 1


def test_the_secrets_of_every_key_are_known() -> None:
    source = Source(60)
    after(source, RenewingKey(source, source.calls, "somebody"), 0, 30)
    assert set(source.calls.secrets) == {"secret-1", "token-1", "secret-2", "token-2"}


def test_secrets_can_be_added_while_they_are_read() -> None:
    secrets = Secrets()
    secrets.add("one", "")
    seen = iter(secrets)
    secrets.add("two", "three")
    assert list(seen) == ["one"]
    assert set(secrets) == {"one", "two", "three"}
