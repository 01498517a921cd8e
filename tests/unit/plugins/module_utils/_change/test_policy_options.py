# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that define the policies for a change."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.policy_options import read_criteria
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options


def read(path: str = "", **given: Any) -> tuple[Any, list[Mistake]]:
    options = Options(given, path, [])
    return read_criteria(options, with_lint=True), options.mistakes


@pytest.mark.parametrize(
    ("given", "lint", "is_unconditional"),
    [
        ({}, "warn", False),
        ({"lint": "off"}, "off", False),
        ({"lint": False}, "off", False),  # YAML parses a bare off as false
        ({"lint": "ERROR"}, "error", True),
        ({"protect": []}, "warn", False),
        ({"forbid": ["world_open_databases"]}, "warn", True),
        ({"protect": [{"protocol": "tcp", "port": 22}]}, "warn", True),
    ],
)
def test_when_a_group_is_judged_although_nothing_changes(
    given: dict[str, Any], lint: str, is_unconditional: bool
) -> None:
    criteria, mistakes = read(**given)
    assert (criteria.lint, criteria.is_unconditional, mistakes) == (lint, is_unconditional, [])


def test_without_lint_there_is_none() -> None:
    assert read_criteria(Options({"lint": "error"}, "", []), with_lint=False).lint == "off"


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({"forbid": ["world_open_everything"]}, ["forbid[0]"]),
        ({"protect": [{"protocol": "tpc"}, {"peer": "10.0.0.300"}]}, ["protect[0].protocol", "protect[1].peer"]),
        ({"protect": "all"}, ["protect"]),
        ({"override": {}}, ["override.reason"]),
        ({"known_members": {"sg-1": ["nowhere"]}}, ["known_members.sg-1[0]"]),
        ({"lint": "maybe"}, ["lint"]),
    ],
)
def test_each_mistake_has_its_path_also_in_an_entry_of_groups(given: dict[str, Any], paths: list[str]) -> None:
    assert [mistake.path for mistake in read(**given)[1]] == paths
    assert [mistake.path for mistake in read("groups[3]", **given)[1]] == [f"groups[3].{path}" for path in paths]


def test_findings_of_the_lint_can_be_overridden_only_as_errors() -> None:
    override = {"reason": "known", "policies": ["shadowed"]}
    assert read(lint="error", override=override)[1] == []
    assert [mistake.path for mistake in read(lint="warn", override=override)[1]] == ["override.policies[0]"]
