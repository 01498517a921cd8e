# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service and the keys of a task, and the calls for the whole task."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import ServiceAccess, TaskClient
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import KeyPlace, KeySearch
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from tests.unit.plugins.fakes import FakeTime, FakeTransport, JsonService

KEY = StaticKey(Key("id", "secret"))
NAMES = {"id": (("ID",),), "secret": (("SECRET",),), "token": (("TOKEN",),)}


def access(account: str = "1") -> ServiceAccess:
    return ServiceAccess(JsonService({}), KEY, lambda: account, "https://service.test/")


@pytest.mark.parametrize(("account", "expected", "refused"), [("1", "1", False), ("1", "", False), ("2", "1", True)])
def test_the_expected_account(account: str, expected: str, refused: bool) -> None:
    if not refused:
        access(account).check_account(expected)
        return
    with pytest.raises(CloudError, match="belongs to the account 2, but expected_account_id is 1") as caught:
        access(account).check_account(expected)
    assert caught.value.kind == "permission"
    assert caught.value.details == {"account_id": "2", "expected_account_id": "1"}


def test_the_label_names_account_and_address() -> None:
    assert access().account_label() == "id at https://service.test/"
    assert ServiceAccess().account_label() == ""


@pytest.mark.parametrize(("timeout", "asked"), [(10, True), (0, False)])
def test_the_key_is_searched_remotely_only_without_mistakes(timeout: int, asked: bool) -> None:
    calls: list[str] = []

    def find() -> StaticKey:
        calls.append("asked")
        return KEY

    options = Options({}, "", [])
    if not timeout:
        options.wrong("timeout", "has to be 1 or more")
    ServiceAccess(search=KeySearch(NAMES, "", [KeyPlace("metadata", find, is_remote=True)])).find_key(options)
    assert bool(calls) is asked


def test_calls_for_the_task_are_recorded() -> None:
    client = TaskClient(FakeTime().clock(), 10, 120)
    with pytest.raises(RuntimeError):
        client.read(JsonService({}), "WhoAmI", {})
    client.transport = FakeTransport([{"account": "1", "request_id": "r-1"}])
    assert client.read(JsonService({}), "WhoAmI", {}) == {"account": "1", "request_id": "r-1"}
    assert [(record.action, record.status) for record in client.records] == [("WhoAmI", "done")]


@pytest.mark.parametrize(("serves_groups", "patience"), [(False, 120), (True, 10)])
def test_calls_that_other_groups_wait_for_have_a_shorter_deadline(serves_groups: bool, patience: float) -> None:
    time = FakeTime()
    client = TaskClient(time.clock(), 10, 120)
    busy = CloudError("throttled", "slow down", transient=True)
    client.transport = FakeTransport(iter(lambda: {"refusal": "busy"}, None))
    if serves_groups:
        client.serve_groups()
    with pytest.raises(CloudError):
        client.read(JsonService({"busy": busy}), "AssumeRole", {})
    assert sum(time.slept) <= patience
    assert (sum(time.slept) > 10) is not serves_groups
