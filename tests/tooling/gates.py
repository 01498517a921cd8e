# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""``ansible-test`` sanity, units and integration on every supported ansible-core:

`make gates`, `make gates ARGS=2.18`. Each version has a separate environment with a suitable Python. If there is none
on this machine, the version is skipped, and listed at the end. Without ARGS, galaxy-importer checks the artifact as
well. This file uses only the standard library.
"""

from __future__ import annotations

import subprocess
import sys

from tests.tooling.compare import PYTHONS, python_for, without_python
from tests.tooling.environment import ROOT

TARGETS = ("sanity", "units", "integration")


def make(*arguments: str) -> bool:
    """Whether the targets succeed."""
    # ARGS is empty because make would pass its own variables on to this make.
    command = ["make", "--keep-going", *arguments, "ARGS="]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def gate(version: tuple[int, int]) -> str:
    """The outcome of one version, in a few words."""
    python = python_for(version)
    if python is None:
        return f"SKIPPED: {without_python(version)}"
    core = ".".join(map(str, version))
    return "ok" if make(*TARGETS, f"ANSIBLE_CORE={core}", f"PYTHON={python}") else "FAILED"


def main(arguments: list[str]) -> int:
    """Return the exit status: 1 if a version failed or all were skipped, 2 for a version that is not supported."""
    named = {".".join(map(str, version)): version for version in PYTHONS}
    unknown = [core for core in arguments if core not in named]
    if unknown:
        print(f"ansible-core {', '.join(unknown)} is not supported; there are {', '.join(named)}.", file=sys.stderr)
        return 2
    outcomes = {f"ansible-core {core}": gate(named[core]) for core in arguments or named}
    if not arguments:
        outcomes["galaxy-importer"] = "ok" if make("importer") else "FAILED"
    print()
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}", flush=True)
    versions = [outcome for name, outcome in outcomes.items() if name.startswith("ansible-core")]
    return 0 if "ok" in versions and "FAILED" not in outcomes.values() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
