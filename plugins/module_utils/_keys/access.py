# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access to a service, and the calls that are made once for the task rather than for each group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .._http.client import CallRecord, Client, Service
from .._http.clock import Clock, Deadline
from .._http.errors import CloudError
from .._http.pace import Pace
from .._http.transport import Transport
from .._options.options import Options
from .keys import KeySource, Secrets

if TYPE_CHECKING:
    from .key_chain import KeySearch


class TaskClient:
    """Makes the calls for the whole task: to obtain temporary keys and to ask which account a key belongs to.

    ``timeout`` limits one attempt and ``deadline`` one call, both in seconds.
    """

    def __init__(self, clock: Clock, timeout: float, deadline: float) -> None:
        self.clock = clock
        self.timeout = timeout
        self.deadline = deadline
        self.secrets = Secrets()
        self.records: list[CallRecord] = []
        self.transport: Transport | None = None
        self._patience = deadline

    def serve_groups(self) -> None:
        """Limit later calls to the time of one attempt, because groups with their own deadlines wait for them."""
        self._patience = min(self.timeout, self.deadline)

    def read(self, service: Service, action: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call that is retried freely, record it, and return the response. Raises CloudError."""
        if self.transport is None:
            raise RuntimeError("a call before the task has begun")
        limit, pace = Deadline(self.clock, self._patience), Pace(self.clock, {})
        return Client(service, self.transport, self.clock, limit, self.timeout, pace, self.records).read(
            action, parameters
        )


class ServiceAccess:
    """The service of a task and the keys to it; both are None after a mistake in the options.

    ``account`` returns the ID of the account that the key belongs to, or raises CloudError. ``address`` is the URL of
    the service. ``search`` finds the key if neither the options nor the variables have it.
    """

    def __init__(
        self,
        service: Service | None = None,
        keys: KeySource | None = None,
        account: Callable[[], str] = str,
        address: str = "",
        search: KeySearch | None = None,
    ) -> None:
        self.service = service
        self._keys = keys
        self._account = account
        self._address = address
        self._search = search

    def find_key(self, options: Options) -> None:
        """Search the other places for a key, and record a mistake if there is none.

        Nothing is sent over the network if other mistakes have been found.
        """
        if self._search:
            self._search.run(options, ask_remote=not options.mistakes)

    def check_account(self, expected: str) -> None:
        """Raise CloudError if there is no valid key, or if it belongs to another account than ``expected``.

        Empty text stands for any account.
        """
        if self._keys is None:
            raise RuntimeError("keys are used although a mistake was found")
        self._keys.current()
        account = self._account() if expected else ""
        if account != expected:
            reason = f"the key belongs to the account {account}, but expected_account_id is {expected}"
            details = {"account_id": account, "expected_account_id": expected}
            raise CloudError("permission", reason, action="GetCallerIdentity", details=details)

    def account_label(self) -> str:
        """Return a text that differs for each account and address; "" without keys. Raises CloudError."""
        return f"{self._keys.account_label()} at {self._address}" if self._keys else ""
