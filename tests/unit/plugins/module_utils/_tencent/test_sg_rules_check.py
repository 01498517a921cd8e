# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import OptionProblems
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules import rules_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules_check import (
    PresentGroup,
    RulesCheckModule,
    check_spec,
)
from tests.unit.plugins.fakes import talk

SSH = {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8"}
SSH_RULE = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")
IPV6 = {"action": "accept", "protocol": "all", "port": "all", "ipv6_cidr": "2001:db8::/32"}


def group(present: Any, api: str = "3.0", **given: Any) -> tuple[PresentGroup, list[str]]:
    """The group, and the paths of the mistakes."""
    problems = OptionProblems()
    whole = {"security_group_id": "sg-1", "ingress": [SSH], "present": present, **given}
    found = RulesCheckModule(api).group(Options(whole, "", problems.mistakes), "ap-guangzhou", problems)
    return found, [mistake.path for mistake in problems.mistakes]


def read(found: PresentGroup) -> RuleSet:
    spoken = talk([])
    state = found.read(spoken.client)
    assert spoken.transport.requests == []
    return state


def test_the_options_of_a_group_are_those_of_the_module_that_writes() -> None:
    assert rules_spec().items() <= check_spec().items()
    assert set(RulesCheckModule.own_options) <= set(check_spec())
    assert not {"secret_id", "secret_key", "endpoint"} & set(check_spec())


@pytest.mark.parametrize(
    ("present", "state"),
    [
        (None, RuleSet((), (), None)),
        ({}, RuleSet((), (), None)),
        ({"ingress": [SSH]}, RuleSet((SSH_RULE,), (), None)),
        ({"ingress": [], "egress": [SSH], "version": "7"}, RuleSet((), (SSH_RULE,), "7")),
        ({"version": 12}, RuleSet((), (), "12")),
    ],
)
def test_the_current_rules_are_those_given_and_nothing_is_sent(present: Any, state: RuleSet) -> None:
    found, mistakes = group(present)
    assert (read(found), mistakes) == (state, [])


def test_the_form_of_results_can_be_given_back() -> None:
    state = RuleSet((SSH_RULE,), (SSH_RULE._replace(description="x"),), "7")
    assert read(group(state.as_result())[0]) == state


@pytest.mark.parametrize(
    ("present", "paths"),
    [
        ("x", ["present"]),
        ({"ingress": "x"}, ["present.ingress"]),
        ({"ingress": [{**SSH, "port": "x"}], "egress": [{}]}, ["present.ingress[0].port", "present.egress[0].action"]),
        ({"rules": []}, ["present.rules"]),
    ],
)
def test_every_mistake_in_the_current_rules_has_its_path(present: Any, paths: list[str]) -> None:
    assert group(present)[1] == paths


def test_a_group_may_have_rules_that_the_api_cannot_write() -> None:
    found, mistakes = group({"ingress": [IPV6]}, "2.0", ingress=[IPV6])
    assert mistakes == []
    assert found.plan(read(found)).steps == ()


@pytest.mark.parametrize(
    ("api", "action"), [("3.0", "ModifySecurityGroupPolicies"), ("2.0", "ModifySecurityGroupPolicys")]
)
def test_the_calls_that_a_run_would_make_are_part_of_the_result(api: str, action: str) -> None:
    found, dummy = group(None, api)
    plan = found.plan(read(found))
    (request,) = found.extra_results(plan)["requests"]
    assert (request["action"], request["parameters"]) == (action, plan.steps[0].parameters)


def test_two_groups_do_not_share_their_rules() -> None:
    first, second = group({"ingress": [SSH]})[0], group(None)[0]
    assert read(first).ingress == (SSH_RULE,)
    assert read(second).ingress == ()
