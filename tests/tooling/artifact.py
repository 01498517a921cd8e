# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection, install the artifact offline, and use it where Ansible cannot find the checkout.

`python -m tests.tooling.artifact`. It detects files that the artifact lacks, and files that it should not contain. The
quickstart, the playbooks and the jobs of AWX run from the installed collection. The playbooks also run from a copy that
contains only the folders that Ansible uses at run time, because packagers reduce a collection to them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.tooling.environment import ROOT
from tests.tooling.isolation import TESTED_COLLECTIONS
from tests.tooling.stage import source_files

NAME = "cnclouds.security_groups"
MADE_BY_THE_BUILD = frozenset({"MANIFEST.json", "FILES.json"})
USED_BY_ANSIBLE_TEST = frozenset({"tests/config.yml"})
USED_AT_RUN_TIME = ("meta", "playbooks", "plugins", "roles")
PLAYBOOKS = "tests/awx/test_collection_playbooks.py"
IMPORT = "tests/playbooks/test_import.py"
KIT = ("tests/awx/test_configure.py::test_a_second_run_changes_nothing", "tests/awx/test_jobs.py")


def run(*command: str, **variables: str) -> str:
    """Run a command, which must succeed. Return its standard output."""
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def packed_files(artifact: Path) -> set[str]:
    """The names of the files in the artifact."""
    with tarfile.open(artifact) as archive:
        return {member.name for member in archive.getmembers() if not member.isdir()}


def differences(packed: set[str], source: set[str]) -> list[str]:
    """One sentence for each file that the artifact should not contain, or that it lacks."""
    needed = {name for name in source if name.split("/")[0] in USED_AT_RUN_TIME}
    tests = {name for name in packed if name.startswith("tests/")} - USED_BY_ANSIBLE_TEST
    unwanted = sorted(packed - source - MADE_BY_THE_BUILD | tests)
    return [f"{name} is packed and should not be: see build_ignore in galaxy.yml." for name in unwanted] + [
        f"{name} is not packed: see build_ignore in galaxy.yml." for name in sorted(needed - packed)
    ]


def documented(collections: Path) -> list[str]:
    """Return one sentence for each module without documentation in the installed collection."""
    names = [f"{NAME}.{file.stem}" for file in sorted((ROOT / "plugins/modules").glob("[a-z]*.py"))]
    documents = json.loads(run("ansible-doc", "--json", *names, ANSIBLE_COLLECTIONS_PATH=str(collections)))
    return [f"ansible-doc knows no {name}." for name in names if "doc" not in documents.get(name, {})]


def used(collections: Path, *tests: str) -> None:
    """Run tests with an installed collection. Raises CalledProcessError if one fails."""
    print(f"Testing {collections.name} with {' '.join(tests)}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *tests]
    subprocess.run(command, cwd=ROOT, env={**os.environ, TESTED_COLLECTIONS: str(collections)}, check=True)


def reduced(collections: Path, target: Path) -> Path:
    """Copy only the folders of the collection that are used at run time."""
    place = Path("ansible_collections", *NAME.split("."))
    for folder in USED_AT_RUN_TIME:
        shutil.copytree(collections / place / folder, target / place / folder)
    return target


def main() -> int:
    """Return the exit status."""
    with tempfile.TemporaryDirectory(prefix="security_groups-artifact-") as temporary:
        folder = Path(temporary)
        installed = folder / "installed"
        run("ansible-galaxy", "collection", "build", "--output-path", str(folder))
        (artifact,) = folder.glob("*.tar.gz")
        problems = differences(packed_files(artifact), {path.as_posix() for path in source_files()})
        place = {"ANSIBLE_COLLECTIONS_PATH": str(installed)}
        run("ansible-galaxy", "collection", "install", str(artifact), "--offline", **place)
        problems += documented(installed)
        print("\n".join([artifact.name, *problems]), flush=True)
        run(sys.executable, "-m", "tests.tooling.demo", **{TESTED_COLLECTIONS: str(installed)})
        used(installed, PLAYBOOKS, IMPORT, *KIT)
        used(reduced(installed, folder / "reduced"), PLAYBOOKS)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
