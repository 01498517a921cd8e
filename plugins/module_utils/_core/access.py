# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What leads to the service, and the calls that are made once for the task rather than for a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock, Deadline
from .conversation import Conversation, Record, Service
from .errors import CloudError
from .keys import Keys, Secrets
from .pace import Pace
from .transport import Transport


@dataclass
class TaskCalls:
    """For keys, and to see whose they are. C(timeout) is for one attempt, C(deadline) for a call; both in seconds."""

    clock: Clock
    timeout: float
    deadline: float
    secrets: Secrets = field(default_factory=Secrets)
    records: list[Record] = field(default_factory=list)
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
        conversation = Conversation(service, self.transport, self.clock, limit, self.timeout, pace, self.records)
        return conversation.read(action, parameters)


@dataclass(frozen=True)
class Access:
    """C(service) and C(keys) are None if a mistake was found; C(account) asks whose the key is (CloudError).

    C(address) is where the service is.
    """

    service: Service | None
    keys: Keys | None
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

    def whose(self) -> str:
        """Whose groups are seen, and where: something else for any other account. "" without keys. CloudError."""
        return f"{self.keys.owner()} at {self.address}" if self.keys else ""
