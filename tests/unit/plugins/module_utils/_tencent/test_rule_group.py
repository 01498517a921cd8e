# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laws for the plans of a group's rules, on both APIs, tested with the effect of the calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.converge import converge
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError, Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import (
    HttpRequest,
    NotSent,
    ResponseLost,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import Api20
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import DIALECT as DIALECT_3_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.desired_rules import DesiredRules
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_api import RuleApi
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_group import RuleGroup
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_input import UnsupportedRule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import Rules, RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import DIRECTIONS, Rule
from tests.unit.plugins.fakes import talk
from tests.unit.plugins.rule_services import carry_out_2_0, carry_out_3_0
from tests.unit.plugins.strategies import rule_lists

RESETS = ("ModifySecurityGroupPolicies", "ModifySecurityGroupPolicys")
SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8", description="ssh")
DNS = Rule("accept", "udp", "53", "cidr", "10.0.0.0/8")
WEB = Rule("accept", "tcp", "80,443", "cidr", "0.0.0.0/0")


@dataclass(frozen=True)
class Api:
    """One API, and the effect of its calls."""

    name: str
    rules: RuleApi
    carry_out: Callable[[str, Any, RuleSet, str], RuleSet]

    def __repr__(self) -> str:
        return self.name


API_3_0 = Api("3.0", Api30(), carry_out_3_0)
API_2_0 = Api("2.0", Api20(), carry_out_2_0)
both_apis = pytest.mark.parametrize("api", [API_3_0, API_2_0], ids=repr)


def group_of(api: Api, wanted: DesiredRules, expected_version: str = "") -> RuleGroup:
    return RuleGroup("sg-1", "ap-guangzhou", wanted, api.rules, expected_version)


def planned(api: Api, wanted: DesiredRules, before: RuleSet) -> Plan[RuleSet]:
    return group_of(api, wanted).plan(before)


@st.composite
def lists_of(draw: st.DrawFn, pool: Rules, twins: bool) -> Rules:
    """Rules from the pool in some order, some with another description; duplicates only differ in the description."""
    picked = [rule for rule in draw(st.permutations(pool)) if draw(st.booleans())]
    rules = tuple(rule._replace(description=draw(st.sampled_from(["", "x", rule.description]))) for rule in picked)
    if twins and rules and draw(st.booleans()):
        rules = (*rules, draw(st.sampled_from(rules))._replace(description="twin"))
    return rules


@st.composite
def situations(draw: st.DrawFn, api: str, state: str) -> tuple[DesiredRules, RuleSet]:
    """The desired rules, and an initial group that has some of them already."""
    pool = draw(rule_lists(api, max_size=4))
    given_lists = [draw(st.one_of(st.none(), lists_of(pool, twins=False))) for dummy in DIRECTIONS]
    if given_lists == [None, None]:
        given_lists[draw(st.integers(0, 1))] = ()
    wanted = DesiredRules(state, draw(st.booleans()), given_lists[0], given_lists[1])
    present = [draw(lists_of(pool, twins=True)) for dummy in DIRECTIONS]
    return wanted, RuleSet(present[0], present[1], draw(st.sampled_from([None, "0", "7"])))


def check_laws(api: Api, wanted: DesiredRules, before: RuleSet) -> RuleSet:
    """Check what holds for every plan. Returns the resulting rules."""
    plan = planned(api, wanted, before)
    for absent in ("keep", "clear"):
        rules = before
        for step in plan.steps:
            rules = api.carry_out(step.action, step.parameters, rules, absent)
            assert rules == step.after
    assert plan.after == (plan.steps[-1].after if plan.steps else before)
    assert planned(api, wanted, plan.after).steps == ()
    for direction in DIRECTIONS:
        if wanted.ingress is None and direction == "ingress" or wanted.egress is None and direction == "egress":
            assert plan.after.of(direction) == before.of(direction)
    for step, state in zip(plan.steps, plan.states(), strict=False):
        check_lock(wanted, step.action, step.parameters, step.guard, state)
    return plan.after


@pytest.mark.parametrize(
    ("ingress", "egress", "partial"),
    [((), (DNS,), True), ((DNS,), (), True), ((DNS,), (WEB,), False), ((), (), False), (None, (WEB,), False)],
)
def test_a_reset_of_a_part(ingress: Rules | None, egress: Rules, partial: bool) -> None:
    """It omits the direction that will be empty."""
    before = RuleSet((SSH,), (SSH,), "7")
    last = planned(API_3_0, DesiredRules("replaced", False, ingress, egress), before).steps[-1]
    assert last.action == "ModifySecurityGroupPolicies"
    assert (last.guard is Guard.REPLACES_PART) is partial


def check_lock(wanted: DesiredRules, action: str, parameters: Any, guard: Guard, state: RuleSet) -> None:
    version = parameters.get("version", parameters.get("SecurityGroupPolicySet", {}).get("Version"))
    if action in RESETS:
        assert guard.replaces
        assert version in (None, "0")
        assert version is None or (wanted.state, wanted.ingress, wanted.egress) == ("replaced", (), ())
    else:
        lockable = state.version not in (None, "0")
        assert version == (state.version if lockable else None)
        assert (guard is Guard.VERSION) == lockable
        assert guard.confirm_first == (not lockable)


@both_apis
@given(data=st.data())
def test_replaced(api: Api, data: st.DataObject) -> None:
    wanted, before = data.draw(situations(api.name, "replaced"))
    after = check_laws(api, wanted, before)
    for direction, rules in wanted.given():
        assert after.of(direction) == rules


@both_apis
@given(data=st.data())
def test_merged(api: Api, data: st.DataObject) -> None:
    wanted, before = data.draw(situations(api.name, "merged"))
    after = check_laws(api, wanted, before)
    for direction, rules in wanted.given():
        present, found = before.of(direction), after.of(direction)
        places = [rule.identity for rule in present]
        missing = [rule for rule in rules if rule.identity not in places]
        kept = found[len(missing) :] if wanted.at_top else found[: len(present)]
        added = found[: len(missing)] if wanted.at_top else found[len(present) :]
        assert list(added) == missing
        assert [rule.identity for rule in kept] == places
        named = {rule.identity: rule.description for rule in rules}
        for old, new in zip(present, kept, strict=True):
            assert new.description in (old.description, named.get(old.identity) or old.description)
        for rule in rules:
            assert rule in found if rule.description else rule.identity in {other.identity for other in found}


@both_apis
@given(data=st.data())
def test_deleted(api: Api, data: st.DataObject) -> None:
    wanted, before = data.draw(situations(api.name, "deleted"))
    after = check_laws(api, wanted, before)
    for direction, rules in wanted.given():
        matched = [
            rule
            for rule in before.of(direction)
            if any(rule.identity == given.identity and given.description in ("", rule.description) for given in rules)
        ]
        assert after.of(direction) == tuple(rule for rule in before.of(direction) if rule not in matched)


def replaced(ingress: Rules | None = None, egress: Rules | None = None) -> DesiredRules:
    return DesiredRules("replaced", False, ingress, egress)


# The desired rules for a group with an ingress rule SSH and an egress rule DNS, and the required actions.
ACTIONS_3_0 = [
    (replaced((WEB,)), ["ModifySecurityGroupPolicies"]),
    (replaced((WEB,), (WEB,)), ["ModifySecurityGroupPolicies"]),
    (replaced((), ()), ["ModifySecurityGroupPolicies"]),
    (replaced(()), ["DeleteSecurityGroupPolicies"]),
    (replaced((), (WEB,)), ["DeleteSecurityGroupPolicies", "ModifySecurityGroupPolicies"]),
    (replaced((), (DNS,)), ["DeleteSecurityGroupPolicies"]),
    (replaced((SSH,), (DNS,)), []),
    (DesiredRules("merged", False, (SSH, WEB), None), ["CreateSecurityGroupPolicies"]),
    (DesiredRules("merged", False, (SSH._replace(description="new"),), None), ["ReplaceSecurityGroupPolicy"]),
    (DesiredRules("merged", False, (SSH._replace(description=""),), (DNS,)), []),
    (DesiredRules("deleted", False, (SSH,), (SSH, DNS)), ["DeleteSecurityGroupPolicies"] * 2),
    (DesiredRules("deleted", False, (SSH._replace(description="other"),), None), []),
]
ACTIONS_2_0 = [
    (replaced((WEB,)), ["ModifySecurityGroupPolicys"]),
    (replaced((), ()), ["DeleteSecurityGroupPolicy"] * 2),
    (replaced(()), ["DeleteSecurityGroupPolicy"]),
    (replaced((), (WEB,)), ["DeleteSecurityGroupPolicy", "ModifySecurityGroupPolicys"]),
    (DesiredRules("merged", True, (WEB,), None), ["CreateSecurityGroupPolicy"]),
    (DesiredRules("merged", False, (SSH._replace(description="new"),), None), ["ModifySingleSecurityGroupPolicy"]),
]


@pytest.mark.parametrize(
    ("api", "wanted", "actions"),
    [(API_3_0, *case) for case in ACTIONS_3_0] + [(API_2_0, *case) for case in ACTIONS_2_0],
)
@pytest.mark.parametrize("version", [None, "0", "7"])
def test_actions(api: Api, wanted: DesiredRules, actions: list[str], version: str | None) -> None:
    plan = planned(api, wanted, RuleSet((SSH,), (DNS,), version))
    assert [step.action for step in plan.steps] == actions


def test_a_replacement_sends_the_other_direction_as_it_is() -> None:
    (step,) = planned(API_3_0, replaced((WEB,)), RuleSet((SSH,), (DNS,), "7")).steps
    assert [rule["Port"] for rule in step.parameters["SecurityGroupPolicySet"]["Egress"]] == ["53"]


@pytest.mark.parametrize(
    ("state", "expected_version", "may_replan"),
    [("replaced", "", False), ("merged", "", True), ("deleted", "", True), ("merged", "7", False)],
)
def test_who_may_replan(state: str, expected_version: str, may_replan: bool) -> None:
    assert group_of(API_3_0, DesiredRules(state, False, (), None), expected_version).may_replan is may_replan


@pytest.mark.parametrize("version", ["7", None, "0"])
def test_another_version_than_the_expected_one_is_a_conflict(version: str | None) -> None:
    group = group_of(API_3_0, replaced((WEB,)), "8")
    plan = group.plan(RuleSet((SSH,), (), version))
    with pytest.raises(CloudError, match="not the expected version 8") as caught:
        group.check(plan, talk([]).client)
    assert caught.value.kind == "conflict"
    assert caught.value.details["theirs"]["version"] == version


@pytest.mark.parametrize("expected_version", ["", "7"])
def test_the_expected_version_is_not_a_conflict(expected_version: str) -> None:
    group = group_of(API_3_0, replaced((WEB,)), expected_version)
    group.check(group.plan(RuleSet((SSH,), (), "7")), talk([]).client)


@both_apis
def test_reading(api: Api) -> None:
    answer = {"SecurityGroupPolicySet": {"Version": "7", "Ingress": []}, "data": {"version": 7}}
    client = talk([answer]).client
    assert group_of(api, replaced(())).read(client) == RuleSet((), (), "7")
    (record,) = client.records
    assert (record.action, record.effect, record.status) == (api.rules.read_action, "read", "done")


GRE = Rule("accept", "gre", "all", "cidr", "10.0.0.0/8")
GRE_ON_2_0 = UnsupportedRule(GRE, Mistake("ingress[0].protocol", "gre cannot be expressed with API 2.0"))


def with_gre(state: str, *rules: Rule) -> RuleGroup:
    """A group of API 2.0 whose first desired rule of ingress is GRE."""
    group = group_of(API_2_0, DesiredRules(state, False, rules, None))
    group.unsupported = {"ingress": [GRE_ON_2_0]}
    return group


@pytest.mark.parametrize("state", ["replaced", "merged", "deleted"])
def test_a_rule_that_the_api_cannot_write_can_stay(state: str) -> None:
    before = RuleSet((GRE,), (DNS,), "7")
    steps = with_gre(state, GRE).plan(before).steps
    assert [step.action for step in steps] == (["DeleteSecurityGroupPolicy"] if state == "deleted" else [])
    merged = with_gre("merged", GRE, SSH).plan(before).steps
    assert [step.action for step in merged] == ["CreateSecurityGroupPolicy"]


@pytest.mark.parametrize(
    ("state", "rules", "before"),
    [
        ("replaced", (GRE,), RuleSet((), (), "7")),
        ("merged", (GRE,), RuleSet((SSH,), (), "7")),
        ("replaced", (GRE, SSH), RuleSet((GRE,), (), "7")),
    ],
)
def test_a_rule_that_the_api_cannot_write_is_a_mistake_where_it_would_be_written(
    state: str, rules: Rules, before: RuleSet
) -> None:
    with pytest.raises(CloudError, match="gre cannot be expressed") as caught:
        with_gre(state, *rules).plan(before)
    assert caught.value.kind == "invalid_input"
    assert caught.value.as_result()["errors"] == [
        {"path": GRE_ON_2_0.mistake.path, "message": GRE_ON_2_0.mistake.message}
    ]


def test_an_unsupported_rule_is_a_mistake_if_the_group_cannot_be_read() -> None:
    with pytest.raises(CloudError, match="gre cannot be expressed .* could not be read .*: no such host") as caught:
        with_gre("replaced", GRE).read(talk([NotSent("no such host", final=True)]).client)
    assert caught.value.kind == "invalid_input"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (RuleSet((SSH,), (DNS,), "8"), ""),
        (
            RuleSet((SSH._replace(description="s"),), (DNS,), "8"),
            "ingress[0].description was written as 'ssh' and read back as 's'",
        ),
        (
            RuleSet((SSH._replace(description=""),), (), "8"),
            "ingress[0].description was written as 'ssh' and read back as None; egress has 0 rules instead of 1",
        ),
        (
            RuleSet((SSH,), (DNS._replace(port="54", action="drop"),), "8"),
            "egress[0].action was written as 'accept' and read back as 'drop', "
            "egress[0].port was written as '53' and read back as '54'",
        ),
    ],
)
def test_a_discrepancy_names_rule_field_and_both_values(found: RuleSet, words: str) -> None:
    assert RuleSet((SSH,), (DNS,), "7").discrepancy(found) == words


def test_the_purpose_in_words() -> None:
    group = group_of(API_3_0, DesiredRules("merged", False, (), None))
    assert group.purpose == "merge rules of security group sg-1 in ap-guangzhou"


def test_the_expected_version_is_that_before_our_own_first_step() -> None:
    """The response to the second of two calls is lost, and the call was not carried out."""
    server = {"rules": RuleSet((SSH,), (DNS,), "7"), "lost": False}

    def handle(request: HttpRequest) -> Any:
        call = json.loads(request.body)
        rules = server["rules"]
        assert isinstance(rules, RuleSet)
        if call["action"] == "ModifySecurityGroupPolicies" and not server["lost"]:
            server["lost"] = True
            return ResponseLost("reset")
        if call["action"] in RESETS or call["action"].startswith("Delete"):
            rules = server["rules"] = carry_out_3_0(call["action"], call["parameters"], rules)
        listed = {d.capitalize(): [DIALECT_3_0.to_api(rule) for rule in rules.of(d)] for d in DIRECTIONS}
        return {"SecurityGroupPolicySet": {**listed, "Version": rules.version}}

    group = group_of(API_3_0, replaced((), (WEB,)), "7")
    outcome = converge(group, talk(repeat(handle)).client, check_mode=False)
    assert outcome.error is None
    assert server["rules"] == RuleSet((), (WEB,), "9")
    assert outcome.before == RuleSet((SSH,), (DNS,), "7")
