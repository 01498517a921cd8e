# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rates that all groups of a task share."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.clock import Deadline
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.pace import SLOWEST_INTERVAL, Pace
from tests.unit.plugins.fakes import FakeTime


def starts(pace: Pace, time: FakeTime, calls: int, action: str = "Look") -> list[float]:
    """When each of so many calls may begin, made as fast as the pace allows."""
    clock, begun = time.clock(), []
    for _call in range(calls):
        assert pace.wait(action, Deadline(clock, 3600))
        begun.append(time.seconds)
    return begun


@pytest.mark.parametrize("rate", [1.0, 20.0, 100.0])
def test_no_second_contains_more_calls_than_the_rate(rate: float) -> None:
    time = FakeTime()
    begun = starts(Pace(time.clock(), {"Look": rate}), time, int(rate) * 2 + 5)
    per_second = zip(begun, begun[int(rate) :], strict=False)
    assert all(later - earlier >= 1.0 for earlier, later in per_second)
    assert begun[-1] - begun[0] < 2 * len(begun) / rate


def test_an_action_without_a_rate_does_not_wait() -> None:
    time = FakeTime()
    starts(Pace(time.clock(), {"Change": 1.0}), time, 50)
    assert time.slept == []


def test_a_pause_between_calls_counts() -> None:
    time = FakeTime()
    pace = Pace(time.clock(), {"Look": 1.0})
    starts(pace, time, 1)
    time.seconds += 5
    starts(pace, time, 1)
    assert time.slept == []


def test_after_a_refusal_every_call_of_that_action_waits() -> None:
    time = FakeTime()
    pace = Pace(time.clock(), {})
    pace.refused("Look", 4.0)
    began = time.seconds
    assert starts(pace, time, 1, "Change") == [began]
    first, second, third = starts(pace, time, 3)
    assert first - began == pytest.approx(4.0)
    assert second - first == pytest.approx(third - second)
    assert second > first


def test_refusals_slow_down_and_successes_speed_up_again() -> None:
    time = FakeTime()
    pace = Pace(time.clock(), {})
    intervals = []
    for _refusal in range(10):
        pace.refused("Look", 0.0)
        first, second = starts(pace, time, 2)
        intervals.append(second - first)
    assert intervals == sorted(intervals)
    assert intervals[0] < intervals[-1] == pytest.approx(SLOWEST_INTERVAL)
    for _success in range(200):
        pace.succeeded("Look")
    starts(pace, time, 1)
    before = len(time.slept)
    starts(pace, time, 5)
    assert len(time.slept) == before


def test_a_turn_after_the_deadline_is_refused_at_once() -> None:
    time = FakeTime()
    pace = Pace(time.clock(), {})
    pace.refused("Look", 10.0)
    assert not pace.wait("Look", Deadline(time.clock(), 5))
    assert time.slept == []
    assert pace.wait("Look", Deadline(time.clock(), 11))
