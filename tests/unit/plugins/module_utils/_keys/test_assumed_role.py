# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles in options and variables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.assumed_role import (
    SESSION_NAME,
    AssumedRole,
    role_option,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options

VARIABLES = {
    "role_arn": ("ROLE_ARN",),
    "session_name": ("SESSION_NAME",),
    "duration_seconds": ("SECONDS",),
    "external_id": (),
    "policy": (),
}


def read(given: Any) -> tuple[AssumedRole | None, list[str]]:
    options = Options({"assume_role": given}, "", [])
    return role_option(options, VARIABLES, 900), [mistake.path for mistake in options.mistakes]


@pytest.mark.parametrize("given", [None, "", {}, {"role_arn": ""}, {"role_arn": " ", "policy": {}}])
def test_no_role(given: Any) -> None:
    assert read(given) == (None, [])


def test_a_role_alone() -> None:
    assert read({"role_arn": "arn"}) == (AssumedRole("arn", SESSION_NAME), [])


def test_a_whole_role() -> None:
    given = {"role_arn": "arn", "session_name": "n@1", "duration_seconds": "900", "external_id": 7, "policy": "{}"}
    assert read(given) == (AssumedRole("arn", "n@1", 900, "7", "{}"), [])


@pytest.mark.parametrize("policy", ['{"a":["b c"]}', {"a": ["b c"]}])
def test_a_policy_as_text_and_as_yaml(policy: Any) -> None:
    role, mistakes = read({"role_arn": "arn", "policy": policy})
    assert role is not None
    assert (json.loads(role.policy), mistakes) == ({"a": ["b c"]}, [])


def test_variables_replace_single_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLE_ARN", "from-the-environment")
    monkeypatch.setenv("SESSION_NAME", "there")
    assert read(None) == (AssumedRole("from-the-environment", "there"), [])
    assert read({"session_name": "here"}) == (AssumedRole("from-the-environment", "here"), [])
    monkeypatch.delenv("ROLE_ARN")
    assert read(None) == (None, [])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("arn", "assume_role"),
        ({"policy": {"a": 1}}, "assume_role.role_arn"),
        ({"session_name": "x1"}, "assume_role.role_arn"),
        ({"role_arn": "a", "name": "x"}, "assume_role.name"),
        ({"role_arn": "a", "session_name": "x"}, "assume_role.session_name"),
        ({"role_arn": "a", "session_name": "ünïcode"}, "assume_role.session_name"),
        ({"role_arn": "a", "duration_seconds": 899}, "assume_role.duration_seconds"),
        ({"role_arn": "a", "duration_seconds": "1h"}, "assume_role.duration_seconds"),
    ],
)
def test_mistakes(given: Any, path: str) -> None:
    assert read(given)[1] == [path]
