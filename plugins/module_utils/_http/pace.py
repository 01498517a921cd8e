# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate of calls of a task: the documented one, and a lower one for all groups once the service throttles."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from .clock import Clock, Deadline

# Intervals are in seconds. Without a documented rate, calls are made as fast as responses arrive, until the service
# refuses one.
SLOWEST_INTERVAL = 1.0
FIRST_INTERVAL = 0.02
# What each success multiplies a longer interval by.
EASE = 0.95
# Stay below the documented rate, because calls arrive less evenly than they are sent.
MARGIN = 0.97


class Pace:
    """The rate of calls, shared by all groups of a task. Threads may share it.

    ``rates`` has the calls per second that the vendor allows for an action. Calls are spread evenly rather than sent in
    bursts, so that no second has more than that. After a refusal all calls of that action wait for ``pause`` seconds,
    and then go on with longer intervals, which every success shortens again.
    """

    def __init__(self, clock: Clock, rates: Mapping[str, float]) -> None:
        self._clock = clock
        self._shortest = {action: 1.0 / (rate * MARGIN) for action, rate in rates.items()}
        self._intervals: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._refused: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, action: str, deadline: Deadline) -> bool:
        """Wait for this action's turn, or return False immediately if the deadline would pass first."""
        with self._lock:
            now = self._clock.monotonic()
            start = max(now, self._next.get(action, now))
            if start - now >= deadline.remaining():
                return False
            self._next[action] = start + self._interval(action)
        return start <= now or deadline.pause(start - now)

    def succeeded(self, action: str) -> None:
        """Record a success, after which a lowered rate rises again."""
        with self._lock:
            if action in self._intervals:
                self._intervals[action] *= EASE
                if self._intervals[action] <= max(self._shortest.get(action, 0.0), FIRST_INTERVAL / 4):
                    del self._intervals[action]

    def refused(self, action: str, pause: float) -> None:
        """Record that the service throttled a call, and wait ``pause`` seconds before the next one."""
        with self._lock:
            now = self._clock.monotonic()
            # Calls that were in flight together are refused together, which is one sign of being too fast, not several.
            if now >= self._refused.get(action, now):
                self._intervals[action] = min(SLOWEST_INTERVAL, max(FIRST_INTERVAL, 2 * self._interval(action)))
                self._refused[action] = now + pause
            resume = now + pause
            self._next[action] = max(resume, self._next.get(action, resume))

    def _interval(self, action: str) -> float:
        return self._intervals.get(action, self._shortest.get(action, 0.0))
