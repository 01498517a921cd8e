# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deadlines."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.clock import Deadline
from tests.unit.plugins.fakes import FakeTime


def test_remaining_seconds_are_never_negative() -> None:
    time = FakeTime()
    deadline = Deadline(time.clock(), 10)
    assert deadline.remaining() == 10
    time.seconds += 4
    assert deadline.remaining() == 6
    time.seconds += 40
    assert deadline.remaining() == 0


@pytest.mark.parametrize(("seconds", "slept"), [(9.5, True), (10, False), (11, False)])
def test_a_pause_is_whole_or_not_at_all(seconds: float, slept: bool) -> None:
    time = FakeTime()
    assert Deadline(time.clock(), 10).pause(seconds) is slept
    assert time.slept == [seconds] * slept


def test_the_deadline_in_words() -> None:
    assert Deadline(FakeTime().clock(), 120).message == "the deadline of 120 seconds passed"
