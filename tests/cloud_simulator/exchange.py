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
    """The machine's clock, shifted by ``shift`` seconds. Tests advance it to let signatures expire."""

    shift: float = 0.0

    def now(self) -> float:
        """Return the machine's time, shifted."""
        return time.time() + self.shift


@dataclass(frozen=True)
class Request:
    """One HTTP request, as received."""

    method: str  # upper case
    path: str  # as sent, percent-escapes included, without the query
    query_string: str  # raw, without "?"
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    host: str  # the Host header as received, port included if there was one


@dataclass(frozen=True)
class Reply:
    """One HTTP response.

    ``error_code`` and ``request_id`` are for the journal, because the server does not read bodies.
    """

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Call:
    """The meaning of a request, determined without authentication.

    ``parameters`` can be converted to JSON, and contain no secrets, signatures, nonces and tokens. A ClientToken is not
    a secret and is included. For a malformed request, the action is "" or whatever can be recognised.
    """

    action: str
    group: str | None
    effect: Effect
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Switch:
    """One undocumented behaviour. ``source`` names the page and row, ``meaning`` describes the effect."""

    name: str
    values: tuple[str, ...]
    default: str
    source: str
    meaning: str


class Cloud(Protocol):
    """One simulated cloud.

    ``recognises`` and ``describe`` only read the request, and are called at any time from many threads. The server
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
        """Replace the whole state, including replay caches but not switches, by this cloud's part of a seed.

        Raises SeedError.
        """

    def dump(self) -> dict[str, Any]:
        """Return the current state in the form of the seed.

        ``load(dump())`` changes nothing that an API call can see.
        """

    def snapshot(self) -> object:
        """Return an independent copy of the resources (not of replay or idempotency caches), for ``restore``."""

    def restore(self, snapshot: object) -> None:
        """Restore the resources of a snapshot. The server uses this for stale reads."""

    def recognises(self, request: Request) -> bool:
        """Return whether this request is for this cloud."""

    def describe(self, request: Request) -> Call:
        """Describe the request, without authenticating it. Never raises."""

    def handle(self, request: Request) -> Reply:
        """Authenticate, validate and perform the call, and respond.

        Never raises for anything that a client can send.
        """

    def refuse(self, request: Request, code: str, message: str) -> Reply:
        """Return the vendor's error response with this code and its HTTP status. Changes nothing."""

    def foreign_write(self, group: str, change: Mapping[str, Any]) -> None:
        """Change a group as a second writer: replace these members of a seed group. Raises SeedError."""
