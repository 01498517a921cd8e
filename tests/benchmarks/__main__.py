# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.benchmarks [quick|full|tiny|direct] [FILE]`: measure, and write docs/performance.md."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from tests.benchmarks import inside, traffic
from tests.benchmarks.ansible_runs import Playbooks
from tests.benchmarks.clouds import Clouds
from tests.benchmarks.converged import RULES, TENCENT, bytecode, imported, played, processes, sizes, tasks
from tests.benchmarks.direct import Direct
from tests.benchmarks.fleets import Plays, Processes
from tests.benchmarks.measure import in_turns, launcher
from tests.benchmarks.planning import CASES, exponent, seconds, situation
from tests.benchmarks.profile import PROFILES, Profile
from tests.benchmarks.tables import milliseconds, table, verdict
from tests.benchmarks.words import EXPLANATIONS, INTRODUCTION
from tests.tooling.demo import simulator
from tests.tooling.environment import ROOT
from tests.tooling.isolation import isolated

DIRECT = "Direct execution"
REPORT = ROOT / "docs" / "performance.md"
PLANNED = 200  # rules: 100 in each direction
PLAN_TARGET = 5.0  # milliseconds
PACKAGES = ("ansible-core", "requests", "tencentcloud-sdk-python-vpc", "alibabacloud-ecs20140526")
SETTLED = 100  # rules; the exponent is fitted from here, because fixed costs dominate smaller plans


def facts(name: str) -> str:
    """The machine and the versions."""
    rows = [["cores", str(os.cpu_count())], ["Python", platform.python_version()]]
    rows += [[package, version(package)] for package in PACKAGES]
    rows += [["bytecode of `requests`", bytecode("requests")]]
    rows += [["profile", name]]
    return table(["machine", ""], rows)


def load(when: str) -> str:
    """The load of the machine. If it exceeds the number of cores, CPU times are more meaningful than wall times."""
    return f"Load average at the {when} of the run: {os.getloadavg()[0]:.1f}.\n"


def planning(profile: Profile) -> str:
    """The section on plans."""
    made = {f"{case}|{size}": situation(case, size) for case in CASES for size in profile.plans}
    runs = {key: partial(seconds, key.partition("|")[0], *situation) for key, situation in made.items()}
    samples = in_turns(runs, profile.plan_rounds)
    taken = {key: statistics.median(values) for key, values in samples.items()}
    rows = []
    for case in CASES:
        costs = [taken[f"{case}|{size}"] for size in profile.plans]
        settled = [(size, cost) for size, cost in zip(profile.plans, costs, strict=True) if size >= SETTLED]
        fit = exponent(*zip(*settled, strict=True)) if len(settled) > 1 else float("nan")
        rows.append([case, *(milliseconds(cost) for cost in costs), f"{fit:.2f}"])
    slowest = max(CASES, key=lambda case: taken[f"{case}|{PLANNED}"])
    planned = [each * 1000 for each in samples[f"{slowest}|{PLANNED}"]]
    head = ["plan", *(f"{size} rules" for size in profile.plans), f"exponent from {SETTLED}"]
    return table(head, rows) + "\n" + verdict(planned, PLAN_TARGET, "100+100 rules planned in less than 5 ms")


@contextmanager
def world() -> Iterator[tuple[Path, Clouds]]:
    """A folder for all written files, and the running clouds."""
    with (
        tempfile.TemporaryDirectory(prefix="security_groups-bench-") as folder,
        simulator(isolated(os.environ), Path(folder)) as url,
    ):
        yield Path(folder), Clouds(url)


def measured(profile: Profile) -> Generator[tuple[str, Callable[[], str]], None, None]:
    """The titles of the sections, and the functions that measure them."""
    with contextlib.ExitStack() as stack:
        folder, clouds = stack.enter_context(world())
        starter = stack.enter_context(launcher(folder))
        clouds.fill(1, RULES)
        playbooks = Playbooks(starter, folder)
        payloads = playbooks.payloads(tasks(clouds.url))
        fleets = Processes(starter, clouds, payloads[TENCENT])
        yield DIRECT, Direct(playbooks, clouds, profile).section
        yield "Where a direct task spends its time", partial(inside.section, playbooks, clouds, profile)
        yield "Converged single groups, as tasks of a playbook", partial(played, playbooks, clouds, profile)
        yield "Converged single groups, as module processes", partial(processes, starter, payloads, profile)
        yield "Where a module process spends its time", partial(imported, starter, payloads, profile)
        yield "Payloads", partial(sizes, payloads)
        yield "Many groups in one task", partial(fleets.grid, profile)
        yield "One task against a loop", Plays(playbooks, clouds, profile, folder).section
        yield "Plans", partial(planning, profile)
        changing = fleets.single()
        yield "What a change means", partial(traffic.section, changing, profile)
        yield "Memory", partial(fleets.memory, profile)


def direct_only(report: Path) -> int:
    """Measure only the sections on direct execution, and replace them in the report, or add them."""
    begin = load("beginning")
    sections = measured(PROFILES["direct"])  # the clouds run until this generator is closed
    found = {title: f"## {title}\n\n{EXPLANATIONS[title]}\n{measure()}" for title, measure in islice(sections, 2)}
    sections.close()
    text = "\n".join([*found.values(), begin, load("end")]) + "\n"
    print(text, flush=True)
    parts = re.split(r"(?m)^(?=## )", report.read_text(encoding="utf-8"))
    kept = [part for part in parts if part[3:].partition("\n")[0] not in found]
    place = next((number for number, part in enumerate(kept) if part.startswith("## Converged")), len(kept))
    report.write_text("".join([*kept[:place], text, *kept[place:]]), encoding="utf-8")
    return 0


def main(arguments: list[str]) -> int:
    """Return the exit status."""
    name = arguments[0] if arguments else "quick"
    if name not in PROFILES:
        print(f"There is no profile {name}; there are {', '.join(PROFILES)}.", file=sys.stderr)
        return 2
    report = Path(arguments[1]) if len(arguments) > 1 else REPORT
    if name == "direct":
        return direct_only(report)
    text = [INTRODUCTION, facts(name), load("beginning")]
    print("\n".join(text[1:]), flush=True)
    for title, measure in measured(PROFILES[name]):
        text += [f"## {title}\n", EXPLANATIONS[title], measure()]
        print("\n".join(text[-3:]), flush=True)
    text.append(load("end"))
    report.parent.mkdir(exist_ok=True)
    report.write_text("\n".join(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    # Unwinds the stack, which stops the simulator.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The benchmark was told to stop."))
    sys.exit(main(sys.argv[1:]))
