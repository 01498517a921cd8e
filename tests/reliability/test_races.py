# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second writer between any two calls: its change is kept, or the task reports what happened to it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.reliability.laboratory import Attempt, Judgement, Laboratory, common, missing, reported
from tests.reliability.others import CHANGES, Change, meant, ours, theirs
from tests.reliability.rules import Content, rules
from tests.reliability.scenarios import BY_NAME, Scenario, group_content
from tests.reliability.tally import Sample, Tally
from tests.reliability.test_faults import untroubled
from tests.reliability.troubles import role
from tests.support.worlds import DROPPING

NAMES = (
    "replaced both directions",
    "replaced ingress, egress left alone",
    "replaced, order only",
    "replaced, description only",
    "replaced, nothing to do",
    "replaced, never edited",
    "emptied ingress",
    "emptied both",
    "emptied ingress, replaced egress",
    "merged at the bottom",
    "merged at the top",
    "merged into both directions",
    "merged with other descriptions and more",
    "merged into nothing",
    "merged with another description, never edited",
    "deleted one",
    "deleted two, not the first",
    "deleted in both directions",
    "deleted one, never edited",
)
# The sources of a group's version: API 3.0, API 2.0, and an API 2.0 that returns none.
VERSIONS = {"3.0": ("3.0", {}), "2.0": ("2.0", {}), "2.0 without a version": ("2.0", {"v2_version_position": "absent"})}
OVERWRITTEN = "overwritten"


@dataclass(frozen=True)
class Race:
    """A change by the second writer, and the possible outcomes.

    ``first``: the group if the second writer was first. ``last``: the group if it was last.
    """

    scenario: Scenario
    change: Change
    told: bool  # whether the API returns the version of the rules
    changed: Content  # the initial group after the second writer's change
    first: Content
    last: Content


def race(scenario: Scenario, change: Change, told: bool) -> Race:
    """The possible outcomes."""
    changed = meant(theirs(change, scenario.before))
    return Race(scenario, change, told, changed, ours(scenario, changed), meant(theirs(change, scenario.after)))


def interfere(lab: Laboratory, scenario: Scenario, change: Change) -> None:
    """Make the second writer's change to the current group."""
    group = lab.clouds.group(scenario.cloud, scenario.group)
    lab.clouds.foreign_write(scenario.cloud, scenario.group, **theirs(change, group))


def judge_race(lab: Laboratory, held: Race, attempt: Attempt, blind: bool) -> Judgement:
    """Judge a race. ``blind``: the change was made between a read and the write that follows it."""
    found = lab.present()
    judgement = Judgement("converged", attempt)
    if attempt.result is None:
        judgement.problem("traceback", attempt.raised.strip().rpartition("\n")[2])
    elif attempt.failed:
        _judge_failure(judgement, held, attempt.result, found, blind)
    else:
        _judge_success(judgement, held, attempt.result, found, blind)
    return judgement


def _judge_success(judgement: Judgement, held: Race, result: dict[str, Any], found: Content, blind: bool) -> None:
    over = found == held.first != held.last and held.scenario.state == "replaced"
    seen = reported("tencent", result["before"]) == held.changed
    if found in (held.first, held.last) and (seen or not over):
        return
    if blind and not held.told and found == group_content("tencent", held.scenario.after):
        # Every response of API 2.0 is the same as without the second writer.
        judgement.outcome = "not noticeable"
    elif missing(common(held.changed, held.first), found) or over or not held.change.kept(found):
        judgement.problem("silent overwrite", f"ok with {found}")
    else:
        judgement.problem("misplaced", f"ok with {found}")


def _judge_failure(judgement: Judgement, held: Race, result: dict[str, Any], found: Content, blind: bool) -> None:
    failure, message = result["failure"], result["msg"]
    wrote = any(entry["effect"] == "write" and not entry["error_code"] for entry in judgement.attempt.journal)
    judgement.outcome = f"failed: {failure['kind']}"
    if failure["kind"] == "conflict":
        judgement.outcome = f"conflict, {'after the write' if wrote else 'nothing written'}"
        if not {"base", "theirs", "ours"} <= set(failure):
            judgement.problem("bare conflict", f"no base, theirs and ours in {failure}")
        elif reported("tencent", failure["theirs"]) != found:
            judgement.problem("false theirs", f"theirs is {failure['theirs']}, the group is {found}")
    elif failure["kind"] != "outcome_unknown":
        judgement.problem("not a conflict", f"{failure['kind']}: {message}")
    if wrote and not result["changed"]:
        judgement.problem("false changed", "written, and changed is false")
    if not wrote and found != held.changed:
        judgement.problem("undocumented state", f"nothing written, and the group is {found}")
    if found == held.last or not _lost(held, found):
        return
    if OVERWRITTEN in message:
        judgement.outcome = "conflict that reports an overwritten change"
    elif blind and not held.told:
        judgement.outcome = "failed without a lock, and a rule is lost"
    else:
        judgement.problem("lost, told otherwise", f"{held.change.name}, and now {found}; {message}")


def _lost(held: Race, found: Content) -> bool:
    """Whether a part of the second writer's change is gone that our task does not remove by itself."""
    undone = not held.change.kept(found) and (held.scenario.state == "replaced" or held.change.kept(held.first))
    return undone or bool(missing(common(held.changed, held.first), found))


@pytest.mark.parametrize("told", VERSIONS)
@pytest.mark.parametrize("name", NAMES)
def test_second_writer(lab: Laboratory, tally: Tally, sample: Sample, name: str, told: str) -> None:
    api, switches = VERSIONS[told]
    scenario = BY_NAME[f"tencent {api}: {name}"]
    journal, _unused = untroubled(lab, scenario, {"tencent": switches})
    cases = [(name, told, index, call) for index in range(len(CHANGES)) for call in range(1, len(journal) + 1)]
    problems = []
    for *_unused, index, call in sample(cases, 8):
        change = CHANGES[index]
        held = race(scenario, change, told != "2.0 without a version")
        lab.prepare(scenario, {"tencent": switches})
        lab.wire.hooks[call] = partial(interfere, lab, scenario, change)
        attempt = lab.run(scenario)
        blind = attempt.journal[call - 1]["effect"] == "write"
        judgement = judge_race(lab, held, attempt, blind)
        where = f"{name}, {change.name} before {role(journal, call)}"
        problems += tally.note("races", f"{told} | {scenario.state}", where, judgement)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("told", ["3.0", "2.0"])
@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("merged", "deleted"))])
def test_two_changes(lab: Laboratory, tally: Tally, long: bool, name: str, told: str) -> None:
    """Two changes by other writers at random calls; merging and deleting keep both."""
    scenario = BY_NAME[f"tencent {told}: {name}"]
    choice = random.Random(f"{name} {told}")
    additions = [change for change in CHANGES if change.name.startswith("adds a rule")]
    problems = []
    for _unused in range(30 if long else 1):
        calls, changes = sorted(choice.sample(range(1, 6), 2)), choice.sample(additions, 2)
        lab.prepare(scenario)
        for call, change in zip(calls, changes, strict=True):
            lab.wire.hooks[call] = partial(interfere, lab, scenario, change)
        attempt = lab.run(scenario)
        found = lab.present()
        judgement = Judgement("loud" if attempt.failed else "converged", attempt)
        wanted = common(*(group_content("tencent", group) for group in (scenario.before, scenario.after)))
        for call, change in zip(calls, changes, strict=True):
            if call <= len(attempt.journal) and not change.kept(found) and OVERWRITTEN not in attempt.message:
                judgement.problem("lost rule", f"{change.name} is gone")
        if missing(wanted, found) and OVERWRITTEN not in attempt.message:
            judgement.problem("lost rule", missing(wanted, found))
        if not attempt.failed and ours(scenario, found) != found:
            judgement.problem("false ok", f"ok with {found}")
        told_as = f"{name}, {' and '.join(each.name for each in changes)} before calls {calls}"
        problems += tally.note("two changes", f"{told} | {scenario.state}", told_as, judgement)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("policy", ["Accept", "Drop"])
@pytest.mark.parametrize("name", ["accept to drop", "drop to accept", "drop as it is", "with a token of the user"])
def test_second_writer_of_a_policy(lab: Laboratory, tally: Tally, name: str, policy: str) -> None:
    scenario = BY_NAME[f"aliyun v3: {name}"]
    journal, _unused = untroubled(lab, scenario)
    for call in range(1, len(journal) + 1):
        lab.prepare(scenario)
        lab.wire.hooks[call] = lambda: lab.clouds.foreign_write("aliyun", scenario.group, inner_access_policy=policy)
        attempt = lab.run(scenario)
        judgement = Judgement("loud" if attempt.failed else "converged", attempt)
        if attempt.failed == (lab.present() == group_content("aliyun", scenario.after)):
            judgement.problem("false ok", f"failed: {attempt.failed}, and the group is {lab.present()}")
        if attempt.failed and not attempt.reason.startswith("conflict"):
            judgement.problem("unclear failure", attempt.message)
        where = f"{name}, {policy} before {role(journal, call)}"
        assert not tally.note("races", "aliyun | policy", where, judgement)


@pytest.mark.parametrize(
    ("state", "call"),
    [*((state, call) for state in ("replaced", "merged", "deleted") for call in range(3)), ("replaced", 3)],
)
def test_expected_version(lab: Laboratory, tally: Tally, state: str, call: int) -> None:
    """A group with another version is never written, whenever the other writer comes.

    Call 0 is long before the task.
    """
    scenario = BY_NAME["tencent 3.0: replaced both directions"]
    lab.prepare(scenario)
    if call:
        lab.wire.hooks[call] = lambda: interfere(lab, scenario, CHANGES[0])
    else:
        interfere(lab, scenario, CHANGES[0])
    options = {"state": state, "ingress": rules("ssh" if state == "deleted" else "dns"), "egress": None}
    attempt = lab.run(scenario, **options, expected_version="3")
    judgement = Judgement("loud", attempt)
    if not attempt.reason.startswith("conflict"):
        judgement.problem("false ok", f"version 3 was expected: {attempt.reason}")
    done = [entry for entry in attempt.journal if entry["effect"] == "write" and not entry["error_code"]]
    if not CHANGES[0].kept(lab.present()) and OVERWRITTEN not in attempt.message:
        judgement.problem("lost rule", "the other change is gone")
    if done and call < 3:
        judgement.problem("written", "a group of another version was written")
    assert not tally.note("expected_version", state, f"changed before call {call}", judgement)


def test_expected_version_requires_a_version(lab: Laboratory) -> None:
    """API 2.0 returns no reliable version, so the option is refused before the first call."""
    scenario = BY_NAME["tencent 2.0: replaced both directions"]
    lab.prepare(scenario)
    attempt = lab.run(scenario, expected_version="3")
    assert (attempt.reason, attempt.journal) == ("invalid_input", [])


def test_model(lab: Laboratory) -> None:
    """The model of the documentation agrees with the scenarios; both are written by hand."""
    for scenario in BY_NAME.values():
        if scenario.cloud == "tencent" and not scenario.fails and not scenario.faults:
            assert ours(scenario, group_content("tencent", scenario.before)) == group_content("tencent", scenario.after)
    assert group_content("aliyun", lab.clouds.group("aliyun", DROPPING))["ingress"][0][0] == "drop"
