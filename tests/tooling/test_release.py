# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consistency checks for a release: docs/releasing.md lists the steps."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.tooling.environment import ROOT
from tests.tooling.stage import source_files

PAGE = (ROOT / "docs/releasing.md").read_text("utf-8")
CHANGELOG = ROOT / "changelogs/changelog.yaml"


def current() -> str:
    """The version in galaxy.yml."""
    return str(yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"])


def versions() -> set[str]:
    """The released versions, and the version in galaxy.yml."""
    released = yaml.safe_load(CHANGELOG.read_text("utf-8"))["releases"] if CHANGELOG.exists() else {}
    return {*released, current()}


def test_nothing_was_added_in_a_version_that_does_not_exist() -> None:
    """A new module or option has the version of galaxy.yml until that is released."""
    added: dict[str, set[Path]] = {}
    for path in source_files():
        if path.parts[0] in ("plugins", "roles") and path.suffix in (".py", ".yml"):
            for version in re.findall(r"^\s*version_added: (\S+)$", (ROOT / path).read_text("utf-8"), re.M):
                added.setdefault(version.strip("'\""), set()).add(path)
    assert added
    assert {version: paths for version, paths in added.items() if version not in versions()} == {}


def test_the_hook_of_pre_commit_is_that_of_a_version() -> None:
    (revision,) = re.findall(r"^    rev: (\S+)$", (ROOT / "docs/pull_requests.md").read_text("utf-8"), re.M)
    assert revision in versions()


def test_a_release_is_in_the_changelog() -> None:
    """From the first release on, the changelog contains the newest released version with its text."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8").replace("\\", "")
    assert all(version in text for version in versions() - {current()})


def test_the_steps_are_ten_lines_and_name_what_is_there() -> None:
    steps = re.findall(r"^\d+\. (.*)$", PAGE, re.M)
    assert len(steps) == 10
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for command in re.findall(r"`make ([^`]+)`", PAGE):
        assert {word for word in command.split() if "=" not in word} <= targets, command
    for file in re.findall(r"`((?:\.github|docs|changelogs)/[\w./-]+)`", PAGE):
        assert (ROOT / file).exists(), file
