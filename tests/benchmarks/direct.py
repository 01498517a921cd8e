# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks in Ansible's worker process, tasks as separate processes, and ``ansible.builtin.ping``."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.benchmarks.ansible_runs import COLLECTION, Playbooks, Task
from tests.benchmarks.clouds import Clouds, aliyun_task, tencent_task
from tests.benchmarks.converged import ALIYUN, EMPTY, PING, PROCESS, RULES, TENCENT, per_task
from tests.benchmarks.fleets import Fleet
from tests.benchmarks.measure import Sample, in_turns, ratios
from tests.benchmarks.profile import Profile
from tests.benchmarks.tables import milliseconds, table, verdict

ITEM, SEPARATE, FIRST, AD_HOC = "an item of a loop", "a separate task", "the first task of a run", "an ad-hoc command"
# The highest acceptable ratio to ping.
GOALS = {ITEM: 0.1, SEPARATE: 0.2, FIRST: 1.0, AD_HOC: 0.8}
FLEET_GOAL = 0.1
FLEET_ITEMS = 10


class Direct:
    """The section on direct execution."""

    def __init__(self, playbooks: Playbooks, clouds: Clouds, profile: Profile) -> None:
        self._playbooks = playbooks
        self._clouds = clouds
        self._profile = profile
        self._tasks: dict[str, Task] = {
            PING: {PING: {}},
            ALIYUN: {f"{COLLECTION}.{ALIYUN}": aliyun_task(clouds.url)},
            TENCENT: {f"{COLLECTION}.{TENCENT}": tencent_task(clouds.url, RULES)},
        }

    def section(self) -> str:
        """The tables, and whether the goals were met."""
        rows: list[list[str]] = []
        text = ""
        for shape, goal in GOALS.items():
            walls, cpus = self._measured(shape)
            for name in (ALIYUN, TENCENT):
                direct, process = walls[name], walls[f"{name} as a process"]
                compared = (ratios(direct, walls[PING]), ratios(process, walls[PING]))
                shown = [milliseconds(statistics.median(values)) for values in (walls[PING], process, direct)]
                cpu = ratios(cpus[name], cpus[PING])
                shares = [f"{statistics.median(each):.3f}" for each in (*compared, cpu)]
                rows.append([f"`{name}`: {shape}", *shown, *shares])
                text += (
                    verdict(compared[0], goal, f"{shape} of `{name}` costs at most {goal} of the same of ping") + "\n"
                )
        head = ["", "ping", "as a process", "direct", "direct to ping", "process to ping", "CPU, direct to ping"]
        return table(head, rows) + "\n" + text + self._fleet()

    def _measured(self, shape: str) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
        """Seconds and CPU seconds of one, by kind of task; less the empty playbook where that is the same for all."""
        runs: dict[str, Callable[[], Sample]] = {}
        for name, task in self._tasks.items():
            runs[name] = self._run(shape, name, task, {})
            if name != PING:
                runs[f"{name} as a process"] = self._run(shape, name, task, PROCESS)
        whole = shape in (FIRST, AD_HOC)
        if not whole:
            empty = self._playbooks.write("play-empty", [])
            runs[EMPTY] = partial(self._playbooks.run, empty)
        samples = in_turns(runs, self._profile.direct_rounds)
        walls = {name: [sample.wall for sample in taken] for name, taken in samples.items()}
        cpus = {name: [sample.cpu for sample in taken] for name, taken in samples.items()}
        count = self._profile.direct_tasks
        return (walls, cpus) if whole else (per_task(walls, count), per_task(cpus, count))

    def _run(self, shape: str, name: str, task: Task, environment: Mapping[str, str]) -> Callable[[], Sample]:
        if shape == AD_HOC:
            ((module, options),) = task.items()
            return lambda: self._playbooks.ad_hoc(module, options, **environment)
        shapes: dict[str, list[Task]] = {
            ITEM: [{**task, "loop": list(range(self._profile.direct_tasks))}],
            SEPARATE: [task] * self._profile.direct_tasks,
            FIRST: [task],
        }
        book = self._playbooks.write(f"{shape.replace(' ', '-')}-{name}", shapes[shape])
        return lambda: self._playbooks.run(book, changed=False, **environment)

    def _fleet(self) -> str:
        """A loop over groups with many rules, both ways, less the empty playbook."""
        profile = self._profile
        options = Fleet(self._clouds, FLEET_ITEMS, profile.fleet_rules).options(0, 8)
        shared = {option: value for option, value in options.items() if option != "groups"}
        own = {member: f"{{{{ item.{member} }}}}" for member in ("security_group_id", "ingress", "egress")}
        task: dict[str, Any] = {f"{COLLECTION}.{TENCENT}": {**shared, **own}, "loop": "{{ entries }}"}
        variables = {"entries": json.loads(json.dumps(options["groups"]))}
        book = self._playbooks.write("direct-fleet", [{**task, "loop_control": {"label": ""}}], variables)
        empty = self._playbooks.write("play-empty", [])
        run = partial(self._playbooks.run, book, False)
        runs = {
            EMPTY: lambda: self._playbooks.run(empty).wall,
            "direct": lambda: run().wall,
            "process": lambda: run(**PROCESS).wall,
        }
        walls = in_turns(runs, profile.direct_rounds)
        self._clouds.fill(1, RULES)
        net = {
            way: [(value - start) / FLEET_ITEMS for value, start in zip(walls[way], walls[EMPTY], strict=True)]
            for way in ("direct", "process")
        }
        medians = {way: milliseconds(statistics.median(values)) for way, values in net.items()}
        what = f"an item of a loop over groups of {2 * profile.fleet_rules} rules"
        shown = f"\n{what[0].upper()}{what[1:]}: {medians['process']} as a process, {medians['direct']} direct.\n\n"
        return shown + verdict(
            ratios(net["direct"], net["process"]), FLEET_GOAL, f"{what} costs at most 0.1 of a process"
        )
