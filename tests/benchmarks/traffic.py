# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it costs to explain a change of rules: CPU time, entries and lines.

Run ``PYTHONPATH=.cache/collections .cache/envs/test/bin/python -m tests.benchmarks.traffic``.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.impact import Lists, impact
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.lint import lint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule

Rules = list[TrafficRule]
PORTS = ("22", "80", "443", "80,443", "3306", "6379", "8000-8010", "9200", "30000-32767", "1024-65535")
REPEATS = 5


def typical(count: int, symbols: int, choose: random.Random) -> Rules:
    """Rules as people write them: many offices and groups, few ports, a drop now and then."""
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
    """Random networks and ranges of ports, half of them dropped."""
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
    return impact([Lists(RuleList("ingress", before), RuleList("ingress", after))])


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


def main() -> None:
    choose = random.Random(12)
    print("| Rules | Change | CPU ms | Entries | Complete | Lines |")
    print("|---|---|---:|---:|---|---:|")
    for count, symbols in ((100, 12), (1000, 60)):
        rules = typical(count, symbols, choose)
        report(f"{count}, {symbols} groups", changes(rules, partial(typical_rule, symbols, choose), choose))
        spent, findings = measure(partial(lint, [RuleList("ingress", rules)]))
        print(f"| {count}, {symbols} groups | lint | {spent:.1f} | {len(findings)} findings | | |")
    for count in (100, 1000):
        rules = hostile(count, choose)
        report(f"{count}, hostile", changes(rules, lambda: hostile(1, choose)[0], choose))


def report(name: str, cases: list[tuple[str, Rules, Rules]]) -> None:
    for change, before, after in cases:
        spent, result = measure(partial(explain, before, after))
        entries = sum(result["total"].values())
        lines = len(result["text"])
        print(f"| {name} | {change} | {spent:.1f} | {entries} | {result['complete']} | {lines} |", flush=True)


if __name__ == "__main__":
    main()
