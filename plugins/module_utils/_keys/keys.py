# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The key that signs requests, the sources of keys, and the secrets that no result may contain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Key:
    """``token`` is empty for a long-lived key. ``expires`` is Unix time, None if it is not known or there is none."""

    id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: float | None = None


class KeySource(Protocol):
    """Provides the key for the next request."""

    def current(self) -> Key:
        """Return a key that is valid now. Raises CloudError. Threads may call it at the same time."""

    def account_label(self) -> str:
        """Return a text that is the same for the same account, as far as that is known without a call.

        It contains no secret. Raises CloudError.
        """


class StaticKey:
    """Implements the KeySource protocol with the same key for the whole task."""

    def __init__(self, key: Key) -> None:
        self.key = key

    def current(self) -> Key:
        return self.key

    def account_label(self) -> str:
        return self.key.id


class NoKey:
    """Implements the KeySource protocol for calls that are not signed."""

    def current(self) -> Key:
        return Key("", "")

    def account_label(self) -> str:
        return ""


class Secrets:
    """Every secret that the task has used so far, including those of renewed keys. Threads may share it."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._lock = threading.Lock()

    def add(self, *values: str) -> None:
        """Record secrets. Empty text is ignored."""
        with self._lock:
            self._values.update(filter(None, values))

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(tuple(self._values))
