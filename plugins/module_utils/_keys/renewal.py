# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Keys that are fetched: when they are first needed, and again before they expire."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from .._http.errors import CloudError
from .access import TaskClient
from .keys import Key


class RenewingKey:
    """Implements the Keys protocol over a function that fetches a key and raises CloudError.

    A key is renewed when it would expire within the deadline of the task, but not before half of the time that it has
    left when it comes is over: a service that hands out short-lived keys, or the same key again, is not asked for
    every request. C(owner) is whom the keys stand for; if it is empty, only the id of a key can tell.
    """

    def __init__(self, fetch: Callable[[], Key], calls: TaskClient, owner: str, first: Key | None = None) -> None:
        self._fetch = fetch
        self._calls = calls
        self._owner = owner
        self._key: Key | None = None
        self._renew_at = 0.0
        self._lock = threading.Lock()
        if first is not None:
            self._take(first)

    def current(self) -> Key:
        with self._lock:
            if self._key is None or self._calls.clock.now() >= self._renew_at:
                return self._take(self._renewed())
            return self._key

    def account_label(self) -> str:
        return self._owner or self.current().id

    def _renewed(self) -> Key:
        try:
            return self._fetch()
        except CloudError as error:
            if self._key is not None and not self._expired(self._key):
                return self._key
            # The request that was to be signed was never sent, and the call for the key has been repeated enough.
            # A role that does not exist is no security group that was deleted.
            kind = "auth" if error.kind == "not_found" else error.kind
            raise replace(error, kind=kind, had_no_effect=True, transient=False) from error

    def _expired(self, key: Key) -> bool:
        return key.expires is not None and key.expires <= self._calls.clock.now()

    def _take(self, key: Key) -> Key:
        self._calls.secrets.add(key.secret, key.token)
        now = self._calls.clock.now()
        expires = float("inf") if key.expires is None else key.expires
        self._key, self._renew_at = key, max(expires - self._calls.deadline, (now + expires) / 2)
        return key
