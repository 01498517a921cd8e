# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of this repository: `python -m tests.tooling.checks [GROUP …] [-- ARGUMENT …]`.

Without a group everything runs. What follows `--` is handed to each command (`-- -k port` with the group `unit`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.tooling.environment import CACHE, HOME, ROOT
from tests.tooling.runner import Step, run_all

REPORTS = CACHE / "reports"
PYTHON = sys.executable
BIN = Path(PYTHON).parent

# Variables that would let the tests reach a real cloud, or behave otherwise on one machine than on another.
PRIVATE_VARIABLES = ("ALIBABA_CLOUD_", "ALICLOUD_", "ECS_ENDPOINT", "TENCENTCLOUD_", "ANSIBLE_", "PYTEST_", "XDG_")


def command_path(path: str) -> str:
    """PATH with this environment first, without pyenv's shims, and with pyenv's Python 3.9 last.

    ansible-test clears the environment, and a shim for a Python that is not selected then fails. Python 3.9 is the
    oldest that runs the modules; where there is one, ansible-test compiles and imports them with it.
    """
    entries = [entry for entry in path.split(os.pathsep) if entry]
    kept = [entry for entry in entries if Path(entry).name != "shims"]
    shims = [Path(entry) for entry in entries if Path(entry).name == "shims"]
    oldest = sorted(str(found) for folder in shims for found in folder.parent.glob("versions/3.9.*/bin"))
    return os.pathsep.join([str(BIN), *kept, *oldest[-1:]])


def environment(outer: Mapping[str, str]) -> dict[str, str]:
    """What every check runs with: a home in the checkout, no credentials, loopback never through a proxy."""
    kept = {name: value for name, value in outer.items() if not name.startswith(PRIVATE_VARIABLES)}
    no_proxy = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy", ""), "127.0.0.1", "localhost"]))
    return kept | {
        "HOME": str(HOME),
        "PATH": command_path(outer.get("PATH", os.defpath)),
        "ANSIBLE_HOME": str(HOME / ".ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(CACHE / "collections"),
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def pytest(name: str, *folders: str) -> Step:
    """A step of tests that are counted singly."""
    report = REPORTS / f"{name}.xml"
    return Step(name, name, (PYTHON, "-m", "pytest", "-q", f"--junitxml={report}", *folders), report)


def tool(name: str, *command: str) -> Step:
    """A step of the group `lint`: a program of the test environment."""
    return Step(name, "lint", (str(BIN / command[0]), *command[1:]))


# The long ones first: the short ones fill the gaps.
STEPS = (
    Step("sanity", "sanity", (PYTHON, "-m", "tests.tooling.sanity")),
    pytest("playbooks", "tests/playbooks"),
    pytest("unit", "tests/unit", "tests/tooling"),
    tool("ansible-lint", "ansible-lint", "--strict", "--offline", "--profile", "production"),
    Step("quickstart", "demo", (PYTHON, "-m", "tests.tooling.demo")),
    tool("types of the tests", "mypy", "--python-version", "3.11", "tests"),
    tool("types of the plugins", "mypy", "plugins"),
    tool(
        "documentation",
        "antsibull-docs",
        "lint-collection-docs",
        "--plugin-docs",
        "--validate-collection-refs",
        "self",
        ".",
    ),
    Step("artifact", "artifact", (PYTHON, "-m", "tests.tooling.artifact")),
    tool("licences", "reuse", "lint", "--lines"),
    tool("changelog", "antsibull-changelog", "lint"),
    tool("yamllint", "yamllint", "--strict", "."),
    tool("ruff check", "ruff", "check", "."),
    tool("ruff format", "ruff", "format", "--check", "."),
)


def main(arguments: Sequence[str]) -> int:
    """Runs the groups that are named, or all; returns the exit status."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    groups, extra = set(arguments[:split]), tuple(arguments[split + 1 :])
    unknown = groups - {step.group for step in STEPS}
    if unknown:
        print(f"There is no group of checks named {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    steps = [
        Step(step.name, step.group, step.command + extra, step.junit)
        for step in STEPS
        if step.group in groups or not groups
    ]
    jobs = int(os.environ.get("JOBS") or min(os.cpu_count() or 1, 4))
    return run_all(steps, environment(os.environ), ROOT, jobs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
