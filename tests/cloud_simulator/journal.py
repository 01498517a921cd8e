# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that a simulator received, in order of arrival."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Entry:
    """One vendor call. ``status`` is None if the client got no HTTP response."""

    number: int  # from 1, by arrival
    cloud: str
    action: str
    effect: str
    group: str | None
    parameters: dict[str, Any]
    at: float  # seconds of the simulator's clock
    in_flight: int  # calls in progress at that moment, including this one
    status: int | None = None
    error_code: str | None = None
    request_id: str | None = None
    performed: bool = False  # performed by the cloud; False if a fault responded instead
    faults: tuple[str, ...] = ()


class Journal:
    """A thread-safe list of entries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._in_flight = 0

    def open(self, entry: Entry) -> None:
        """Record and number a call that has just arrived."""
        with self._lock:
            self._in_flight += 1
            entry.number = len(self._entries) + 1
            entry.in_flight = self._in_flight
            self._entries.append(entry)

    def close(self) -> None:
        """Record the response to a call."""
        with self._lock:
            self._in_flight -= 1

    def clear(self) -> None:
        """Forget every entry; the next one is number 1."""
        with self._lock:
            self._entries = []

    def entries(self) -> list[dict[str, Any]]:
        """Return all entries as dictionaries that can be converted to JSON."""
        with self._lock:
            return [asdict(entry) for entry in self._entries]
