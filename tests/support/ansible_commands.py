# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real commands, ``ansible`` and ``ansible-playbook``, on the implicit localhost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.module_runner import NO_KEYS_ANYWHERE
from tests.tooling.isolation import COLLECTIONS, DIRECT_EXECUTION

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CALLBACKS = Path(__file__).with_name("callbacks")


def switch_of_direct_execution(direct: bool = True) -> dict[str, str]:
    """Return the switch for the commands of the tests: as the tests were started with, or off."""
    value = os.environ.get(DIRECT_EXECUTION, "") if direct else "0"
    return {DIRECT_EXECUTION: value} if value else {}


@dataclass(frozen=True)
class TaskResult:
    """One task of a run: its name, its ``status`` (ok, failed or skipped) and its result."""

    task: str
    status: str
    result: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A finished command."""

    status: int
    stdout: str
    stderr: str
    tasks: tuple[TaskResult, ...]

    def task(self, name: str) -> TaskResult:
        """Return the first result of the task with this name. Raises KeyError."""
        for each in self.tasks:
            if each.task == name:
                return each
        raise KeyError(f"no result of {name!r} in\n{self.stdout}\n{self.stderr}")

    def result(self, name: str) -> dict[str, Any]:
        """Return the result of the task with this name. Raises KeyError."""
        return self.task(name).result


@dataclass(frozen=True)
class Ansible:
    """Runs commands that write to ``folder`` only. Without ``direct``, modules run as separate processes."""

    folder: Path
    direct: bool = True

    def playbook(
        self, plays: Sequence[Mapping[str, Any]] | str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> Run:
        """Run these plays (data or YAML text)."""
        path = self.folder / "playbook.yml"
        text = plays if isinstance(plays, str) else yaml.safe_dump(list(plays), allow_unicode=True, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return self.command("ansible-playbook", str(path), *arguments, environment=environment)

    def tasks(
        self,
        tasks: Sequence[Mapping[str, Any]],
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        **play: Any,
    ) -> Run:
        """Run one play with these tasks; ``play`` contains its other keywords."""
        whole = {"hosts": "localhost", "gather_facts": False, **play, "tasks": list(tasks)}
        return self.playbook([whole], *arguments, environment=environment)

    def command(self, program: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        """Run one of ansible-core's programs. ``environment`` is added to variables that only name folders."""
        record = self.folder / "results.jsonl"
        record.unlink(missing_ok=True)
        done = subprocess.run(
            [str(BIN / program), *arguments],
            cwd=self.folder,
            env={**self._environment(record), **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        return Run(done.returncode, done.stdout, done.stderr, tuple(_recorded(record)))

    def _environment(self, record: Path) -> dict[str, str]:
        # Without pyenv's shims, which Ansible would try as interpreters.
        path = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if not entry.endswith("shims")]
        return {
            "PATH": os.pathsep.join([str(BIN), *path]),
            **NO_KEYS_ANYWHERE,
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(self.folder / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CONFIG": str(self._configuration()),
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_NOCOWS": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_DEVEL_WARNING": "false",
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "true",  # for ad-hoc commands too
            "RECORDER_FILE": str(record),
            **switch_of_direct_execution(self.direct),
        }

    def _configuration(self) -> Path:
        """An empty file, so that no other configuration of the machine is read."""
        path = self.folder / "ansible.cfg"
        path.touch()
        return path


def _recorded(record: Path) -> list[TaskResult]:
    if not record.exists():
        return []
    return [TaskResult(**json.loads(line)) for line in record.read_text(encoding="utf-8").split("\n") if line]
