# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator without its sockets: the choice of the cloud, faults, and the journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Literal

from .exchange import Call, Cloud, Reply, Request, SeedError, ShiftedClock
from .faults import FaultQueue, RateLimiter, Rule, Verdict
from .journal import Entry, Journal

Delivery = Literal["whole", "reset", "lost", "truncated"]
HTML = b"<html><head><title>%b</title></head><body><h1>%b</h1><hr>gateway</body></html>"
NOT_A_VENDOR_CALL = Reply(404, b"no simulated cloud recognises this request\n", "text/plain")


@dataclass(frozen=True)
class Answer:
    """A response, and how it is delivered to the client."""

    reply: Reply
    delivery: Delivery = "whole"


class Simulator:
    """Clouds, journal, faults and limits. Safe for many threads; each cloud processes one call at a time."""

    def __init__(self, clouds: Sequence[Cloud], clock: ShiftedClock, seed: Mapping[str, Any]) -> None:
        self.clouds = {cloud.name: cloud for cloud in clouds}
        self.clock = clock
        self.journal = Journal()
        self.faults = FaultQueue()
        self.limiter = RateLimiter()
        self.latency = 0.0
        self.path_prefix = ""
        self._seed = seed
        self._locks = {name: threading.Lock() for name in self.clouds}
        self._stale: dict[tuple[str, str | None], tuple[object, int]] = {}
        self.set_state(seed)

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Replace the state of every named cloud. Raises SeedError."""
        unknown = sorted(set(state) - set(self.clouds))
        if unknown:
            raise SeedError(f"no simulated cloud {', '.join(unknown)}; there are {', '.join(self.clouds)}")
        for name, part in state.items():
            with self._locks[name]:
                self.clouds[name].load(part)

    def state(self) -> dict[str, Any]:
        """Return the state of every cloud, in the form of the seed."""
        result = {}
        for name, cloud in self.clouds.items():
            with self._locks[name]:
                result[name] = cloud.dump()
        return result

    def reset(self) -> None:
        """Restore the seed, the default switches and the real time, and clear journal, faults, limits and latency."""
        self.faults.clear()
        self.limiter = RateLimiter()
        self.latency = 0.0
        self.path_prefix = ""
        self.clock.shift = 0.0
        self._stale = {}
        for name, cloud in self.clouds.items():
            with self._locks[name]:
                for switch in cloud.switches.values():
                    cloud.set_switch(switch.name, switch.default)
        self.set_state({name: self._seed.get(name, {}) for name in self.clouds})
        self.journal.clear()

    def set_switch(self, cloud: str, name: str, value: str) -> None:
        """Set a switch. Raises KeyError for an unknown cloud or switch, and ValueError for an unknown value."""
        with self._locks[cloud]:
            self.clouds[cloud].set_switch(name, value)

    def foreign_write(self, cloud: str, group: str, change: Mapping[str, Any]) -> None:
        """Make the change of a second writer now. Raises SeedError."""
        if cloud not in self.clouds:
            raise SeedError(f"no simulated cloud {cloud!r}")
        with self._locks[cloud]:
            self.clouds[cloud].foreign_write(group, change)

    def answer(self, request: Request) -> Answer:
        """Respond to one request to a vendor's endpoint. A path prefix is removed, as by a gateway in front."""
        if not request.path.startswith(self.path_prefix + "/"):
            return Answer(NOT_A_VENDOR_CALL)
        request = replace(request, path=request.path.removeprefix(self.path_prefix))
        cloud = next((cloud for cloud in self.clouds.values() if cloud.recognises(request)), None)
        if cloud is None:
            return Answer(NOT_A_VENDOR_CALL)
        call = cloud.describe(request)
        entry = Entry(0, cloud.name, call.action, call.effect, call.group, dict(call.parameters), self.clock.now(), 0)
        self.journal.open(entry)
        try:
            answer = self._judged(cloud, request, call, entry)
        finally:
            self.journal.close()
        unanswered = answer.delivery in ("reset", "lost")
        entry.status = None if unanswered else answer.reply.status
        entry.error_code = answer.reply.error_code
        entry.request_id = answer.reply.request_id
        return answer

    def _judged(self, cloud: Cloud, request: Request, call: Call, entry: Entry) -> Answer:
        verdict = self.faults.judge(cloud.name, call)
        entry.faults = verdict.names
        pause = self.latency + sum(rule.seconds for rule in verdict.companion("slow"))
        if pause:
            time.sleep(pause)
        with self._locks[cloud.name]:
            self._interfere(cloud, call, verdict, "before")
            if not self.limiter.allows(cloud.name, call.action, time.monotonic()):
                return Answer(cloud.refuse(request, cloud.throttling_code, "too many requests"))
            answer = self._performed(cloud, request, call, verdict, entry)
            self._interfere(cloud, call, verdict, "after")
        return answer

    def _performed(self, cloud: Cloud, request: Request, call: Call, verdict: Verdict, entry: Entry) -> Answer:
        spoiler = verdict.spoiler
        if spoiler is None:
            entry.performed = True
            return Answer(self._handled(cloud, request, call, verdict))
        reply = None
        if spoiler.performed:
            entry.performed = True
            reply = self._handled(cloud, request, call, verdict)
        return spoilt(cloud, request, spoiler, reply)

    def _handled(self, cloud: Cloud, request: Request, call: Call, verdict: Verdict) -> Reply:
        key = (cloud.name, call.group)
        for rule in verdict.companion("stale"):
            self._stale[key] = (cloud.snapshot(), rule.reads)
        if call.effect == "write" or key not in self._stale:
            return cloud.handle(request)
        old, left = self._stale.pop(key)
        if left > 1:
            self._stale[key] = (old, left - 1)
        present = cloud.snapshot()
        cloud.restore(old)
        try:
            return cloud.handle(request)
        finally:
            cloud.restore(present)

    def _interfere(self, cloud: Cloud, call: Call, verdict: Verdict, when: str) -> None:
        for rule in verdict.companion("foreign_write"):
            target = rule.target or call.group
            if rule.when == when and target is not None:
                cloud.foreign_write(target, rule.change)


def spoilt(cloud: Cloud, request: Request, rule: Rule, reply: Reply | None) -> Answer:
    """Return the response that the client gets under this rule. ``reply`` is the real one if the call was performed."""
    if rule.fault in ("throttled", "error"):
        code = rule.code or cloud.throttling_code
        return Answer(cloud.refuse(request, code, rule.message))
    if rule.fault == "http":
        return Answer(html_page(rule.status))
    true_reply = reply or cloud.refuse(request, rule.code or cloud.throttling_code, rule.message)
    if rule.fault == "html":
        return Answer(html_page(200))
    if rule.fault == "malformed":
        return Answer(replace(true_reply, body=true_reply.body[:-1] + b',"}'))
    if rule.fault == "truncated":
        return Answer(true_reply, "truncated")
    return Answer(true_reply, "reset" if rule.fault == "reset" else "lost")


def html_page(status: int) -> Reply:
    """Return a page like that of a gateway in front of the API."""
    title = f"{status} {HTTPStatus(status).phrase}".encode()
    return Reply(status, HTML % (title, title), "text/html")
