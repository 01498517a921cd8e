# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin endpoints under ``/_simulator/``: journal, state, switches, faults, settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .exchange import Reply, Request
from .faults import Rule
from .simulator import Simulator

PREFIX = "/_simulator/"


def reply_json(status: int, value: object) -> Reply:
    """Return a JSON response of an admin endpoint."""
    return Reply(status, json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n", "application/json")


class Admin:
    """Routes admin requests. The response to a mistake has the status 400 and ``{"error": ...}``."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._routes: dict[tuple[str, str], Callable[[Any], object]] = {
            ("GET", "healthz"): lambda dummy: {"status": "ok", "clouds": list(simulator.clouds)},
            ("GET", "journal"): lambda dummy: simulator.journal.entries(),
            ("DELETE", "journal"): lambda dummy: simulator.journal.clear(),
            ("GET", "state"): lambda dummy: simulator.state(),
            ("PUT", "state"): simulator.set_state,
            ("POST", "reset"): lambda dummy: simulator.reset(),
            ("GET", "switches"): lambda dummy: self.switches(),
            ("PUT", "switches"): self.set_switches,
            ("GET", "faults"): lambda dummy: simulator.faults.listed(),
            ("POST", "faults"): self.add_faults,
            ("DELETE", "faults"): lambda dummy: simulator.faults.clear(),
            ("POST", "foreign_write"): lambda body: simulator.foreign_write(**body),
            ("GET", "settings"): lambda dummy: self.settings(),
            ("PUT", "settings"): self.set_settings,
        }

    def answer(self, request: Request) -> Reply:
        """Handle one admin request."""
        name = request.path.removeprefix(PREFIX).rstrip("/")
        route = self._routes.get((request.method, name))
        if route is None:
            return reply_json(404, {"error": f"no {request.method} {PREFIX}{name}"})
        try:
            result = route(json.loads(request.body) if request.body else None)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            return reply_json(400, {"error": str(problem)})
        return reply_json(200, {} if result is None else result)

    def switches(self) -> dict[str, Any]:
        """Return every switch with its value, by cloud and name."""
        return {
            name: {
                switch.name: {**asdict(switch), "value": cloud.switch_values()[switch.name]}
                for switch in cloud.switches.values()
            }
            for name, cloud in self._simulator.clouds.items()
        }

    def set_switches(self, wanted: dict[str, dict[str, str]]) -> None:
        """Set switches, given as ``{cloud: {switch: value}}``."""
        for cloud, values in wanted.items():
            for name, value in values.items():
                self._simulator.set_switch(cloud, name, value)

    def add_faults(self, rules: dict[str, Any] | list[dict[str, Any]]) -> None:
        """Add one rule or a list of them; all are accepted, or none."""
        for rule in [Rule.from_mapping(data) for data in (rules if isinstance(rules, list) else [rules])]:
            self._simulator.faults.add(rule)

    def settings(self) -> dict[str, Any]:
        """Return the latency, the shift of the clock, the path prefix of the gateway, and the rate limits."""
        return {
            "latency_ms": self._simulator.latency * 1000,
            "clock_shift": self._simulator.clock.shift,
            "path_prefix": self._simulator.path_prefix,
            "rate_limits": self._simulator.limiter.limits,
        }

    def set_settings(self, wanted: dict[str, Any]) -> None:
        """Change any of the members of ``settings``."""
        unknown = sorted(set(wanted) - set(self.settings()))
        if unknown:
            raise ValueError(f"no setting {', '.join(unknown)}")
        self._simulator.latency = float(wanted.get("latency_ms", self._simulator.latency * 1000)) / 1000
        self._simulator.clock.shift = float(wanted.get("clock_shift", self._simulator.clock.shift))
        self._simulator.path_prefix = str(wanted.get("path_prefix", self._simulator.path_prefix)).rstrip("/")
        limits = wanted.get("rate_limits", self._simulator.limiter.limits)
        self._simulator.limiter.limits = {str(key): float(value) for key, value in limits.items()}
