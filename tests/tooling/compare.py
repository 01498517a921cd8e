# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare direct execution with module processes on every ansible-core that allows it:

`make compare`. Each version has a separate environment with a suitable Python. If there is none on this machine, the
version is not compared, which is a failure. This file uses only the standard library.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.tooling.environment import ROOT

CONDITIONS = ROOT / "plugins/plugin_utils/_direct_conditions.py"
# The oldest and the newest minor version of Python 3 that the controller supports.
PYTHONS = {(2, 18): (11, 13), (2, 19): (11, 13), (2, 20): (12, 14), (2, 21): (12, 14)}


def compared() -> tuple[tuple[int, int], ...]:
    """The versions for direct execution, according to the source of the plugin."""
    for node in ast.parse(CONDITIONS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "COMPARED":
            versions: tuple[tuple[int, int], ...] = ast.literal_eval(node.value)
            return versions
    raise LookupError(f"COMPARED is not assigned in {CONDITIONS}")


def minor(python: str) -> int:
    """The minor version of a Python 3.

    Returns 0 if it does not start, such as pyenv's shim for an unselected version.
    """
    command = [python, "-c", "import sys; print(sys.version_info[1])"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 else 0


def candidates(oldest: int, newest: int) -> Iterable[str]:
    """The interpreters by name: this one, those in PATH, and those of pyenv."""
    yield sys.executable
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for number in range(newest, oldest - 1, -1):
        found = shutil.which(f"python3.{number}")
        yield from ([found] if found else [])
        yield from sorted(str(path) for path in root.glob(f"versions/3.{number}.*/bin/python3"))


def python_for(version: tuple[int, int]) -> str | None:
    """An interpreter that this ansible-core supports."""
    oldest, newest = PYTHONS[version]
    return next((python for python in candidates(oldest, newest) if oldest <= minor(python) <= newest), None)


def without_python(version: tuple[int, int]) -> str:
    """The reason why nothing can run on this version."""
    oldest, newest = PYTHONS[version]
    return f"no Python from 3.{oldest} to 3.{newest} on this machine"


def compare(version: tuple[int, int], arguments: list[str]) -> str:
    """Run the comparison on one version. Return the outcome in a few words."""
    core = ".".join(map(str, version))
    python = python_for(version)
    if python is None:
        return f"NOT COMPARED: {without_python(version)}"
    command = ["make", "direct", f"ANSIBLE_CORE={core}", f"PYTHON={python}"]
    command += [f"ARGS={' '.join(arguments)}"] if arguments else []
    done = subprocess.run(command, cwd=ROOT, check=False)
    return "FAILED" if done.returncode else "ok"


def main(arguments: list[str]) -> int:
    """Return the exit status, which is also 1 if a version was not compared."""
    outcomes = {version: compare(version, arguments) for version in compared()}
    print()
    for version, outcome in outcomes.items():
        print(f"ansible-core {version[0]}.{version[1]}: {outcome}")
    return 0 if set(outcomes.values()) == {"ok"} else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
