# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans, and the protection of each of their writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan, Step, stages
from tests.unit.plugins.word_cloud import Seen

ARCHITECTURE = Path(__file__).parents[5] / "docs" / "architecture.md"
# Guard, "Confirmed first" and "After a lost response" of the table.
ROW = re.compile(r"^\| `([A-Z_]+)` \|[^|]*\| (yes|no) \| ([^|]*) \|", re.MULTILINE)
TABLE = {name: (confirmed == "yes", lost) for name, confirmed, lost in ROW.findall(ARCHITECTURE.read_text("utf-8"))}


@pytest.mark.parametrize("guard", Guard, ids=lambda guard: guard.name)
def test_guards_match_the_architecture_page(guard: Guard) -> None:
    confirmed, lost = TABLE[guard.name]
    assert guard.confirm_first is confirmed
    assert guard.repeatable is (lost == "repeated with the same token")
    assert guard.repeat_if_unseen is (lost != "never repeated")


@pytest.mark.parametrize(
    ("guard", "by_position", "may_hit_another_rule", "replaces"),
    [
        (Guard.TOKEN, False, False, ""),
        (Guard.VERSION, True, False, ""),
        (Guard.ADDS_AT_POSITION, True, True, ""),
        (Guard.AT_POSITION, True, True, ""),
        (Guard.REPLACES_ALL, False, False, "all"),
        (Guard.REPLACES_PART, False, False, "part"),
    ],
)
def test_permitted_effects_of_a_guarded_call(
    guard: Guard, by_position: bool, may_hit_another_rule: bool, replaces: str
) -> None:
    assert guard.by_position is by_position
    assert guard.may_hit_another_rule is may_hit_another_rule
    assert guard.replaces == replaces


START, MIDDLE, END = Seen((), 1), Seen(("a",), 2), Seen(("a", "b"), 3)
PLAN = Plan(START, (Step("First", {}, MIDDLE, Guard.VERSION), Step("Second", {}, END, Guard.AT_POSITION)))


def test_a_plan() -> None:
    assert (PLAN.after, PLAN.states()) == (END, [START, MIDDLE, END])
    assert PLAN.guards() == [Guard.VERSION, Guard.AT_POSITION]
    assert PLAN.differences(MIDDLE) == {
        name: state.as_result() for name, state in zip(("base", "theirs", "ours"), (START, MIDDLE, END), strict=True)
    }


def test_a_plan_without_steps_ends_where_it_begins() -> None:
    plan: Plan[Seen] = Plan(START)
    assert (plan.after, plan.states(), stages(plan)) == (START, [START], [])


def test_stages() -> None:
    first, second = stages(PLAN)
    assert (first.step.action, first.stale, first.expected) == ("First", [], START)
    assert [step.action for step in first.remaining] == ["Second"]
    assert (first.earlier_hit_uncertain, first.hit_uncertain) == (False, False)
    assert (second.step.action, second.stale, second.expected, second.remaining) == ("Second", [START], MIDDLE, ())
    assert (second.earlier_hit_uncertain, second.hit_uncertain) == (False, True)


def test_equal_steps_are_different_stages() -> None:
    """A stage is identified by its number, because two calls may have the same parameters and result."""
    step = Step("Same", {}, MIDDLE, Guard.AT_POSITION)
    first, second = stages(Plan(START, (step, step)))
    assert (len(first.remaining), len(second.remaining)) == (1, 0)
    assert (first.earlier_hit_uncertain, second.earlier_hit_uncertain) == (False, True)
