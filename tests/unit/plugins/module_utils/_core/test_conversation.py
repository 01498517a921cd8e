# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which calls are made again, when, and what is left on record of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.conversation import (
    ATTEMPTS,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Conversation,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.transport import AnswerLost, NotSent
from tests.unit.plugins.fakes import Answer, talk

REFUSALS = {
    "throttled": CloudError("throttled", "too fast", transient=True),
    "broken": CloudError("unavailable", "internal error", settled=False, transient=True),
    "busy": CloudError("conflict", "another task is running", transient=True),
    "wrong": CloudError("invalid_input", "no such rule"),
}
Call = Callable[[Conversation], dict[str, Any]]


def read(conversation: Conversation) -> dict[str, Any]:
    return conversation.read("Look", {"Id": "1"})


def write(conversation: Conversation) -> dict[str, Any]:
    return conversation.write("Change", {"Id": "1"}, repeatable=False)


def repeatable_write(conversation: Conversation) -> dict[str, Any]:
    return conversation.write("Change", {"Id": "1"}, repeatable=True)


CALLS = [read, repeatable_write, write]
# What happens to the first attempt: the answer, and of which kind the error is, whether the call is then certain not
# to have been carried out, and which of CALLS are made again.
FAILURES: list[tuple[Answer, str, bool, list[Call]]] = [
    (NotSent("refused"), "unavailable", True, [read, repeatable_write, write]),
    (NotSent("unknown CA", final=True), "unavailable", True, []),
    (AnswerLost("reset"), "unavailable", False, [read, repeatable_write]),
    (AnswerLost("no answer", timed_out=True), "timeout", False, [read, repeatable_write]),
    ({"refusal": "throttled"}, "throttled", True, [read, repeatable_write, write]),
    ({"refusal": "busy"}, "conflict", True, [read, repeatable_write, write]),
    ({"refusal": "broken"}, "unavailable", False, [read, repeatable_write]),
    ({"refusal": "wrong"}, "invalid_input", True, []),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("answer", "kind", "settled", "again"), FAILURES)
def test_what_is_made_again(answer: Answer, kind: str, settled: bool, again: list[Call], call: Call) -> None:
    spoken = talk([answer, {"request_id": "second"}], refusals=REFUSALS)
    if call in again:
        assert call(spoken.conversation) == {"request_id": "second"}
    else:
        with pytest.raises(CloudError) as caught:
            call(spoken.conversation)
        assert (caught.value.kind, caught.value.settled) == (kind, settled)
        assert caught.value.action == spoken.conversation.records[0].action
    (record,) = spoken.conversation.records
    made = 2 if call in again else 1
    assert (record.attempts, len(spoken.transport.requests)) == (made, made)
    assert record.status == ("done" if call in again else "failed")
    assert record.request_id == ("second" if call in again else None)
    assert len(spoken.time.slept) == made - 1


@pytest.mark.parametrize("failure", [NotSent("refused"), AnswerLost("reset"), {"refusal": "broken"}])
def test_no_more_than_so_many_attempts(failure: Answer) -> None:
    spoken = talk(repeat(failure), refusals=REFUSALS)
    with pytest.raises(CloudError):
        read(spoken.conversation)
    assert spoken.conversation.records[0].attempts == ATTEMPTS == 5
    assert spoken.time.slept == [0.5, 1, 2, 4]


@pytest.mark.parametrize(("failure", "kind"), [("throttled", "throttled"), ("busy", "conflict")])
def test_patience_until_the_deadline(failure: str, kind: str) -> None:
    spoken = talk(repeat({"refusal": failure}), deadline=60, refusals=REFUSALS)
    started = spoken.time.seconds
    with pytest.raises(CloudError) as caught:
        write(spoken.conversation)
    assert caught.value.kind == kind
    assert spoken.conversation.records[0].attempts > ATTEMPTS
    assert 60 - LONGEST_PAUSE <= spoken.time.seconds - started <= 60


def test_every_attempt_is_signed_anew() -> None:
    spoken = talk([AnswerLost("reset"), NotSent("refused"), {}])
    read(spoken.conversation)
    assert [request.headers["nonce"] for request in spoken.transport.requests] == ["1", "2", "3"]
    assert len({request.body for request in spoken.transport.requests}) == 1


@given(st.integers(1, 10000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_are_jittered_and_bounded(attempts: int, jitter: float) -> None:
    longest = talk([], jitter=lambda: 1.0).conversation.pause_before(attempts)
    pause = talk([], jitter=lambda: jitter).conversation.pause_before(attempts)
    assert longest == min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 20))
    assert longest / 2 <= pause <= longest
    assert pause == pytest.approx(longest * (1 + jitter) / 2)


def test_a_pause_never_goes_past_the_deadline() -> None:
    spoken = talk(repeat(NotSent("refused")), deadline=1.2)
    with pytest.raises(CloudError, match="refused"):
        read(spoken.conversation)
    assert spoken.time.slept == [0.5]
    assert spoken.conversation.records[0].attempts == 2


def test_nothing_is_sent_after_the_deadline() -> None:
    spoken = talk([{}], deadline=30)
    spoken.time.seconds += 31
    with pytest.raises(CloudError, match="deadline of 30 seconds passed") as caught:
        write(spoken.conversation)
    assert (caught.value.kind, caught.value.settled) == ("timeout", True)
    assert spoken.transport.requests == []
    assert spoken.conversation.records[0].attempts == 0


def test_one_attempt_takes_the_timeout_or_what_is_left_of_the_deadline() -> None:
    spoken = talk([], deadline=25, timeout=10)

    def slow(request: object) -> Exception:
        spoken.time.seconds += 18
        return AnswerLost("reset")

    spoken.transport.answers = iter([slow, {}])
    read(spoken.conversation)
    assert spoken.transport.timeouts == [10, 6.5]


@pytest.mark.parametrize("later", [{"refusal": "wrong"}, NotSent("refused", final=True)])
def test_one_lost_answer_leaves_the_whole_call_unsettled(later: Answer) -> None:
    spoken = talk([AnswerLost("reset"), {"refusal": "throttled"}, later], refusals=REFUSALS)
    with pytest.raises(CloudError) as caught:
        repeatable_write(spoken.conversation)
    assert not caught.value.settled
    assert spoken.conversation.records[0].attempts == 3


def test_a_lost_answer_and_then_the_deadline_leave_the_call_unsettled() -> None:
    spoken = talk([])

    def late(request: object) -> Exception:
        spoken.time.seconds += 119.9
        return AnswerLost("reset")

    spoken.transport.answers = iter([late])
    with pytest.raises(CloudError) as caught:
        repeatable_write(spoken.conversation)
    assert not caught.value.settled


@pytest.mark.parametrize(("call", "kind"), [(read, "throttled"), (write, "timeout")])
def test_a_try_that_the_deadline_cuts_short_does_not_hide_the_one_before(call: Call, kind: str) -> None:
    """Unless it is a write, of which nobody knows whether it has been carried out."""
    spoken = talk([], deadline=30, refusals=REFUSALS)

    def slow(request: object) -> Exception:
        spoken.time.seconds += 30
        return AnswerLost("no answer came", timed_out=True)

    spoken.transport.answers = iter([{"refusal": "throttled", "request_id": "first"}, slow])
    with pytest.raises(CloudError) as caught:
        call(spoken.conversation)
    assert (caught.value.kind, caught.value.settled) == (kind, call is read)
    assert spoken.conversation.records[0].attempts == 2


def test_a_try_that_the_pace_leaves_no_time_for_does_not_hide_the_one_before() -> None:
    spoken = talk(repeat({"refusal": "throttled"}), deadline=30, refusals=REFUSALS)
    with (
        mock.patch.object(spoken.conversation.pace, "wait", side_effect=[True, False]),
        pytest.raises(CloudError) as caught,
    ):
        write(spoken.conversation)
    assert caught.value.kind == "throttled"
    assert spoken.conversation.records[0].attempts == 1


def test_refusals_before_a_refusal_leave_the_call_settled() -> None:
    spoken = talk([{"refusal": "throttled"}, NotSent("refused"), {"refusal": "wrong"}], refusals=REFUSALS)
    with pytest.raises(CloudError) as caught:
        write(spoken.conversation)
    assert caught.value.settled


def test_the_record_of_calls() -> None:
    spoken = talk(
        [{"request_id": "r-1"}, NotSent("refused"), {"request_id": "r-2"}, {"refusal": "wrong", "request_id": "r-3"}],
        refusals=REFUSALS,
    )
    read(spoken.conversation)
    repeatable_write(spoken.conversation)
    with pytest.raises(CloudError):
        write(spoken.conversation)
    assert [record.report() for record in spoken.conversation.records] == [
        {"action": "Look", "effect": "read", "status": "done", "request_id": "r-1", "attempts": 1},
        {"action": "Change", "effect": "write", "status": "done", "request_id": "r-2", "attempts": 2},
        {"action": "Change", "effect": "write", "status": "failed", "request_id": "r-3", "attempts": 1},
    ]


def test_a_throttled_call_slows_the_others_of_its_action_down() -> None:
    spoken = talk([{"refusal": "throttled"}, {}], refusals=REFUSALS)
    write(spoken.conversation)
    paused = sum(spoken.time.slept)
    spoken.transport.answers = iter([{}, {}, {}])
    read(spoken.conversation)
    assert sum(spoken.time.slept) == paused
    write(spoken.conversation)
    write(spoken.conversation)
    assert sum(spoken.time.slept) > paused
