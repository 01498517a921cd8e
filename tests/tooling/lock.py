# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lock the newest versions that tests/requirements*.in allow:

`python -m tests.tooling.lock`. One lock file serves every supported Python.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.tooling.awx_collection import LOCK as AWX_LOCK
from tests.tooling.environment import LOCKS, OLDEST_PYTHON, ROOT, installer_environment

HEADER = """\
# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Made by `make update-requirements`.
"""


def lock(file: Path, *arguments: str) -> None:
    """Write the lock file of one .in file."""
    source = file.with_suffix(".in")
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--universal", "--upgrade"]
    command += ["--python-version", ".".join(map(str, OLDEST_PYTHON)), "--no-header", "--no-annotate", *arguments]
    environment = installer_environment(sys.executable)
    text = subprocess.run(
        [*command, str(source)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    file.write_text(HEADER + text)


if __name__ == "__main__":
    lock(LOCKS["test"])
    lock(LOCKS["demo"], "--constraints", str(LOCKS["test"]))
    lock(LOCKS["docs"], "--constraints", str(LOCKS["test"]))
    lock(LOCKS["importer"])
    lock(LOCKS["tccli"], "--constraints", str(LOCKS["test"]))
    lock(AWX_LOCK, "--no-deps", "--generate-hashes")
