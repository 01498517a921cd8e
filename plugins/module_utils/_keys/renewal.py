# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary keys: fetched when they are first needed, and again before they expire."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from .._http.errors import CloudError
from .access import TaskClient
from .keys import Key


class RenewingKey:
    """Implements the KeySource protocol over a function that fetches a key and raises CloudError.

    A key is renewed when it would expire within the deadline of the task, but not before half of its remaining
    lifetime is over: a service that issues short-lived keys, or the same key again, is not asked for every request.
    ``label`` identifies the account of the keys; if it is empty, the ID of a key does.
    """

    def __init__(self, fetch: Callable[[], Key], client: TaskClient, label: str, first: Key | None = None) -> None:
        self._fetch = fetch
        self._client = client
        self._label = label
        self._key: Key | None = None
        self._renew_at = 0.0
        self._lock = threading.Lock()
        if first is not None:
            self._take(first)

    def current(self) -> Key:
        with self._lock:
            if self._key is None or self._client.clock.now() >= self._renew_at:
                return self._take(self._renewed())
            return self._key

    def account_label(self) -> str:
        return self._label or self.current().id

    def _renewed(self) -> Key:
        try:
            return self._fetch()
        except CloudError as error:
            if self._key is not None and not self._expired(self._key):
                return self._key
            # The request to be signed was never sent, and the call for the key has been repeated often enough.
            # A missing role must not be mistaken for a security group that was deleted.
            kind = "auth" if error.kind == "not_found" else error.kind
            raise replace(error, kind=kind, had_no_effect=True, transient=False) from error

    def _expired(self, key: Key) -> bool:
        return key.expires is not None and key.expires <= self._client.clock.now()

    def _take(self, key: Key) -> Key:
        self._client.secrets.add(key.secret, key.token)
        now = self._client.clock.now()
        expires = float("inf") if key.expires is None else key.expires
        self._key, self._renew_at = key, max(expires - self._client.deadline, (now + expires) / 2)
        return key
