# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convergence suite under every behaviour that the vendors' documentation leaves open."""

from __future__ import annotations

import random

import pytest

from tests.cloud_simulator.aliyun.switches import SWITCHES as ALIYUN
from tests.cloud_simulator.tencent.switches import SWITCHES as TENCENT
from tests.reliability.laboratory import Judgement, Laboratory, common, judge, missing, rerun
from tests.reliability.scenarios import BY_NAME, SCENARIOS, Scenario, group_content
from tests.reliability.tally import Sample, Tally

BOARDS = {"aliyun": ALIYUN, "tencent": TENCENT}
SETTINGS = [
    (cloud, name, value)
    for cloud, board in BOARDS.items()
    for name, switch in board.items()
    for value in switch.values
    if value != switch.default
]
COMBINATIONS = 200


# A client of API 2.0 cannot know rules that API 2.0 does not return, because it has no fields for them: by scenario
# (a part of its name), the setting, and the defect.
UNKNOWABLE = {
    ("IPv6", "unset", "lost rule"),
    ("IPv6", "unset", "false ok"),
    ("IPv6", "unset", "false after"),
    ("IPv6", "hidden", "false after"),
    ("an IPv6 rule that is the last", "hidden", "lost rule"),
    ("an IPv6 rule that is the last", "hidden", "false ok"),
}


def unknowable(scenario: Scenario, setting: str, judgement: Judgement) -> None:
    """Count problems that no response reveals as not noticeable."""
    cases = {(setting, name) for name, _unused in judgement.problems}
    excused = {(value, name) for part, value, name in UNKNOWABLE if part in scenario.name and scenario.api == "2.0"}
    if cases and cases <= excused:
        judgement.problems.clear()
        judgement.outcome = "not noticeable"


def converge(
    lab: Laboratory, scenario: Scenario, switches: dict[str, dict[str, str]], *, sockets: bool = False
) -> Judgement:
    """One run and, after a success, a second one."""
    lab.prepare(scenario, switches, sockets=sockets)
    judgement = judge(lab, scenario, lab.run(scenario))
    lab.clouds.clear_faults()
    if judgement.outcome == "converged":
        rerun(lab, scenario, judgement)
    unknowable(scenario, switches.get("tencent", {}).get("v2_new_protocols", "shown"), judgement)
    return judgement


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_as_documented(lab: Laboratory, tally: Tally, scenario: Scenario) -> None:
    """With every switch at its default, the suite converges, or fails in the expected way."""
    judgement = converge(lab, scenario, {}, sockets=True)
    assert not tally.note("documented", scenario.cloud, scenario.name, judgement)
    assert (judgement.outcome == "loud") == bool(scenario.fails), judgement.attempt.message
    if scenario.fails not in ("", "*"):
        assert judgement.attempt.reason.startswith(scenario.fails)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_states_between(lab: Laboratory, scenario: Scenario) -> None:
    """While a change takes several calls, each direction contains only old and new rules, and all rules that stay."""
    lab.prepare(scenario)
    with lab.recording():
        lab.run(scenario)
        states = lab.states()
    before, after = (group_content(scenario.cloud, group) for group in (scenario.before, scenario.after))
    if scenario.changes and not scenario.faults:
        assert states[-1] == after
        for state in states:
            assert not missing(common(before, after), state)
            for direction, rules in state.items():
                assert set(rules) <= {*before[direction], *after[direction]}


@pytest.mark.parametrize(("cloud", "name", "value"), SETTINGS)
def test_one_switch(lab: Laboratory, tally: Tally, sample: Sample, cloud: str, name: str, value: str) -> None:
    problems = []
    cases = [(name, value, scenario.name) for scenario in SCENARIOS if scenario.cloud == cloud]
    for *_unused, case in sample(cases, 15):
        judgement = converge(lab, BY_NAME[case], {cloud: {name: value}})
        problems += tally.note("switches", f"{cloud} | `{name}` | `{value}`", case, judgement)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("cloud", BOARDS)
def test_combined_switches(lab: Laboratory, tally: Tally, sample: Sample, cloud: str) -> None:
    """Every switch of the cloud has a random setting."""
    suite = [scenario for scenario in SCENARIOS if scenario.cloud == cloud]
    problems = []
    for seed in sample(range(COMBINATIONS), 20):
        choice = random.Random(seed)
        switches = {cloud: {name: choice.choice(switch.values) for name, switch in BOARDS[cloud].items()}}
        for scenario in choice.sample(suite, 12):
            judgement = converge(lab, scenario, switches)
            problems += tally.note("combinations", cloud, f"{scenario.name}, seed {seed}", judgement)
    assert not problems, "\n".join(problems)
