# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run modules concurrently, each in a separate process that can be killed.

A starter process imports the modules once and forks for each run, so that a run takes a few milliseconds instead of the
start of an interpreter. ``python -m tests.support.module_processes`` is that starter; tests use ``module_starter``.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from tests.support.module_runner import COLLECTION, Result, run_module

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
SECONDS = 150.0


@dataclass(frozen=True)
class RunningModule:
    """One run in a separate process."""

    pid: int
    _result: Path

    def ended(self, seconds: float = SECONDS) -> bool:
        """Return whether it ends within that time, successfully or not."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return True
        try:
            return bool(select.select([handle], [], [], seconds)[0])
        finally:
            os.close(handle)

    def result(self) -> Result | None:
        """Return the result once it has ended, or None if it was killed before. Raises TimeoutError."""
        if not self.ended():
            raise TimeoutError(f"the module did not end within {SECONDS:g} seconds")
        if not self._result.exists():
            return None
        result: Result = json.loads(self._result.read_text(encoding="utf-8"))
        return result

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal, unless it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class ModuleStarter:
    """Starts runs. ``start`` accepts the arguments of ``run_module``."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._started = 0

    def start(
        self,
        name: str,
        options: Mapping[str, Any],
        *,
        check: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> RunningModule:
        """Start a run."""
        self._started += 1
        result = self._folder / f"{self._started}.json"
        order = [str(result), name, dict(options), check, dict(environment or {})]
        pid = _talk(self._process, json.dumps(order))
        return RunningModule(int(pid), result)


@contextlib.contextmanager
def module_starter() -> Iterator[ModuleStarter]:
    """A starter, which stops at the end of the block. Running modules continue."""
    command = [sys.executable, "-m", __name__]
    path = os.pathsep.join([str(ROOT), str(ROOT / ".cache" / "collections")])
    environment = {**os.environ, "PYTHONPATH": path}
    with (
        tempfile.TemporaryDirectory(prefix="module-results-") as folder,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        yield ModuleStarter(process, Path(folder))
        _pipe(process.stdin).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise AssertionError("the starter was started with pipes")
    return pipe


def _talk(process: subprocess.Popen[str], line: str) -> str:
    orders = _pipe(process.stdin)
    orders.write(line + "\n")
    orders.flush()
    return _pipe(process.stdout).readline()


def _serve() -> None:
    """Read one request per line, and respond with the process ID."""
    for name in MODULES:
        importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name}")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no process waits for the exit status, so the system discards it
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            _carry_out(*json.loads(line))
        print(pid, flush=True)


def _carry_out(file: str, name: str, options: dict[str, Any], check: bool, environment: dict[str, str]) -> NoReturn:
    """Run the module, and exit this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        result = run_module(name, options, check=check, environment=environment)
        unfinished = Path(f"{file}.unfinished")
        unfinished.write_text(json.dumps(result), encoding="utf-8")
        unfinished.replace(file)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    _serve()
