# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command run twice, directly and as separate processes, and the comparable parts of each run."""

from __future__ import annotations

import difflib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible, Run

ORDINARY = {"CNCLOUDS_DIRECT_EXECUTION": "0"}
# The request IDs of services, and the times, process IDs and durations that Ansible logs.
_DIFFERS = re.compile(
    r"\b[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}|\bp=\d+\b"
)
_WAY = re.compile(r" runs (in Ansible's worker process|as a process of its own: .*)$", re.MULTILINE)


@dataclass(frozen=True)
class Observed:
    """Everything that a run shows: console, results, Ansible's log, the calls, and the resulting state."""

    status: int
    stdout: str
    stderr: str
    results: str
    log: str
    calls: tuple[str, ...]
    state: dict[str, Any]


@dataclass(frozen=True)
class BothWays:
    """Runs commands from the same state of the clouds, in the same folder, with the same environment."""

    clouds: Harness
    ansible: Ansible
    environment: Mapping[str, str]

    def observed(self, command: Callable[[Mapping[str, str]], Run], ordinary: bool) -> tuple[Observed, Run]:
        """Run it one way, and check that it really went this way: only module processes need a temporary folder."""
        self.clouds.reset()
        folder = self.ansible.folder
        log, temporary = folder / "ansible.log", folder / "remote-tmp"
        log.unlink(missing_ok=True)
        environment = {
            "ANSIBLE_REMOTE_TMP": str(temporary),
            "ANSIBLE_LOG_PATH": str(log),
            "PYTHONHASHSEED": "0",  # ansible-core censors results in the order of a set
            **self.environment,
        }
        run = command({**environment, **(ORDINARY if ordinary else {})})
        assert temporary.exists() == ordinary, f"the run went the other way\n{run.stdout}{run.stderr}"
        shutil.rmtree(temporary, ignore_errors=True)
        called = tuple(str(entry["action"]) for entry in self.clouds.journal())
        return seen(run, _text(log), called, self.clouds.state()), run

    def run(self, command: Callable[[Mapping[str, str]], Run], ordered: bool = True) -> Run:
        """Run it both ways and compare.

        Return the direct run. With the strategy ``free``, the order depends on the duration of tasks, which differs:
        see ``ordered``.
        """
        direct, run = self.observed(command, ordinary=False)
        ordinary, _run = self.observed(command, ordinary=True)
        for name in Observed.__dataclass_fields__:
            here, there = (_lines(getattr(each, name), ordered) for each in (direct, ordinary))
            changed = "\n".join(difflib.unified_diff(there, here, "ordinary", "direct", n=0, lineterm=""))
            assert not changed, f"{name} differs:\n{changed}"
        return run


def _lines(value: object, ordered: bool) -> list[str]:
    """The lines of a text.

    If ``ordered`` is false, they are sorted, and headings that depend on the order are removed.
    """
    parts = [str(each) for each in value] if isinstance(value, tuple) else str(value).splitlines()
    return parts if ordered else sorted(line for line in parts if line and "TASK [" not in line and line != "~ ~ | ")


def seen(run: Run, log: str, called: tuple[str, ...], state: dict[str, Any]) -> Observed:
    """The output of a run, without the parts that differ from one run to the next."""
    results = json.dumps([[each.task, each.status, each.result] for each in run.tasks], indent=1, ensure_ascii=False)
    return Observed(run.status, same(run.stdout), same(run.stderr), same(results), same(log), called, _timeless(state))


def same(text: str) -> str:
    """A text without the parts that differ from one run to the next."""
    return _DIFFERS.sub("~", text)


def _timeless(state: Any) -> dict[str, Any]:
    """The state of the clouds without the times of changes."""
    kept: dict[str, Any] = json.loads(_DIFFERS.sub("~", json.dumps(state)), object_hook=_without_times)
    return kept


def _without_times(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if "Time" not in name and "time" not in name}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def ways(run: Run) -> list[str]:
    """The ways of execution in the output at ``-vvv``: "in Ansible's worker process", or the reason why not."""
    return [way.removeprefix("as a process of its own: ") for way in _WAY.findall(run.stdout)]
