# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The required ending of every run, for any input: a result that a playbook can read."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from typing import Any

from tests.reliability.laboratory import KINDS
from tests.reliability.tally import Tally
from tests.support.module_runner import Pauses, Result, run_module
from tests.support.worlds import assert_clean

# Far longer than any deadline in these tests.
LONGEST = 600.0


class Endings:
    """Runs modules and counts their endings, for one part of the report."""

    def __init__(self, tally: Tally, pauses: Pauses, section: str) -> None:
        self._tally = tally
        self._pauses = pauses
        self._section = section

    def run(
        self, row: str, module: str, options: Mapping[str, Any], environment: Mapping[str, str], *, check: bool = False
    ) -> Result:
        """Return the result of a run, which must be well-formed and contain no secret."""
        self._pauses.seconds.clear()
        try:
            result = run_module(module, options, check=check, environment=environment)
        except Exception:
            self._tally.problems[self._section, "traceback"] += 1
            raise AssertionError(traceback.format_exc()) from None
        self._judge(result)
        kind = result["failure"]["kind"] if result.get("failed") else ""
        self._tally.count(self._section, row, "refused" if kind == "invalid_input" else "failed" if kind else "ok")
        return result

    def _judge(self, result: Result) -> None:
        try:
            assert_clean(result)
        except AssertionError:
            self._tally.problems[self._section, "secret"] += 1
            raise
        assert sum(self._pauses.seconds) < LONGEST, "it would have waited for ever"
        json.dumps(result)
        assert isinstance(result["changed"], bool)
        if result.get("failed"):
            _judge_failure(result)
        for group in result.get("groups", ()):
            assert isinstance(group["changed"], bool)
            if group["failed"]:
                _judge_failure(group)


def _judge_failure(result: Mapping[str, Any]) -> None:
    failure = result["failure"]
    assert failure["kind"] in KINDS
    assert isinstance(result["msg"], str)
    assert result["msg"].strip().endswith(".")
    assert {"code", "message", "http_status", "request_id", "action"} <= set(failure)
    for name in ("code", "message", "request_id", "action"):
        assert failure[name] is None or isinstance(failure[name], str), name
    if failure["kind"] == "invalid_input":
        assert failure["errors"]
        assert all(set(mistake) == {"path", "message"} for mistake in failure["errors"])
