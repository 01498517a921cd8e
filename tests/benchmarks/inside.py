# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time of a directly executed task, by its parts: Ansible, the HTTP call, and this collection."""

from __future__ import annotations

import cProfile
import importlib
import json
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.plugin_utils._direct_core import this_core
from tests.benchmarks.ansible_runs import COLLECTION, Playbooks, Task
from tests.benchmarks.clouds import Clouds, aliyun_task, tencent_task
from tests.benchmarks.converged import ALIYUN, EMPTY, RULES, TENCENT, per_task
from tests.benchmarks.direct import ITEM, SEPARATE
from tests.benchmarks.measure import in_turns
from tests.benchmarks.profile import Profile
from tests.benchmarks.tables import milliseconds, table

DEBUG = "ansible.builtin.debug"
MODULES = "ansible_collections.cnclouds.security_groups.plugins.modules"
HEAD = (
    "",
    "whole",
    "the module's `main`",
    "of it the HTTP call",
    "of it `AnsibleModule`",
    "of it this collection",
    "Ansible around it",
)
# The functions for each part of `main`, by file and name. Each runs once, and none calls another one.
HTTP_CALL = (("_http/transport.py", "send"),)
ANSIBLE_MODULE = (("module_utils/basic.py", "__init__"), ("module_utils/basic.py", "exit_json"))


def section(playbooks: Playbooks, clouds: Clouds, profile: Profile) -> str:
    """Return the table. ``debug`` shows what Ansible needs for a task that does nothing in the same worker process."""
    small: dict[str, Task] = {
        f"`{ALIYUN}`": {f"{COLLECTION}.{ALIYUN}": aliyun_task(clouds.url)},
        f"`{TENCENT}`": _tencent(clouds, RULES),
        f"`{DEBUG}`": {DEBUG: {"msg": "nothing"}},
    }
    large = {f"`{TENCENT}` with {2 * profile.fleet_rules} rules": _tencent(clouds, profile.fleet_rules)}
    rows = [row for shape in (ITEM, SEPARATE) for row in _rows(playbooks, shape, small, profile)]
    clouds.fill(1, profile.fleet_rules)
    rows += _rows(playbooks, ITEM, large, profile)
    clouds.fill(1, RULES)
    return table(HEAD, rows)


def _tencent(clouds: Clouds, rules: int) -> Task:
    return {f"{COLLECTION}.{TENCENT}": tencent_task(clouds.url, rules)}


def _rows(playbooks: Playbooks, shape: str, tasks: Mapping[str, Task], profile: Profile) -> list[list[str]]:
    rows = []
    for title, whole in _walls(playbooks, shape, tasks, profile).items():
        ((module, options),) = tasks[title].items()
        parts = [] if module == DEBUG else _inside(module.rpartition(".")[2], options, profile.direct_tasks)
        shown = [milliseconds(part) for part in parts] or ["-"] * (len(HEAD) - 3)
        rows.append([f"{title}: {shape}", milliseconds(whole), *shown, milliseconds(whole - sum(parts[:1]))])
    return rows


def _walls(playbooks: Playbooks, shape: str, tasks: Mapping[str, Task], profile: Profile) -> dict[str, float]:
    """Return the median seconds of one, without the empty playbook."""
    count = profile.direct_tasks
    runs = {EMPTY: partial(playbooks.run, playbooks.write("play-empty", []))}
    for number, (name, task) in enumerate(tasks.items()):
        repeated = [{**task, "loop": list(range(count))}] if shape == ITEM else [task] * count
        book = playbooks.write(f"inside-{shape.replace(' ', '-')}-{number}", repeated)
        runs[name] = partial(playbooks.run, book, changed=False)
    walls = {name: [run.wall for run in taken] for name, taken in in_turns(runs, profile.direct_rounds).items()}
    return {name: statistics.median(values) for name, values in per_task(walls, count).items()}


def _inside(name: str, options: Mapping[str, Any], repetitions: int) -> list[float]:
    """Run a module in this process as an action plugin does.

    Return the seconds of the whole and of its three parts. The profiler makes everything slower, so only the shares
    come from it.
    """
    core = this_core()
    main = importlib.import_module(f"{MODULES}.{name}").main
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**options, "_ansible_remote_tmp": "~/.ansible/tmp"}}).encode()

    def run() -> None:
        status, out, err = core.run(main, arguments, {}, ".")
        if status or json.loads(out)["changed"]:
            raise AssertionError(f"{name} failed or made a change: {out}{err}")

    run()  # also imports modules that are imported late
    whole = statistics.median(_seconds(run) for _number in range(repetitions))
    profiler = cProfile.Profile()
    for _number in range(repetitions):
        profiler.runcall(run)
    total = _cumulative(profiler, (("_direct_core.py", "run"),))
    shares = [_cumulative(profiler, functions) / total for functions in (HTTP_CALL, ANSIBLE_MODULE)]
    return [whole, *(whole * share for share in (*shares, 1 - sum(shares)))]


def _seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _cumulative(profiler: cProfile.Profile, functions: tuple[tuple[str, str], ...]) -> float:
    """Return the seconds in functions and all that they call."""
    return sum(
        entry.totaltime
        for entry in profiler.getstats()
        if not isinstance(entry.code, str)
        and any(entry.code.co_filename.endswith(file) and entry.code.co_name == name for file, name in functions)
    )
