# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""README.md is short, its links work where it is published, and its console output is that of a real run."""

from __future__ import annotations

import re

import pytest

from tests.cloud_simulator.harness import Harness, running_simulator
from tests.support.ansible_commands import ROOT, Ansible
from tests.support.pages import blocks, section

README = (ROOT / "README.md").read_text("utf-8")
LONGEST = 150
# The keys of the simulator's example, which contains the group of the README.
KEY = {
    "TENCENTCLOUD_SECRET_ID": "AKIDexampleExampleExample0123456789",
    "TENCENTCLOUD_SECRET_KEY": "exampleSecretKeyExample012345678",
}


def play(clouds: Harness, ansible: Ansible, *options: str) -> str:
    """The output of the README's playbook, which must succeed."""
    run = ansible.playbook(
        blocks(README, "yaml")[0], *options, environment={**KEY, "TENCENTCLOUD_ENDPOINT_VPC": clouds.url}
    )
    assert run.status == 0, run.stdout
    return run.stdout


def test_the_example_prints_what_the_readme_says(ansible: Ansible) -> None:
    (console,) = [text for text in blocks(README, "console") if "--check --diff" in text]
    _command, _blank, printed = console.partition("\n\n")
    with running_simulator() as clouds:
        assert printed in play(clouds, ansible, "--check", "--diff")
        assert "changed=1 " in play(clouds, ansible)
        clouds.clear_journal()
        assert "changed=0 " in play(clouds, ansible)
        assert len(clouds.journal()) == 1, "after a single API call"


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= LONGEST
    reasons = section(README, "Why it is different")
    assert len(re.findall(r"^- \*\*.*?\]\(https://", reasons, re.M | re.S)) == 5


def test_links_work_on_galaxy() -> None:
    """Relative links do not work there, because pages are shown without the repository."""
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert [link for link in links if not link.startswith("https://")] == []


@pytest.mark.parametrize("kind", ["modules", "inventory"])
def test_all_content_is_listed(kind: str) -> None:
    content = section(README, "Content")
    missing = [path.stem for path in (ROOT / "plugins" / kind).glob("[a-z]*.py") if f"`{path.stem}`" not in content]
    missing += [path.stem for path in (ROOT / "playbooks").glob("*.yml") if f"`{path.stem}`" not in content]
    assert missing == []


def test_the_number_of_cases_is_that_of_the_long_profile() -> None:
    """README.md rounds down the number in docs/reliability.md."""
    report = (ROOT / "docs/reliability.md").read_text("utf-8")
    (row,) = re.findall(r"^\| \*\*All\*\* \|.*$", report, re.M)
    cases, _not_noticeable, *broken = re.findall(r"\d+", row)
    assert f"{int(cases) // 1000},000 cases" in README
    assert broken == ["0", "0", "0", "0"]
