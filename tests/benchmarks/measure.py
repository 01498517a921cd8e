# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure commands in turns, so that other load on the machine affects all of them equally."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from tests.tooling.environment import ROOT

T = TypeVar("T")


@dataclass(frozen=True)
class Sample:
    """One run of a command: seconds of wall and CPU time, peak memory in MB, and the bytes that it printed."""

    wall: float
    cpu: float
    memory: float
    printed: int


class CommandFailed(Exception):
    """A measured command failed; its output is the message."""


class Launcher:
    """Passes commands to the launcher process."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        self._process = process
        self._output = output

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> tuple[Sample, str]:
        """Return the resources and the output of the command. Raises CommandFailed."""
        orders, answers = _pipe(self._process.stdin), _pipe(self._process.stdout)
        orders.write(json.dumps([list(command), dict(environment), str(self._output)]) + "\n")
        orders.flush()
        told = json.loads(answers.readline())
        printed = self._output.read_text(encoding="utf-8")
        if told.pop("status"):
            raise CommandFailed(f"{' '.join(command)}\n{_reason(printed)}")
        return Sample(**told, printed=self._output.stat().st_size), printed


def _reason(printed: str) -> str:
    """The message of a module from its long result, or otherwise the end of the output."""
    try:
        return str(json.loads(printed)["msg"])
    except (ValueError, KeyError, TypeError):
        return printed[-3000:]


@contextlib.contextmanager
def launcher(folder: Path) -> Iterator[Launcher]:
    """A running launcher. The output of commands is written to a file in the folder."""
    command = [sys.executable, "-m", "tests.benchmarks.launcher"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Launcher(process, folder / "output")
        _pipe(process.stdin).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise AssertionError("the launcher was started with pipes")
    return pipe


def module_environment() -> dict[str, str]:
    """The environment of a module process, without variables that change the behaviour of Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ANSIBLE_"))}
    return kept | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "LC_ALL": "C.UTF-8"}


def in_turns(variants: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """The results of every variant. Each round runs all of them once, and every second round in reverse order."""
    values: dict[str, list[T]] = {name: [] for name in variants}
    for number in range(rounds):
        for name in list(variants)[:: -1 if number % 2 else 1]:
            values[name].append(variants[name]())
    return values


def ratios(values: Sequence[float], reference: Sequence[float]) -> list[float]:
    """The ratio within each round."""
    return [mine / other for mine, other in zip(values, reference, strict=True)]


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The values that a quarter, half and three quarters of the values do not exceed."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
