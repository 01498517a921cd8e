# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it costs to explain a change of rules: CPU time, entries and lines.

Run ``PYTHONPATH=.cache/collections .cache/envs/test/bin/python -m tests.benchmarks.traffic``.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.impact import impact
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.lint import lint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair
from tests.benchmarks.measure import in_turns
from tests.benchmarks.profile import Profile
from tests.benchmarks.tables import milliseconds, table, verdict

Rules = list[TrafficRule]
PORTS = ("22", "80", "443", "80,443", "3306", "6379", "8000-8010", "9200", "30000-32767", "1024-65535")
REPEATS = 5
SYMBOLS = {100: 12, 1000: 60}  # other groups that the rules of a list of this length name


def typical(count: int, symbols: int, choose: random.Random) -> Rules:
    """Typical rules: many offices and groups, few ports, and an occasional drop."""
    return [typical_rule(symbols, choose) for dummy in range(count)]


def typical_rule(symbols: int, choose: random.Random) -> TrafficRule:
    action = "drop" if choose.random() < 0.08 else "accept"
    protocol = choose.choice(("tcp", "tcp", "tcp", "tcp", "udp", "icmp"))
    port = choose.choice(PORTS) if protocol in ("tcp", "udp") else "all"
    if choose.random() < 0.3:
        peer = f"sg-{choose.randrange(symbols)}"
    elif choose.random() < 0.1:
        protocol, port, peer = "tcp", choose.choice(("80", "443", "9000-9999")), choose.choice(("0.0.0.0/0", "::/0"))
    else:
        length = choose.choice((16, 24, 24, 28, 32))
        peer = network(choose.getrandbits(24) | 10 << 24, length)
    return TrafficRule(action, protocol, port, peer)


def hostile(count: int, choose: random.Random) -> Rules:
    """Random networks and port ranges, half of them dropped."""
    rules = []
    for _dummy in range(count):
        low, high = sorted((choose.randrange(65536), choose.randrange(65536)))
        peer = network(choose.getrandbits(32), choose.randrange(1, 33))
        rules.append(TrafficRule(choose.choice(("accept", "drop")), "tcp", f"{low}-{high}", peer))
    return rules


def network(address: int, length: int) -> str:
    number = address & ~((1 << (32 - length)) - 1)
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{length}"


def edited(rules: Rules, share: float, new: Callable[[], TrafficRule], choose: random.Random) -> Rules:
    """The rules with a share of them replaced in place."""
    result = list(rules)
    for index in choose.sample(range(len(rules)), int(len(rules) * share)):
        result[index] = new()
    return result


def measure(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the median CPU time in milliseconds, and the result."""
    times: list[float] = []
    result: Any = None
    while len(times) < REPEATS and sum(times) < 5000:
        start = time.process_time()
        result = work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times), result


def explain(before: Rules, after: Rules) -> dict[str, Any]:
    return impact([ListPair(RuleList("ingress", before), RuleList("ingress", after))])


def changes(rules: Rules, new: Callable[[], TrafficRule], choose: random.Random) -> list[tuple[str, Rules, Rules]]:
    middle = len(rules) // 2
    opened = [*rules[:middle], TrafficRule("accept", "tcp", "8443"), *rules[middle:]]
    return [
        ("one port opened", rules, opened),
        ("a drop of a /8 on top", rules, [TrafficRule("drop", peer="10.0.0.0/8"), *rules]),
        ("5 % changed", rules, edited(rules, 0.05, new, choose)),
        ("30 % changed", rules, edited(rules, 0.3, new, choose)),
        ("from no rules", [], rules),
        ("reversed", rules, rules[::-1]),
        ("all replaced", rules, [new() for dummy in rules]),
    ]


def rows(sizes: Iterable[int]) -> Iterator[list[str]]:
    """The rows of the table, for lists with these numbers of rules."""
    choose = random.Random(12)
    for count in sizes:
        symbols = SYMBOLS[count]
        rules = typical(count, symbols, choose)
        name = f"{count} typical rules"
        yield from explained(name, changes(rules, partial(typical_rule, symbols, choose), choose))
        spent, findings = measure(partial(lint, [RuleList("ingress", rules)]))
        yield [f"{name}: lint", f"{spent:.1f}", str(len(findings)), "yes", ""]
    for count in sizes:
        rules = hostile(count, choose)
        yield from explained(f"{count} hostile rules", changes(rules, lambda: hostile(1, choose)[0], choose))


def explained(name: str, cases: list[tuple[str, Rules, Rules]]) -> Iterator[list[str]]:
    for change, before, after in cases:
        spent, result = measure(partial(explain, before, after))
        entries = str(sum(result["total"].values()))
        complete = "yes" if result["complete"] else "no"
        yield [f"{name}: {change}", f"{spent:.1f}", entries, complete, str(len(result["text"]))]


# Imports the engine in a module process, and explains a change of one rule in ten.
ENGINE = """
import importlib, time
from ansible_collections.cnclouds.security_groups.plugins.modules import tencent_sg_rules
start = time.process_time()
names = ("impact", "lint", "rules", "situation")
impact, lint, rules, situation = (
    importlib.import_module(f"ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.{name}")
    for name in names
)
old = [rules.TrafficRule("accept", "tcp", str(1000 + n), f"10.0.{n}.0/24") for n in range(10)]
new = [*old[:-1], rules.TrafficRule("accept", "tcp", "9", "10.1.0.0/16")]
lists = [rules.RuleList("ingress", each) for each in (old, new)]
impact.impact([situation.ListPair(*lists)])
lint.lint([lists[1]])
print(time.process_time() - start)
"""
ENGINE_TARGET = 0.1  # of the time of a changed task without it
TARGETS = {"100 typical rules: all replaced": 100, "1000 typical rules: 5 % changed": 1000}  # milliseconds


def engine_seconds() -> float:
    """CPU seconds of the engine in a module process, including its compilation."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPYCACHEPREFIX": "/nonexistent",
    }
    command = [sys.executable, "-c", ENGINE]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def section(changed_task: Callable[[], float], profile: Profile) -> str:
    """The table, and whether the targets were met. ``changed_task`` returns the CPU seconds of a changed task."""
    found = list(rows(profile.explained))
    text = table(HEAD, found) + "\n"
    for row in found:
        if row[0] in TARGETS:
            limit = TARGETS[row[0]]
            text += verdict([float(row[1])], limit, f"{row[0]}, explained in at most {limit} ms") + "\n"
    samples = in_turns({"engine": engine_seconds, "task": changed_task}, profile.rounds)
    shares = [engine / (task - engine) for engine, task in zip(samples["engine"], samples["task"], strict=True)]
    spent = statistics.median(samples["engine"])
    what = f"the engine ({milliseconds(spent)} of CPU) adds at most a tenth to a changed task as a process of its own"
    return text + verdict(shares, ENGINE_TARGET, what)


HEAD = ["change", "CPU, ms", "entries or findings", "complete", "lines"]

if __name__ == "__main__":
    print(table(HEAD, rows(SYMBOLS)))
