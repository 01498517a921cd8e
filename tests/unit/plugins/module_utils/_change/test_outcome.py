# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a change in progress."""

from __future__ import annotations

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.outcome import Outcome
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan, Step
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import CallRecord
from tests.unit.plugins.word_cloud import Seen

OLD, NEW, LATER = Seen(("a",), 1), Seen(("b",), 2), Seen(("c",), 3)
PLAN = Plan(OLD, (Step("Put", {}, NEW, Guard.REPLACES_ALL),))


def outcome() -> Outcome[Seen]:
    found: Outcome[Seen] = Outcome()
    found.planned(PLAN)
    return found


def test_a_prediction() -> None:
    found = outcome()
    assert (found.before, found.after, found.changed) == (OLD, OLD, False)
    found.predicted()
    assert (found.before, found.after, found.changed) == (OLD, NEW, True)


def test_a_prediction_without_steps_changes_nothing() -> None:
    found: Outcome[Seen] = Outcome()
    found.planned(Plan(OLD))
    found.predicted()
    assert (found.after, found.changed) == (OLD, False)


def test_a_later_plan_keeps_the_state_before_the_first_write() -> None:
    found = outcome()
    found.planned(Plan(LATER))
    assert found.before == LATER  # nothing was written yet
    found.wrote(NEW)
    found.planned(Plan(NEW))
    assert (found.before, found.after) == (LATER, NEW)


def test_a_lost_write_counts_until_the_group_does_not_show_it() -> None:
    found = outcome()
    found.may_have_written()
    assert found.changed
    found.shows_no_write([CallRecord("Put", "write", "failed"), CallRecord("Look", "read", "done")])
    assert not found.changed
    found.moved()  # it was carried out late
    assert found.changed


def test_an_earlier_write_stays_a_change() -> None:
    found = outcome()
    found.shows_no_write([CallRecord("Drop", "write", "done"), CallRecord("Put", "write", "failed")])
    assert found.changed


def test_a_move_without_a_lost_write_is_not_ours() -> None:
    found = outcome()
    found.moved()
    assert not found.changed
