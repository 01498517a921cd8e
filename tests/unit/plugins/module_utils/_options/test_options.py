# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a task and of its entries in groups."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.groups import group_options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options

OWN = {"security_group_id": ("sg_id", "SecurityGroupId"), "policy": ("Policy",), "client_token": ()}
TOLD = ("name", "tags")


def options(**given: Any) -> Options:
    return Options(given, "", [])


def groups_of(entries: Any, **task: Any) -> tuple[list[Options], list[str]]:
    """The groups, and the paths of what is wrong with them."""
    mistakes: list[Mistake] = []
    found = group_options(OWN, TOLD, {**task, "groups": entries}, mistakes)
    return found, [mistake.path for mistake in mistakes]


@pytest.mark.parametrize(
    ("value", "given", "text"),
    [
        (None, False, ""),
        ("", False, ""),
        ("sg-1", True, "sg-1"),
        (" sg-1 ", True, "sg-1"),
        (0, True, "0"),
        (7, True, "7"),
    ],
)
def test_text(value: Any, given: bool, text: str) -> None:
    found = options(x=value)
    assert (found.given("x"), found.text("x"), found.mistakes) == (given, text, [])


@pytest.mark.parametrize("value", [True, ["sg-1"], {"id": "sg-1"}])
def test_what_is_not_text(value: Any) -> None:
    found = options(x=value)
    assert found.text("x") == ""
    assert [mistake.path for mistake in found.mistakes] == ["x"]


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_required_text_that_is_not_given(value: Any) -> None:
    found = Options({"x": value}, "groups[2]", [])
    assert found.required_text("x", "; give it") == ""
    assert found.mistakes == [Mistake("groups[2].x", "is required; give it")]


@pytest.mark.parametrize(
    ("value", "choice"), [("accept", "accept"), ("ACCEPT", "accept"), (" Drop ", "drop"), ("", "d"), (None, "d")]
)
def test_choice(value: Any, choice: str) -> None:
    found = options(x=value)
    assert (found.choice("x", ("accept", "drop"), "d"), found.mistakes) == (choice, [])


def test_no_choice() -> None:
    found = options(x="Allow")
    assert found.choice("x", ("accept", "drop"), "d") == "d"
    assert found.mistakes == [Mistake("x", "'Allow' is not accept or drop")]


@pytest.mark.parametrize(("value", "entries"), [(None, None), ("", None), ([], []), ([1], [1])])
def test_an_empty_list_is_given_and_empty_text_is_not(value: Any, entries: Any) -> None:
    found = options(x=value)
    assert (found.entries("x"), found.mistakes) == (entries, [])


@pytest.mark.parametrize("value", ["sg-1", {"a": 1}, 3])
def test_what_is_not_a_list(value: Any) -> None:
    found = options(x=value)
    assert found.entries("x") is None
    assert [mistake.path for mistake in found.mistakes] == ["x"]


def refuse_long(text: str) -> None:
    if len(text) > 1:
        raise ValueError("is long")


def test_texts_and_mappings() -> None:
    found = options(ids=["a", "", " b "], tags={"k": "v"}, wrong=["", ["a"], "long"], text="x")
    assert found.texts("ids", refuse_long) == ["a", "b"]
    assert found.texts("none", refuse_long) == []
    assert found.mapping("tags") == {"k": "v"}
    assert found.mapping("none") == {}
    assert found.mistakes == []
    assert found.texts("wrong", refuse_long) == ["long"]
    assert found.mapping("text") == {}
    assert [mistake.path for mistake in found.mistakes] == ["wrong[1]", "wrong[2]", "text"]


def test_without_groups_the_task_is_the_group() -> None:
    (group,), wrong = groups_of(None, security_group_id="sg-1", policy="drop")
    assert (group.text("security_group_id"), group.text("policy"), wrong) == ("sg-1", "drop", [])
    assert group.path("policy") == "policy"


def test_what_an_entry_leaves_out_comes_from_the_task() -> None:
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


def test_no_entry_is_no_group() -> None:
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
        ({"sg_id": "sg-1"}, {}, ["groups"]),
    ],
)
def test_mistakes_in_groups(entries: Any, task: dict[str, Any], paths: list[str]) -> None:
    assert groups_of(entries, **task)[1] == paths


def test_entries_without_an_id_are_not_twins() -> None:
    assert groups_of([{}, {}])[1] == []


def test_a_token_of_the_task_is_not_handed_down() -> None:
    found, wrong = groups_of([{"sg_id": "sg-1"}, {"sg_id": "sg-2", "client_token": "mine"}], client_token="t")
    assert wrong == ["groups"]
    assert [group.text("client_token") for group in found] == ["", "mine"]
