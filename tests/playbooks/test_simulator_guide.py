# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of docs/simulator.md work as they are: the commands, the fixture for pytest and the scenario."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.ansible_commands import BIN, ROOT
from tests.support.module_runner import NO_KEYS_ANYWHERE
from tests.tooling.isolation import COLLECTIONS

PAGE = (ROOT / "docs/simulator.md").read_text(encoding="utf-8")
SITE = """
- hosts: localhost
  gather_facts: false
  tasks:
    - cnclouds.security_groups.tencent_sg_rules:
        {security_group_id: sg-simweb01, ingress: [], expected_account_id: "100000000001"}
    - cnclouds.security_groups.aliyun_sg_policy:
        security_group_id: sg-bp1simulated00web
        inner_access_policy: accept
        expected_account_id: "1234567890123456"
"""


def blocks(language: str) -> list[str]:
    """Return the examples in this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A user's folder with a checkout, the seed of the page, and a playbook."""
    (tmp_path / "security_groups").symlink_to(ROOT)
    (tmp_path / "clouds.yml").write_text(blocks("yaml")[0], encoding="utf-8")
    (tmp_path / "site.yml").write_text(SITE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def environment(project: Path) -> Iterator[dict[str, str]]:
    """The user's environment. At the end, all simulators that were started in it have stopped."""
    path = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if not entry.endswith("shims")]
    yield {
        **NO_KEYS_ANYWHERE,
        "PATH": os.pathsep.join([str(BIN), *path]),
        "HOME": str(project),
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
        "ANSIBLE_HOME": str(project / ".ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "SIMULATOR_PYTHON": sys.executable,  # has the packages that the command would install
    }
    assert running(project) == []


def running(project: Path) -> list[str]:
    """Return the command lines of simulators that were started for this folder."""
    lines = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if readable(file)]
    return [line.decode(errors="replace") for line in lines if str(project).encode() in line and b"--seed" in line]


def readable(file: Path) -> bool:
    """Return whether the process still exists."""
    try:
        return bool(file.read_bytes())
    except OSError:
        return False


def run(project: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the user."""
    return subprocess.run(
        command,
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_commands_for_a_shell(project: Path, environment: dict[str, str]) -> None:
    done = run(project, environment, "bash", "-euc", blocks("sh")[0])
    assert done.returncode == 0, done.stdout
    assert re.search(r"ok=2 +changed=1 ", done.stdout), done.stdout
    assert wait_until_stopped(project)


def test_the_variables_are_those_on_the_page(project: Path, environment: dict[str, str]) -> None:
    options = f"ARGS=--background --seed {project}/clouds.yml --env-file {project}/clouds.json"
    done = run(project, environment, "make", "--silent", "-C", str(ROOT), "simulator", options)
    variables = json.loads((project / "clouds.json").read_text(encoding="utf-8"))
    os.kill(int(variables["CLOUD_SIMULATOR_PID"]), 15)
    assert masked(done.stdout) == masked(blocks("sh")[1])
    assert variables == dict(re.findall(r"^export (\w+)=(.*)$", done.stdout, re.MULTILINE))
    assert wait_until_stopped(project)


def masked(text: str) -> str:
    """Return the text without values that differ at every start."""
    return re.sub(r"(?<=127\.0\.0\.1:)\d+|(?<=PID=)\d+", "N", text)


def test_the_fixture_for_pytest(project: Path, environment: dict[str, str]) -> None:
    (code,) = blocks("python")
    (project / "test_site.py").write_text(code, encoding="utf-8")
    done = run(project, environment, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_site.py")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert wait_until_stopped(project)


def test_the_scenario_of_molecule(project: Path, environment: dict[str, str]) -> None:
    folder = project / "molecule/default"
    folder.mkdir(parents=True)
    files = re.findall(r"^`(\w+\.yml)`:\n\n```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert [name for name, text in files] == ["molecule.yml", "create.yml", "converge.yml", "destroy.yml"]
    for name, text in (*files, ("clouds.yml", blocks("yaml")[0])):
        assert yaml.safe_load(text)
        (folder / name).write_text(text, encoding="utf-8")
    (project / ".config/molecule").mkdir(parents=True)
    (project / ".config/molecule/config.yml").write_text("prerun: false\n", encoding="utf-8")
    done = run(project, environment, sys.executable, "-m", "molecule", "test")
    assert done.returncode == 0, done.stdout
    for step in ("create", "converge", "idempotence", "destroy"):
        assert f"default > {step}: Executed: Successful" in done.stdout
    assert wait_until_stopped(project)


def wait_until_stopped(project: Path) -> bool:
    """Return whether the simulator has ended, which takes a moment after a signal."""
    for _attempt in range(200):
        if not running(project):
            return True
        subprocess.run(["sleep", "0.05"], check=True)
    return False
