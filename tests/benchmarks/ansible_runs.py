# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks, and the files that Ansible creates from a module and its options to run them on a host."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import CommandFailed, Launcher, Sample, module_environment
from tests.tooling.isolation import isolated

PEERS = Path(__file__).with_name("peers")
COLLECTION = "cnclouds.security_groups"
# The file contains the options as JSON in a Python string.
_PARAMETERS = re.compile(r"""'\{"ANSIBLE_MODULE_ARGS": .*\}'""")
Task = Mapping[str, Any]


@dataclass(frozen=True)
class Payload:
    """The program that Ansible sends to a host to run a module once.

    It contains the module, its libraries and its options.
    """

    file: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.file.stat().st_size

    def having(self, name: str, options: Mapping[str, Any]) -> Payload:
        """The same module with other options; Ansible's additions to them stay."""
        text = self.file.read_text(encoding="utf-8")
        found = _PARAMETERS.search(text)
        if found is None:
            raise ValueError("this ansible-core writes the options in a way that is not known here")
        old = json.loads(ast.literal_eval(found[0]))["ANSIBLE_MODULE_ARGS"]
        own = {key: value for key, value in old.items() if key.startswith("_ansible_")}
        new = repr(json.dumps({"ANSIBLE_MODULE_ARGS": {**own, **options}}))
        other = Payload(self.file.with_name(f"{name}.py"))
        other.file.write_text(text[: found.start()] + new + text[found.end() :], encoding="utf-8")
        return other

    def imports(self, launcher: Launcher) -> dict[str, float]:
        """The time of each imported module itself, in milliseconds, as Python reports it."""
        command = [sys.executable, "-X", "importtime", str(self.file)]
        _sample, printed = launcher.run(command, module_environment())
        lines = re.findall(r"^import time: +(\d+) \| +\d+ \| *(\S+)$", printed, re.MULTILINE)
        return {name: int(microseconds) / 1000 for microseconds, name in lines}

    def run(self, launcher: Launcher, changed: bool | None = None) -> Sample:
        """Run it in a new interpreter, as a host would.

        Raises CommandFailed, also if ``changed`` is not as expected.
        """
        sample, printed = launcher.run([sys.executable, str(self.file)], module_environment())
        if changed is not None and json.loads(printed)["changed"] != changed:
            raise CommandFailed(f"{self.file.name} was expected to report changed: {changed}")
        return sample


class Playbooks:
    """Run plays on this machine. All files stay in the folder."""

    def __init__(self, launcher: Launcher, folder: Path) -> None:
        self._launcher = launcher
        self._folder = folder
        settings = folder / "ansible.cfg"
        settings.touch()
        self._environment = isolated(os.environ) | {
            "ANSIBLE_CONFIG": str(settings),
            "ANSIBLE_LIBRARY": str(PEERS),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOWS": "true",
        }

    def write(self, name: str, tasks: Sequence[Task], variables: Mapping[str, Any] | None = None) -> Path:
        """Write a playbook with these tasks, as JSON, which is YAML that Ansible reads quickly."""
        play = {"hosts": "localhost", "gather_facts": False, "vars": variables or {}, "tasks": list(tasks)}
        path = self._folder / f"{name}.yml"
        path.write_text(json.dumps([play]), encoding="utf-8")
        return path

    def run(self, playbook: Path, changed: bool | None = None, **variables: str) -> Sample:
        """Run a playbook. Raises CommandFailed, also if the recap differs from ``changed``."""
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        sample, printed = self._launcher.run([program, str(playbook)], self._environment | variables)
        recap = re.search(r"^localhost\s.*\bchanged=(\d+)", printed, re.MULTILINE)
        if changed is not None and (recap is None or (recap[1] != "0") != changed):
            raise CommandFailed(f"{playbook.name} was expected to report changed: {changed}\n{printed[-3000:]}")
        return sample

    def ad_hoc(self, module: str, options: Mapping[str, Any], **variables: str) -> Sample:
        """Run one module as ``ansible localhost`` does. Raises CommandFailed."""
        program = str(Path(sys.executable).with_name("ansible"))
        command = [program, "localhost", "-m", module] + (["-a", json.dumps(options)] if options else [])
        sample, _printed = self._launcher.run(command, self._environment | variables)
        return sample

    def payloads(self, tasks: Mapping[str, Task]) -> dict[str, Payload]:
        """The files for these tasks, from a run of all of them. ``tasks`` maps names to tasks of one module each."""
        remote = self._folder / "remote"
        playbook = self.write("payloads", list(tasks.values()))
        self.run(playbook, ANSIBLE_KEEP_REMOTE_FILES="1", ANSIBLE_REMOTE_TMP=str(remote), ANSIBLE_PIPELINING="0")
        sent = sorted(remote.glob("ansible-tmp-*/AnsiballZ_*.py"), key=lambda file: file.stat().st_mtime_ns)
        kept = {}
        for name, file in zip(tasks, sent, strict=True):
            kept[name] = Payload(self._folder / f"{name}.py")
            shutil.move(file, kept[name].file)
        return kept
