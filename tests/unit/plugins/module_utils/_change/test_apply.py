# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that are executed step by step."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.apply import apply
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.outcome import Outcome
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan, Step
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from tests.unit.plugins.word_cloud import Overwriting, Seen, WordCloud, refused, somebody_puts

BEFORE, MIDDLE, AFTER = Seen(("a", "b"), 7), Seen((), 8), Seen(("c",), 9)


def two_steps(first: Guard, second: Guard) -> Plan[Seen]:
    return Plan(BEFORE, (Step("Drop", {}, MIDDLE, first), Step("Put", {"words": ["c"]}, AFTER, second)))


def run(cloud: WordCloud, plan: Plan[Seen]) -> tuple[CloudError | None, list[tuple[str, str]], Outcome[Seen]]:
    client = cloud.speak().client
    outcome: Outcome[Seen] = Outcome()
    outcome.planned(plan)
    error = None
    try:
        apply(Overwriting(("c",)), plan, client, outcome)
    except CloudError as caught:
        error = caught
    return error, [(record.action, record.status) for record in client.records], outcome


@pytest.mark.parametrize(
    ("first", "second", "calls"),
    [
        (Guard.VERSION, Guard.VERSION, ["Drop", "Put", "Look"]),
        (Guard.VERSION, Guard.REPLACES_ALL, ["Drop", "Look", "Put", "Look"]),
        (Guard.AT_POSITION, Guard.REPLACES_ALL, ["Look", "Drop", "Look", "Put", "Look"]),
    ],
)
def test_unprotected_calls_are_confirmed_first(first: Guard, second: Guard, calls: list[str]) -> None:
    error, records, outcome = run(WordCloud(), two_steps(first, second))
    assert error is None
    assert [action for action, dummy in records] == calls
    assert (outcome.changed, outcome.after) == (True, AFTER)


def test_a_change_of_another_writer_stops_an_unprotected_call() -> None:
    cloud = WordCloud(before={("Look", 1): somebody_puts("x")})
    error, records, outcome = run(cloud, two_steps(Guard.AT_POSITION, Guard.VERSION))
    assert error is not None
    assert (error.kind, error.replan) == ("conflict", True)
    assert error.reason.endswith("nothing was written")
    assert records == [("Look", "done"), ("Put", "not_run")]
    assert outcome.changed is False


def test_after_a_call_by_position_another_state_means_that_a_rule_may_be_lost() -> None:
    cloud = WordCloud(before={("Look", 2): somebody_puts("x")})
    error, dummy, outcome = run(cloud, two_steps(Guard.AT_POSITION, Guard.REPLACES_ALL))
    assert error is not None
    assert "may have been overwritten" in error.reason
    assert not error.replan
    assert outcome.changed


@pytest.mark.parametrize("name", ["quota", "forbidden"])
def test_a_refusal_that_no_other_writer_causes_is_passed_on(name: str) -> None:
    error, records, outcome = run(
        WordCloud(before={("Drop", 1): refused(name)}), two_steps(Guard.VERSION, Guard.VERSION)
    )
    assert error is not None
    assert error.kind in ("quota", "permission")
    assert records == [("Drop", "failed"), ("Put", "not_run")]
    assert not outcome.changed


def test_a_version_conflict_reports_the_current_state() -> None:
    cloud = WordCloud(("x",), 9, before={("Drop", 1): refused("mismatch")})
    error, dummy, outcome = run(cloud, two_steps(Guard.VERSION, Guard.VERSION))
    assert error is not None
    assert (error.kind, error.replan, error.details["theirs"]["words"]) == ("conflict", True, ["x"])
    assert not outcome.changed
