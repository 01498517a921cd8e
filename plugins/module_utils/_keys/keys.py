# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""A key to sign with, who hands it out, and the secrets that no result may hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Key:
    """C(token) is empty for a long-lived key; C(expires) is Unix time, None if it does not expire or nobody says."""

    id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: float | None = None


class KeySource(Protocol):
    """Hands out the key for the next request."""

    def current(self) -> Key:
        """A key that is good now. Raises CloudError; safe to be called by several threads."""

    def account_label(self) -> str:
        """Whom the key stands for: the same text for the same account, so far as it can be told without a service.

        Raises CloudError. No secret is part of it.
        """


@dataclass(frozen=True)
class StaticKey:
    """The same key for the whole task."""

    key: Key

    def current(self) -> Key:
        return self.key

    def account_label(self) -> str:
        return self.key.id


class Secrets:
    """Every secret that the task has met so far; it grows when keys are renewed. Safe to share by threads."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._lock = threading.Lock()

    def add(self, *values: str) -> None:
        """Empty texts are no secrets."""
        with self._lock:
            self._values.update(filter(None, values))

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(tuple(self._values))
