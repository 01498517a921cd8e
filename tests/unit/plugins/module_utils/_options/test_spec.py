# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of an argument spec that modules share."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import (
    first_non_empty,
    fleet_spec,
    from_environment,
    info_spec,
    transport_spec,
)


@pytest.mark.parametrize(
    ("environment", "value"),
    [
        ({"NEW_KEY": "new", "OLD_KEY": "old"}, "new"),
        ({"NEW_KEY": "", "OLD_KEY": "old"}, "old"),
        ({"NEW_KEY": " ", "OLD_KEY": "old"}, "old"),
        ({"OLD_KEY": "old"}, "old"),
    ],
)
def test_the_first_variable_that_is_not_empty(
    environment: dict[str, str], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert first_non_empty("NEW_KEY", "OLD_KEY") == value


@pytest.mark.parametrize("environment", [{}, {"NEW_KEY": "", "OLD_KEY": ""}])
def test_no_variable_that_is_not_empty(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(AnsibleFallbackNotFound):
        first_non_empty("NEW_KEY", "OLD_KEY")


def test_an_option_with_variables() -> None:
    option = from_environment("A", "B", aliases=["also"])
    assert option == {"type": "str", "fallback": (first_non_empty, ["A", "B"]), "aliases": ["also"]}


@pytest.mark.parametrize("spec", [transport_spec(), fleet_spec(), info_spec()])
def test_each_spec_is_a_separate_dictionary(spec: dict[str, Any]) -> None:
    """Modules merge them, and may change what they get."""
    assert spec
    assert all(option["type"] in ("str", "int", "bool", "path", "list", "dict") for option in spec.values())
    assert transport_spec() is not transport_spec()
