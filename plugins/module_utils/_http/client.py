# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls made for one security group: signed anew for each attempt, retried where that is harmless, recorded."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Literal, Protocol

from .clock import Clock, Deadline
from .errors import CloudError
from .pace import Pace
from .transport import HttpRequest, HttpResponse, NotSent, ResponseLost, Transport

Effect = Literal["read", "write"]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
ATTEMPTS = 5
# After so many refusals of a write that may be repeated blindly, another look at the group tells whether it is needed.
BLIND_ATTEMPTS = 12
# Tried until the deadline: vendors count calls in windows of up to a minute, and a group that is being changed by
# somebody else is free again when that is done.
_PATIENT = ("throttled", "conflict")


class Service(Protocol):
    """One API of one vendor: how to ask and how to understand the answer. Knows nothing of sockets and retries."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """A signed request. Each call signs anew, with its own time and nonce."""

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        """The body of a success and its request id. Raises CloudError."""


@dataclass
class CallRecord:
    """One API call as the result's ``actions`` shows it."""

    action: str
    effect: Effect
    status: Literal["done", "planned", "failed", "not_run"]
    request_id: str | None = None
    attempts: int = 0

    def as_result(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Client:
    """Speaks to one service for one group, within one deadline. ``timeout`` in seconds is for one HTTP attempt."""

    service: Service
    transport: Transport
    clock: Clock
    deadline: Deadline
    timeout: float
    pace: Pace
    records: list[CallRecord] = field(default_factory=list)
    jitter: Callable[[], float] = random.random

    def read(self, action: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """A call that changes nothing; repeated freely."""
        return self._call(CallRecord(action, "read", "failed"), parameters, repeatable=True)

    def write(self, action: str, parameters: Mapping[str, Any], *, repeatable: bool) -> dict[str, Any]:
        """A call that changes something.

        ``repeatable`` says that the API makes a second try of a call that was carried out harmless.  Without it, only
        what the service certainly did not carry out is tried again; the rest is raised as not settled.
        """
        return self._call(CallRecord(action, "write", "failed"), parameters, repeatable=repeatable)

    def _call(self, record: CallRecord, parameters: Mapping[str, Any], repeatable: bool) -> dict[str, Any]:
        self.records.append(record)
        failures: list[CloudError] = []
        while True:
            tried = record.attempts
            try:
                body, record.request_id = self._attempt(record, parameters)
            except CloudError as error:
                if failures and self._cut_short(error, record, tried):
                    raise failures[-1] from None
                record.request_id = error.request_id
                # One lost answer leaves the whole call unsettled, however clear the later answers are.
                error.had_no_effect = error.had_no_effect and all(failure.had_no_effect for failure in failures)
                if _blocked(error, record, repeatable) or not self._try_again(error, record.attempts, repeatable):
                    raise
                failures.append(error)
            else:
                self.pace.succeeded(record.action)
                record.status = "done"
                return body

    def _attempt(self, record: CallRecord, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
        admitted = self.pace.wait(record.action, self.deadline)
        seconds = min(self.timeout, self.deadline.remaining())
        if not admitted or seconds <= 0:
            raise CloudError("timeout", self.deadline.message, action=record.action)
        record.attempts += 1
        try:
            response = self.transport.send(self.service.request(record.action, parameters), seconds)
        except NotSent as error:
            raise CloudError("unavailable", str(error), action=record.action, transient=not error.final) from error
        except ResponseLost as error:
            raise CloudError(
                "timeout" if error.timed_out else "unavailable",
                str(error),
                action=record.action,
                had_no_effect=False,
                transient=True,
            ) from error
        return self.service.parse(record.action, response)

    def _cut_short(self, error: CloudError, record: CallRecord, tried: int) -> bool:
        """The deadline left no time for another try, or too little: what the one before came to tells more.

        Of a write that was sent all the same, it has to be told that its outcome is not known.
        """
        if record.attempts == tried:
            return True
        return record.effect == "read" and error.kind == "timeout" and self.deadline.remaining() <= 0

    def _try_again(self, error: CloudError, attempts: int, repeatable: bool) -> bool:
        if not error.transient or not (error.had_no_effect or repeatable):
            return False
        if error.kind not in _PATIENT and not error.busy and attempts >= ATTEMPTS:
            return False
        pause = self.pause_before(attempts)
        if error.kind == "throttled":
            self.pace.refused(error.action or "", pause)
        return self.deadline.pause(pause)

    def pause_before(self, attempts: int) -> float:
        """Seconds to wait after so many attempts: exponential, with jitter so that clients do not march in step."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts - 1, 10))
        return longest * (0.5 + self.jitter() / 2)


def _blocked(error: CloudError, record: CallRecord, repeatable: bool) -> bool:
    """Whether something stands in the way of a write, so that it is only made again after another look at the group."""
    if record.effect == "read" or not error.busy or error.kind != "conflict":
        return False
    return not repeatable or record.attempts >= BLIND_ATTEMPTS
