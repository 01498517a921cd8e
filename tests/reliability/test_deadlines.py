# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that never end: each run ends within its deadline and one timeout, by the module's own clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.reliability.laboratory import Laboratory, judge, rerun
from tests.reliability.scenarios import BY_NAME
from tests.reliability.tally import Sample, Tally
from tests.reliability.test_faults import untroubled
from tests.reliability.troubles import ENDLESS, role
from tests.reliability.wire import turned_clock

DEADLINE, TIMEOUT = 30, 7
LATENCIES = (0.1, 2.0, 6.9, 100.0)
KINDS: Mapping[str, Mapping[str, Any]] = {
    "slow": {"fault": "slow"},  # the latency alone
    "throttled": {"fault": "throttled"},
    "HTTP 503": {"fault": "http"},
    "reset": {"fault": "reset"},
    "lost": {"fault": "lost"},
    "malformed": {"fault": "malformed"},
    "stale": {"fault": "stale", "reads": ENDLESS, "effect": "write", "nth": 1},
    "IdempotentProcessing": {"fault": "error", "code": "IdempotentProcessing"},
    "MutexOperationTaskRunning": {"fault": "error", "code": "UnsupportedOperation.MutexOperationTaskRunning"},
}
SUBJECTS = [
    "aliyun v3: accept to drop",
    "aliyun v1: with a token of the user",
    *(
        f"tencent {api}: {name}"
        for api in ("3.0", "2.0")
        for name in ("replaced both directions", "emptied ingress, replaced egress", "merged into both directions")
    ),
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_deadline(patient_lab: Laboratory, tally: Tally, sample: Sample, kind: str) -> None:
    """Calls take from a tenth of a second to longer than the timeout. The pauses are the real ones."""
    lab, problems = patient_lab, []
    for name, latency, _unused in sample([(name, latency, kind) for name in SUBJECTS for latency in LATENCIES], 16):
        scenario = BY_NAME[name]
        journal, _unused = untroubled(lab, scenario)
        for call in range(1, len(journal) + 1):
            lab.prepare(scenario)
            lab.clouds.fault(**{"cloud": scenario.cloud, "nth": call, "times": ENDLESS, **KINDS[kind]})
            with turned_clock(lab.wire, latency) as clock:
                judgement = judge(lab, scenario, lab.run(scenario, deadline=DEADLINE, timeout=TIMEOUT))
            if clock.seconds > DEADLINE + TIMEOUT:
                judgement.problem("late", f"ended after {clock.seconds:.1f} seconds")
            lab.calm()
            rerun(lab, scenario, judgement)
            where = f"{name}, {role(journal, call)}, {latency:g} s a call"
            problems += tally.note("endless faults", f"{scenario.cloud} | {kind}", where, judgement)
    assert not problems, "\n".join(problems)
