# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.desired_rules import (
    POSITIONS,
    VERBS,
    DesiredRules,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.edits import (
    Delete,
    Edit,
    Insert,
    Reset,
    Update,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import Rules, RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from tests.unit.plugins.strategies import rule_lists

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8", description="ssh")
BARE_SSH = SSH.identity
OTHER_SSH = SSH._replace(description="office")
DNS = Rule("accept", "udp", "53", "cidr", "10.0.0.0/8")
WEB = Rule("accept", "tcp", "443", "cidr", "0.0.0.0/0")
GIVEN = st.one_of(st.none(), rule_lists(max_size=3))


def edits(
    state: str, before: Rules, ingress: Rules | None, egress: Rules | None = None, at_top: bool = False
) -> list[Edit]:
    """The edits of a group that has these ingress rules and DNS as its egress."""
    return DesiredRules(state, at_top, ingress, egress).edits(RuleSet(before, (DNS,), "7"))


def after(found: list[Edit], before: RuleSet) -> RuleSet:
    for edit in found:
        before = edit.apply(before)
    return before


@pytest.mark.parametrize(
    ("before", "ingress", "egress", "expected"),
    [
        ((SSH,), (SSH,), None, []),
        ((SSH,), (SSH,), (DNS,), []),
        ((SSH,), (WEB,), None, [Reset((WEB,), (DNS,))]),
        ((SSH, WEB), (WEB, SSH), None, [Reset((WEB, SSH), (DNS,))]),
        ((SSH,), (BARE_SSH,), None, [Reset((BARE_SSH,), (DNS,))]),
        ((SSH,), (), None, [Delete("ingress", (0,))]),
        ((SSH, WEB), (), (WEB,), [Delete("ingress", (0, 1)), Reset((), (WEB,))]),
        ((SSH,), (), (), [Reset((), ())]),
        ((), (), (), [Delete("egress", (0,))]),
    ],
)
def test_replaced(before: Rules, ingress: Rules | None, egress: Rules | None, expected: list[Edit]) -> None:
    assert edits("replaced", before, ingress, egress) == expected


@pytest.mark.parametrize(
    ("before", "ingress", "at_top", "expected"),
    [
        ((SSH,), (SSH,), False, []),
        ((SSH,), (BARE_SSH,), False, []),
        ((SSH,), (OTHER_SSH,), False, [Update("ingress", 0, OTHER_SSH)]),
        ((SSH, OTHER_SSH), (OTHER_SSH,), False, []),
        ((SSH,), (WEB,), False, [Insert("ingress", (WEB,), False, 1)]),
        ((SSH,), (WEB, SSH, DNS), True, [Insert("ingress", (WEB, DNS), True, 1)]),
        ((WEB, SSH), (OTHER_SSH, DNS), False, [Update("ingress", 1, OTHER_SSH), Insert("ingress", (DNS,), False, 2)]),
        ((SSH,), (), False, []),
    ],
)
def test_merged(before: Rules, ingress: Rules, at_top: bool, expected: list[Edit]) -> None:
    assert edits("merged", before, ingress, at_top=at_top) == expected


@pytest.mark.parametrize(
    ("before", "ingress", "expected"),
    [
        ((SSH, WEB), (SSH,), [Delete("ingress", (0,))]),
        ((SSH, WEB), (BARE_SSH,), [Delete("ingress", (0,))]),
        ((SSH, OTHER_SSH), (BARE_SSH,), [Delete("ingress", (0, 1))]),
        ((SSH, OTHER_SSH), (OTHER_SSH,), [Delete("ingress", (1,))]),
        ((SSH,), (OTHER_SSH,), []),
        ((SSH,), (), []),
    ],
)
def test_deleted(before: Rules, ingress: Rules, expected: list[Edit]) -> None:
    assert edits("deleted", before, ingress) == expected


@pytest.mark.parametrize("state", VERBS)
@given(rule_lists(), rule_lists(), GIVEN, GIVEN, st.booleans())
def test_a_second_run_has_nothing_to_do(
    state: str, present: Rules, egress: Rules, ingress: Rules | None, other: Rules | None, at_top: bool
) -> None:
    before = RuleSet(present, egress, "7")
    desired = DesiredRules(state, at_top, ingress, other)
    reached = after(desired.edits(before), before)
    assert desired.edits(reached) == []


@pytest.mark.parametrize("state", VERBS)
@given(rule_lists(), rule_lists(), rule_lists())
def test_a_direction_that_is_not_given_stays_as_it_is(
    state: str, present: Rules, egress: Rules, ingress: Rules
) -> None:
    before = RuleSet(present, egress, "7")
    assert after(DesiredRules(state, False, ingress, None).edits(before), before).egress == egress


@given(rule_lists(), rule_lists())
def test_a_merge_loses_no_rule(present: Rules, ingress: Rules) -> None:
    before = RuleSet(present, (), "7")
    for position in POSITIONS:
        merged = after(DesiredRules("merged", position == "top", ingress, None).edits(before), before).ingress
        assert {rule.identity for rule in merged} == {rule.identity for rule in present + ingress}


def test_a_direction_that_is_empty_is_given() -> None:
    assert DesiredRules("replaced", False, (), None).given() == [("ingress", ())]
    assert DesiredRules("replaced", False, None, (DNS,)).given() == [("egress", (DNS,))]
