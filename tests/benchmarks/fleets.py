# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many groups in one task: as module processes, and as tasks of a playbook against a loop."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.ansible_runs import COLLECTION, Payload, Playbooks
from tests.benchmarks.clouds import Clouds, fleet
from tests.benchmarks.converged import EMPTY, TENCENT, per_task
from tests.benchmarks.measure import Launcher, Sample, in_turns, ratios
from tests.benchmarks.profile import Profile
from tests.benchmarks.tables import table, verdict
from tests.support.worlds import tencent_options

MEMORY_TARGET = 150.0  # MB
LOOP = "loop"
MODULE = f"{COLLECTION}.{TENCENT}"


class Fleet:
    """Groups that change back and forth between two variants of their rules, so that nothing has to be reset."""

    def __init__(self, clouds: Clouds, groups: int, rules: int) -> None:
        self._clouds = clouds
        self._present = 0
        self.groups = groups
        self.entries = [fleet(groups, rules, variant) for variant in (0, 1)]
        clouds.fill(groups, rules)

    def options(self, variant: int, concurrency: int, **more: Any) -> dict[str, Any]:
        """Options of the task that gives all groups these rules."""
        groups = self.entries[variant]
        return tencent_options(self._clouds.url, groups=groups, max_concurrency=concurrency, **more)

    def variant(self, changed: bool) -> int:
        """The variant that now is a change to every group, or to none. It is taken to be applied next."""
        if changed:
            self._present = 1 - self._present
        self._clouds.forget()
        return self._present


class Processes:
    """Module processes for fleets."""

    def __init__(self, launcher: Launcher, clouds: Clouds, template: Payload) -> None:
        self._launcher = launcher
        self._clouds = clouds
        self._template = template

    def run(self, fleet: Fleet, changed: bool, concurrency: int, **more: Any) -> Sample:
        """One run over all groups."""
        options = fleet.options(fleet.variant(changed), concurrency, **more)
        return self._template.having("fleet", options).run(self._launcher, changed)

    def grid(self, profile: Profile) -> str:
        """The section on concurrency and latency."""
        head = ["groups", "calls", "latency", *(f"{each} at once" for each in profile.concurrencies), "best ratio"]
        rows = []
        for groups in profile.fleets:
            fleet = Fleet(self._clouds, groups, profile.fleet_rules)
            for latency in profile.latencies:
                self._clouds.set_latency(latency)
                rows += [self._row(fleet, changed, latency, profile) for changed in (False, True)]
            self._clouds.set_latency(0)
        return table(head, rows)

    def _row(self, fleet: Fleet, changed: bool, latency: int, profile: Profile) -> list[str]:
        def wall(concurrency: int) -> float:
            return self.run(fleet, changed, concurrency).wall

        runs = {str(each): partial(wall, each) for each in profile.concurrencies}
        rounds = 1 if fleet.groups >= profile.once_from else profile.fleet_rounds
        medians = [statistics.median(walls) for walls in in_turns(runs, rounds).values()]
        what = "all changed" if changed else "converged"
        shown = [f"{median:.2f} s" for median in medians]
        return [str(fleet.groups), what, f"{latency} ms", *shown, f"{medians[0] / min(medians):.2f}"]

    def memory(self, profile: Profile) -> str:
        """The section on peak memory."""
        fleet = Fleet(self._clouds, profile.memory, profile.fleet_rules)
        taken = {
            "converged": self.run(fleet, False, 8),
            "converged, `return_unchanged: false`": self.run(fleet, False, 8, return_unchanged=False),
            "all changed": self.run(fleet, True, 8),
        }
        rows = [[name, f"{sample.memory:.0f} MB", f"{sample.cpu:.1f} s"] for name, sample in taken.items()]
        worst = max(sample.memory for sample in taken.values())
        text = verdict([worst], MEMORY_TARGET, f"{profile.memory} groups in at most 150 MB")
        return table(["run", "peak memory", "CPU"], rows) + "\n" + text


class Plays:
    """One task with ``groups`` against a loop of tasks with one group each."""

    def __init__(self, playbooks: Playbooks, clouds: Clouds, profile: Profile) -> None:
        self._playbooks = playbooks
        self._clouds = clouds
        self._profile = profile

    def section(self) -> str:
        """The table."""
        head = ["groups", "state", "latency", f"loop (from {self._profile.loop})", "one task", "ratio"]
        rows = []
        for latency in self._profile.latencies:
            self._clouds.set_latency(latency)
            for changed in (False, True):
                rows += self._rows(latency, changed)
        self._clouds.set_latency(0)
        return table(head, rows)

    def _rows(self, latency: int, changed: bool) -> list[list[str]]:
        walls = self._compared(changed)
        loop = [each / self._profile.loop for each in walls[LOOP]]
        rows = []
        for groups in self._profile.played_fleets:
            one, scaled = walls[str(groups)], [each * groups for each in loop]
            what = "all changed" if changed else "converged"
            times = [f"{statistics.median(scaled):.1f} s", f"{statistics.median(one):.1f} s"]
            ratio = statistics.median(ratios(one, scaled))
            rows.append([str(groups), what, f"{latency} ms", *times, f"{ratio:.3f}"])
        return rows

    def _compared(self, changed: bool) -> dict[str, list[float]]:
        """Wall seconds of the loop and of the tasks for so many groups, each less the empty playbook of its round."""
        profile = self._profile
        fleet = Fleet(self._clouds, max(profile.loop, *profile.played_fleets), profile.fleet_rules)
        options = fleet.options(1 if changed else 0, 8)
        books = {LOOP: self._book(LOOP, options, profile.loop)}
        books.update({str(groups): self._book(str(groups), options, groups) for groups in profile.played_fleets})
        empty = self._playbooks.write("play-empty", [])

        def run(name: str) -> float:
            if changed:
                self._clouds.fill(fleet.groups, profile.fleet_rules)  # as before the run before
            return self._wall(books[name], changed)

        runs = {EMPTY: partial(self._wall, empty), **{name: partial(run, name) for name in books}}
        return per_task(in_turns(runs, profile.fleet_rounds), 1)

    def _wall(self, book: Path, changed: bool | None = None) -> float:
        return self._playbooks.run(book, changed).wall

    def _book(self, name: str, options: Mapping[str, Any], count: int) -> Path:
        entries = options["groups"][:count]
        if name != LOOP:
            task: dict[str, Any] = {MODULE: {**options, "groups": "{{ entries }}"}}
        else:
            own = {member: f"{{{{ item.{member} }}}}" for member in ("security_group_id", "ingress", "egress")}
            shared = {option: value for option, value in options.items() if option != "groups"}
            task = {MODULE: {**shared, **own}, "loop": "{{ entries }}", "loop_control": {"label": ""}}
        return self._playbooks.write(f"fleet-{name}", [task], {"entries": entries})
