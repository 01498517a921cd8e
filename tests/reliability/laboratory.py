# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a scenario against the simulated clouds, and judges the run."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from tests.cloud_simulator.exchange import Cloud, Reply, Request
from tests.cloud_simulator.harness import Harness
from tests.reliability.rules import DIRECTIONS, Content, Meaning, as_stored, content
from tests.reliability.scenarios import Scenario, group_content
from tests.reliability.wire import Wire
from tests.support.module_runner import Result, run_module
from tests.support.worlds import assert_clean

KINDS = {
    *("invalid_input", "auth", "permission", "not_found", "unsupported", "conflict", "quota"),
    *("throttled", "unavailable", "timeout", "outcome_unknown", "protocol"),
}
Entry = dict[str, Any]


@dataclass
class Attempt:
    """One run: its result (None if it raised an exception), and the calls that it made."""

    result: Result | None
    raised: str
    journal: list[Entry]

    @property
    def failed(self) -> bool:
        """Whether it failed or raised an exception."""
        return self.result is None or "failure" in self.result

    @property
    def reason(self) -> str:
        """The reason for a failure: the kind and the vendor's code."""
        if self.result is None:
            return self.raised
        failure = self.result.get("failure", {})
        code = failure.get("code")
        return f"{failure.get('kind')}{f' ({code})' if code else ''}"

    @property
    def message(self) -> str:
        """The message of a failure."""
        return str((self.result or {}).get("msg", ""))


@dataclass
class Judgement:
    """The outcome of a run.

    ``outcome`` is ``converged`` or ``loud``. ``problems`` are defects, each as (name, explanation).
    """

    outcome: str
    attempt: Attempt
    problems: list[tuple[str, str]] = field(default_factory=list)

    def problem(self, name: str, what: object) -> None:
        """Record a defect."""
        self.problems.append((name, str(what)))


class Laboratory:
    """The clouds, the wire to them, and the history of the group that a scenario is about."""

    def __init__(self, clouds: Harness, wire: Wire) -> None:
        self.clouds = clouds
        self.wire = wire
        self.history: list[dict[str, Any]] = []
        self._start: dict[str, Any] = {}
        self._group: tuple[str, str] = ("", "")

    def prepare(
        self, scenario: Scenario, switches: Mapping[str, Mapping[str, str]] | None = None, *, sockets: bool = False
    ) -> None:
        """Set up the initial state of the scenario, with these switches (by cloud and name).

        ``sockets``: over real connections.
        """
        self.clouds.reset()
        self.wire.clear()
        self.wire.direct = None if sockets else self.clouds.simulator
        state = self.clouds.state()
        for group in state[scenario.cloud]["security_groups"]:
            if group["id"] == scenario.group:
                group.update(scenario.before)
        self.clouds.set_state({scenario.cloud: state[scenario.cloud]})
        for cloud, values in (switches or {}).items():
            self.clouds.switch(cloud, **values)
        for fault in scenario.faults:
            self.clouds.fault(**fault)
        self._group = (scenario.cloud, scenario.group)
        self._start = self._others()
        self.history = []

    def calm(self) -> None:
        """Remove all faults. The state remains, and everything else is reset."""
        state = self.clouds.state()
        switches = {name: cloud.switch_values() for name, cloud in self.clouds.simulator.clouds.items()}
        self.clouds.reset()
        self.clouds.set_state(state)
        for cloud, values in switches.items():
            self.clouds.switch(cloud, **values)
        self.wire.clear()

    def run(self, scenario: Scenario, **options: Any) -> Attempt:
        """Run the task of the scenario once against the current state of the clouds."""
        begin = len(self.clouds.journal())
        self.wire.sent = 0
        result, raised = None, ""
        try:
            result = run_module(scenario.module, {**scenario.task(self.clouds.url), **options})
        except Exception:
            raised = traceback.format_exc()
        return Attempt(result, raised, self.clouds.journal()[begin:])

    def present(self) -> Content:
        """The meaning of the scenario's group now, or that of an empty group if it does not exist."""
        cloud = self._group[0]
        return next(iter(self._contents(self.clouds.state()[cloud])), group_content(cloud, {}))

    def states(self) -> list[Content]:
        """The meaning of the group after each write that reached the cloud."""
        return [each for dump in self.history for each in self._contents(dump)]

    def others_changed(self) -> bool:
        """Whether anything except the group of the scenario has changed."""
        return self._others() != self._start

    def _contents(self, dump: Mapping[str, Any]) -> list[Content]:
        cloud, name = self._group
        return [group_content(cloud, group) for group in dump["security_groups"] if group["id"] == name]

    def _others(self) -> dict[str, Any]:
        state = self.clouds.state()
        cloud, name = self._group
        state[cloud]["security_groups"] = [each for each in state[cloud]["security_groups"] if each["id"] != name]
        return state

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record the state after every write while this is open."""
        with mock.patch.object(self, "history", []), _watched(self.clouds, self.history.append):
            yield


@contextmanager
def _watched(clouds: Harness, note: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    def watch(cloud: Cloud) -> Any:
        original = cloud.handle

        def handle(request: Request) -> Reply:
            reply = original(request)
            if cloud.describe(request).effect == "write":
                note(cloud.dump())
            return reply

        return mock.patch.object(cloud, "handle", handle)

    simulated = list(clouds.simulator.clouds.values())
    with watch(simulated[0]), watch(simulated[1]):
        yield


def missing(wanted: Content, present: Content) -> list[tuple[str, Meaning]]:
    """The rules of ``wanted`` that are not in ``present``, each as often as it is missing."""
    return [
        (direction, rule)
        for direction in DIRECTIONS
        for rule in (Counter(wanted[direction]) - Counter(present[direction])).elements()
    ]


def common(one: Content, other: Content) -> Content:
    """The rules that are in both lists."""
    return {
        direction: tuple((Counter(one[direction]) & Counter(other[direction])).elements()) for direction in DIRECTIONS
    }


def reported(cloud: str, state: Mapping[str, Any]) -> Content:
    """The meaning of ``before`` or ``after`` of a result."""
    if cloud == "aliyun":
        return group_content(cloud, state)
    return content(*([as_stored(rule) for rule in state[direction]] for direction in DIRECTIONS))


def judge(lab: Laboratory, scenario: Scenario, attempt: Attempt) -> Judgement:
    """Check what must hold for every single run without another writer."""
    before, after = (group_content(scenario.cloud, group) for group in (scenario.before, scenario.after))
    found = lab.present()
    judgement = Judgement("loud" if attempt.failed else "converged", attempt)
    if attempt.raised:
        judgement.problem("traceback", attempt.raised.strip().rpartition("\n")[2])
    for direction, rule in missing(common(before, after), found) if scenario.cloud == "tencent" else ():
        judgement.problem("lost rule", f"{direction} {rule}")
    if lab.others_changed():
        judgement.problem("wrong group", "another group was changed")
    if attempt.result is not None:
        _judge_result(judgement, scenario, attempt.result, before, after, found)
    for problem in double_writes(scenario, attempt.journal):
        judgement.problem("double write", problem)
    if not lab.wire.refused:
        for problem in miscounted(attempt):
            judgement.problem("wrong attempts", problem)
    return judgement


def _judge_result(
    judgement: Judgement, scenario: Scenario, result: Result, before: Content, after: Content, found: Content
) -> None:
    wrote = any(entry["effect"] == "write" and entry["performed"] for entry in judgement.attempt.journal)
    foreign = any(fault["fault"] == "foreign_write" for fault in scenario.faults)
    try:
        assert_clean(result)
    except AssertionError as secret:
        judgement.problem("secret", secret)
    if "failure" in result:
        if result["failure"]["kind"] not in KINDS or not result["msg"].startswith("Failed to "):
            judgement.problem("unclear failure", result["msg"])
        if found != before and not result["changed"] and not foreign:
            judgement.problem("false changed", "changed is false, and the group is not as it was")
        # A write with an unknown outcome may take effect after the module has ended.
        if found != before and not wrote and not foreign and result["failure"]["kind"] != "outcome_unknown":
            judgement.problem("undocumented state", "changed without a write")
        return
    if found != after:
        judgement.problem("false ok", f"ok with {found} and not {after}")
    if result["changed"] != (before != after):
        judgement.problem("false changed", f"changed is {result['changed']}")
    if reported(scenario.cloud, result["after"]) != found:
        judgement.problem("false after", f"after is {result['after']}, the group is {found}")


def rerun(lab: Laboratory, scenario: Scenario, judgement: Judgement) -> None:
    """Check a second run: it must succeed, and change nothing after a success."""
    second = lab.run(scenario)
    settled = judgement.outcome == "converged"
    after = group_content(scenario.cloud, scenario.after)
    if second.result is None or second.failed:
        judgement.problem("second run failed", f"{second.reason}: {second.message} after {judgement.attempt.message}")
    elif settled and (second.result["changed"] or any(entry["effect"] == "write" for entry in second.journal)):
        judgement.problem("not idempotent", second.result["diff"])
    if lab.present() != after:
        judgement.problem("false ok", f"after the second run it is {lab.present()} and not {after}")


_UNSETTLED = (
    *("ServiceUnavailable", "InternalError", "FailedOperation", "ResourceUnavailable", "UnknownError"),
    *("InternalServerError", "NobodyKnows.This"),
    "SystemBusy",
    *("6000", "7000", "5100", "5500", "6200", "5400"),
)


def certainly_refused(entry: Entry) -> bool:
    """Whether the client could know that the call was not carried out."""
    if entry["status"] is None or not entry["error_code"] or set(entry["faults"]) & {"truncated", "malformed"}:
        return False
    return not str(entry["error_code"]).startswith(_UNSETTLED)


def double_writes(scenario: Scenario, journal: list[Entry]) -> Iterator[str]:
    """The writes that were repeated without a read in between, although the first one may have been carried out."""
    tokens: list[set[str]] = []
    for number, (first, second) in enumerate(zip(journal, journal[1:], strict=False), start=1):
        if first["effect"] == second["effect"] == "write" and first["action"] == second["action"]:
            same = first["parameters"] == second["parameters"]
            if scenario.cloud == "aliyun" and not same:
                yield f"call {number + 1} is another try of call {number} with other parameters"
            if scenario.cloud == "tencent" and same and not certainly_refused(first):
                yield f"call {number + 1} repeats call {number}, whose outcome is not known"
    if scenario.cloud == "aliyun" and "client_token" not in scenario.options:
        for entry, previous in zip(journal, [None, *journal], strict=False):
            if entry["effect"] == "write":
                token = entry["parameters"].get("ClientToken", "")
                if previous is None or previous["effect"] != "write":
                    if any(token in used for used in tokens):
                        yield f"call {entry['number']} has the token of another plan"
                    tokens.append(set())
                tokens[-1].add(token)


def miscounted(attempt: Attempt) -> Iterator[str]:
    """Check that ``actions`` and the journal list the same calls, in the same order and number."""
    told = [
        action["action"]
        for action in (attempt.result or {}).get("actions", [])
        for _attempt in range(action["attempts"])
    ]
    seen = [entry["action"] for entry in attempt.journal]
    if attempt.result is not None and told != seen:
        yield f"actions tell {json.dumps(told)}, the cloud saw {json.dumps(seen)}"
