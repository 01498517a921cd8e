# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The frame of a task: its beginning and end, and concurrent work."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError, Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import ServiceAccess, TaskClient
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task import task as task_module
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.task import (
    MAX_NUMBER,
    Task,
    missing_requests,
)
from tests.unit.plugins.fakes import FakeTransport, JsonService

OPTIONS: dict[str, Any] = {
    **{"region": "cn-test", "expected_account_id": None, "timeout": 10, "deadline": 120, "max_concurrency": 4},
    **{"validate_certs": True, "ca_path": None},
}


class OneService:
    """Implements the Cloud protocol."""

    rates: Mapping[str, float] = {}

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        client.secrets.add("hidden-secret")
        service = JsonService({})

        def account() -> str:
            return str(client.read(service, "WhoAmI", {}).get("account", "1"))

        return ServiceAccess(service, StaticKey(Key("id", "hidden-secret")), account, "https://service.test/")


@pytest.fixture(autouse=True)
def transport() -> Iterator[FakeTransport]:
    fake = FakeTransport(iter(dict, None))
    with mock.patch.object(task_module, "Transport", lambda **settings: fake):
        yield fake


@pytest.mark.parametrize("name", ["timeout", "deadline", "max_concurrency"])
@pytest.mark.parametrize(
    ("value", "right"), [(1, True), (MAX_NUMBER, True), (0, False), (-5, False), (MAX_NUMBER + 1, False)]
)
def test_numbers_that_can_be_understood(name: str, value: int, right: bool) -> None:
    paths = [mistake.path for mistake in task(**{name: value}).problems.mistakes]
    assert paths == ([] if right else [name])


def test_mistakes_end_a_task_before_a_session_is_opened(transport: FakeTransport) -> None:
    begun = Task({**OPTIONS, "deadline": 0}, OneService(), [Mistake("state", "is wrong")])
    with pytest.raises(CloudError) as caught:
        begun.begin()
    assert [error["path"] for error in caught.value.details["errors"]] == ["state", "deadline"]
    assert transport.requests == []
    ended = begun.end_failed(caught.value, "do it", {"groups": []})
    assert ended.values["msg"] == "Failed to do it: state: is wrong; deadline: has to be 1 or more, not 0."
    assert (ended.values["changed"], ended.values["groups"]) == (False, [])


def test_the_end_has_warnings_once_calls_of_the_task_first_and_all_secrets() -> None:
    begun = task(expected_account_id="1")
    begun.problems.warnings += ["odd", "odd"]
    begun.begin()
    ended = begun.end({"changed": True, "actions": [{"action": "Put"}]}, ["later"])
    assert ended.warnings == ["odd", "later"]
    assert [action["action"] for action in ended.values["actions"]] == ["WhoAmI", "Put"]
    assert set(ended.secrets) == {"hidden-secret"}


def test_the_label_of_an_account_calls_nothing(transport: FakeTransport) -> None:
    assert task().account_label() == "id at https://service.test/"
    assert task(timeout=0).account_label() == ""
    assert transport.requests == []


def test_each_client_has_its_own_deadline() -> None:
    begun = task(deadline=7)
    begun.begin()
    assert begun.client().deadline.seconds == 7
    assert begun.client().deadline is not begun.client().deadline


def test_missing_requests() -> None:
    assert missing_requests() is None
    with mock.patch.object(task_module, "REQUESTS_IMPORT_ERROR", "Traceback"):
        missing = missing_requests()
    assert missing is not None
    assert "requests" in missing.values["msg"]
    assert (missing.values["failure"]["kind"], missing.values["exception"]) == ("unsupported", "Traceback")


def task(**options: Any) -> Task:
    return Task({**OPTIONS, **options}, OneService())


@pytest.mark.parametrize(("items", "concurrency", "threads"), [(5, 1, 1), (1, 8, 1), (0, 8, 0)])
def test_no_thread_without_concurrency(items: int, concurrency: int, threads: int) -> None:
    used = task(max_concurrency=concurrency).run_concurrently(lambda item: threading.get_ident(), range(items))
    assert set(used) == ({threading.get_ident()} if threads else set())
    assert len(used) == items


def test_side_by_side_keeps_the_order() -> None:
    """The first one finishes last."""
    last = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert last.wait(30)
        if item == 7:
            last.set()
        return item * 10

    assert task(max_concurrency=2).run_concurrently(work, range(8)) == [item * 10 for item in range(8)]


def test_concurrency_is_limited() -> None:
    lock, together, most = threading.Lock(), 0, 0
    meeting = threading.Barrier(3)

    def work(item: int) -> None:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        meeting.wait(30)  # the maximum number really runs concurrently
        with lock:
            together -= 1

    task(max_concurrency=3).run_concurrently(work, range(12))
    assert most == 3


def test_exceptions_of_the_work_are_raised() -> None:
    def work(item: int) -> None:
        if item == 2:
            raise CloudError("protocol", "no")

    with pytest.raises(CloudError):
        task().run_concurrently(work, range(5))


def test_no_client_before_the_task_has_begun() -> None:
    with pytest.raises(RuntimeError):
        task().client()
