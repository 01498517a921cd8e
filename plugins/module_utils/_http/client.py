# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the calls for one security group: each attempt is signed again, retried where that is harmless, and recorded."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Callable, Literal, Protocol

from .clock import Clock, Deadline
from .errors import CloudError
from .pace import Pace
from .transport import HttpRequest, HttpResponse, NotSent, ResponseLost, Transport

Effect = Literal["read", "write"]
Status = Literal["done", "planned", "failed", "not_run"]

# Seconds.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
ATTEMPTS = 5
# After this many refusals of a repeatable write, reading the group again shows whether the write is still needed.
BLIND_ATTEMPTS = 12
# Vendors count calls in windows of up to a minute, and a group that another user changes is free again afterwards.
_RETRIED_UNTIL_DEADLINE = ("throttled", "conflict")


class Service(Protocol):
    """One API of one vendor: it builds requests and parses responses, and knows nothing of sockets and retries."""

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """Return a signed request. Each attempt is signed with its own time and nonce."""

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        """Return the body of a successful response and its request ID. Raises CloudError."""


class CallRecord:
    """One API call, as ``actions`` of the result lists it."""

    __slots__ = ("action", "attempts", "effect", "request_id", "status")

    def __init__(
        self, action: str, effect: Effect, status: Status, request_id: str | None = None, attempts: int = 0
    ) -> None:
        self.action = action
        self.effect = effect
        self.status: Status = status
        self.request_id = request_id
        self.attempts = attempts

    def as_result(self) -> dict[str, Any]:
        """Return the entry of ``actions``."""
        names = ("action", "effect", "status", "request_id", "attempts")
        return {name: getattr(self, name) for name in names}


class Client:
    """Calls one service for one group, within one deadline. ``timeout``, in seconds, limits one HTTP attempt."""

    def __init__(
        self,
        service: Service,
        transport: Transport,
        clock: Clock,
        deadline: Deadline,
        timeout: float,
        pace: Pace,
        records: list[CallRecord] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.service = service
        self.transport = transport
        self.clock = clock
        self.deadline = deadline
        self.timeout = timeout
        self.pace = pace
        self.records = [] if records is None else records
        self.jitter = jitter
        # Why the last write failed, if the caller is about to try again. Without time for that, it is the useful error.
        self.refusal: CloudError | None = None

    def read(self, action: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call that changes nothing, and return the response. It is retried freely. Raises CloudError."""
        return self._call(CallRecord(action, "read", "failed"), parameters, repeatable=True)

    def write(self, action: str, parameters: Mapping[str, Any], *, repeatable: bool) -> dict[str, Any]:
        """Make a call that changes something, and return the response. Raises CloudError.

        ``repeatable``: a second attempt is harmless if the first one was carried out. Otherwise a call is only
        retried if the service certainly did not carry it out, and other errors are raised with ``had_no_effect`` false.
        """
        record = CallRecord(action, "write", "failed")
        try:
            return self._call(record, parameters, repeatable=repeatable)
        finally:
            if record.attempts:
                self.refusal = None

    def _call(self, record: CallRecord, parameters: Mapping[str, Any], repeatable: bool) -> dict[str, Any]:
        self.records.append(record)
        failures: list[CloudError] = []
        while True:
            attempts_before = record.attempts
            try:
                body, record.request_id = self._attempt(record, parameters)
            except CloudError as error:
                if self._cut_short(error, record, attempts_before):
                    raise (self._error_before(failures) or error) from None
                record.request_id = error.request_id
                # After one lost response the outcome of the whole call is open, however clear later responses are.
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

    def _error_before(self, failures: list[CloudError]) -> CloudError | None:
        return failures[-1] if failures else self.refusal

    def _cut_short(self, error: CloudError, record: CallRecord, attempts_before: int) -> bool:
        """Return whether the deadline cut this attempt short, so that the previous error is the more useful one.

        A write that was sent nevertheless keeps its own error, because its outcome is open.
        """
        if record.attempts == attempts_before:
            return True
        return record.effect == "read" and error.kind == "timeout" and self.deadline.remaining() <= 0

    def _try_again(self, error: CloudError, attempts: int, repeatable: bool) -> bool:
        if not error.transient or not (error.had_no_effect or repeatable):
            return False
        if error.kind not in _RETRIED_UNTIL_DEADLINE and not error.busy and attempts >= ATTEMPTS:
            return False
        pause = self.pause_before(attempts)
        if error.kind == "throttled":
            self.pace.refused(error.action or "", pause)
        return self.deadline.pause(pause)

    def pause_before(self, attempts: int) -> float:
        """Return the seconds to wait after that many attempts: exponential, with jitter, so that clients spread out."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts - 1, 10))
        return longest * (0.5 + self.jitter() / 2)


def _blocked(error: CloudError, record: CallRecord, repeatable: bool) -> bool:
    """Return whether a write may only be repeated after reading the group, because another operation is in progress."""
    if record.effect == "read" or not error.busy or error.kind != "conflict":
        return False
    return not repeatable or record.attempts >= BLIND_ATTEMPTS
