# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environment variables, which controllers can set to an empty text."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.environment import (
    from_variables,
    unset_variables,
)


@pytest.mark.parametrize(
    ("variables", "value"),
    [
        ({}, ""),
        ({"A": "1", "B": "2"}, "1"),
        ({"A": "", "B": "2"}, "2"),
        ({"A": " \n", "B": " 2 "}, "2"),
        ({"B": ""}, ""),
    ],
)
def test_the_first_variable_with_a_value_wins(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], value: str
) -> None:
    for name in ("A", "B"):
        monkeypatch.delenv(name, raising=False)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    assert from_variables(("A", "B")) == value


def test_variables_that_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FULL", "x")
    monkeypatch.setenv("BLANK", " ")
    assert unset_variables(["FULL"]) == ""
    assert unset_variables(["FULL", "BLANK"]) == "BLANK is not set, or empty"
    assert unset_variables(["FULL", "BLANK", "ABSENT"]) == "BLANK, ABSENT are not set, or empty"
