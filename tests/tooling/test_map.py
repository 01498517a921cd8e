# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""tests/README.md lists every folder of tests, and CONTRIBUTING.md every command."""

from __future__ import annotations

import re
import shlex

from tests.support.pages import section, table
from tests.tooling import checks
from tests.tooling.environment import ROOT
from tests.tooling.stage import source_files

README = (ROOT / "tests/README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = dict(re.findall(r"^([a-z-]+):[^#\n]*## (.*)$", MAKEFILE, re.M))


def test_every_folder_is_on_the_map() -> None:
    there = {path.parts[1] for path in source_files() if path.parts[0] == "tests" and len(path.parts) > 2}
    assert {row[0] for row in table(README, "Folder")} == there


def test_the_commands_for_one_case_find_it() -> None:
    """Each command names a target, a group of checks and an existing file after ``-k``, or a target of ansible-test."""
    groups = {step.group for step in checks.STEPS}
    for row in table(section(README, "How to run one case"), "Kind"):
        for command in re.findall(r"`([^`]+)`", f"`{row[1]}`" if "`" not in row[1] else row[1]):
            program, *words = shlex.split(command)
            assert (words[0] if program == "make" else words[2]) in (set(TARGETS) if program == "make" else groups)
            for name in re.findall(r"-k (\w+)", command):
                assert list((ROOT / "tests").rglob(f"{name}.py")), name


def test_contributors_find_every_command() -> None:
    listed = set(re.findall(r"`make ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert set(TARGETS) - {"help", "simulator"} <= listed | {"clean"}
