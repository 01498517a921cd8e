# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: a queue of rules that define which calls fail, and how. README.md lists them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .exchange import Call

# Whether the call is performed before its response is replaced, unless the rule sets it.
PERFORMED_BY_DEFAULT = {
    "throttled": False,
    "error": False,
    "http": False,
    "reset": False,
    "lost": True,
    "truncated": True,
    "malformed": True,
    "html": True,
}
# These accompany a call and do not replace its response; any number of them can apply to one call.
COMPANIONS = ("slow", "stale", "foreign_write")
KINDS = (*PERFORMED_BY_DEFAULT, *COMPANIONS)


@dataclass
class Rule:
    """One rule. It acts on the matching calls number ``nth`` to ``nth + times - 1``."""

    fault: str
    cloud: str | None = None
    action: str | None = None
    effect: str | None = None
    group: str | None = None
    nth: int = 1
    times: int = 1
    performed: bool | None = None
    code: str | None = None  # error: the vendor's code
    message: str = "injected by the simulator"  # error
    status: int = 503  # http
    seconds: float = 0.0  # slow
    reads: int = 1  # stale: how many reads after the write see the old state
    when: str = "before"  # foreign_write: before or after
    change: dict[str, Any] = field(default_factory=dict)  # foreign_write: members of a seed group
    target: str | None = None  # foreign_write: the group, when not the call's own
    seen: int = 0

    def __post_init__(self) -> None:
        if self.fault not in KINDS:
            raise ValueError(f"no fault {self.fault!r}; there are {', '.join(KINDS)}")
        if self.fault == "error" and not self.code:
            raise ValueError("the fault 'error' needs a code")
        if self.when not in ("before", "after"):
            raise ValueError("'when' is 'before' or 'after'")
        if self.nth < 1 or self.times < 1:
            raise ValueError("'nth' and 'times' count from 1")
        if self.fault == "stale" and self.effect is None:
            self.effect = "write"
        if self.performed is None:
            self.performed = PERFORMED_BY_DEFAULT.get(self.fault, True)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Rule:
        """Create a rule from the admin endpoint's JSON. Raises ValueError with the problem."""
        known = {item.name for item in fields(cls)} - {"seen"}
        unknown = sorted(set(data) - known)
        if unknown or "fault" not in data:
            raise ValueError(f"a fault rule has 'fault' and some of {', '.join(sorted(known))}; unknown: {unknown}")
        return cls(**data)

    def matches(self, cloud: str, call: Call) -> bool:
        """Return whether this rule matches the call."""
        wanted = ((self.cloud, cloud), (self.action, call.action), (self.effect, call.effect), (self.group, call.group))
        return all(want is None or want == got for want, got in wanted)

    def fires(self) -> bool:
        """Count one matching call, and return whether the rule acts on it."""
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


@dataclass(frozen=True)
class Verdict:
    """The faults of one call: at most one that replaces the response, and its companions."""

    spoiler: Rule | None = None
    companions: tuple[Rule, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the kinds, for the journal."""
        rules = (*self.companions, *((self.spoiler,) if self.spoiler else ()))
        return tuple(rule.fault for rule in rules)

    def companion(self, kind: str) -> list[Rule]:
        """Return the companions of one kind."""
        return [rule for rule in self.companions if rule.fault == kind]


class FaultQueue:
    """The current rules. A call that one rule answers is not counted by the answering rules behind it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Append a rule."""
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules = []

    def listed(self) -> list[dict[str, Any]]:
        """Return the rules with their counters."""
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def judge(self, cloud: str, call: Call) -> Verdict:
        """Count this call, and return its faults."""
        spoiler: Rule | None = None
        companions: list[Rule] = []
        with self._lock:
            for rule in self._rules:
                answered = rule.fault not in COMPANIONS and spoiler is not None
                if answered or not rule.matches(cloud, call) or not rule.fires():
                    continue
                if rule.fault in COMPANIONS:
                    companions.append(rule)
                else:
                    spoiler = rule
        return Verdict(spoiler, tuple(companions))


class RateLimiter:
    """Allows at most this many calls of one action per second; ``limits`` maps "cloud/Action" or "*" to a number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.limits: dict[str, float] = {}
        self._calls: dict[str, list[float]] = {}

    def allows(self, cloud: str, action: str, now: float) -> bool:
        """Return whether this call is within the limit; a refused call does not count."""
        key = f"{cloud}/{action}"
        limit = self.limits.get(key, self.limits.get("*"))
        if limit is None:
            return True
        with self._lock:
            recent = [moment for moment in self._calls.get(key, []) if now - moment < 1.0]
            allowed = len(recent) < limit
            self._calls[key] = [*recent, now] if allowed else recent
        return allowed
