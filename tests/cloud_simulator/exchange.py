# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface between the server and the simulated clouds.

The server owns sockets, faults, journal and locks; a cloud owns its state, its signatures and its wire format.
Each cloud is a package ``tests.cloud_simulator.<name>`` with a function ``create(clock: Clock) -> Cloud``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Effect = Literal["read", "write"]


class SeedError(ValueError):
    """An invalid seed, state or foreign write; the message says where."""


class Clock(Protocol):
    """The time as a cloud sees it."""

    def now(self) -> float:
        """Seconds since the epoch (UTC)."""


@dataclass
class ShiftedClock:
    """The machine's clock moved by ``shift`` seconds; tests move it on to let signatures expire."""

    shift: float = 0.0

    def now(self) -> float:
        """The machine's time, moved."""
        return time.time() + self.shift


@dataclass(frozen=True)
class Request:
    """One HTTP request, as it came over the wire."""

    method: str  # upper case
    path: str  # as sent, percent-escapes included, without the query
    query_string: str  # raw, without "?"
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    host: str  # the Host header as received, port included if there was one


@dataclass(frozen=True)
class Reply:
    """One HTTP answer. ``error_code`` and ``request_id`` are for the journal: the server does not read bodies."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Call:
    """The meaning of a request, determined without authenticating it.

    ``parameters`` are JSON-able and free of secrets, signatures, nonces and tokens. A ClientToken is not a secret
    and stays in. A malformed request gives action "" or whatever can be told.
    """

    action: str
    group: str | None
    effect: Effect
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Switch:
    """One undocumented behaviour. ``source`` names the page and row, ``meaning`` says what changes."""

    name: str
    values: tuple[str, ...]
    default: str
    source: str
    meaning: str


class Cloud(Protocol):
    """One simulated cloud.

    ``recognises`` and ``describe`` look at the request only and are called at any time, from many threads; the server
    never calls two of the other methods at the same time.
    """

    name: str  # "aliyun" or "tencent"; also its key in the seed
    throttling_code: str  # the vendor's code for "too many requests"

    @property
    def switches(self) -> Mapping[str, Switch]:
        """Return all switches by name."""

    def switch_values(self) -> dict[str, str]:
        """Return the current value of every switch."""

    def set_switch(self, name: str, value: str) -> None:
        """Set a switch. Raises KeyError for an unknown switch, and ValueError for an unknown value."""

    def load(self, seed: Mapping[str, Any]) -> None:
        """Replace the whole state (replay caches too, switches not) by this cloud's part of a seed. SeedError."""

    def dump(self) -> dict[str, Any]:
        """The current state in the shape of the seed; ``load(dump())`` changes nothing an API call can see."""

    def snapshot(self) -> object:
        """An independent copy of the resources (not of replay or idempotency caches), for ``restore``."""

    def restore(self, snapshot: object) -> None:
        """Put the resources of a snapshot back; the server answers stale reads by it."""

    def recognises(self, request: Request) -> bool:
        """Return whether this request is for this cloud."""

    def describe(self, request: Request) -> Call:
        """Describe the request, without authenticating it. Never raises."""

    def handle(self, request: Request) -> Reply:
        """Authenticate, validate, perform, answer. Never raises for anything a client can send."""

    def refuse(self, request: Request, code: str, message: str) -> Reply:
        """The vendor's error answer with this code, with the HTTP status that code comes with. Changes nothing."""

    def foreign_write(self, group: str, change: Mapping[str, Any]) -> None:
        """Change a group as a second writer: replace these members of a seed group. Raises SeedError."""
