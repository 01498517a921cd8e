# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reader of options that collects mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options


def options(**given: Any) -> Options:
    return Options(given, "", [])


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
def test_values_that_are_not_text(value: Any) -> None:
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
def test_values_that_are_not_lists(value: Any) -> None:
    found = options(x=value)
    assert found.entries("x") is None
    assert [mistake.path for mistake in found.mistakes] == ["x"]


def refuse_long(text: str) -> None:
    if len(text) > 1:
        raise ValueError("is long")


@pytest.mark.parametrize("ids", [[""], [None], [" ", ""]])
def test_a_list_of_empty_texts_does_not_mean_all(ids: list[Any]) -> None:
    found = options(ids=ids)
    assert found.texts("ids", refuse_long) == []
    assert [mistake.path for mistake in found.mistakes] == ["ids[0]"]


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
