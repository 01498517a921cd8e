# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every writing task in four runs: check, run, check, run are changed, changed, unchanged, unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import Result, run_module
from tests.support.worlds import assert_clean, calls, writes


def four_runs(clouds: Harness, module: str, options: Mapping[str, Any]) -> tuple[Result, Result]:
    """Run a task with a pending change four times, and compare the runs with each other and with the journal.

    Returns the preview and the first real run.
    """
    state = clouds.state()
    preview = succeeded(clouds, module, options, check=True)
    assert preview["changed"]
    assert writes(clouds) == []
    assert clouds.state() == state, "check mode changed something"
    reads = calls(clouds)

    applied = succeeded(clouds, module, options)
    assert applied["changed"]
    assert_prediction_held(preview, applied)
    written = calls(clouds)[len(reads) :]
    assert [action["action"] for action in applied["actions"]] == written
    assert [call["request_id"] for call in clouds.journal()[len(reads) :]] == [
        action["request_id"] for action in applied["actions"]
    ]
    assert applied["before"] != applied["after"]

    state = clouds.state()
    clouds.clear_journal()
    for check in (True, False):
        again = succeeded(clouds, module, options, check=check)
        assert not again["changed"], again["diff"]
        assert again["before"] == again["after"] == applied["after"]
        assert again["diff"]["before"] == again["diff"]["after"] == applied["diff"]["after"]
    assert writes(clouds) == []
    assert clouds.state() == state
    return preview, applied


def succeeded(clouds: Harness, module: str, options: Mapping[str, Any], *, check: bool = False) -> Result:
    """Return the result of a run, which must succeed without secrets and without warnings except those of the lint."""
    result = run_module(module, options, check=check)
    assert "failure" not in result, result["msg"]
    assert not result.get("failed"), result["msg"]
    assert result["warnings"] == [warning for group in result.get("groups", [result]) for warning in lint(group)]
    assert_clean(result)
    return result


def lint(group: Mapping[str, Any]) -> list[str]:
    """Return the warnings about the findings in a group's result."""
    return [f"security group {group['security_group_id']}: {finding['message']}" for finding in group.get("lint", [])]


def assert_prediction_held(preview: Result, applied: Result) -> None:
    """Assert that check mode predicted the result of the run."""
    assert set(preview) == set(applied)
    for member in ("before", "after", "diff", "security_group_id", "region"):
        assert preview[member] == applied[member], member
    planned = [action["action"] for action in preview["actions"] if action["status"] == "planned"]
    done = [action["action"] for action in applied["actions"] if action["effect"] == "write"]
    assert planned == done != []
    assert {action["status"] for action in applied["actions"]} == {"done"}
    assert {action["status"] for action in preview["actions"] if action["effect"] == "read"} == {"done"}
