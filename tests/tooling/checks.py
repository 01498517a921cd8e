# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check of this repository:

`python -m tests.tooling.checks [GROUP ...] [-- ARGUMENT ...]`. Without a group, all checks run. The arguments after
`--` are passed to each command (`-- -k port` with the group `unit`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.tooling.environment import CACHE, ROOT
from tests.tooling.isolation import isolated
from tests.tooling.runner import Step, run_all

REPORTS = CACHE / "reports"
PYTHON = sys.executable
BIN = Path(PYTHON).parent


def pytest(name: str, *folders: str) -> Step:
    """A step with tests that are counted individually."""
    report = REPORTS / f"{name}.xml"
    return Step(name, name, (PYTHON, "-m", "pytest", "-q", f"--junitxml={report}", *folders), report)


def tool(name: str, *command: str) -> Step:
    """A step of the group `lint`: a program of the test environment."""
    return Step(name, "lint", (str(BIN / command[0]), *command[1:]))


def schema(name: str, builtin: str, folder: str, *omitted: str) -> Step:
    """A step of the group `lint`: checks the YAML files of a folder against a schema of check-jsonschema."""
    files = sorted(str(path) for path in (ROOT / folder).glob("*.yml") if path.name not in omitted)
    return tool(name, "check-jsonschema", "--builtin-schema", f"vendor.{builtin}", *files)


# The long steps come first, so that short ones fill the gaps.
STEPS = (
    Step("sanity", "sanity", (PYTHON, "-m", "tests.tooling.sanity")),
    pytest("playbooks", "tests/playbooks"),
    pytest("reliability", "tests/reliability"),  # a sample; all of it: make test-long
    pytest("properties", "tests/properties"),  # a sample, as above
    pytest("awx", "tests/awx"),
    pytest("direct", "tests/direct"),
    Step("artifact", "artifact", (PYTHON, "-m", "tests.tooling.artifact")),
    Step("integration", "integration", (PYTHON, "-m", "tests.tooling.integration")),
    Step("molecule", "molecule", (PYTHON, "-m", "tests.tooling.molecule")),
    pytest("unit", "tests/unit", "tests/tooling", "tests/oracle"),
    tool("ansible-lint", "ansible-lint", "--strict", "--offline", "--profile", "production"),
    Step("docs", "docs", (str(CACHE / "envs/docs/bin/python"), "-m", "tests.tooling.docs")),
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
    Step(
        "generated documentation",
        "lint",
        ("env", f"PYTHONPATH={CACHE / 'collections'}", PYTHON, "-m", "tests.tooling.documentation"),
    ),
    tool("licences", "reuse", "lint", "--lines"),
    tool("changelog", "antsibull-changelog", "lint"),
    Step("units", "units", (PYTHON, "-m", "tests.tooling.units")),
    Step("importer", "importer", (str(CACHE / "envs/importer/bin/python"), "-m", "tests.tooling.importer")),
    tool("complexity", "xenon", "--max-absolute", "B", "plugins"),  # McCabe of 10, boolean operators counted
    tool("yamllint", "yamllint", "--strict", "."),
    schema("workflows", "github-workflows", ".github/workflows"),
    schema("issue forms", "github-issue-forms", ".github/ISSUE_TEMPLATE", "config.yml"),
    tool("workflow security", "zizmor", "--offline", "--quiet", "--config", ".github/zizmor.yml", ".github"),
    tool("ruff check", "ruff", "check", "."),
    tool("ruff format", "ruff", "format", "--check", "."),
)
# Only run if they are named, as by `make gates`: they rarely find what `unit`, `artifact` and ansible-lint do not.
ONLY_BY_NAME = frozenset({"units", "importer"})


def main(arguments: Sequence[str]) -> int:
    """Run the named groups, or all of them. Return the exit status."""
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
        if (step.group in groups if groups else step.group not in ONLY_BY_NAME)
    ]
    jobs = int(os.environ.get("JOBS") or min(os.cpu_count() or 1, 4))
    return run_all(steps, isolated(os.environ) | {"NO_COLOR": "1"}, ROOT, jobs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
