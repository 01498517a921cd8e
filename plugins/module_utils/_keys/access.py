# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What leads to the service, and the calls that are made once for the task rather than for a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._http.client import CallRecord, Client, Service
from .._http.clock import Clock, Deadline
from .._http.errors import CloudError
from .._http.pace import Pace
from .._http.transport import Transport
from .keys import KeySource, Secrets


@dataclass
class TaskClient:
    """For keys, and to see whose they are. C(timeout) is for one attempt, C(deadline) for a call; both in seconds."""

    clock: Clock
    timeout: float
    deadline: float
    secrets: Secrets = field(default_factory=Secrets)
    records: list[CallRecord] = field(default_factory=list)
    transport: Transport | None = None
    patience: float = field(init=False)

    def __post_init__(self) -> None:
        self.patience = self.deadline

    def hurry(self) -> None:
        """From now on the work for a group, which has a deadline of its own, waits for these calls."""
        self.patience = min(self.timeout, self.deadline)

    def read(self, service: Service, action: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """A recorded call that is repeated freely. Raises CloudError."""
        if self.transport is None:
            raise RuntimeError("a call before the task has begun")
        limit, pace = Deadline(self.clock, self.patience), Pace(self.clock, {})
        client = Client(service, self.transport, self.clock, limit, self.timeout, pace, self.records)
        return client.read(action, parameters)


@dataclass(frozen=True)
class ServiceAccess:
    """C(service) and C(keys) are None if a mistake was found; C(account) asks whose the key is (CloudError).

    C(address) is where the service is.
    """

    service: Service | None
    keys: KeySource | None
    account: Callable[[], str]
    address: str = ""

    def check(self, expected_account: str) -> None:
        """CloudError if there is no key, or if it is not one of that account, for which empty stands for any."""
        if self.keys is None:
            raise RuntimeError("keys are used although a mistake was found")
        self.keys.current()
        account = self.account() if expected_account else ""
        if account != expected_account:
            reason = f"the key belongs to the account {account}, and expected_account_id is {expected_account}"
            details = {"account_id": account, "expected_account_id": expected_account}
            raise CloudError("permission", reason, action="GetCallerIdentity", details=details)

    def account_label(self) -> str:
        """Whose groups are seen, and where: something else for any other account. "" without keys. CloudError."""
        return f"{self.keys.account_label()} at {self.address}" if self.keys else ""
