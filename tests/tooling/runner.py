# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run independent commands concurrently, and report the time and the numbers of passed and failed tests for each."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Step:
    """One command.

    It succeeds if its exit status is 0. With `junit`, the tests in that report are counted individually.
    """

    name: str
    group: str
    command: tuple[str, ...]
    junit: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """The outcome of a step: `seconds` of wall time, and the numbers of passed, failed and skipped tests."""

    step: Step
    status: int
    output: str
    seconds: float
    passed: int
    failed: int
    skipped: int


def count(step: Step, status: int) -> tuple[int, int, int]:
    """Return (passed, failed, skipped). A step whose exit status is not 0 always has at least one failure."""
    if step.junit is None or not step.junit.exists():
        return (0, 1, 0) if status else (1, 0, 0)
    suites = list(ElementTree.parse(step.junit).getroot().iter("testsuite"))
    tests, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return tests - failed - skipped, max(failed, 1) if status else failed, skipped


def run(step: Step, environment: Mapping[str, str], folder: Path, live: bool) -> Outcome:
    """Run one step in `folder`. Its output is stored, and also shown immediately if `live`."""
    if step.junit is not None:
        step.junit.unlink(missing_ok=True)
    start = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        step.command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if live:
                print(line, end="", flush=True)
    seconds = time.monotonic() - start
    return Outcome(step, process.returncode, "".join(lines), seconds, *count(step, process.returncode))


def describe(outcome: Outcome, shown: bool) -> str:
    """One line for a success. For a failure, the whole output of the step (unless it was already shown)."""
    line = f"{'FAILED' if outcome.status else 'ok':6}  {outcome.step.name:24} {outcome.seconds:6.1f} s"
    if not outcome.status or shown:
        return line
    return f"{line}\n\n$ {shlex.join(outcome.step.command)}\n{outcome.output}"


def table(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The times and counts of every step, slowest first. `seconds` is the wall time of all steps."""
    rows = [f"{'Step':24} {'Time':>8} {'Passed':>7} {'Failed':>7} {'Skipped':>8}"]
    for outcome in sorted(outcomes, key=lambda done: -done.seconds):
        counts = f"{outcome.passed:7} {outcome.failed:7} {outcome.skipped:8}"
        rows.append(f"{outcome.step.name:24} {outcome.seconds:6.1f} s {counts}")
    rows.append(f"{'Wall time':24} {seconds:6.1f} s")
    return "\n".join(rows)


def run_all(steps: Sequence[Step], environment: Mapping[str, str], folder: Path, jobs: int) -> int:
    """Run the steps in their order, `jobs` at a time, and print the report. Return the exit status, 0 or 1."""
    start = time.monotonic()
    outcomes: list[Outcome] = []
    live = len(steps) == 1
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for future in as_completed([pool.submit(run, step, environment, folder, live) for step in steps]):
            outcomes.append(future.result())
            print(describe(outcomes[-1], live), flush=True)
    print(f"\n{table(outcomes, time.monotonic() - start)}\n")
    passed, failed = sum(done.passed for done in outcomes), sum(done.failed for done in outcomes)
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.stdout.flush()
    return 1 if failed or not outcomes else 0
