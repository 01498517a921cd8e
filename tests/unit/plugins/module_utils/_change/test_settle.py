# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes whose responses were lost, under each guard."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.outcome import Outcome
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan, Stage, Step
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.reading import Reader
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.settle import settle
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import CallRecord
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from tests.unit.plugins.word_cloud import Overwriting, Seen, WordCloud

BEFORE, AFTER = Seen(("a", "b"), 7), Seen(("c",), 8)
LOST = CloudError("timeout", "no response", action="Put", had_no_effect=False)


class Case:
    """One write under a guard, after which the group has these words."""

    def __init__(self, guard: Guard, *words: str, version: int, may_replan: bool = False) -> None:
        self.client = WordCloud(words, version).speak().client
        self.client.records.append(CallRecord("Put", "write", "failed", attempts=1))
        self.outcome: Outcome[Seen] = Outcome()
        group = Overwriting(("c",))
        group.may_replan = may_replan
        self.reader = Reader(group, self.client, self.outcome)
        self.stage = Stage(Plan(BEFORE, (Step("Put", {}, AFTER, guard),)), 0)

    def error(self) -> CloudError:
        with pytest.raises(CloudError) as caught:
            settle(self.stage, self.reader, LOST)
        return caught.value


@pytest.mark.parametrize("guard", Guard, ids=lambda guard: guard.name)
def test_a_write_visible_in_the_group_is_done(guard: Guard) -> None:
    case = Case(guard, "c", version=8)
    settle(case.stage, case.reader, LOST)
    assert case.client.records[0].status == "done"
    assert case.outcome.changed


@pytest.mark.parametrize("guard", [guard for guard in Guard if guard.repeat_if_unseen], ids=lambda guard: guard.name)
def test_a_write_without_effect_may_be_repeated(guard: Guard) -> None:
    case = Case(guard, "a", "b", version=7)
    error = case.error()
    assert (error.kind, error.had_no_effect, error.replan) == ("timeout", True, True)
    assert not case.outcome.changed


def test_a_change_by_position_is_never_made_again() -> None:
    case = Case(Guard.AT_POSITION, "a", "b", version=7, may_replan=True)
    error = case.error()
    assert (error.kind, error.replan) == ("outcome_unknown", False)
    assert "repeating it would not be safe" in error.reason
    assert case.outcome.changed


@pytest.mark.parametrize(
    ("guard", "may_replan", "replan"),
    [
        (Guard.REPLACES_ALL, False, False),
        (Guard.VERSION, True, True),
        (Guard.TOKEN, True, True),
        (Guard.ADDS_AT_POSITION, True, False),
    ],
)
def test_an_unexpected_state_leaves_the_outcome_unknown(guard: Guard, may_replan: bool, replan: bool) -> None:
    error = Case(guard, "x", version=9, may_replan=may_replan).error()
    assert (error.kind, error.replan) == ("outcome_unknown", replan)
    assert error.details["theirs"]["words"] == ["x"]


def test_after_an_unknown_code_nothing_is_started_again() -> None:
    case = Case(Guard.REPLACES_ALL, "a", "b", version=7)
    unknown = CloudError("protocol", "NewCode: no", "NewCode", had_no_effect=False)
    with pytest.raises(CloudError) as caught:
        settle(case.stage, case.reader, unknown)
    assert not caught.value.replan
    assert "unknown error code" in caught.value.reason
