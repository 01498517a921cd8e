# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator inside a Python test: a server in a thread, and the functions of the admin endpoints as methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .build import build
from .faults import Rule
from .server import SimulatorServer, serve_in_thread
from .simulator import Simulator


class Harness:
    """A running simulator and its controls."""

    def __init__(self, simulator: Simulator, server: SimulatorServer) -> None:
        self.simulator = simulator
        self._server = server

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, without a slash at the end."""
        return self._server.url

    @property
    def port(self) -> int:
        """The port of the server."""
        return self._server.port

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``, for clients that require a host."""
        return self.url.partition("//")[2]

    def journal(self, **wanted: object) -> list[dict[str, Any]]:
        """Return the vendor calls so far, in order; ``journal(effect="write")`` only those with this member."""
        entries = self.simulator.journal.entries()
        return [entry for entry in entries if all(entry[name] == value for name, value in wanted.items())]

    def clear_journal(self) -> None:
        """Forget the calls so far."""
        self.simulator.journal.clear()

    def state(self) -> dict[str, Any]:
        """Return the state of every cloud, in the form of the seed."""
        return self.simulator.state()

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Replace the state of the named clouds."""
        self.simulator.set_state(state)

    def group(self, cloud: str, group: str) -> dict[str, Any]:
        """Return one security group, in the form of the seed. Raises KeyError."""
        groups = {item["id"]: item for item in self.simulator.state()[cloud]["security_groups"]}
        found: dict[str, Any] = groups[group]
        return found

    def reset(self) -> None:
        """Restore the seed, and reset journal, faults, limits, latency, clock and switches."""
        self.simulator.reset()

    def switch(self, cloud: str, **values: str) -> None:
        """Set switches of a cloud."""
        for name, value in values.items():
            self.simulator.set_switch(cloud, name, value)

    def fault(self, fault: str, **rule: Any) -> None:
        """Add a fault rule; the arguments are the members of ``faults.Rule``."""
        self.simulator.faults.add(Rule.from_mapping({"fault": fault, **rule}))

    def clear_faults(self) -> None:
        """Remove all fault rules."""
        self.simulator.faults.clear()

    def foreign_write(self, cloud: str, group: str, **change: Any) -> None:
        """Replace members of a group now, as a second writer; ``fault("foreign_write", ...)`` does so during a call."""
        self.simulator.foreign_write(cloud, group, change)

    def move_clock(self, seconds: float) -> None:
        """Advance the clouds' clock (or set it back); the Date header shows this."""
        self.simulator.clock.shift += seconds

    def limit_rate(self, calls_per_second: float, key: str = "*") -> None:
        """Refuse calls above this rate, per action; ``key`` is "*" or "cloud/Action"."""
        self.simulator.limiter.limits[key] = calls_per_second


@contextmanager
def running_simulator(seed: Mapping[str, Any] | None = None, host: str = "127.0.0.1") -> Iterator[Harness]:
    """A simulator on a free port, stopped at the end; the seed is the packaged example unless given."""
    simulator = build(seed)
    server = SimulatorServer(simulator, host)
    stop = serve_in_thread(server)
    try:
        yield Harness(simulator, server)
    finally:
        stop()
