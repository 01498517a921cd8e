# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""``ansible-test integration``: ``python -m tests.tooling.integration [TARGET ...]``.

The targets run with this Python, which has the packages of the cloud simulator.
"""

from __future__ import annotations

import sys

from tests.tooling.ansible_test import ansible_test
from tests.tooling.environment import ROOT

TARGETS = ROOT / "tests/integration/targets"


def main(arguments: list[str]) -> int:
    """Run the targets. Return the exit status, which is also 1 if a target did not run."""
    status, output = ansible_test("integration", arguments)
    missing = [] if arguments else not_run(output)
    if missing:
        print(f"ansible-test did not run {', '.join(missing)}.")
    return 1 if status or missing else 0


def not_run(output: str) -> list[str]:
    """The targets that do not appear in the output."""
    names = sorted(folder.name for folder in TARGETS.iterdir() if not folder.name.startswith("setup_"))
    return [name for name in names if f"Running {name} integration test role" not in output]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
