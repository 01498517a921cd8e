# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""`ansible-test integration` on a copy of the checkout: `python -m tests.tooling.integration [TARGET …]`.

The targets run with this Python, which has the packages of the cloud simulator. The copy lives in a temporary folder
for the reason that tests/tooling/sanity.py gives.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tooling.environment import ROOT
from tests.tooling.stage import copy_source

TARGETS = ROOT / "tests/integration/targets"


def main(arguments: list[str]) -> int:
    """Run the targets; return the exit status, which is 1 also when a target did not run."""
    with tempfile.TemporaryDirectory(prefix="security_groups-integration-") as temporary:
        folder = Path(temporary).resolve() / "ansible_collections/cnclouds/security_groups"
        copy_source(folder)
        command = ["ansible-test", "integration", "--local", "--color", "no", *arguments]
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    print(done.stdout, end="")
    missing = [] if arguments else not_run(done.stdout)
    if missing:
        print(f"ansible-test did not run {', '.join(missing)}.")
    return 1 if done.returncode or missing else 0


def not_run(output: str) -> list[str]:
    """The targets of which the output says nothing."""
    names = sorted(folder.name for folder in TARGETS.iterdir() if not folder.name.startswith("setup_"))
    return [name for name in names if f"Running {name} integration test role" not in output]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
