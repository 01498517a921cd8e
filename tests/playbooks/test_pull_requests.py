# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of docs/pull_requests.md, in a separate repository, and the pre-commit hook work as the page describes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml

from tests.support.ansible_commands import ROOT, Ansible, Run
from tests.support.sarif import SARIF_SCHEMA

CHECK = "Check the rules of the web servers"
EVERYWHERE = {"action": "accept", "protocol": "tcp", "port": 22}
OFFICE = {**EVERYWHERE, "cidr": "203.0.113.0/24"}


def page() -> dict[str, str]:
    """Return the files that the page shows, by name."""
    text = (ROOT / "docs/pull_requests.md").read_text("utf-8")
    return dict(re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", text, re.M | re.S))


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(ansible: Ansible) -> Path:
    """The files of the page, committed to the main branch."""
    folder = ansible.folder
    for name, text in page().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "rules", "check.yml")
    git(folder, "commit", "--quiet", "--message", "rules")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    return folder


def propose(repository: Path, ingress: list[dict[str, Any]]) -> None:
    """Change the rules as a pull request does."""
    (repository / "rules/web.yml").write_text(yaml.safe_dump({"ingress": ingress, "egress": [{"action": "accept"}]}))


LEVELS = ("error", "warning")


def reported(repository: Path) -> dict[str, str]:
    """Return the level of each problem by its rule. Both files must be valid and have the same problems."""
    log = json.loads((repository / "rules.sarif").read_text("utf-8"))
    jsonschema.validate(log, SARIF_SCHEMA)
    results = log["runs"][0]["results"]
    (suite,) = ElementTree.fromstring((repository / "rules.xml").read_text("utf-8"))
    failures = suite.findall("testcase/failure")
    texts = {level: [each["message"]["text"] for each in results if each["level"] == level] for level in LEVELS}
    assert [each.get("message") for each in failures] == texts["error"]
    assert [each.text for each in suite.findall("testcase/system-out")] == [
        f"warning: {text}" for text in texts["warning"]
    ]
    assert suite.get("tests") == str(len(suite.findall("testcase")))
    assert suite.get("failures") == str(len(failures))
    assert {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results} <= {
        "rules/web.yml"
    }
    return {each["ruleId"]: each["level"] for each in results}


def check(ansible: Ansible, *arguments: str) -> Run:
    return ansible.command("ansible-playbook", "check.yml", *arguments)


@pytest.mark.parametrize("mode", [[], ["--check", "--diff"]])
def test_rules_without_problems_pass(ansible: Ansible, repository: Path, mode: list[str]) -> None:
    run = check(ansible, *mode)
    assert run.status == 0, run.stdout
    assert run.result(CHECK)["requests"] == []
    assert reported(repository) == {}


@pytest.mark.parametrize(
    ("ingress", "levels"),
    [
        ([EVERYWHERE], {"world_open_admin_ports": "error"}),
        ([{"action": "drop", "cidr": "203.0.113.7"}, OFFICE], {"SSH from the office": "error"}),
        ([OFFICE, OFFICE | {"cidr": "203.0.113.0/25"}], {"redundant": "error"}),
        ([], {"SSH from the office": "error"}),
    ],
)
@pytest.mark.parametrize("mode", [[], ["--check", "--diff"]])
def test_a_problem_fails_the_run_and_is_in_both_files(
    ansible: Ansible, repository: Path, mode: list[str], ingress: list[dict[str, Any]], levels: dict[str, str]
) -> None:
    propose(repository, ingress)
    run = check(ansible, *mode)
    assert run.status == 2, run.stdout
    assert run.result(CHECK)["failure"]["kind"] == "policy"
    assert reported(repository) == levels


def test_without_the_present_rules_unmet_protection_only_warns(ansible: Ansible, repository: Path) -> None:
    playbook = re.sub(r"^ *present: .*\n", "", page()["check.yml"], flags=re.M)
    assert playbook != page()["check.yml"]
    (repository / "check.yml").write_text(playbook, "utf-8")
    propose(repository, [])
    assert check(ansible).status == 0
    assert reported(repository) == {"SSH from the office": "warning"}


def test_without_the_main_branch_the_run_fails(ansible: Ansible, repository: Path) -> None:
    git(repository, "update-ref", "-d", "refs/remotes/origin/main")
    assert check(ansible).status != 0
    assert not (repository / "rules.sarif").exists()


@pytest.mark.parametrize(("ingress", "status"), [([OFFICE], 0), ([EVERYWHERE], 2)])
def test_the_hook_runs_the_playbook(
    ansible: Ansible, repository: Path, ingress: list[dict[str, Any]], status: int
) -> None:
    """The command of pre-commit: the entry and the arguments, without names of files."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (wanted,) = yaml.safe_load(page()[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    assert wanted["id"] == hook["id"]
    assert not hook["pass_filenames"]
    assert re.search(wanted["files"], "rules/web.yml") and not re.search(wanted["files"], "docs/web.yml")
    propose(repository, ingress)
    assert ansible.command(hook["entry"], *wanted["args"]).status == status


def test_the_workflow_runs_the_playbook_and_uploads_its_file() -> None:
    (job,) = yaml.safe_load(page()[".github/workflows/security-groups.yml"])["jobs"].values()
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    assert "ansible-playbook check.yml" in commands
    upload = job["steps"][-1]
    (task,) = yaml.safe_load(page()["check.yml"])[0]["tasks"]
    (options,) = (value for key, value in task.items() if key.startswith("cnclouds."))
    assert upload["with"]["sarif_file"] == options["sarif_file"]
    assert options["sarif_file"] in upload["if"]
