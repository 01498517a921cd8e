# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of a call, and the calls at which they can occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.laboratory import Entry, Laboratory
from tests.reliability.scenarios import Scenario

ENDLESS = 1000


@dataclass(frozen=True)
class Trouble:
    """One fault.

    ``rule`` is a fault rule of the simulator. ``refused`` calls find no listening server. From the affected call on,
    the cloud's clock is ``skew`` seconds off. ``absorbed``: the run must succeed anyway.
    """

    name: str
    rule: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[str, ...] = ("read", "write")
    apis: tuple[str, ...] = ("v3", "v1", "3.0", "2.0")
    absorbed: bool = False
    refused: int = 0
    skew: float = 0.0

    @property
    def connection(self) -> bool:
        """Whether it concerns connections, and therefore requires a real one."""
        return bool(self.refused) or self.rule.get("fault") in ("reset", "lost", "truncated")

    def strike(self, lab: Laboratory, cloud: str, call: int, journal: list[Entry]) -> None:
        """Apply it to the call with that number (from 1); ``journal`` is that of a run without faults."""
        if self.rule:
            # A stale rule counts writes only.
            writes = sum(entry["effect"] == "write" for entry in journal[:call])
            nth = max(writes, 1) if self.rule["fault"] == "stale" else call
            lab.clouds.fault(**{"cloud": cloud, "nth": nth, **self.rule})
        if self.refused:
            lab.wire.refused = range(call, call + self.refused)
        if self.skew:
            lab.wire.hooks[call] = lambda: lab.clouds.move_clock(self.skew)


WRITE = ("write",)
ALIYUN = ("v3", "v1")
TENCENT = ("3.0", "2.0")


def _answers() -> Iterator[Trouble]:
    for times in (1, 3):
        yield Trouble(f"throttled {times}x", {"fault": "throttled", "times": times}, absorbed=True)
    for status in (500, 502, 503, 504):
        yield Trouble(f"HTTP {status}", {"fault": "http", "status": status}, absorbed=True)
        performed = {"fault": "http", "status": status, "performed": True}
        yield Trouble(f"HTTP {status}, carried out", performed, WRITE, absorbed=True)
    yield Trouble("HTTP 503 3x", {"fault": "http", "times": 3})
    yield Trouble("HTTP 503 for good", {"fault": "http", "times": ENDLESS})
    for kind in ("reset", "lost", "truncated", "malformed", "html"):
        # If the call is not carried out, the damaged response is that of a refusal.
        refusals = kind in ("reset", "lost", "truncated")
        yield Trouble(kind, {"fault": kind, "performed": False}, absorbed=refusals)
        yield Trouble(f"{kind}, carried out", {"fault": kind, "performed": True}, absorbed=kind != "html")
        yield Trouble(f"{kind} 2x", {"fault": kind, "times": 2, "performed": True})
        yield Trouble(f"{kind} for good", {"fault": kind, "times": ENDLESS})


def _connections() -> Iterator[Trouble]:
    yield Trouble("connection refused", refused=1, absorbed=True)
    yield Trouble("connection refused 3x", refused=3, absorbed=True)
    yield Trouble("connection refused for good", refused=ENDLESS)
    for seconds in (200, -200):
        yield Trouble(f"clock {seconds:+} s", skew=seconds, absorbed=True)
    for seconds in (10_000, -10_000):
        yield Trouble(f"clock {seconds:+} s", skew=seconds)


def _memories() -> Iterator[Trouble]:
    """The service returns the old state for a while after a write."""
    for reads in (1, 2, 3):
        yield Trouble(f"{reads} stale reads", {"fault": "stale", "reads": reads}, WRITE, absorbed=True)
    yield Trouble("20 stale reads", {"fault": "stale", "reads": 20}, WRITE)


def _codes() -> Iterator[Trouble]:
    """The vendors' own codes:

    (codes, APIs, effects, whether the call was carried out, whether the run must succeed). IdempotentFailed refers to
    an earlier attempt, so the call that receives it is never carried out itself. Whether the earlier attempt was
    carried out depends on the switch ``idempotent_failed`` and on the scenarios with a lost response.
    """
    for codes, apis, effects, performed, absorbed in (
        ("Throttling Throttling.Api", ALIYUN, ("read", "write"), False, True),
        ("ServiceUnavailable InternalError UnknownError SystemBusy", ALIYUN, ("read", "write"), False, True),
        ("ServiceUnavailable InternalError UnknownError SystemBusy", ALIYUN, WRITE, True, True),
        ("IdempotentProcessing LastTokenProcessing", ALIYUN, WRITE, False, True),
        ("IdempotentProcessing LastTokenProcessing", ALIYUN, WRITE, True, True),
        ("IdempotentFailed", ALIYUN, WRITE, False, False),
        ("IdempotentParameterMismatch QuotaExceed QuotaExceeded NobodyKnows.This", ALIYUN, WRITE, False, False),
        ("OperationConflict IncorrectStatus.Any TaskConflict", ALIYUN, ("read", "write"), False, True),
        ("InvalidTimeStamp.Expired SignatureNonceUsed Forbidden.RAM", ALIYUN, ("read", "write"), False, False),
        ("InternalError FailedOperation ResourceUnavailable", ("3.0",), ("read", "write"), False, True),
        ("InternalError FailedOperation ResourceUnavailable", ("3.0",), WRITE, True, True),
        ("RequestLimitExceeded.UinLimitExceeded", ("3.0",), ("read", "write"), False, True),
        ("RequestLimitExceeded.GlobalRegionUinLimitExceeded", ("3.0",), ("read", "write"), False, True),
        ("InternalServerError UnknownError", ("3.0",), ("read", "write"), False, True),
        ("InternalServerError UnknownError NobodyKnows.This", ("3.0",), WRITE, True, True),
        ("UnsupportedOperation.MutexOperationTaskRunning ResourceInUse", ("3.0",), WRITE, False, True),
        ("ResourceBusy", ("3.0",), ("read", "write"), False, True),
        ("OperationDenied.MutexTaskRunning", ("3.0",), WRITE, False, True),
        ("UnsupportedOperation.VersionMismatch LimitExceeded", ("3.0",), WRITE, False, False),
        ("AuthFailure.SignatureExpire UnauthorizedOperation", ("3.0",), ("read", "write"), False, False),
        ("7000 6000 5100 6200", ("2.0",), ("read", "write"), False, True),
        ("7000 6000 5100 6200 5400", ("2.0",), WRITE, True, True),
        ("9003 7002 4100 4300", ("2.0",), ("read", "write"), False, False),
    ):
        for code in codes.split():
            rule = {"fault": "error", "code": code, "performed": performed}
            name = f"{code}, carried out" if performed else code
            yield Trouble(name, rule, effects, apis, absorbed)


TROUBLES = (*_answers(), *_connections(), *_memories(), *_codes())


def role(journal: list[Entry], call: int) -> str:
    """The purpose of the call with that number."""
    entry = journal[call - 1]
    writes = [number for number, each in enumerate(journal, start=1) if each["effect"] == "write"]
    if entry["effect"] == "write":
        return f"write {writes.index(call) + 1}"
    if writes and call > writes[-1]:
        return "read-back"
    if call == 1:
        return "read"
    return "list" if entry["action"] == "DescribeSecurityGroups" else "second read"


def places(scenario: Scenario, journal: list[Entry]) -> Iterator[tuple[int, Trouble]]:
    """Every call of a run without faults, with every fault that can affect it."""
    for call, entry in enumerate(journal, start=1):
        for trouble in TROUBLES:
            if entry["effect"] in trouble.effects and scenario.api in trouble.apis:
                yield call, trouble
