# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the checkout without generated files, for tools that require a real folder or pack every file."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.tooling.environment import ROOT

NOT_SOURCE = frozenset({".cache", ".git", ".hypothesis", "__pycache__", "output"})


def git_files() -> list[Path]:
    """The files that git tracks, and new files that are not ignored, relative to the checkout; empty without git."""
    if not shutil.which("git"):
        return []
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return [Path(os.fsdecode(name)) for name in listing.stdout.split(b"\0") if name]


def all_files() -> list[Path]:
    """Every file of the checkout except generated ones."""
    found = (Path(folder, name).relative_to(ROOT) for folder, _folders, names in os.walk(ROOT) for name in names)
    return [path for path in found if NOT_SOURCE.isdisjoint(path.parts)]


def source_files() -> list[Path]:
    """The source files, relative to the checkout: those known to git, or all files in a checkout without git."""
    return sorted(path for path in git_files() or all_files() if (ROOT / path).is_file())


def copy_source(target: Path) -> None:
    """Copy the source files to `target`, which is created; links stay links."""
    for path in source_files():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path, follow_symlinks=False)
