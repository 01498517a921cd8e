# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only way of a change, through everything that can happen to it."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.converge import ROUNDS, converge
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.fingerprint import fingerprint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.outcome import Outcome
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.reading import READS
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import CallRecord
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.clock import Deadline
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from tests.unit.plugins.word_cloud import (
    REFUSALS,
    Adding,
    DroppingFirst,
    Overwriting,
    OverwritingAPart,
    Seen,
    Twist,
    WithToken,
    WordCloud,
    WordGroup,
    lost,
    refused,
    slow,
    somebody_adds,
    somebody_puts,
    still,
)

GROUPS: list[type[WordGroup]] = [Overwriting, DroppingFirst, Adding, WithToken]
each_group = pytest.mark.parametrize("kind", GROUPS)


class Run:
    """One run with a cloud, and its outcome."""

    def __init__(
        self,
        kind: type[WordGroup],
        *wanted: str,
        cloud: WordCloud | None = None,
        check_mode: bool = False,
        refusal: CloudError | None = None,
        deadline: float = 120,
        approved: str = "",
    ) -> None:
        self.cloud = cloud or WordCloud()
        self.spoken = self.cloud.speak(deadline)
        self.group = kind(wanted, refusal)
        self.outcome: Outcome[Seen] = converge(self.group, self.spoken.client, check_mode, approved)

    @property
    def fingerprint(self) -> str:
        assert self.outcome.plan is not None
        return fingerprint(self.group, self.outcome.plan)

    @property
    def error(self) -> CloudError:
        assert self.outcome.error is not None
        return self.outcome.error

    @property
    def records(self) -> list[CallRecord]:
        return self.spoken.client.records

    def calls(self) -> list[str]:
        return [action for action, dummy in self.cloud.calls]

    def writes(self) -> list[tuple[str, str]]:
        return [(record.action, record.status) for record in self.records if record.effect == "write"]

    def check_success(self, *words: str, changed: bool = True) -> None:
        assert self.outcome.error is None
        assert self.outcome.changed is changed
        assert self.cloud.words == words
        assert self.outcome.after == Seen(self.cloud.words, self.cloud.version)


def words_in(details: dict[str, Any]) -> dict[str, Any]:
    return {name: details[name]["words"] for name in ("base", "theirs", "ours")}


@each_group
@pytest.mark.parametrize("check_mode", [False, True])
def test_nothing_to_do(kind: type[WordGroup], check_mode: bool) -> None:
    run = Run(kind, "a", "b", check_mode=check_mode)
    run.check_success("a", "b", changed=False)
    assert run.calls() == ["Look"]
    assert run.outcome.before == run.outcome.after == Seen(("a", "b"), 7)


@each_group
def test_check_mode_predicts_what_a_run_does(kind: type[WordGroup]) -> None:
    predicted = Run(kind, "a", "c", check_mode=True)
    assert predicted.calls() == ["Look"]
    assert predicted.cloud.words == ("a", "b")
    done = Run(kind, "a", "c")
    assert predicted.outcome.error is None
    assert done.outcome.error is None
    assert predicted.outcome.before == done.outcome.before
    assert predicted.outcome.after == done.outcome.after
    assert predicted.outcome.changed is done.outcome.changed is True
    assert predicted.writes() == [(action, "planned") for action, dummy in done.writes()]


@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        (Overwriting, ["Look", "Look", "Put", "Look"]),
        (DroppingFirst, ["Look", "Drop", "Look", "Put", "Look"]),
        (Adding, ["Look", "Add", "Look"]),
        (WithToken, ["Look", "Put", "Look"]),
    ],
)
def test_order_of_calls(kind: type[WordGroup], calls: list[str]) -> None:
    run = Run(kind, "b", "c")
    assert run.calls() == calls
    assert [record.action for record in run.records] == calls
    assert {record.status for record in run.records} == {"done"}
    assert run.outcome.before == Seen(("a", "b"), 7)
    run.check_success(*(("a", "b", "c") if kind is Adding else ("b", "c")))


def pause_until_the_end(deadline: Deadline, seconds: float) -> bool:
    """Sleep longer than intended, as a busy machine does."""
    deadline._clock.sleep(deadline.remaining())
    return True


@pytest.mark.parametrize(("kind", "action", "name"), [(Adding, "Add", "mismatch"), (WithToken, "Put", "burnt")])
def test_a_pause_that_lasts_until_the_deadline_does_not_hide_the_refusal(
    kind: type[WordGroup], action: str, name: str
) -> None:
    with mock.patch.object(Deadline, "pause", pause_until_the_end):
        run = Run(kind, "b", "c", cloud=WordCloud(before={(action, 1): refused(name)}))
    assert (run.error.kind, run.error.code) == ("conflict", REFUSALS[name].code)
    assert run.calls().count(action) == 1


@pytest.mark.parametrize(("kind", "action"), [(Adding, "Add"), (DroppingFirst, "Drop")])
def test_a_read_that_lasts_until_the_deadline_does_not_hide_the_lock(kind: type[WordGroup], action: str) -> None:
    cloud = WordCloud(before={(action, 1): refused("locked"), ("Look", 2): slow(120)})
    run = Run(kind, "b", "c", cloud=cloud)
    assert (run.error.kind, run.error.code) == ("conflict", REFUSALS["locked"].code)
    assert run.calls() == ["Look", action, "Look"]


@pytest.mark.parametrize(("kind", "action"), [(Overwriting, "Put"), (Adding, "Add"), (WithToken, "Put")])
def test_a_refused_write(kind: type[WordGroup], action: str) -> None:
    run = Run(kind, "c", cloud=WordCloud(before={(action, 1): refused("quota")}))
    assert (run.error.kind, run.error.code, run.error.request_id) == ("quota", "LimitExceeded", "r-refused")
    assert run.outcome.changed is False
    assert run.outcome.before == run.outcome.after == Seen(("a", "b"), 7)
    assert run.writes() == [(action, "failed")]


def test_a_refused_first_step_leaves_the_others_not_run() -> None:
    run = Run(DroppingFirst, "c", cloud=WordCloud(before={("Drop", 1): refused("quota")}))
    assert run.writes() == [("Drop", "failed"), ("Put", "not_run")]
    assert run.outcome.changed is False
    assert run.cloud.words == ("a", "b")


def test_a_refused_second_step_has_changed_something() -> None:
    run = Run(DroppingFirst, "c", cloud=WordCloud(before={("Put", 1): refused("quota")}))
    assert run.writes() == [("Drop", "done"), ("Put", "failed")]
    assert run.outcome.changed is True
    assert run.error.kind == "quota"
    assert run.outcome.before == Seen(("a", "b"), 7)


@pytest.mark.parametrize(("kind", "action"), [(Overwriting, "Put"), (Adding, "Add")])
def test_a_lost_response_to_a_write_that_was_made(kind: type[WordGroup], action: str) -> None:
    run = Run(kind, "a", "b", "c", cloud=WordCloud(after={(action, 1): lost}))
    run.check_success("a", "b", "c")
    assert run.writes() == [(action, "done")]


def test_a_lost_response_in_the_middle_of_a_plan() -> None:
    run = Run(DroppingFirst, "c", cloud=WordCloud(after={("Drop", 1): lost}))
    run.check_success("c")
    assert run.writes() == [("Drop", "done"), ("Put", "done")]


@pytest.mark.parametrize(("kind", "action"), [(Overwriting, "Put"), (Adding, "Add")])
def test_a_lost_response_to_a_write_that_was_not_made(kind: type[WordGroup], action: str) -> None:
    run = Run(kind, "a", "b", "c", cloud=WordCloud(before={(action, 1): lost}))
    run.check_success("a", "b", "c")
    assert run.writes() == [(action, "failed"), (action, "done")]
    assert run.outcome.before == Seen(("a", "b"), 7)
    looks_between = run.calls()[run.calls().index(action) + 1 :].index(action)
    assert looks_between >= READS


def test_responses_that_are_always_lost_end_in_a_failure_without_changes() -> None:
    run = Run(Adding, "c", cloud=WordCloud(before={("Add", number): lost for number in range(1, 99)}), deadline=9999)
    assert run.writes() == [("Add", "failed")] * ROUNDS
    assert run.outcome.changed is False
    assert run.error.kind == "unavailable"
    assert "is still as it was" in run.error.reason


def test_no_new_round_after_the_deadline() -> None:
    run = Run(Adding, "c", cloud=WordCloud(before={("Add", number): lost for number in range(1, 99)}), deadline=40)
    assert 1 <= len(run.writes()) < ROUNDS
    assert run.outcome.changed is False
    assert run.spoken.time.seconds <= 1040


@pytest.mark.parametrize("kind", [Overwriting, DroppingFirst])
def test_a_lost_response_and_another_writers_state(kind: type[WordGroup]) -> None:
    def interfere(cloud: WordCloud) -> Any:
        cloud.put(("x",))
        return lost(cloud)

    run = Run(kind, "c", cloud=WordCloud(before={("Put", 1): interfere}))
    assert run.error.kind == "outcome_unknown"
    assert words_in(run.error.details) == {"base": ["a", "b"], "theirs": ["x"], "ours": ["c"]}
    assert run.outcome.changed is True
    assert run.writes()[-1] == ("Put", "failed")
    assert run.cloud.words == ("x",)


def test_a_lost_response_and_another_writers_state_that_can_be_kept() -> None:
    def interfere(cloud: WordCloud) -> Any:
        cloud.put((*cloud.words, "x"))
        return lost(cloud)

    run = Run(Adding, "c", cloud=WordCloud(before={("Add", 1): interfere}))
    run.check_success("a", "b", "x", "c")


@pytest.mark.parametrize(("kind", "action"), [(Overwriting, "Put"), (Adding, "Add")])
def test_a_lost_response_and_then_no_response_at_all(kind: type[WordGroup], action: str) -> None:
    number = 3 if kind is Overwriting else 2
    cloud = WordCloud(after={(action, 1): lost}, before={("Look", n): lost for n in range(number, 99)})
    run = Run(kind, "a", "b", "c", cloud=cloud)
    assert run.error.kind == "outcome_unknown"
    assert run.outcome.changed is True
    assert "reading the group back failed" in run.error.reason
    assert action in run.error.reason


def test_a_lost_response_and_then_the_deadline() -> None:
    cloud = WordCloud()

    def late(cloud: WordCloud) -> Any:
        run_time.seconds += 500
        return lost(cloud)

    cloud.after[("Put", 1)] = late
    spoken = cloud.speak()
    run_time = spoken.time
    outcome = converge(Overwriting(("c",)), spoken.client, False)
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"
    assert outcome.changed is True
    assert "deadline" in outcome.error.reason


@pytest.mark.parametrize(("kind", "first_stale"), [(Overwriting, 3), (Adding, 2), (WithToken, 2)])
@pytest.mark.parametrize("times", [1, READS - 1])
def test_a_service_that_returns_the_old_state_for_some_time(
    kind: type[WordGroup], first_stale: int, times: int
) -> None:
    stale = {("Look", first_stale + n): still("a", "b", version=7) for n in range(times)}
    run = Run(kind, "a", "b", "c", cloud=WordCloud(before=stale))
    run.check_success("a", "b", "c")
    assert len(run.writes()) == 1


def test_a_service_that_returns_an_intermediate_state_for_some_time() -> None:
    stale: dict[tuple[str, int], Twist] = {
        ("Look", 2): still("a", "b", version=7),
        ("Look", 3): still(version=8),
    }
    run = Run(DroppingFirst, "c", cloud=WordCloud(before=stale))
    run.check_success("c")


def test_our_own_earlier_state_is_not_another_writers() -> None:
    stale = {("Look", 2): still("a", "b", version=7)}
    run = Run(DroppingFirst, "c", cloud=WordCloud(before=stale, after={("Put", 1): lost}))
    run.check_success("c")


@pytest.mark.parametrize(("kind", "first_stale"), [(Overwriting, 3), (Adding, 2), (WithToken, 2)])
def test_a_service_that_returns_the_old_state_forever(kind: type[WordGroup], first_stale: int) -> None:
    stale = {("Look", n): still("a", "b", version=7) for n in range(first_stale, 99)}
    run = Run(kind, "c", cloud=WordCloud(before=stale))
    assert run.error.kind == "conflict"
    assert "is still as it was" in run.error.reason
    assert run.outcome.changed is True
    assert len(run.writes()) == 1


def test_a_version_conflict_reveals_a_write_that_no_read_has_shown() -> None:
    stale = {("Look", n): still("a", "b", version=7) for n in range(2, 999)}
    run = Run(Adding, "c", cloud=WordCloud(before=stale, after={("Add", 1): lost}), deadline=9999)
    assert run.error.code == "VersionMismatch"
    assert run.outcome.changed is True
    assert run.cloud.words == ("a", "b", "c")


def test_another_write_before_an_overwriting_call() -> None:
    run = Run(Overwriting, "c", cloud=WordCloud(before={("Look", 2): somebody_adds("x")}))
    assert run.error.kind == "conflict"
    assert words_in(run.error.details) == {"base": ["a", "b"], "theirs": ["a", "b", "x"], "ours": ["c"]}
    assert run.outcome.changed is False
    assert run.outcome.before == Seen(("a", "b"), 7)
    assert run.outcome.after == Seen(("a", "b", "x"), 8)
    assert run.cloud.words == ("a", "b", "x")
    assert run.writes() == []


def test_another_write_of_the_same_content_before_an_overwriting_call() -> None:
    run = Run(Overwriting, "c", cloud=WordCloud(before={("Look", 2): somebody_puts("a", "b")}))
    assert run.error.kind == "conflict"
    assert run.writes() == []


def test_another_write_before_a_versioned_call_of_a_replacement() -> None:
    run = Run(DroppingFirst, "c", cloud=WordCloud(before={("Drop", 1): somebody_adds("x")}))
    assert (run.error.kind, run.error.code) == ("conflict", "VersionMismatch")
    assert words_in(run.error.details) == {"base": ["a", "b"], "theirs": ["a", "b", "x"], "ours": ["c"]}
    assert run.outcome.changed is False
    assert run.cloud.words == ("a", "b", "x")


def test_another_write_before_a_versioned_call_that_may_be_planned_again() -> None:
    run = Run(Adding, "c", cloud=WordCloud(before={("Add", 1): somebody_adds("x")}))
    run.check_success("a", "b", "x", "c")
    assert run.outcome.before == Seen(("a", "b", "x"), 8)
    assert run.writes() == [("Add", "failed"), ("Add", "done")]


def test_another_writer_makes_the_same_change_first() -> None:
    run = Run(Adding, "c", cloud=WordCloud(before={("Add", 1): somebody_adds("c")}))
    run.check_success("a", "b", "c", changed=False)


def test_another_writer_who_never_stops() -> None:
    cloud = WordCloud(before={("Add", number): somebody_adds("x") for number in range(1, 99)})
    run = Run(Adding, "c", cloud=cloud)
    assert run.error.kind == "conflict"
    assert run.outcome.changed is False
    assert len(run.writes()) == ROUNDS


@pytest.mark.parametrize("twist", [somebody_adds("x"), somebody_puts("c")])
def test_another_write_between_the_last_read_and_an_overwriting_call(twist: Twist) -> None:
    run = Run(Overwriting, "c", cloud=WordCloud(before={("Put", 1): twist}))
    assert run.error.kind == "conflict"
    assert "may have been overwritten" in run.error.reason
    assert "version 7" in run.error.reason
    assert "version 9" in run.error.reason
    assert words_in(run.error.details) == {"base": ["a", "b"], "theirs": ["c"], "ours": ["c"]}
    assert run.outcome.changed is True


def test_another_write_between_two_steps() -> None:
    run = Run(DroppingFirst, "c", cloud=WordCloud(before={("Put", 1): somebody_adds("x")}))
    assert run.error.kind == "conflict"
    assert "may have been overwritten" in run.error.reason


def test_another_write_after_a_replacement() -> None:
    run = Run(Overwriting, "c", cloud=WordCloud(after={("Put", 1): somebody_adds("x")}))
    assert run.error.kind == "conflict"
    assert "after this write" in run.error.reason
    assert "overwritten" not in run.error.reason
    assert words_in(run.error.details) == {"base": ["a", "b"], "theirs": ["c", "x"], "ours": ["c"]}
    assert run.outcome.changed is True
    assert run.outcome.after == Seen(("c", "x"), 9)


def test_another_write_before_or_after_a_partial_replacement() -> None:
    """The rest of the rules does not show when the change was made."""
    run = Run(OverwritingAPart, "c", cloud=WordCloud(after={("Put", 1): somebody_adds("x")}))
    assert run.error.kind == "conflict"
    assert "may have been overwritten" in run.error.reason


def test_another_writer_adds_to_our_addition() -> None:
    run = Run(Adding, "c", cloud=WordCloud(after={("Add", 1): somebody_adds("x")}))
    run.check_success("a", "b", "c", "x")


def test_without_versions_only_the_content_is_compared() -> None:
    run = Run(Overwriting, "c", cloud=WordCloud(version=None))
    run.check_success("c")
    overtaken = Run(Overwriting, "c", cloud=WordCloud(version=None, after={("Put", 1): somebody_adds("x")}))
    assert overtaken.error.kind == "conflict"


def test_the_service_confirms_a_write_that_it_has_not_made() -> None:
    run = Run(Overwriting, "c", cloud=WordCloud(before={("Put", 1): still("c", version=8)}))
    assert run.error.kind == "conflict"
    assert "confirmed" in run.error.reason
    assert run.outcome.changed is True


@pytest.mark.parametrize(("kind", "number"), [(Overwriting, 3), (Adding, 2)])
@pytest.mark.parametrize(("twist", "error"), [(lost, "unavailable"), (refused("forbidden"), "permission")])
def test_the_group_cannot_be_read_back(kind: type[WordGroup], number: int, twist: Twist, error: str) -> None:
    run = Run(kind, "c", cloud=WordCloud(before={("Look", n): twist for n in range(number, 99)}))
    assert run.error.kind == error
    assert "was written, but could not be read back" in run.error.reason
    assert run.outcome.changed is True
    assert run.writes()[-1][1] == "done"


@each_group
@pytest.mark.parametrize("check_mode", [False, True])
def test_the_group_cannot_be_read_at_all(kind: type[WordGroup], check_mode: bool) -> None:
    cloud = WordCloud(before={("Look", 1): refused("forbidden")})
    run = Run(kind, "c", cloud=cloud, check_mode=check_mode)
    assert run.error.kind == "permission"
    assert (run.outcome.plan, run.outcome.before, run.outcome.after, run.outcome.changed) == (None, None, None, False)
    assert run.calls() == ["Look"]


@each_group
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_plan_that_must_not_be_carried_out(kind: type[WordGroup], check_mode: bool) -> None:
    run = Run(kind, "c", refusal=CloudError("unsupported", "not this one"), check_mode=check_mode)
    assert run.error.kind == "unsupported"
    assert run.outcome.changed is False
    assert run.outcome.before == run.outcome.after == Seen(("a", "b"), 7)
    assert run.calls() == ["Look"]


def test_a_retry_after_a_lost_response_has_the_same_token() -> None:
    run = Run(WithToken, "c", cloud=WordCloud(after={("Put", 1): lost}))
    run.check_success("c")
    tokens = [parameters["token"] for action, parameters in run.cloud.calls if action == "Put"]
    assert tokens == ["token-1", "token-1"]
    assert run.records[-2].attempts == 2


def test_a_refused_token_is_never_used_again() -> None:
    run = Run(WithToken, "c", cloud=WordCloud(before={("Put", 1): refused("burnt")}))
    run.check_success("c")
    tokens = [parameters["token"] for action, parameters in run.cloud.calls if action == "Put"]
    assert tokens == ["token-1", "token-2"]
    assert run.writes() == [("Put", "failed"), ("Put", "done")]


def test_a_later_round_does_not_treat_our_own_steps_as_the_initial_state() -> None:
    run = Run(DroppingFirst, "c", cloud=WordCloud(before={("Put", 1): lost}))
    run.check_success("c")
    assert run.outcome.before == Seen(("a", "b"), 7)
    assert [status for dummy, status in run.writes()] == ["done", "failed", "done"]


@each_group
def test_an_approved_change_is_made(kind: type[WordGroup]) -> None:
    previewed = Run(kind, "a", "b", "c", check_mode=True)
    run = Run(kind, "a", "b", "c", approved=previewed.fingerprint)
    run.check_success("a", "b", "c")
    assert run.fingerprint == previewed.fingerprint


@each_group
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_change_other_than_the_approved_one_is_not_made(kind: type[WordGroup], check_mode: bool) -> None:
    approved = Run(kind, "a", "b", "c", check_mode=True).fingerprint
    run = Run(kind, "a", "b", "c", cloud=WordCloud(("a", "x")), approved=approved, check_mode=check_mode)
    assert run.error.kind == "conflict"
    assert words_in(run.error.details)["theirs"] == ["a", "x"]
    assert run.outcome.changed is False
    assert run.calls() == ["Look"]


def test_an_approved_change_is_completed_after_a_lost_response() -> None:
    approved = Run(DroppingFirst, "c", check_mode=True).fingerprint
    run = Run(DroppingFirst, "c", cloud=WordCloud(before={("Put", 1): lost}), approved=approved)
    run.check_success("c")
