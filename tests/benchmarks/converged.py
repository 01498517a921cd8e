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
from tests.benchmarks.measure import Launcher, Sample, in_turns, ratio
from tests.benchmarks.profile import Profile
from tests.benchmarks.tables import milliseconds, table, verdict

RULES = 10  # of each direction
PING = "ansible.builtin.ping"
ALIYUN, TENCENT = "aliyun_sg_policy", "tencent_sg_rules"
# Our module -> the same on the vendor's client, that client, and the most that ours may cost of it.
PEERS = {
    TENCENT: ("tencent_sdk_rules", "tencentcloud.vpc.v20170312.models", 0.9),
    ALIYUN: ("aliyun_sdk_policy", "alibabacloud_ecs20140526.client", 0.5),
}
TASK_TARGET = 1.5


def tasks(url: str) -> dict[str, Task]:
    """One task of each kind, for groups that are as wanted."""
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
    empty = playbooks.write("play-empty", [])
    runs = {"": partial(playbooks.wall, empty)}
    runs.update({name: partial(playbooks.wall, book, changed=False) for name, book in books.items()})
    walls = in_turns(runs, profile.play_rounds)
    startup = statistics.median(walls[""])
    per_task = {name: [(wall - startup) / profile.tasks for wall in walls[name]] for name in kinds}
    trip = statistics.median(clouds.round_trip() for _number in range(profile.rounds))
    rows, verdicts = [], []
    for name, costs in per_task.items():
        whole = ratio(costs, per_task[PING])
        net = ratio([cost - (0 if name == PING else trip) for cost in costs], per_task[PING])
        rows.append([f"`{name}`", milliseconds(statistics.median(costs)), f"{whole:.2f}", f"{net:.2f}"])
        if name != PING:
            verdicts.append(verdict(net, TASK_TARGET, f"a `{name}` task costs at most 1.5 pings and the round trip"))
    head = ["task", "per task", "ratio to ping", "ratio without the round trip"]
    return table(head, rows) + "\n" + "\n".join(verdicts)


def processes(launcher: Launcher, payloads: Mapping[str, Payload], profile: Profile) -> str:
    """The section on module processes against the vendors' clients."""
    samples: dict[str, list[Sample]] = {name: [] for name in payloads}

    def run(name: str) -> float:
        samples[name].append(payloads[name].run(launcher, None if name == PING else False))
        return samples[name][-1].wall

    walls = in_turns({name: partial(run, name) for name in payloads}, profile.rounds)
    cpus = {name: [sample.cpu for sample in taken] for name, taken in samples.items()}
    rows = [_process_row(name, walls, cpus) for name in payloads]
    text = table(["module", "wall", "CPU", "wall, ratio to ping", "CPU, ratio to ping"], rows) + "\n"
    for ours, (theirs, client, limit) in PEERS.items():
        wall, cpu = ratio(walls[ours], walls[theirs]), ratio(cpus[ours], cpus[theirs])
        package = client.partition(".")[0]
        text += verdict(wall, limit, f"`{ours}` takes at most {limit} of the same on `{package}`")
        text += f"CPU time alone: {cpu:.3g}. Bytecode of the client's modules: {bytecode(client)}.\n\n"
    return text


def _process_row(name: str, walls: Mapping[str, Sequence[float]], cpus: Mapping[str, Sequence[float]]) -> list[str]:
    medians = [milliseconds(statistics.median(values[name])) for values in (walls, cpus)]
    ratios = [f"{ratio(values[name], values[PING]):.2f}" for values in (walls, cpus)]
    return [f"`{name}`", *medians, *ratios]


def bytecode(module: str) -> str:
    """Whether Python finds a module compiled, as an installer leaves it."""
    spec = importlib.util.find_spec(module)
    cached = spec.cached if spec else None
    return "compiled" if cached and Path(cached).exists() else "NOT compiled"


def sizes(payloads: Mapping[str, Payload]) -> str:
    """The section on what goes over the wire to a host."""
    base = payloads[PING].size
    rows = [
        [f"`{name}`", f"{payload.size / 1024:.0f} KiB", f"{(payload.size - base) / 1024:.0f} KiB"]
        for name, payload in payloads.items()
    ]
    return table(["module", "payload", "more than ping"], rows)
