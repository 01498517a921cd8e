# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the info modules."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.filters import Filters
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options

KNOWN = ("name", "project_id", "tags")
ENTRY = {"name": "web", "project_id": "7", "tags": {"env": "prod", "empty": ""}}


def filters(given: Any) -> tuple[Filters, list[str]]:
    """The filters, and the paths of the mistakes in them."""
    options = Options({"filters": given}, "", [])
    return Filters(options, KNOWN), [mistake.path for mistake in options.mistakes]


@pytest.mark.parametrize("given", [None, "", {}, {"name": ""}, {"name": None}, {"tags": {}}, {"tags": None}])
def test_no_condition(given: Any) -> None:
    found, wrong = filters(given)
    assert wrong == []
    assert found.match(ENTRY)
    assert found.match({})
    assert (found.text("name"), found.tags) == ("", {})


@pytest.mark.parametrize(
    ("given", "matches"),
    [
        ({"name": "web"}, True),
        ({"name": " web "}, True),
        ({"name": "we"}, False),
        ({"name": "Web"}, False),
        ({"project_id": 7}, True),
        ({"project_id": "70"}, False),
        ({"name": "web", "project_id": "8"}, False),
        ({"tags": {"env": "prod"}}, True),
        ({"tags": {"env": "test"}}, False),
        ({"tags": {"env": ""}}, True),
        ({"tags": {"env": None, "empty": ""}}, True),
        ({"tags": {"empty": "x"}}, False),
        ({"tags": {"Env": "prod"}}, False),
        ({"tags": {"env": "prod", "other": ""}}, False),
    ],
)
def test_a_condition(given: Any, matches: bool) -> None:
    found, wrong = filters(given)
    assert wrong == []
    assert found.match(ENTRY) is matches


def test_keys_and_values_of_tags_are_text() -> None:
    assert filters({"tags": {1: 2, "a": 3.5}})[0].tags == {"1": "2", "a": "3.5"}


def test_a_group_returned_without_tags_has_none() -> None:
    assert not filters({"tags": {"env": ""}})[0].match({"name": "web"})
    assert not filters({"tags": {"env": ""}})[0].match({"tags": None})


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ("name=web", ["filters"]),
        (["name"], ["filters"]),
        ({"nme": "web", "Name": "x"}, ["filters.nme", "filters.Name"]),
        ({"name": ["web"], "tags": "env=prod"}, ["filters.name", "filters.tags"]),
        ({"project_id": True}, ["filters.project_id"]),
        ({"tags": ["env"]}, ["filters.tags"]),
        ({"tags": {"public": True, "env": ["a", "b"]}}, ["filters.tags.public", "filters.tags.env"]),
    ],
)
def test_mistakes(given: Any, paths: list[str]) -> None:
    assert filters(given)[1] == paths
