# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Races and faults of tasks with policies: the same guarantees hold as without policies.

Most scenarios violate the policies and override them, so the policies are checked and never fail a task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.reliability.laboratory import Attempt, Laboratory
from tests.reliability.others import CHANGES
from tests.reliability.scenarios import BY_NAME, Scenario
from tests.reliability.tally import Sample
from tests.reliability.test_faults import SUBJECTS, struck, untroubled
from tests.reliability.test_races import NAMES, interfere, judge_race, race
from tests.reliability.troubles import places

POLICIES: Mapping[str, Any] = {
    "protect": [
        {"name": "everything in", "direction": "ingress"},
        {"name": "everything out", "direction": "egress", "peer": ["10.0.0.0/8", "self"]},
    ],
    "forbid": [{"name": "nothing in", "peer": ["0.0.0.0/0", "sg-peertst1"]}, "world_open_admin_ports", "any_any"],
    "override": {"reason": "an exercise"},
}
CHECKED = ["everything in", "everything out", "nothing in", "world_open_admin_ports", "any_any"]


def guarded(scenario: Scenario) -> Scenario:
    return replace(scenario, options={**scenario.options, **POLICIES})


def some(cases: list[Any]) -> list[Any]:
    """A few dozen of the cases. The long profile runs every case without policies."""
    return cases[:: max(1, len(cases) // 20)]


def were_checked(attempt: Attempt) -> bool:
    """Whether a run that reached its plan has checked the policies."""
    result = attempt.result or {}
    return result.get("after") is None or attempt.failed or result["policies"]["checked"] == CHECKED


@pytest.mark.parametrize("api", ["3.0", "2.0"])
@pytest.mark.parametrize("name", NAMES)
def test_a_second_writer(lab: Laboratory, sample: Sample, name: str, api: str) -> None:
    scenario = guarded(BY_NAME[f"tencent {api}: {name}"])
    journal, _states = untroubled(lab, scenario)
    cases = [(name, api, index, call) for index in range(len(CHANGES)) for call in range(1, len(journal) + 1)]
    for *_unused, index, call in some(sample(cases, 12)):
        held = race(scenario, CHANGES[index], True)
        lab.prepare(scenario)
        lab.wire.hooks[call] = partial(interfere, lab, scenario, CHANGES[index])
        attempt = lab.run(scenario)
        blind = attempt.journal[call - 1]["effect"] == "write"
        assert judge_race(lab, held, attempt, blind).problems == []
        assert were_checked(attempt)


@pytest.mark.parametrize("scenario", SUBJECTS, ids=lambda scenario: scenario.name)
def test_a_fault(lab: Laboratory, sample: Sample, scenario: Scenario) -> None:
    plain, _states = untroubled(lab, scenario)
    subject = guarded(scenario)
    journal, states = untroubled(lab, subject)
    assert [entry["action"] for entry in journal] == [entry["action"] for entry in plain]  # policies cost no call
    cases = [(*place, f"guarded {scenario.name}") for place in places(subject, journal)]
    for call, trouble, _unused in some(sample(cases, 60)):
        judgement = struck(lab, subject, (call, trouble), journal, states)
        assert judgement.problems == [], (call, trouble.name)
        assert were_checked(judgement.attempt)
