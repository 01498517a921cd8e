# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide the collection ``awx.awx`` below .cache:

`python -m tests.tooling.awx_collection`. It is part of the community package ``ansible``. The package is downloaded in
the version and with the hash that tests/requirements-awx.txt locks. Only the files of this collection are unpacked,
because the whole package has 24,000 files.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from tests.tooling.environment import CACHE, ROOT, installer_environment

LOCK = ROOT / "tests/requirements-awx.txt"
# Apart from .cache/collections, which ansible-lint and ansible-builder examine.
COLLECTIONS = CACHE / "awx"
FOLDER = "ansible_collections/awx/awx/"


def download(folder: Path) -> Path:
    """Download the locked package into ``folder`` and return the wheel. Raises CalledProcessError."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--dest", str(folder), "--requirement", str(LOCK)]
    subprocess.run(command, env=installer_environment(sys.executable), check=True)
    (wheel,) = folder.glob("ansible-*.whl")
    return wheel


def unpack(wheel: Path, target: Path) -> None:
    """Unpack the collection below ``target``. Raises ValueError if the package does not contain it."""
    with ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if name.startswith(FOLDER)]
        if FOLDER + "MANIFEST.json" not in members:
            raise ValueError(f"{wheel.name} does not contain awx.awx")
        archive.extractall(target, members)


def ensure() -> Path:
    """Return the folder for ``ANSIBLE_COLLECTIONS_PATH``, and download the collection if it is missing."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = COLLECTIONS / "installed.sha256"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Unpacking awx.awx of {LOCK.relative_to(ROOT)} into {COLLECTIONS.relative_to(ROOT)} …", flush=True)
        shutil.rmtree(COLLECTIONS, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            unpack(download(Path(folder)), COLLECTIONS)
        stamp.write_text(wanted)
    return COLLECTIONS


if __name__ == "__main__":
    try:
        ensure()
    except (subprocess.CalledProcessError, ValueError) as error:
        sys.exit(f"Setting up awx.awx failed: {error}")
