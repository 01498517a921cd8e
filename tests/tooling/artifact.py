# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the collection, installs the artifact offline and reads each module's documentation from it.

`python -m tests.tooling.artifact`. Catches a file that the build leaves out, and a file that it should leave out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.tooling.environment import ROOT
from tests.tooling.stage import source_files

NAME = "cnclouds.security_groups"
MADE_BY_THE_BUILD = frozenset({"MANIFEST.json", "FILES.json"})
USED_BY_ANSIBLE_TEST = frozenset({"tests/config.yml"})
USED_AT_RUN_TIME = ("meta", "playbooks", "plugins", "roles")


def run(*command: str, **variables: str) -> str:
    """Runs a command, which must succeed; returns its standard output."""
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def packed_files(artifact: Path) -> set[str]:
    """The names of the files in the artifact."""
    with tarfile.open(artifact) as archive:
        return {member.name for member in archive.getmembers() if not member.isdir()}


def differences(packed: set[str], source: set[str]) -> list[str]:
    """One sentence for each file that is in the artifact and should not be, or the other way round."""
    needed = {name for name in source if name.split("/")[0] in USED_AT_RUN_TIME}
    tests = {name for name in packed if name.startswith("tests/")} - USED_BY_ANSIBLE_TEST
    unwanted = sorted(packed - source - MADE_BY_THE_BUILD | tests)
    return [f"{name} is packed and should not be: see build_ignore in galaxy.yml." for name in unwanted] + [
        f"{name} is not packed: see build_ignore in galaxy.yml." for name in sorted(needed - packed)
    ]


def main() -> int:
    """Returns the exit status."""
    modules = sorted(file.stem for file in (ROOT / "plugins/modules").glob("[a-z]*.py"))
    with tempfile.TemporaryDirectory(prefix="security_groups-artifact-") as temporary:
        folder = Path(temporary)
        run("ansible-galaxy", "collection", "build", "--output-path", str(folder))
        (artifact,) = folder.glob("*.tar.gz")
        problems = differences(packed_files(artifact), {path.as_posix() for path in source_files()})
        installed = {"ANSIBLE_COLLECTIONS_PATH": str(folder / "installed")}
        run("ansible-galaxy", "collection", "install", str(artifact), "--offline", **installed)
        names = [f"{NAME}.{module}" for module in modules]
        documents = json.loads(run("ansible-doc", "--json", *names, **installed) if names else "{}")
        problems += [f"ansible-doc knows no {name}." for name in names if "doc" not in documents.get(name, {})]
    print("\n".join([f"{artifact.name}: documentation of {len(documents)} modules", *problems]))
    return 1 if problems or not names else 0


if __name__ == "__main__":
    sys.exit(main())
