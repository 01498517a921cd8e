# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault at every call of every scenario: the run converges, or it fails loudly and the next one converges."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

import pytest

from tests.reliability.laboratory import Entry, Judgement, Laboratory, judge, rerun
from tests.reliability.rules import Content
from tests.reliability.scenarios import BY_NAME, SCENARIOS, Scenario, group_content
from tests.reliability.tally import Sample, Tally
from tests.reliability.troubles import TROUBLES, Trouble, places, role

SUBJECTS = [scenario for scenario in SCENARIOS if not scenario.faults and not scenario.fails]
FAULT_SUBJECTS = {
    **{api: f"aliyun {api}: accept to drop" for api in ("v3", "v1")},
    **{api: f"tencent {api}: emptied ingress, replaced egress" for api in ("3.0", "2.0")},
}
SLOW_SUBJECTS = {
    "v3": ["aliyun v3: accept to drop", "aliyun v3: with a token of the user"],
    **{
        api: [
            f"tencent {api}: {name}"
            for name in (
                "replaced both directions",
                "emptied ingress, replaced egress",
                "merged at the bottom",
                "merged into nothing",
                "deleted one",
                "deleted one, never edited",
            )
        ]
        for api in ("3.0", "2.0")
    },
}


def untroubled(
    lab: Laboratory, scenario: Scenario, switches: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[list[Entry], list[Content]]:
    """The calls of a run without faults, and the states of the group during the run."""
    lab.prepare(scenario, switches)
    with lab.recording():
        attempt = lab.run(scenario)
        return attempt.journal, [group_content(scenario.cloud, scenario.before), *lab.states()]


def troubled(
    lab: Laboratory,
    scenario: Scenario,
    strikes: list[tuple[int, Trouble]],
    journal: list[Entry],
    states: list[Content],
) -> Judgement:
    """One run with a fault, and another one without."""
    lab.prepare(scenario, sockets=any(trouble.connection for _unused, trouble in strikes))
    for call, trouble in strikes:
        trouble.strike(lab, scenario.cloud, call, journal)
    with lab.recording():
        judgement = judge(lab, scenario, lab.run(scenario))
        if any(state not in states for state in lab.states()):
            judgement.problem("undocumented state", [state for state in lab.states() if state not in states])
    lab.calm()
    rerun(lab, scenario, judgement)
    return judgement


def blind(scenario: Scenario, judgement: Judgement) -> bool:
    """Whether the group has no lock because it was never edited.

    A lost write of rules by position must not be repeated.
    """
    failure = (judgement.attempt.result or {}).get("failure", {})
    return "never edited" in scenario.name and failure.get("kind") == "outcome_unknown"


def struck(
    lab: Laboratory, scenario: Scenario, strike: tuple[int, Trouble], journal: list[Entry], states: list[Content]
) -> Judgement:
    """One run with one fault, which it must survive if that is possible."""
    judgement = troubled(lab, scenario, [strike], journal, states)
    if strike[1].absorbed and judgement.outcome != "converged" and not blind(scenario, judgement):
        judgement.problem("not absorbed", judgement.attempt.message)
    return judgement


@pytest.mark.parametrize("scenario", SUBJECTS, ids=lambda scenario: scenario.name)
def test_one_fault(lab: Laboratory, tally: Tally, sample: Sample, scenario: Scenario) -> None:
    journal, states = untroubled(lab, scenario)
    problems = []
    for call, trouble, _unused in sample([(*place, scenario.name) for place in places(scenario, journal)], 30):
        judgement = struck(lab, scenario, (call, trouble), journal, states)
        where = f"{scenario.name}, {role(journal, call)}"
        problems += tally.note("faults", f"{scenario.cloud} | {trouble.name}", where, judgement)
        tally.count("fault places", f"{scenario.cloud} | {role(journal, call)}", judgement.outcome)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("api", FAULT_SUBJECTS)
def test_every_fault_somewhere(lab: Laboratory, sample: Sample, api: str) -> None:
    """Run every kind of fault at least once. ``test_one_fault`` runs a sample only."""
    scenario = BY_NAME[FAULT_SUBJECTS[api]]
    journal, states = untroubled(lab, scenario)
    calls: dict[str, list[tuple[int, Trouble]]] = {}
    for call, trouble in places(scenario, journal):
        calls.setdefault(trouble.name, []).append((call, trouble))
    assert set(calls) == {trouble.name for trouble in TROUBLES if api in trouble.apis}
    problems = []
    for strikes in calls.values():
        for strike in sample(strikes, len(journal)):
            judgement = struck(lab, scenario, strike, journal, states)
            problems += [(strike, *problem) for problem in judgement.problems]
    assert not problems, problems


@pytest.mark.parametrize("scenario", SUBJECTS, ids=lambda scenario: scenario.name)
def test_two_faults(lab: Laboratory, tally: Tally, long: bool, scenario: Scenario) -> None:
    """Two faults at random calls, also beyond the last call of a run without faults."""
    journal, states = untroubled(lab, scenario)
    choice = random.Random(scenario.name)
    problems = []
    for _unused in range(20 if long else 1):
        strikes = sorted(choice.sample(list(places(scenario, journal)), 2), key=lambda strike: strike[0])
        strikes[1] = (strikes[1][0] + choice.randrange(3), strikes[1][1])
        judgement = troubled(lab, scenario, strikes, journal, states)
        told = " and ".join(f"{trouble.name} at call {call}" for call, trouble in strikes)
        problems += tally.note("pairs of faults", scenario.cloud, f"{scenario.name}, {told}", judgement)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("api", SLOW_SUBJECTS)
def test_slower_than_the_timeout(lab: Laboratory, tally: Tally, sample: Sample, api: str) -> None:
    """The cloud carries out a call after the module has stopped waiting for it, possibly after the read-back."""
    problems = []
    cases = [
        (name, call) for name in SLOW_SUBJECTS[api] for call in range(1, len(untroubled(lab, BY_NAME[name])[0]) + 1)
    ]
    for name, call in sample(cases, 12):
        scenario = BY_NAME[name]
        journal, _unused = untroubled(lab, scenario)
        lab.prepare(scenario, sockets=True)
        lab.clouds.fault("slow", cloud=scenario.cloud, nth=call, seconds=1.2)
        attempt = lab.run(scenario, timeout=1)
        while not all(entry["performed"] for entry in lab.clouds.journal()):
            time.sleep(0.01)
        judgement = judge(lab, scenario, attempt)
        lab.calm()
        rerun(lab, scenario, judgement)
        where = f"{name}, {role(journal, call)}"
        problems += tally.note("faults", f"{scenario.cloud} | slower than the timeout", where, judgement)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_pauses_in_real_time(patient_lab: Laboratory, api: str) -> None:
    """Run with the real pauses and call rate."""
    scenario = BY_NAME[f"tencent {api}: merged at the bottom"]
    patient_lab.prepare(scenario, sockets=True)
    patient_lab.clouds.fault("throttled", cloud="tencent", nth=1)
    patient_lab.clouds.fault("lost", cloud="tencent", effect="write")
    judgement = judge(patient_lab, scenario, patient_lab.run(scenario))
    assert (judgement.outcome, judgement.problems) == ("converged", [])
    assert judgement.attempt.result is not None
    assert [action["attempts"] for action in judgement.attempt.result["actions"]] == [2, 1, 1, 1]
