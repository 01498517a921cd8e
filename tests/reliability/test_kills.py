# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module is killed at each call, before and after the call is carried out: the next run converges."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import pytest

from tests.cloud_simulator import simulator
from tests.reliability.laboratory import Attempt, Judgement, Laboratory, judge, rerun
from tests.reliability.scenarios import SCENARIOS, Scenario
from tests.reliability.tally import Sample, Tally
from tests.reliability.test_faults import untroubled
from tests.reliability.troubles import role
from tests.support.module_processes import ModuleStarter, module_starter

SUBJECTS = [scenario for scenario in SCENARIOS if scenario.changes and not scenario.faults]


@pytest.fixture(scope="module")
def starter() -> Iterator[ModuleStarter]:
    with module_starter() as started:
        yield started


class Gate:
    """Replaces the delay of a slow call: the call waits until it is let through."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait to be let through."""
        self.reached.set()
        assert self.opened.wait(60)


@contextmanager
def gate() -> Iterator[Gate]:
    """Slow calls of the simulator wait at this gate."""
    closed = Gate()
    try:
        with mock.patch.object(simulator, "time", SimpleNamespace(sleep=closed.sleep, monotonic=time.monotonic)):
            yield closed
    finally:
        closed.opened.set()


def killed(lab: Laboratory, starter: ModuleStarter, scenario: Scenario, call: int, performed: bool) -> None:
    """Kill a run that waits for the response to the call with that number, and let the call finish."""
    target = {"cloud": scenario.cloud, "nth": call}
    if not performed:
        lab.clouds.fault("reset", **target)
    with gate() as closed:
        lab.clouds.fault("slow", **target, seconds=1)
        module = starter.start(scenario.module, scenario.task(lab.clouds.url))
        assert closed.reached.wait(60)
        module.kill()
        assert module.ended()
        assert module.result() is None
        closed.opened.set()
        while performed and not lab.clouds.journal()[call - 1]["performed"]:
            time.sleep(0.001)
    lab.clouds.state()  # waits for the call to be over


@pytest.mark.parametrize("scenario", SUBJECTS, ids=lambda scenario: scenario.name)
def test_killed(lab: Laboratory, tally: Tally, sample: Sample, starter: ModuleStarter, scenario: Scenario) -> None:
    """Each call is lost once, and carried out once without anybody waiting for the response."""
    journal, states = untroubled(lab, scenario)
    problems = []
    cases = [(scenario.name, call, performed) for call in range(1, len(journal) + 1) for performed in (False, True)]
    for _unused, call, performed in sample(cases, 12):
        lab.prepare(scenario)
        with lab.recording():
            killed(lab, starter, scenario, call, performed)
            left = lab.present()
            lab.calm()
            judgement = _next_run(lab, scenario)
            if any(state not in states for state in (left, *lab.states())):
                judgement.problem("undocumented state", [left, *lab.states()])
        place = f"{'after' if performed else 'before'} {role(journal, call)}"
        problems += tally.note("kills", f"{scenario.cloud} | {place}", scenario.name, judgement)
    assert not problems, "\n".join(problems)


def _next_run(lab: Laboratory, scenario: Scenario) -> Judgement:
    attempt: Attempt = lab.run(scenario)
    judgement = Judgement("loud" if attempt.failed else "converged", attempt)
    if attempt.failed:
        judgement.problem("second run failed", attempt.message or attempt.raised)
    else:
        whole = judge(lab, scenario, attempt)
        # Whether a change is left depends on when the previous run was killed.
        judgement.problems += [problem for problem in whole.problems if problem[0] != "false changed"]
    rerun(lab, scenario, judgement)
    return judgement
