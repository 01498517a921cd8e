# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many groups in one task: as module processes, and as tasks of a playbook compared with a loop."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.ansible_runs import COLLECTION, Payload, Playbooks
from tests.benchmarks.clouds import Clouds, fleet
from tests.benchmarks.converged import EMPTY, PROCESS, TENCENT, per_task
from tests.benchmarks.measure import Launcher, Sample, in_turns
from tests.benchmarks.profile import Profile
from tests.benchmarks.tables import table, verdict
from tests.support.worlds import tencent_options

MEMORY_TARGET = 150.0  # MB
RATE = 100.0  # reads per second, as the vendor documents for DescribeSecurityGroupPolicies
RATE_TARGET = 1.15
RATED = 1000  # groups; the start dominates the time of a smaller fleet
LOOP_TARGET = 1 / 40
LOOP, PROCESSES = "loop", "loop as processes"
LISTED, TEXT = "a list", "JSON text"
LISTED_ONLY, TEXT_ONLY = "templating of the list", "templating of the text"
LOOP_SHARE = 0.1
MODULE = f"{COLLECTION}.{TENCENT}"


class Fleet:
    """Groups that alternate between two variants of their rules, so that nothing has to be reset."""

    def __init__(self, clouds: Clouds, groups: int, rules: int) -> None:
        self._clouds = clouds
        self._present = 0
        self.groups = groups
        self.entries = [fleet(groups, rules, variant) for variant in (0, 1)]
        clouds.fill(groups, rules)

    def options(self, variant: int, concurrency: int, **more: Any) -> dict[str, Any]:
        """Options of the task that sets these rules in all groups."""
        groups = self.entries[variant]
        return tencent_options(self._clouds.url, groups=groups, max_concurrency=concurrency, **more)

    def variant(self, changed: bool) -> int:
        """The variant that now changes every group, or none. It must be applied next."""
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

    def run(self, fleet: Fleet, changed: bool, concurrency: int, *, text: bool = False, **more: Any) -> Sample:
        """One run over all groups. With ``text``, they are given as the text of a JSON file."""
        options = fleet.options(fleet.variant(changed), concurrency, **more)
        if text:
            options["groups"] = json.dumps(options["groups"])
        return self._template.having("fleet", options).run(self._launcher, changed)

    def single(self) -> Callable[[], float]:
        """A function that changes one rule in ten of one group, and returns the CPU seconds."""
        fleet = Fleet(self._clouds, 1, 10)
        return lambda: self.run(fleet, True, 1).cpu

    def grid(self, profile: Profile) -> str:
        """The section on concurrency and latency."""
        head = ["groups", "calls", "latency", *(f"{each} at once" for each in profile.concurrencies), "best ratio"]
        rows, text = [], ""
        for groups in profile.fleets:
            fleet = Fleet(self._clouds, groups, profile.fleet_rules)
            for latency in profile.latencies:
                self._clouds.set_latency(latency)
                for changed in (False, True):
                    medians = self._medians(fleet, changed, profile)
                    rows.append(_row(fleet, changed, latency, medians))
                    if groups >= RATED and not changed:
                        text += "\n" + _rate_verdict(groups, latency, min(medians))
            self._clouds.set_latency(0)
        return table(head, rows) + text

    def _medians(self, fleet: Fleet, changed: bool, profile: Profile) -> list[float]:
        """Wall seconds by concurrency."""

        def wall(concurrency: int) -> float:
            return self.run(fleet, changed, concurrency, text=True, return_unchanged=False).wall

        runs = {str(each): partial(wall, each) for each in profile.concurrencies}
        rounds = 1 if fleet.groups >= profile.once_from else profile.fleet_rounds
        return [statistics.median(walls) for walls in in_turns(runs, rounds).values()]

    def memory(self, profile: Profile) -> str:
        """The section on peak memory."""
        fleet = Fleet(self._clouds, profile.memory, profile.fleet_rules)
        taken = {
            "converged, as JSON text, `return_unchanged: false`": self.run(
                fleet, False, 8, text=True, return_unchanged=False
            ),
            "converged, `return_unchanged: false`": self.run(fleet, False, 8, return_unchanged=False),
            "converged": self.run(fleet, False, 8),
            "all changed": self.run(fleet, True, 8),
        }
        rows = [
            [name, f"{sample.printed / 1e6:.1f} MB", f"{sample.memory:.0f} MB", f"{sample.cpu:.1f} s"]
            for name, sample in taken.items()
        ]
        text = "".join(
            verdict([sample.memory], MEMORY_TARGET, f"{profile.memory} groups, {name}, in at most 150 MB") + "\n"
            for name, sample in taken.items()
        )
        return table(["run", "result", "peak memory", "CPU"], rows) + "\n" + text


def _row(fleet: Fleet, changed: bool, latency: int, medians: Sequence[float]) -> list[str]:
    what = "all changed" if changed else "converged"
    shown = [f"{median:.2f} s" for median in medians]
    return [str(fleet.groups), what, f"{latency} ms", *shown, f"{medians[0] / min(medians):.2f}"]


def _rate_verdict(groups: int, latency: int, wall: float) -> str:
    least = groups / RATE
    text = f"{groups} converged groups take at most {RATE_TARGET} of the {least:g} s that the documented rate takes"
    return verdict([wall / least], RATE_TARGET, f"{text}, at {latency} ms")


def _play_verdicts(groups: int, latency: int, seconds: Mapping[str, float]) -> str:
    loop = f"a loop over {groups} converged groups takes at most {LOOP_SHARE} of the loop as processes"
    least = groups / RATE
    rate = (
        f"{groups} converged groups as JSON text take at most {RATE_TARGET} of the {least:g} s of the documented rate"
    )
    net = (seconds[TEXT] - seconds[TEXT_ONLY]) / least
    ratio = seconds[TEXT] / seconds[PROCESSES]
    return (
        "\n"
        + verdict([seconds[LOOP] / seconds[PROCESSES]], LOOP_SHARE, loop)
        + "\n"
        + verdict([net], RATE_TARGET, f"{rate}, besides the templating, at {latency} ms")
        + "\n"
        + verdict([ratio], LOOP_TARGET, f"{groups} converged groups as JSON text take at most a 40th of that loop")
    )


class Plays:
    """One task with ``groups``, given as a list or as the text of a JSON file, compared with a loop of single tasks."""

    def __init__(self, playbooks: Playbooks, clouds: Clouds, profile: Profile, folder: Path) -> None:
        self._playbooks = playbooks
        self._clouds = clouds
        self._profile = profile
        self._folder = folder

    def section(self) -> str:
        """The table."""
        latency, few = max(self._profile.latencies), f"(from {self._profile.loop})"
        names = (f"{PROCESSES} {few}", f"{LOOP} {few}", LISTED, LISTED_ONLY, TEXT, TEXT_ONLY)
        head = ["groups", "state", "latency", *names, "text to loop"]
        rows, text = [], ""
        self._clouds.set_latency(latency)
        for groups in self._profile.played_fleets:
            for changed in (False, True):
                seconds = self._seconds(groups, changed)
                shown = [f"{seconds[name]:.1f} s" for name in (PROCESSES, LOOP, LISTED, LISTED_ONLY, TEXT, TEXT_ONLY)]
                what = "all changed" if changed else "converged"
                rows.append([str(groups), what, f"{latency} ms", *shown, f"{seconds[TEXT] / seconds[LOOP]:.3f}"])
                if groups >= RATED and not changed:
                    text = _play_verdicts(groups, latency, seconds)
        self._clouds.set_latency(0)
        return table(head, rows) + text

    def _seconds(self, groups: int, changed: bool) -> dict[str, float]:
        """Median seconds for this many groups; those of the loops are scaled up."""
        scale = {name: groups / self._profile.loop for name in (LOOP, PROCESSES)}
        walls = self._compared(groups, changed)
        return {name: statistics.median(values) * scale.get(name, 1) for name, values in walls.items()}

    def _compared(self, groups: int, changed: bool) -> dict[str, list[float]]:
        """Wall seconds of the loop and of both tasks, each less the empty playbook of its round."""
        profile = self._profile
        fleet = Fleet(self._clouds, max(profile.loop, groups), profile.fleet_rules)
        options = fleet.options(1 if changed else 0, 8)
        books = {name: self._book(name, options, groups) for name in (LISTED, TEXT, LISTED_ONLY, TEXT_ONLY)}
        books[LOOP] = books[PROCESSES] = self._book(LOOP, options, profile.loop)
        empty = self._playbooks.write("play-empty", [])

        def run(name: str) -> float:
            if changed:
                self._clouds.fill(fleet.groups, profile.fleet_rules)  # as before the previous run
            if name in (LISTED_ONLY, TEXT_ONLY):
                return self._wall(books[name])
            return self._wall(books[name], changed, **(PROCESS if name == PROCESSES else {}))

        runs = {EMPTY: partial(self._wall, empty), **{name: partial(run, name) for name in books}}
        rounds = 1 if groups >= profile.once_from else profile.fleet_rounds
        return per_task(in_turns(runs, rounds), 1)

    def _wall(self, book: Path, changed: bool | None = None, **variables: str) -> float:
        return self._playbooks.run(book, changed, **variables).wall

    def _book(self, name: str, options: Mapping[str, Any], count: int) -> Path:
        entries = options["groups"][:count]
        shared = {option: value for option, value in options.items() if option != "groups"}
        variables: dict[str, Any] = {"entries": entries}
        task: dict[str, Any]
        if name in (TEXT, TEXT_ONLY):
            file = self._folder / "groups.json"
            file.write_text(json.dumps(entries), encoding="utf-8")
            groups, variables = f"{{{{ lookup('ansible.builtin.file', '{file}') }}}}", {}
        else:
            groups = "{{ entries }}"
        if name in (LISTED, TEXT):
            task = {MODULE: {**shared, "groups": groups, "return_unchanged": False}}
        elif name in (LISTED_ONLY, TEXT_ONLY):
            task = {"ansible.builtin.debug": {"msg": groups, "verbosity": 1}}
        else:
            own = {member: f"{{{{ item.{member} }}}}" for member in ("security_group_id", "ingress", "egress")}
            task = {MODULE: {**shared, **own}, "loop": "{{ entries }}", "loop_control": {"label": ""}}
        return self._playbooks.write(f"fleet-{name.replace(' ', '-')}", [task], variables)
