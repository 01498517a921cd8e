# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to a result: one group and several, and tasks that end before they have begun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import OptionProblems
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.fingerprint import fleet_fingerprint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import ServiceAccess, TaskClient
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task import task as task_module
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.module import SecurityGroupModule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.run import run
from tests.unit.plugins.fakes import FakeTransport, JsonService
from tests.unit.plugins.word_cloud import REFUSALS, Overwriting, Seen, WordCloud, refused

OPTIONS: dict[str, Any] = {
    **{"security_group_id": None, "groups": None, "region": "cn-test", "word": "c", "expected_account_id": None},
    **{"timeout": 10, "deadline": 120, "max_concurrency": 4, "validate_certs": True, "ca_path": None},
    **{"expected_fingerprint": None, "progress_file": None, "return_unchanged": True},
}


class Ended(Exception):
    """The output of the module."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        super().__init__()
        self.result = result


class FakeModule(SecurityGroupModule):
    """A module that has read its options."""

    def __init__(self, check_mode: bool, options: Mapping[str, Any]) -> None:
        self.params = {**OPTIONS, **options}
        self.check_mode = check_mode
        self.no_log_values: set[str] = set()
        self.mistakes = []
        self._unchecked = {"groups": options.get("groups")}
        self.warned: list[str] = []

    def warn(self, warning: str, *, help_text: str | None = None) -> None:
        self.warned.append(warning)

    def exit_json(self, **result: Any) -> NoReturn:
        raise Ended(result)

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        raise Ended({"msg": msg, "failed": True, **result})


class _Local(Overwriting):
    """A group whose calls go to a separate word cloud."""

    cloud: WordCloud

    def read(self, client: Client) -> Seen:
        client.transport = FakeTransport(iter(lambda: self.cloud.handle, None))
        return super().read(client)


class Words:
    """A cloud with a word cloud for each group; the group ``sg-none`` is refused."""

    purpose = "write words"
    own_options: Mapping[str, tuple[str, ...]] = {"security_group_id": (), "word": ()}
    info_only_fields: Sequence[str] = ()
    rates: Mapping[str, float] = {}

    def __init__(self, calls: Sequence[str] = (), account: str = "1") -> None:
        self.clouds: dict[str, WordCloud] = {}
        self.calls = calls
        self._account = account

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        client.secrets.add("hidden-secret")
        service = JsonService(REFUSALS)

        def account() -> str:
            for action in self.calls:
                client.read(service, action, {})
            return self._account

        return ServiceAccess(service, StaticKey(Key("id", "hidden-secret")), account)

    def group(self, options: Options, region: str, problems: OptionProblems) -> Overwriting:
        name, word = options.required_text("security_group_id"), options.text("word")
        if word == "odd":
            problems.warnings.append(f"{options.path('word')} is odd")
        if word == "wrong":
            options.wrong("word", "is wrong")
        cloud = self.clouds[name] = WordCloud()
        if name == "sg-none":
            cloud.before[("Look", 1)] = refused("forbidden")

        group = _Local(tuple(word), security_group_id=name)
        group.cloud = cloud
        return group


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """The calls for the whole task get empty responses."""
    with mock.patch.object(task_module, "Transport", lambda **settings: FakeTransport(iter(dict, None))):
        yield


def ended(cloud: Words | None = None, check: bool = False, **options: Any) -> tuple[Mapping[str, Any], FakeModule]:
    module = FakeModule(check, options)
    with pytest.raises(Ended) as end:
        module.finish(run(module, cloud or Words()))
    return end.value.result, module


def entries(*names: str, **options: Any) -> list[dict[str, Any]]:
    return [{"security_group_id": name, **options} for name in names]


def test_one_group() -> None:
    result, module = ended(security_group_id="sg-1")
    assert (result["changed"], result["after"]["words"], result["security_group_id"]) == (True, ["c"], "sg-1")
    assert "groups" not in result
    assert module.warned == []
    assert "hidden-secret" in module.no_log_values


def test_several_groups() -> None:
    groups = [*entries("sg-1", "sg-2", word="ab"), *entries("sg-none", "sg-4")]
    result, dummy = ended(groups=groups)
    assert [each["security_group_id"] for each in result["groups"]] == ["sg-1", "sg-2", "sg-none", "sg-4"]
    assert [each["changed"] for each in result["groups"]] == [False, False, False, True]
    assert [each["failed"] for each in result["groups"]] == [False, False, True, False]
    assert [each["after_header"] for each in result["diff"]] == ["sg-4 (cn-test)"]
    assert result["msg"] == "1 of 4 security groups failed: sg-none."
    assert result["failure"] == result["groups"][2]["failure"]
    assert result["fingerprint"] is None
    assert (result["changed"], result["failed"], result["region"]) == (True, True, "cn-test")


def test_the_fingerprint_of_several_groups_is_made_of_theirs() -> None:
    result, dummy = ended(groups=entries("sg-1", "sg-2"))
    assert result["fingerprint"] == fleet_fingerprint(each["fingerprint"] for each in result["groups"])


@pytest.mark.parametrize("check", [True, False])
def test_unchanged_groups_can_be_shortened(check: bool) -> None:
    groups = [*entries("sg-1", word="ab"), *entries("sg-none", "sg-3")]
    unchanged, failed, changed = ended(groups=groups, return_unchanged=False, check=check)[0]["groups"]
    left = {"changed", "failed", "security_group_id", "region", "diff", "fingerprint", "steps"}
    left |= {"impact", "lint", "policies"}
    assert set(unchanged) == left
    assert unchanged["diff"] == {"before": "", "after": ""}
    assert {"before", "after", "actions", "diff"} <= set(failed) & set(changed)


def test_no_group() -> None:
    result, dummy = ended(groups=[])
    assert (result["changed"], result["groups"], result["diff"]) == (False, [], [])
    assert "msg" not in result


def test_all_mistakes_at_once_and_no_call() -> None:
    cloud = Words()
    groups = [*entries("sg-1", word="wrong"), *entries("sg-2"), *entries("sg-3", word="wrong")]
    result, dummy = ended(cloud, groups=groups, timeout=0, deadline=0)
    paths = [error["path"] for error in result["failure"]["errors"]]
    assert paths == ["timeout", "deadline", "groups[0].word", "groups[2].word"]
    assert (result["changed"], result["groups"], result["diff"]) == (False, [], [])
    assert result["msg"].startswith("Failed to write words of several security groups: ")
    assert all(not each.calls for each in cloud.clouds.values())


def test_a_mistake_about_one_group_has_the_keys_of_its_result() -> None:
    done = ended(security_group_id="sg-1")[0]
    result = ended(security_group_id="sg-1", word="wrong")[0]
    assert set(done) - set(result) == {"fingerprint", "steps"}
    assert (result["before"], result["after"], result["actions"]) == (None, None, [])
    assert "security group sg-1" in result["msg"]
    assert "security group (none given)" in ended()[0]["msg"]


def test_warnings_come_also_with_mistakes() -> None:
    groups = [*entries("sg-1", word="odd"), *entries("sg-2", word="wrong")]
    assert ended(groups=groups)[1].warned == ["groups[0].word is odd"]


def test_calls_for_the_task_come_first() -> None:
    result, dummy = ended(Words(["WhoAmI"]), security_group_id="sg-1", expected_account_id="1")
    assert [action["action"] for action in result["actions"]] == ["WhoAmI", "Look", "Look", "Put", "Look"]
    fleet, dummy = ended(Words(["WhoAmI"]), groups=entries("sg-1"), expected_account_id="1")
    assert [action["action"] for action in fleet["actions"]] == ["WhoAmI"]


@pytest.mark.parametrize("options", [{"security_group_id": "sg-1"}, {"groups": entries("sg-1", "sg-2")}])
def test_another_account_stops_the_task(options: dict[str, Any]) -> None:
    cloud = Words(["WhoAmI"], account="2")
    result, dummy = ended(cloud, expected_account_id="1", **options)
    assert (result["failed"], result["changed"], result["failure"]["kind"]) == (True, False, "permission")
    assert all(not each.calls for each in cloud.clouds.values())
