# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment that AWX provides for a job, without AWX.

AWX's own code injects the credentials. Everything that is in no package follows the source of AWX 24.6.1:
``get_script_data`` of models/inventory.py for inventories and slices, ``build_args`` and ``build_extra_vars_file`` of
tasks/jobs.py, ``safe_dump`` of utils/safe_yaml.py, ``get_effective_artifacts`` of models/workflow.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from awx_plugins.interfaces._temporary_private_api import EnvVarsType, ManagedCredentialType
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

from tests.awx.kit import PROJECT, configured, credential_types, survey_defaults
from tests.support.ansible_commands import switch_of_direct_execution
from tests.tooling.isolation import COLLECTIONS

BIN = Path(sys.executable).parent
Event = dict[str, Any]


def injected(type_name: str, inputs: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment that AWX creates from a credential with these inputs; all others are empty."""
    kind = credential_types()[type_name]
    empty = {each["id"]: "" for each in kind["inputs"]["fields"]}
    managed = ManagedCredentialType(
        namespace="", name=type_name, kind=kind["kind"], inputs=kind["inputs"], injectors=kind["injectors"]
    )
    filled: dict[str, bool | str | int | float | None] = {**empty, **inputs}
    environment: EnvVarsType = {}
    inject_credential(managed, Credential(filled), environment, {}, [], str(folder))
    return {name: str(value) for name, value in environment.items()}


@dataclass
class Job:
    """One finished process: a job, or one slice of a job."""

    folder: Path
    status: int
    events: list[Event]

    @property
    def text(self) -> str:
        """Everything from the job that AWX stores and shows."""
        return json.dumps(self.events, ensure_ascii=False) + (self.folder / "stdout").read_text(encoding="utf-8")

    @property
    def artifacts(self) -> dict[str, str]:
        """The artifacts that the job passes on to the following jobs of a workflow."""
        found: dict[str, str] = {}
        for event in self.events:
            found.update(event.get("event_data", {}).get("artifact_data", {}))
        return found

    def results(self, *names: str) -> list[Event]:
        """The data of the events with these names."""
        return [event["event_data"] for event in self.events if event["event"] in names]

    def hosts(self) -> set[str]:
        """The hosts for which a task was started."""
        return {str(data["host"]) for data in self.results("runner_on_start")}


@dataclass
class Controller:
    """An inventory and credentials, and the jobs that are launched with them. All files are below ``folder``."""

    folder: Path
    environment: dict[str, str]  # of the credentials, and the endpoints of the clouds
    inventory: dict[str, Any] = field(default_factory=dict)
    _launched: int = 0

    def update_inventory(self, source_path: str) -> None:
        """Run an inventory source of the project, and add the hosts that it lists."""
        command = [str(BIN / "ansible-inventory"), "--list", "--export", "-i", str(PROJECT / source_path)]
        environment = {**self._surroundings(), **self.environment, "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1"}
        done = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, check=True)
        listed = json.loads(done.stdout)
        hostvars = {**self.inventory.get("hostvars", {}), **listed.pop("_meta")["hostvars"]}
        groups = self.inventory.get("groups", {})
        for name, group in listed.items():
            known = groups.setdefault(name, {"hosts": [], "children": []})
            known["hosts"] += group.get("hosts", [])
            known["children"] += group.get("children", [])
        self.inventory = {"hostvars": hostvars, "groups": groups}

    def keep(self, hosts: Iterable[str]) -> None:
        """Remove all other hosts from the inventory."""
        kept = set(hosts)
        hostvars = {host: value for host, value in self.inventory["hostvars"].items() if host in kept}
        groups = {
            name: {**group, "hosts": [host for host in group["hosts"] if host in kept]}
            for name, group in self.inventory["groups"].items()
        }
        self.inventory = {"hostvars": hostvars, "groups": groups}

    def script_data(self, slice_number: int, slice_count: int) -> dict[str, Any]:
        """The inventory for one slice of a job."""
        hosts = sorted(self.inventory["hostvars"])[slice_number - 1 :: slice_count]
        groups = {
            name: {"hosts": [host for host in group["hosts"] if host in hosts], "children": group["children"]}
            for name, group in self.inventory["groups"].items()
        }
        return {**groups, "_meta": {"hostvars": {host: self.inventory["hostvars"][host] for host in hosts}}}

    def launch(
        self,
        template_name: str,
        slices: int,
        *,
        description: Mapping[str, Any],
        answers: Mapping[str, Any] | None = None,
        artifacts: Mapping[str, str] | None = None,
        verbosity: int = 0,
    ) -> list[Job]:
        """Launch a job template of the kit; the slices run at the same time, as in AWX."""
        template = configured("job_template")[template_name]
        trusted = template.get("extra_vars", {})
        variables = {**trusted, **survey_defaults(template), **(answers or {}), **(artifacts or {})}
        running = []
        for number in range(1, slices + 1):
            self._launched += 1
            folder = self.folder / f"job{self._launched}"
            self._write(folder, template, description, safe_dump(variables, trusted), verbosity)
            _write_script(folder / "inventory" / "hosts", self.script_data(number, slices))
            running.append((folder, self._start(folder, template["playbook"])))
        return [_ended(folder, process) for folder, process in running]

    def _write(
        self, folder: Path, template: Mapping[str, Any], description: Mapping[str, Any], variables: str, verbosity: int
    ) -> None:
        shutil.copytree(PROJECT, folder / "project")
        (folder / "project" / "groups.yml").write_text(yaml.safe_dump(dict(description)), encoding="utf-8")
        arguments = ["-u", "root"]
        arguments += ["--check"] if template["job_type"] == "check" else []
        arguments += ["--diff"] if template.get("diff_mode") else []
        arguments += [f"-{'v' * verbosity}"] if verbosity else []
        env = folder / "env"
        env.mkdir()
        (folder / "inventory").mkdir()
        (env / "cmdline").write_text(" ".join(arguments), encoding="utf-8")
        (env / "envvars").write_text(json.dumps(self.environment), encoding="utf-8")
        (env / "extravars").write_text(variables, encoding="utf-8")

    def _start(self, folder: Path, playbook: str) -> subprocess.Popen[bytes]:
        command = [str(BIN / "ansible-runner"), "run", str(folder), "-p", playbook, "-i", "1", "-q"]
        return subprocess.Popen(
            command,
            env=self._surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def _surroundings(self) -> dict[str, str]:
        """The environment of an execution environment, with nothing from this machine."""
        path = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if not entry.endswith("shims")]
        configuration = self.folder / "ansible.cfg"
        configuration.touch()
        return {
            "PATH": os.pathsep.join([str(BIN), *path]),
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(self.folder / ".ansible"),
            "ANSIBLE_CONFIG": str(configuration),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_DEVEL_WARNING": "false",
            **switch_of_direct_execution(),
        }


def merged(jobs: Iterable[Job]) -> dict[str, str]:
    """The artifacts of all slices of a job, merged by name; later slices take precedence."""
    artifacts: dict[str, str] = {}
    for job in jobs:
        artifacts.update(job.artifacts)
    return artifacts


def safe_dump(variables: Mapping[str, Any], trusted: Mapping[str, Any]) -> str:
    """Extra variables as YAML. Only those of the job template itself can be templates."""
    parts = []
    for name, value in variables.items():
        dumper = yaml.SafeDumper if trusted.get(name) == value else _UnsafeDumper
        parts.append(yaml.dump({name: value}, Dumper=dumper, default_flow_style=False))
    return "".join(parts)


class _UnsafeDumper(yaml.SafeDumper):
    """Marks every text as unsafe."""


_UnsafeDumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


def _write_script(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(
        f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({json.dumps(data)!r})\n", encoding="utf-8"
    )
    path.chmod(0o700)


def _ended(folder: Path, process: subprocess.Popen[bytes]) -> Job:
    process.communicate(timeout=300)
    artifacts = folder / "artifacts" / "1"
    files: Sequence[Path] = sorted(
        (artifacts / "job_events").glob("*.json"), key=lambda file: int(file.name.split("-")[0])
    )
    return Job(artifacts, process.returncode, [json.loads(file.read_text(encoding="utf-8")) for file in files])
