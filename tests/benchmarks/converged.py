# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converged single groups: as tasks of a playbook, and as module processes."""

from __future__ import annotations

import importlib.util
import statistics
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.ansible_runs import COLLECTION, Payload, Playbooks, Task
from tests.benchmarks.clouds import Clouds, aliyun_task, tencent_task
from tests.benchmarks.measure import Launcher, in_turns, ratios
from tests.benchmarks.profile import Profile
from tests.benchmarks.tables import milliseconds, table, verdict

RULES = 10  # of each direction
PROCESS = {"CNCLOUDS_DIRECT_EXECUTION": "0"}  # every module as a separate process
EMPTY = "empty"
PING = "ansible.builtin.ping"
ALIYUN, TENCENT = "aliyun_sg_policy", "tencent_sg_rules"
# Our module -> the same with the vendor's client, that client, and the target for the ratio.
PEERS = {
    TENCENT: ("tencent_sdk_rules", "tencentcloud.vpc.v20170312.models", 0.9),
    ALIYUN: ("aliyun_sdk_policy", "alibabacloud_ecs20140526.client", 0.5),
}
TASK_TARGET = 1.5
HEAD = ("", "wall", "CPU", "wall, ratio to ping", "CPU, ratio to ping")


def tasks(url: str) -> dict[str, Task]:
    """One task of each kind, for groups that are in the desired state."""
    aliyun, tencent = aliyun_task(url), tencent_task(url, RULES)
    return {
        PING: {PING: {}},
        ALIYUN: {f"{COLLECTION}.{ALIYUN}": aliyun},
        TENCENT: {f"{COLLECTION}.{TENCENT}": tencent},
        PEERS[TENCENT][0]: {PEERS[TENCENT][0]: tencent},
        PEERS[ALIYUN][0]: {PEERS[ALIYUN][0]: aliyun},
    }


def played(playbooks: Playbooks, clouds: Clouds, profile: Profile) -> str:
    """The section on tasks of a playbook."""
    kinds = {name: task for name, task in tasks(clouds.url).items() if name in (PING, ALIYUN, TENCENT)}
    books = {name: playbooks.write(f"play-{name}", [task] * profile.tasks) for name, task in kinds.items()}
    runs = {EMPTY: partial(playbooks.run, playbooks.write("play-empty", []))}
    runs.update({name: partial(playbooks.run, book, changed=False, **PROCESS) for name, book in books.items()})
    samples = in_turns(runs, profile.play_rounds)
    walls = per_task({name: [sample.wall for sample in taken] for name, taken in samples.items()}, profile.tasks)
    cpus = per_task({name: [sample.cpu for sample in taken] for name, taken in samples.items()}, profile.tasks)
    text = table(HEAD, [_row(name, walls, cpus) for name in kinds]) + "\n"
    trip = statistics.median(clouds.round_trip() for _number in range(profile.rounds))
    for name in (ALIYUN, TENCENT):
        net = ratios([wall - trip for wall in walls[name]], walls[PING])
        text += verdict(net, TASK_TARGET, f"a `{name}` task costs at most 1.5 pings and the round trip")
        text += f"CPU time alone: {_median_ratio(cpus[name], cpus[PING])}. Round trip: {milliseconds(trip)}.\n\n"
    return text


def per_task(totals: Mapping[str, Sequence[float]], tasks: int) -> dict[str, list[float]]:
    """The additional time of one task, compared with the empty playbook of the same round."""
    return {
        name: [(total - start) / tasks for total, start in zip(values, totals[EMPTY], strict=True)]
        for name, values in totals.items()
        if name != EMPTY
    }


def processes(launcher: Launcher, payloads: Mapping[str, Payload], profile: Profile) -> str:
    """The section on module processes against the vendors' clients."""
    runs = {name: partial(payload.run, launcher, None if name == PING else False) for name, payload in payloads.items()}
    samples = in_turns(runs, profile.rounds)
    walls = {name: [sample.wall for sample in taken] for name, taken in samples.items()}
    cpus = {name: [sample.cpu for sample in taken] for name, taken in samples.items()}
    text = table(HEAD, [_row(name, walls, cpus) for name in payloads]) + "\n"
    for ours, (theirs, client, limit) in PEERS.items():
        package = client.partition(".")[0]
        wall = ratios(walls[ours], walls[theirs])
        text += verdict(wall, limit, f"`{ours}` takes at most {limit} of the same on `{package}`")
        cpu = _median_ratio(cpus[ours], cpus[theirs])
        text += f"CPU time alone: {cpu}. Bytecode of the client's modules: {bytecode(client)}.\n\n"
    return text


# The origin of a Python module, by the prefix of its name; all others belong to Python.
FAMILIES = {
    "ansible-core": ("ansible.",),
    "`requests` and what it needs": ("requests", "urllib3", "charset_normalizer", "idna", "certifi"),
    "the vendors' clients": ("tencentcloud", "alibabacloud", "Tea", "darabonba", "aiohttp"),
    "this collection": ("ansible_collections.",),
}
REST = "Python's own, and others"


def imported(launcher: Launcher, payloads: Mapping[str, Payload], profile: Profile) -> str:
    """The section on the cost of a module's imports."""
    rows = []
    for name, payload in payloads.items():
        runs = [_by_family(payload.imports(launcher)) for _number in range(profile.play_rounds)]
        medians = [statistics.median(run[family] for run in runs) for family in (*FAMILIES, REST)]
        rows.append([f"`{name}`", *(f"{median:.0f} ms" for median in medians), f"{sum(medians):.0f} ms"])
    return table(["module", *FAMILIES, REST, "sum"], rows)


def _by_family(modules: Mapping[str, float]) -> dict[str, float]:
    sums = dict.fromkeys((*FAMILIES, REST), 0.0)
    for name, milliseconds_taken in modules.items():
        family = next((family for family, begin in FAMILIES.items() if name.startswith(begin)), REST)
        sums[family] += milliseconds_taken
    return sums


def _row(name: str, walls: Mapping[str, Sequence[float]], cpus: Mapping[str, Sequence[float]]) -> list[str]:
    medians = [milliseconds(statistics.median(values[name])) for values in (walls, cpus)]
    return [f"`{name}`", *medians, *(_median_ratio(values[name], values[PING]) for values in (walls, cpus))]


def _median_ratio(values: Sequence[float], reference: Sequence[float]) -> str:
    return f"{statistics.median(ratios(values, reference)):.2f}"


def bytecode(module: str) -> str:
    """Whether Python finds the bytecode of a module, as an installer leaves it."""
    spec = importlib.util.find_spec(module)
    cached = spec.cached if spec else None
    return "compiled" if cached and Path(cached).exists() else "NOT compiled"


def sizes(payloads: Mapping[str, Payload]) -> str:
    """The section on the data that is sent to a host."""
    base = payloads[PING].size
    rows = [
        [f"`{name}`", f"{payload.size / 1024:.0f} KiB", f"{(payload.size - base) / 1024:.0f} KiB"]
        for name, payload in payloads.items()
    ]
    return table(["module", "payload", "more than ping"], rows)
