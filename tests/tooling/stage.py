# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the checkout without what the tools make, for tools that want a real folder or pack whatever they find."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.tooling.environment import ROOT

NOT_SOURCE = frozenset({".cache", ".git", "__pycache__", "output"})


def source_files() -> list[Path]:
    """The source files, relative to the checkout: git's list with what is new and not ignored, or, without git, all."""
    listing = (
        subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if shutil.which("git")
        else None
    )
    if listing is None or listing.returncode:
        found = (Path(folder, name) for folder, _folders, names in os.walk(ROOT) for name in names)
        paths = [path.relative_to(ROOT) for path in found]
        return sorted(path for path in paths if NOT_SOURCE.isdisjoint(path.parts))
    paths = [Path(os.fsdecode(name)) for name in listing.stdout.split(b"\0") if name]
    return sorted(path for path in paths if (ROOT / path).is_file())


def copy_source(target: Path) -> None:
    """Copies the source files below `target`, which is made; links stay links."""
    for path in source_files():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path, follow_symlinks=False)
