# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of each group, from the task and the entries of ``groups``."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.groups import (
    group_id,
    group_options,
    release,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options

OWN = {"security_group_id": ("sg_id", "SecurityGroupId"), "policy": ("Policy",), "client_token": ()}
TOLD = ("name", "tags")


def groups_of(entries: Any, **task: Any) -> tuple[list[Options], list[str]]:
    """The groups, and the paths of the mistakes."""
    mistakes: list[Mistake] = []
    found = group_options(OWN, TOLD, {**task, "groups": entries}, mistakes)
    return found, [mistake.path for mistake in mistakes]


def test_without_groups_the_task_is_the_group() -> None:
    (group,), wrong = groups_of(None, security_group_id="sg-1", policy="drop")
    assert (group.text("security_group_id"), group.text("policy"), wrong) == ("sg-1", "drop", [])
    assert group.path("policy") == "policy"


def test_omitted_options_of_an_entry_come_from_the_task() -> None:
    entries = [
        {"security_group_id": "sg-1"},
        {"sg_id": "sg-2", "Policy": "accept"},
        {"SecurityGroupId": "sg-3", "policy": ""},
        {"sg_id": "sg-4", "policy": None, "name": "told", "tags": {}},
    ]
    found, wrong = groups_of(entries, policy="drop")
    assert wrong == []
    assert [(g.text("security_group_id"), g.text("policy")) for g in found] == [
        ("sg-1", "drop"),
        ("sg-2", "accept"),
        ("sg-3", "drop"),
        ("sg-4", "drop"),
    ]
    assert found[1].path("policy") == "groups[1].policy"


@pytest.mark.parametrize("nothing", ["", " ", "\n", None])
def test_nothing_does_not_replace_an_option_of_the_task(nothing: Any) -> None:
    (group,), wrong = groups_of([{"sg_id": "sg-1", "policy": nothing, "Policy": nothing}], policy="drop")
    assert (group.text("policy"), wrong) == ("drop", [])


def test_no_entries_are_no_groups() -> None:
    assert groups_of([]) == ([], [])


@pytest.mark.parametrize(
    ("entries", "task", "paths"),
    [
        ([{"sg_id": "sg-1"}], {"security_group_id": "sg-2"}, ["groups"]),
        ([{"sg_id": "sg-1"}], {"client_token": "t"}, ["groups"]),
        ([{"sg_id": "sg-1", "colour": "red"}], {}, ["groups[0].colour"]),
        ([{"sg_id": "sg-1", "security_group_id": "sg-1"}], {}, ["groups[0].security_group_id"]),
        (["sg-1", {"sg_id": "sg-2"}], {}, ["groups[0]"]),
        ([{"sg_id": "sg-1"}, {"sg_id": "sg-2"}, {"SecurityGroupId": "sg-1"}], {}, ["groups[2].security_group_id"]),
        ([{"sg_id": "sg-1"}, {"sg_id": " sg-1 "}], {}, ["groups[1].security_group_id"]),
        (
            [{"sg_id": f"sg-{n}", "client_token": token} for n, token in enumerate(("a", "b", " a ", "", None))],
            {},
            ["groups[2].client_token"],
        ),
        ({"sg_id": "sg-1"}, {}, ["groups"]),
    ],
)
def test_mistakes_in_groups(entries: Any, task: dict[str, Any], paths: list[str]) -> None:
    assert groups_of(entries, **task)[1] == paths


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("polcy", "is not an option of a group (did you mean policy?)"),
        ("Security_group_id", "is not an option of a group (did you mean security_group_id?)"),
        ("vpc", "is not an option of a group; the options are security_group_id, policy, client_token"),
    ],
)
def test_an_unknown_option_of_an_entry(key: str, words: str) -> None:
    mistakes: list[Mistake] = []
    group_options(OWN, TOLD, {"groups": [{"sg_id": "sg-1", key: "x"}]}, mistakes)
    assert [str(mistake) for mistake in mistakes] == [f"groups[0].{key}: {words}"]


def test_entries_without_an_id_are_not_twins() -> None:
    assert groups_of([{}, {}])[1] == []


def test_a_token_of_the_task_is_not_passed_to_groups() -> None:
    found, wrong = groups_of([{"sg_id": "sg-1"}, {"sg_id": "sg-2", "client_token": "mine"}], client_token="t")
    assert wrong == ["groups"]
    assert [group.text("client_token") for group in found] == ["", "mine"]


def no_letters(identifier: str) -> None:
    if not identifier.isdigit():
        raise ValueError("is not a number")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("12", []),
        ("ab", ["is not a number"]),
        (None, ["is required"]),
        ("['1', '2']", ["give several groups in groups"]),
    ],
)
def test_the_id_of_a_group(given: Any, words: list[str]) -> None:
    options = Options({"security_group_id": given}, "", [])
    assert group_id(options, no_letters) == (given or "")
    assert len(options.mistakes) == len(words)
    assert all(word in mistake.message for word, mistake in zip(words, options.mistakes, strict=True))


def test_released_groups_are_not_kept() -> None:
    groups, dummy = groups_of([{"sg_id": "sg-1"}, {"sg_id": "sg-2"}])
    assert [group.text("security_group_id") for group in release(groups)] == ["sg-1", "sg-2"]
    assert groups == []
