# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.inner_access import InnerAccessGroup
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sg_policy import (
    OWN_OPTIONS,
    PolicyModule,
    inner_access_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import OptionProblems
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options


def group(**given: Any) -> tuple[InnerAccessGroup, list[str]]:
    """The group, and the paths of the mistakes."""
    problems = OptionProblems()
    whole = {"security_group_id": "sg-1", "inner_access_policy": "drop", **given}
    found = PolicyModule().group(Options(whole, "", problems.mistakes), "cn-hangzhou", problems)
    return found, [mistake.path for mistake in problems.mistakes]


def test_every_option_of_a_group_is_in_the_spec_with_its_aliases() -> None:
    spec = inner_access_spec()
    assert set(spec) == set(PolicyModule.own_options)
    aliases = {name: tuple(spec[name].get("aliases", ())) for name in OWN_OPTIONS}
    assert aliases == dict(OWN_OPTIONS)


def test_a_users_client_token_is_not_a_secret() -> None:
    assert inner_access_spec()["client_token"]["no_log"] is False


@pytest.mark.parametrize(
    ("given", "desired"),
    [({}, "drop"), ({"inner_access_policy": "Accept"}, "accept"), ({"inner_access_policy": " DROP "}, "drop")],
)
def test_a_group_has_the_desired_policy(given: dict[str, Any], desired: str) -> None:
    found, mistakes = group(client_token="mine", **given)
    assert (found.security_group_id, found.region, found.desired) == ("sg-1", "cn-hangzhou", desired)
    assert (found.client_token, mistakes) == ("mine", [])


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({"security_group_id": ""}, ["security_group_id"]),
        ({"security_group_id": "sg-1,sg-2"}, ["security_group_id"]),
        ({"security_group_id": "['sg-1', 'sg-2']"}, ["security_group_id"]),
        ({"inner_access_policy": None}, ["inner_access_policy"]),
        ({"inner_access_policy": "reject"}, ["inner_access_policy"]),
        ({"client_token": "ä"}, ["client_token"]),
        ({"client_token": "x" * 65}, ["client_token"]),
        ({"forbid": ["nonsense"]}, ["forbid[0]"]),
        ({"known_members": {"sg-1": "x"}}, ["known_members.sg-1"]),
        (
            {"security_group_id": None, "inner_access_policy": "x", "client_token": "ä"},
            ["security_group_id", "inner_access_policy", "client_token"],
        ),
    ],
)
def test_every_mistake_is_recorded_with_its_path(given: dict[str, Any], paths: list[str]) -> None:
    assert group(**given)[1] == paths


def test_policies_judge_the_change_and_lint_does_not() -> None:
    found, mistakes = group(protect=[{"peer": "self"}])
    assert mistakes == []
    assert found.criteria.policies
    assert found.criteria.policies.policies[0].flow.peers == ("self",)
    assert found.criteria.lint == "off"
