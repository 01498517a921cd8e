# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that a long run writes: the short page, and the page with every row."""

from __future__ import annotations

import pytest

from tests.reliability.laboratory import KINDS, Attempt, Judgement
from tests.reliability.report import PARTS, REASONS, full_tables, page
from tests.reliability.tally import Tally

USUAL = "tencent | `wipe_version` | `zero`"
OTHER = "tencent | `default_group` | `refuse`"
KINDER = "tencent | `v2_default_group` | `accept`"


def judged(outcome: str, kind: str = "", code: str = "") -> Judgement:
    failure = {"failure": {"kind": kind, "code": code}} if kind else {}
    return Judgement(outcome, Attempt(failure, "", []))


@pytest.fixture
def small_tally() -> Tally:
    """Two scenarios, one of which must fail; three settings of switches; two faults."""
    tally = Tally()
    tally.note("documented", "tencent", "tencent 3.0: web", judged("converged"))
    tally.note("documented", "tencent", "tencent 3.0: unknown", judged("loud", "not_found"))
    tally.note("switches", USUAL, "tencent 3.0: web", judged("converged"))
    tally.note("switches", USUAL, "tencent 3.0: unknown", judged("loud", "not_found"))
    tally.note("switches", OTHER, "tencent 3.0: web", judged("loud", "unsupported", "UnsupportedOperation"))
    tally.note("switches", OTHER, "tencent 3.0: unknown", judged("loud", "not_found"))
    tally.note("switches", KINDER, "tencent 3.0: web", judged("converged"))
    tally.note("switches", KINDER, "tencent 3.0: unknown", judged("converged"))
    tally.note("faults", "tencent | throttled 1x", "tencent 3.0: web, read", judged("converged"))
    tally.note("faults", "tencent | html", "tencent 3.0: web, read", judged("loud", "protocol"))
    return tally


def rows(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"| {start}")]


def test_only_the_settings_with_another_outcome_are_on_the_page(small_tally: Tally) -> None:
    shown = page(small_tally)
    assert rows(shown, "tencent | `") == [
        f'| {OTHER} | 0 | 2 | `unsupported (UnsupportedOperation)` in "3.0: web" |',
        f"| {KINDER} | 2 | 0 |  |",
    ]
    assert "3 switches" in shown
    assert "1 of these settings have the same outcome as the defaults (tencent: 1 converged, 1 loud)" in shown


def test_a_scenario_that_fails_instead_of_another_is_another_outcome(small_tally: Tally) -> None:
    """The numbers equal those of the defaults, but other scenarios fail."""
    setting = "tencent | `duplicate_key` | `refuse`"
    small_tally.note("switches", setting, "tencent 3.0: web", judged("loud", "invalid_input"))
    small_tally.note("switches", setting, "tencent 3.0: unknown", judged("converged"))
    assert rows(page(small_tally), setting) == [f'| {setting} | 1 | 1 | `invalid_input` in "3.0: web" |']


def test_every_row_is_in_the_full_tables(small_tally: Tally) -> None:
    tables = full_tables(small_tally)
    for section, *_rest in PARTS:
        for row in small_tally.rows(section):
            assert rows(tables, row)


def test_faults_that_fail_are_listed_with_the_reason(small_tally: Tally) -> None:
    shown = page(small_tally)
    assert rows(shown, "`protocol`") == [f"| `protocol` | {REASONS['protocol']} | html: 1 |"]
    assert "1 of 2 faults never make a task fail" in shown


def test_faults_have_the_same_order_whichever_fails_first(small_tally: Tally) -> None:
    small_tally.note("faults", "tencent | throttled 1x", "tencent 3.0: web, write", judged("loud", "protocol"))
    assert rows(page(small_tally), "`protocol`")[0].endswith("| throttled 1x: 1; html: 1 |")


def test_a_broken_promise_is_in_the_summary(small_tally: Tally) -> None:
    judgement = judged("converged")
    judgement.problem("false ok", "the group has no rules")
    judgement.problem("wrong group", "another group was changed")
    small_tally.note("kills", "tencent | before read", "tencent 3.0: web", judgement)
    shown = page(small_tally)
    assert rows(shown, "Part") == [
        "| Part | Cases | Not noticeable | Lost rule | False ok | Traceback | Secret | Wrong group |"
    ]
    assert rows(shown, "The process is killed") == [
        "| The process is killed during a call | 1 | 0 | 0 | 1 | 0 | 0 | 1 |"
    ]
    assert rows(shown, "**All**") == ["| **All** | **11** | **0** | **0** | **1** | **0** | **0** | **1** |"]


def test_every_kind_of_failure_has_a_reason() -> None:
    assert set(REASONS) == KINDS
