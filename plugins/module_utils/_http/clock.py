# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time as a value, so that signatures, backoff and deadlines can be tested exactly."""

from __future__ import annotations

import time
from typing import Callable, NamedTuple


class Clock(NamedTuple):
    """``now`` is Unix time in seconds, ``monotonic`` never goes back, ``sleep`` takes seconds."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Deadline:
    """The time by which all work for one security group has to end."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self.seconds = seconds
        self._end = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left, never a negative number."""
        return max(0.0, self._end - self._clock.monotonic())

    @property
    def message(self) -> str:
        """The reason of an error once the deadline has passed."""
        return f"the deadline of {self.seconds:g} seconds passed"

    def pause(self, seconds: float) -> bool:
        """Wait that long, or return False immediately if the deadline would pass first."""
        if seconds >= self.remaining():
            return False
        self._clock.sleep(seconds)
        return True
