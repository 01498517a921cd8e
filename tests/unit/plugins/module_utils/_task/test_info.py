# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Info tasks: the returned groups, their order, and the result of a failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import Entry
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError, Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import ServiceAccess, TaskClient
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.filters import Filters
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task import task as task_module
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.info import run_info
from tests.unit.plugins.fakes import FakeTransport, JsonService

OPTIONS: dict[str, Any] = {
    **{"security_group_ids": None, "filters": None, "region": "cn-test", "expected_account_id": None},
    **{"timeout": 10, "deadline": 120, "max_concurrency": 4, "validate_certs": True, "ca_path": None},
}


class Names(NamedTuple):
    """Implements the Listing protocol with groups, some of which no longer exist when they are read."""

    listed: Sequence[str]
    gone: Sequence[str] = ()
    broken: Sequence[str] = ()

    def entries(self, client: Client) -> list[Entry]:
        return [{"security_group_id": name} for name in self.listed]

    def detail(self, client: Client, entry: Entry) -> Entry:
        name = entry["security_group_id"]
        if name in self.gone:
            raise CloudError("not_found", "it was deleted")
        if name in self.broken:
            raise CloudError("permission", "no")
        return {**entry, "rules": 1}


class NamesCloud:
    """Implements the InfoCloud protocol."""

    filters: Sequence[str] = ("name", "tags")
    rates: Mapping[str, float] = {}

    def __init__(self, listing: Names) -> None:
        self._listing = listing

    def check_id(self, identifier: str) -> None:
        if not identifier.startswith("sg-"):
            raise ValueError("is not an ID")

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        return ServiceAccess(JsonService({}), StaticKey(Key("id", "secret")))

    def listing(self, ids: list[str], filters: Filters, options: Options) -> Names:
        return self._listing


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    with mock.patch.object(task_module, "Transport", lambda **settings: FakeTransport(iter(dict, None))):
        yield


def result(listing: Names, details: bool = True, **options: Any) -> dict[str, Any]:
    return run_info({**OPTIONS, **options}, NamesCloud(listing), details=details).values


def ids(found: dict[str, Any]) -> list[str]:
    return [entry["security_group_id"] for entry in found["security_groups"]]


@pytest.mark.parametrize(
    ("listed", "asked", "expected"),
    [
        (["sg-b", "sg-a"], None, ["sg-a", "sg-b"]),
        (["sg-b", "sg-a", "sg-b"], None, ["sg-a", "sg-b"]),
        (["sg-a", "sg-b"], ["sg-b", "sg-a", "sg-b"], ["sg-b", "sg-a"]),
        (["sg-a", "sg-b"], [], ["sg-a", "sg-b"]),
        ([], None, []),
    ],
)
def test_order(listed: list[str], asked: list[str] | None, expected: list[str]) -> None:
    found = result(Names(listed), security_group_ids=asked)
    assert ids(found) == expected
    assert "failure" not in found
    assert found["changed"] is False


def test_details_are_read_unless_disabled() -> None:
    assert result(Names(["sg-a"]))["security_groups"] == [{"security_group_id": "sg-a", "rules": 1}]
    assert result(Names(["sg-a"]), details=False)["security_groups"] == [{"security_group_id": "sg-a"}]


def test_a_group_deleted_during_the_run_is_omitted() -> None:
    assert ids(result(Names(["sg-a", "sg-b"], gone=["sg-a"]))) == ["sg-b"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"security_group_ids": ["sg-x", "sg-a", "sg-y"]}, "no security group with the ID sg-x or sg-y exists"),
        (
            {"security_group_ids": ["sg-x"], "filters": {"name": "a"}},
            "no security group with the ID sg-x matches the filters",
        ),
    ],
)
def test_an_id_that_is_not_found(options: dict[str, Any], words: str) -> None:
    found = result(Names(["sg-a"]), **options)
    assert found["failure"]["kind"] == "not_found"
    assert words in found["msg"]


def test_a_group_that_cannot_be_read_fails_the_task() -> None:
    found = result(Names(["sg-a", "sg-b"], broken=["sg-b"]))
    assert (found["failure"]["kind"], found["security_groups"]) == ("permission", [])


def test_all_mistakes_at_once() -> None:
    options = {**OPTIONS, "timeout": 0, "security_group_ids": ["web"], "filters": {"colour": "red"}}
    ended = run_info(options, NamesCloud(Names([])), [Mistake("state", "is not an option")])
    paths = [error["path"] for error in ended.values["failure"]["errors"]]
    assert paths == ["state", "timeout", "security_group_ids[0]", "filters.colour"]
    assert ended.values["msg"].startswith("Failed to read security groups: ")
