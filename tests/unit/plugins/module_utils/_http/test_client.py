# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which calls are retried, when, and how they are recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from itertools import repeat
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import (
    ATTEMPTS,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Client,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import NotSent, ResponseLost
from tests.unit.plugins.fakes import Answer, talk

REFUSALS = {
    "throttled": CloudError("throttled", "too fast", transient=True),
    "broken": CloudError("unavailable", "internal error", had_no_effect=False, transient=True),
    "busy": CloudError("conflict", "another task is running", transient=True),
    "wrong": CloudError("invalid_input", "no such rule"),
}
Call = Callable[[Client], dict[str, Any]]


def read(client: Client) -> dict[str, Any]:
    return client.read("Look", {"Id": "1"})


def write(client: Client) -> dict[str, Any]:
    return client.write("Change", {"Id": "1"}, repeatable=False)


def repeatable_write(client: Client) -> dict[str, Any]:
    return client.write("Change", {"Id": "1"}, repeatable=True)


CALLS = [read, repeatable_write, write]
# What happens to the first attempt: the answer, and of which kind the error is, whether the call is then certain not
# to have been carried out, and which of CALLS are made again.
FAILURES: list[tuple[Answer, str, bool, list[Call]]] = [
    (NotSent("refused"), "unavailable", True, [read, repeatable_write, write]),
    (NotSent("unknown CA", final=True), "unavailable", True, []),
    (ResponseLost("reset"), "unavailable", False, [read, repeatable_write]),
    (ResponseLost("no answer", timed_out=True), "timeout", False, [read, repeatable_write]),
    ({"refusal": "throttled"}, "throttled", True, [read, repeatable_write, write]),
    ({"refusal": "busy"}, "conflict", True, [read, repeatable_write, write]),
    ({"refusal": "broken"}, "unavailable", False, [read, repeatable_write]),
    ({"refusal": "wrong"}, "invalid_input", True, []),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("answer", "kind", "had_no_effect", "again"), FAILURES)
def test_retried_calls(answer: Answer, kind: str, had_no_effect: bool, again: list[Call], call: Call) -> None:
    spoken = talk([answer, {"request_id": "second"}], refusals=REFUSALS)
    if call in again:
        assert call(spoken.client) == {"request_id": "second"}
    else:
        with pytest.raises(CloudError) as caught:
            call(spoken.client)
        assert (caught.value.kind, caught.value.had_no_effect) == (kind, had_no_effect)
        assert caught.value.action == spoken.client.records[0].action
    (record,) = spoken.client.records
    made = 2 if call in again else 1
    assert (record.attempts, len(spoken.transport.requests)) == (made, made)
    assert record.status == ("done" if call in again else "failed")
    assert record.request_id == ("second" if call in again else None)
    assert len(spoken.time.slept) == made - 1


@pytest.mark.parametrize("failure", [NotSent("refused"), ResponseLost("reset"), {"refusal": "broken"}])
def test_attempts_are_limited(failure: Answer) -> None:
    spoken = talk(repeat(failure), refusals=REFUSALS)
    with pytest.raises(CloudError):
        read(spoken.client)
    assert spoken.client.records[0].attempts == ATTEMPTS == 5
    assert spoken.time.slept == [0.5, 1, 2, 4]


@pytest.mark.parametrize(("failure", "kind"), [("throttled", "throttled"), ("busy", "conflict")])
def test_patience_until_the_deadline(failure: str, kind: str) -> None:
    spoken = talk(repeat({"refusal": failure}), deadline=60, refusals=REFUSALS)
    started = spoken.time.seconds
    with pytest.raises(CloudError) as caught:
        write(spoken.client)
    assert caught.value.kind == kind
    assert spoken.client.records[0].attempts > ATTEMPTS
    assert 60 - LONGEST_PAUSE <= spoken.time.seconds - started <= 60


def test_every_attempt_is_signed_anew() -> None:
    spoken = talk([ResponseLost("reset"), NotSent("refused"), {}])
    read(spoken.client)
    assert [request.headers["nonce"] for request in spoken.transport.requests] == ["1", "2", "3"]
    assert len({request.body for request in spoken.transport.requests}) == 1


@given(st.integers(1, 10000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_are_jittered_and_bounded(attempts: int, jitter: float) -> None:
    longest = talk([], jitter=lambda: 1.0).client.pause_before(attempts)
    pause = talk([], jitter=lambda: jitter).client.pause_before(attempts)
    assert longest == min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 20))
    assert longest / 2 <= pause <= longest
    assert pause == pytest.approx(longest * (1 + jitter) / 2)


def test_a_pause_never_goes_past_the_deadline() -> None:
    spoken = talk(repeat(NotSent("refused")), deadline=1.2)
    with pytest.raises(CloudError, match="refused"):
        read(spoken.client)
    assert spoken.time.slept == [0.5]
    assert spoken.client.records[0].attempts == 2


def test_nothing_is_sent_after_the_deadline() -> None:
    spoken = talk([{}], deadline=30)
    spoken.time.seconds += 31
    with pytest.raises(CloudError, match="deadline of 30 seconds passed") as caught:
        write(spoken.client)
    assert (caught.value.kind, caught.value.had_no_effect) == ("timeout", True)
    assert spoken.transport.requests == []
    assert spoken.client.records[0].attempts == 0


def test_one_attempt_takes_the_timeout_or_what_is_left_of_the_deadline() -> None:
    spoken = talk([], deadline=25, timeout=10)

    def slow(request: object) -> Exception:
        spoken.time.seconds += 18
        return ResponseLost("reset")

    spoken.transport.answers = iter([slow, {}])
    read(spoken.client)
    assert spoken.transport.timeouts == [10, 6.5]


@pytest.mark.parametrize("later", [{"refusal": "wrong"}, NotSent("refused", final=True)])
def test_one_lost_response_leaves_the_outcome_of_the_call_unknown(later: Answer) -> None:
    spoken = talk([ResponseLost("reset"), {"refusal": "throttled"}, later], refusals=REFUSALS)
    with pytest.raises(CloudError) as caught:
        repeatable_write(spoken.client)
    assert not caught.value.had_no_effect
    assert spoken.client.records[0].attempts == 3


def test_a_lost_response_and_then_the_deadline_leave_the_outcome_unknown() -> None:
    spoken = talk([])

    def late(request: object) -> Exception:
        spoken.time.seconds += 119.9
        return ResponseLost("reset")

    spoken.transport.answers = iter([late])
    with pytest.raises(CloudError) as caught:
        repeatable_write(spoken.client)
    assert not caught.value.had_no_effect


@pytest.mark.parametrize(("call", "kind"), [(read, "throttled"), (write, "timeout")])
def test_an_attempt_cut_short_by_the_deadline_does_not_hide_the_previous_failure(call: Call, kind: str) -> None:
    """Unless it is a write, of which nobody knows whether it has been carried out."""
    spoken = talk([], deadline=30, refusals=REFUSALS)

    def slow(request: object) -> Exception:
        spoken.time.seconds += 30
        return ResponseLost("no answer came", timed_out=True)

    spoken.transport.answers = iter([{"refusal": "throttled", "request_id": "first"}, slow])
    with pytest.raises(CloudError) as caught:
        call(spoken.client)
    assert (caught.value.kind, caught.value.had_no_effect) == (kind, call is read)
    assert spoken.client.records[0].attempts == 2


def test_an_attempt_without_time_left_does_not_hide_the_previous_failure() -> None:
    spoken = talk(repeat({"refusal": "throttled"}), deadline=30, refusals=REFUSALS)
    with (
        mock.patch.object(spoken.client.pace, "wait", side_effect=[True, False]),
        pytest.raises(CloudError) as caught,
    ):
        write(spoken.client)
    assert caught.value.kind == "throttled"
    assert spoken.client.records[0].attempts == 1


@pytest.mark.parametrize("call", [read, write])
def test_a_call_without_time_left_does_not_hide_why_the_last_write_failed(call: Call) -> None:
    """The caller reads after a failure and tries again."""
    spoken = talk([], deadline=30)
    spoken.client.refusal = CloudError("conflict", "locked by another task")
    spoken.time.seconds += 30
    with pytest.raises(CloudError, match="locked by another task"):
        call(spoken.client)


@pytest.mark.parametrize("answer", [{}, ResponseLost("reset"), {"refusal": "wrong"}])
def test_a_write_that_was_sent_replaces_the_reason(answer: Answer) -> None:
    spoken = talk([answer], deadline=30, refusals=REFUSALS)
    spoken.client.refusal = CloudError("conflict", "locked by another task")
    with contextlib.suppress(CloudError):
        write(spoken.client)
    spoken.time.seconds += 30
    with pytest.raises(CloudError, match="deadline of 30 seconds passed"):
        read(spoken.client)


def test_refusals_before_a_refusal_mean_that_it_had_no_effect() -> None:
    spoken = talk([{"refusal": "throttled"}, NotSent("refused"), {"refusal": "wrong"}], refusals=REFUSALS)
    with pytest.raises(CloudError) as caught:
        write(spoken.client)
    assert caught.value.had_no_effect


def test_the_record_of_calls() -> None:
    spoken = talk(
        [{"request_id": "r-1"}, NotSent("refused"), {"request_id": "r-2"}, {"refusal": "wrong", "request_id": "r-3"}],
        refusals=REFUSALS,
    )
    read(spoken.client)
    repeatable_write(spoken.client)
    with pytest.raises(CloudError):
        write(spoken.client)
    assert [record.as_result() for record in spoken.client.records] == [
        {"action": "Look", "effect": "read", "status": "done", "request_id": "r-1", "attempts": 1},
        {"action": "Change", "effect": "write", "status": "done", "request_id": "r-2", "attempts": 2},
        {"action": "Change", "effect": "write", "status": "failed", "request_id": "r-3", "attempts": 1},
    ]


def test_a_throttled_call_slows_the_others_of_its_action_down() -> None:
    spoken = talk([{"refusal": "throttled"}, {}], refusals=REFUSALS)
    write(spoken.client)
    paused = sum(spoken.time.slept)
    spoken.transport.answers = iter([{}, {}, {}])
    read(spoken.client)
    assert sum(spoken.time.slept) == paused
    write(spoken.client)
    write(spoken.client)
    assert sum(spoken.time.slept) > paused
