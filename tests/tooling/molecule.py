# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""`molecule test` for every scenario in extensions/molecule:

`python -m tests.tooling.molecule [COMMAND ...]`. The state between two commands stays below .cache, so that `make
molecule ARGS=converge` can be followed by `make molecule ARGS=verify`, and by `ARGS=destroy`, which stops the
simulator.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.tooling.environment import CACHE, ROOT

SCENARIOS = ROOT / "extensions/molecule"


def main(arguments: list[str]) -> int:
    """Run the command for each scenario, one after the other. Return the exit status."""
    names = sorted(folder.name for folder in SCENARIOS.iterdir() if (folder / "molecule.yml").is_file())
    failed = [name for name in names if run(name, arguments or ["test"])]
    print(f"{len(names) - len(failed)} of {len(names)} molecule scenarios succeeded.")
    return 1 if failed or not names else 0


def run(scenario: str, command: list[str]) -> int:
    """The exit status of one scenario."""
    folder = CACHE / "molecule" / scenario
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"MOLECULE_EPHEMERAL_DIRECTORY": str(folder), "ANSIBLE_NOCOWS": "true"}
    line = [sys.executable, "-m", "molecule", *command, "--scenario-name", scenario]
    return subprocess.run(line, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
