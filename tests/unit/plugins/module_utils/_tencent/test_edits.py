# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.edits import (
    Delete,
    Edit,
    Insert,
    Reset,
    Update,
    delete_all,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import Rules, RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import DIRECTIONS, Rule
from tests.unit.plugins.strategies import rule_lists, rules

A, B, C, D = (Rule("accept", "tcp", port, "cidr", "10.0.0.0/8") for port in ("1", "2", "3", "4"))
BEFORE = RuleSet((A, B), (C,), "7", first_index=1)

# An edit, the rules after it, and what its request contains in each direction.
EDITS: list[tuple[Edit, Rules, Rules, Rules, Rules]] = [
    (Reset((D,), ()), (D,), (), (D,), ()),
    (Insert("ingress", (D,), True, 2), (D, A, B), (C,), (D,), ()),
    (Insert("ingress", (D, C), False, 2), (A, B, D, C), (C,), (D, C), ()),
    (Insert("egress", (D,), True, 1), (A, B), (D, C), (), (D,)),
    (Update("ingress", 0, D), (D, B), (C,), (D,), ()),
    (Update("ingress", 1, D), (A, D), (C,), (D,), ()),
    (Update("egress", 0, D), (A, B), (D,), (), (D,)),
    (Delete("ingress", (0,)), (B,), (C,), (), ()),
    (Delete("ingress", (0, 1)), (), (C,), (), ()),
    (Delete("egress", (0,)), (A, B), (), (), ()),
]


@pytest.mark.parametrize(("edit", "ingress", "egress", "in_ingress", "in_egress"), EDITS)
def test_an_edit(edit: Edit, ingress: Rules, egress: Rules, in_ingress: Rules, in_egress: Rules) -> None:
    assert edit.apply(BEFORE) == BEFORE._replace(ingress=ingress, egress=egress)
    assert (edit.writes("ingress"), edit.writes("egress")) == (in_ingress, in_egress)


@pytest.mark.parametrize(("direction", "positions"), [("ingress", (0, 1)), ("egress", (0,))])
def test_all_rules_of_a_direction(direction: str, positions: tuple[int, ...]) -> None:
    edit = delete_all(BEFORE, direction)
    assert edit == Delete(direction, positions)
    assert edit.apply(BEFORE).of(direction) == ()


@given(rule_lists(), rule_lists(), st.sampled_from(DIRECTIONS), st.booleans())
def test_what_was_inserted_can_be_deleted(present: Rules, added: Rules, direction: str, at_top: bool) -> None:
    before = RuleSet((), (), None).with_rules(direction, present)
    inserted = Insert(direction, added, at_top, len(present)).apply(before)
    first = 0 if at_top else len(present)
    assert Delete(direction, tuple(range(first, first + len(added)))).apply(inserted) == before


@given(rule_lists().filter(bool), rules(), st.data())
def test_an_update_changes_no_other_rule(present: Rules, rule: Rule, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(present) - 1))
    changed = Update("ingress", position, rule).apply(RuleSet(present, (), None)).ingress
    assert changed[position] == rule
    assert [*changed[:position], *changed[position + 1 :]] == [*present[:position], *present[position + 1 :]]
