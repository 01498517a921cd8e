# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cloud whose groups are lists of words, with a script of failures; and the groups on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan, Step
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.policy_options import Criteria
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpRequest, ResponseLost
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    NO_MEMBERS,
    Members,
    RuleList,
    TrafficRule,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair, Situation
from tests.unit.plugins.fakes import Answer, FakeTime, Talk, talk

Words = tuple[str, ...]
REFUSALS = {
    "mismatch": CloudError("conflict", "VersionMismatch: stale", "VersionMismatch", "stale", 200, replan=True),
    "burnt": CloudError("conflict", "IdempotentFailed: burnt", "IdempotentFailed", "burnt", 200, replan=True),
    "locked": CloudError("conflict", "TaskConflict: another task", "TaskConflict", "another task", 200, busy=True),
    "quota": CloudError("quota", "LimitExceeded: too many", "LimitExceeded", "too many", 200),
    "forbidden": CloudError("permission", "Forbidden: no", "Forbidden", "no", 403),
}


@dataclass(frozen=True)
class Seen:
    """Implements the State protocol."""

    words: Words
    version: int | None

    def as_result(self) -> dict[str, Any]:
        return {"words": list(self.words), "version": self.version}

    def diff_text(self) -> str:
        return "".join(f"{word}\n" for word in self.words)

    def same_content(self, other: Seen) -> bool:
        return self.words == other.words

    def matches(self, other: Seen) -> bool:
        return self == other

    def discrepancy(self, found: Seen) -> str:
        return "" if self.words == found.words else f"{' '.join(self.words)} became {' '.join(found.words)}"

    def version_number(self) -> int | None:
        return self.version


# An action before or after one of the cloud's calls; its result replaces the response.
Twist = Callable[["WordCloud"], Answer]


def nothing(cloud: WordCloud) -> Answer:
    return None


def lost(cloud: WordCloud) -> Answer:
    return ResponseLost("the connection broke")


def slow(seconds: float) -> Twist:
    """The service answers after this time."""

    def wait(cloud: WordCloud) -> Answer:
        assert cloud.time is not None
        cloud.time.sleep(seconds)
        return None

    return wait


def refused(name: str) -> Twist:
    return lambda cloud: {"refusal": name, "request_id": "r-refused"}


def somebody_adds(word: str) -> Twist:
    def add(cloud: WordCloud) -> Answer:
        cloud.put((*cloud.words, word))
        return None

    return add


def somebody_puts(*words: str) -> Twist:
    def put(cloud: WordCloud) -> Answer:
        cloud.put(words)
        return None

    return put


def still(*words: str, version: int) -> Twist:
    """The service responds with an old state."""
    return lambda cloud: {"words": words, "version": version}


@dataclass
class WordCloud:
    """``before`` and ``after`` contain twists by action and by the number of the call of that action, from 1.

    A call whose ``before`` returns a response is not carried out.
    """

    words: Words = ("a", "b")
    version: int | None = 7
    before: dict[tuple[str, int], Twist] = field(default_factory=dict)
    after: dict[tuple[str, int], Twist] = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    time: FakeTime | None = None

    def put(self, words: Words) -> None:
        self.words = words
        self.version = None if self.version is None else self.version + 1

    def handle(self, request: HttpRequest) -> Answer:
        call = json.loads(request.body)
        action, parameters = call["action"], call["parameters"]
        self.calls.append((action, parameters))
        number = len([name for name, dummy in self.calls if name == action])
        instead = self.before.get((action, number), nothing)(self)
        if instead is not None:
            return instead
        body = self._carry_out(action, parameters)
        return self.after.get((action, number), nothing)(self) or body

    def _carry_out(self, action: str, parameters: Mapping[str, Any]) -> Answer:
        if parameters.get("version", self.version) != self.version:
            return {"refusal": "mismatch", "request_id": "r-refused"}
        if action == "Put":
            self.put(tuple(parameters["words"]))
        elif action == "Add":
            self.put((*self.words, *parameters["words"]))
        elif action == "Drop":
            self.put(())
        return {"words": self.words, "version": self.version, "request_id": f"r-{len(self.calls)}"}

    def speak(self, deadline: float = 120) -> Talk:
        spoken = talk([], deadline=deadline, refusals=REFUSALS)
        spoken.transport.answers = iter(lambda: self.handle, None)
        self.time = spoken.time
        return spoken


@dataclass
class WordGroup:
    """Implements the Group protocol, up to ``plan``."""

    wanted: Words
    refusal: CloudError | None = None
    security_group_id: str = "sg-1"
    region: str = "cn-test"
    criteria: Criteria = Criteria()

    may_replan = False

    @property
    def purpose(self) -> str:
        return f"write words to {self.security_group_id}"

    def read(self, client: Client) -> Seen:
        body = client.read("Look", {})
        return Seen(tuple(body["words"]), body["version"])

    def check(self, plan: Plan[Seen], client: Client) -> None:
        if self.refusal:
            raise replace(self.refusal)

    def extra_results(self, plan: Plan[Seen]) -> dict[str, Any]:
        return {"steps": len(plan.steps)}

    def situation(self, before: Seen, after: Seen, members: Members | None, client: Client) -> Situation:
        """Each word allows traffic to the port that is the number of its first letter."""
        old, new = (
            RuleList("ingress", [TrafficRule("accept", "tcp", str(ord(word[0]))) for word in state.words])
            for state in (before, after)
        )
        return Situation({"ingress": ListPair(old, new)}, members or NO_MEMBERS, self.security_group_id)

    def extend_impact(self, impact: dict[str, Any], situation: Situation | None) -> dict[str, Any]:
        return impact

    def no_effect_hint(self) -> str:
        return "; look at it"

    def steps(self, before: Seen) -> list[Step[Seen]]:
        raise NotImplementedError

    def plan(self, before: Seen) -> Plan[Seen]:
        return Plan(before, tuple(self.steps(before)))


def _next(state: Seen, words: Words) -> Seen:
    return Seen(words, None if state.version is None else state.version + 1)


class Overwriting(WordGroup):
    """One call without a lock."""

    guard = Guard.REPLACES_ALL

    def steps(self, before: Seen) -> list[Step[Seen]]:
        if before.words == self.wanted:
            return []
        after = _next(before, self.wanted)
        return [Step("Put", {"words": self.wanted}, after, self.guard)]


class OverwritingAPart(Overwriting):
    """One call without a lock, which leaves a part unchanged."""

    guard = Guard.REPLACES_PART


class DroppingFirst(WordGroup):
    """A call with a lock, followed by one without."""

    def steps(self, before: Seen) -> list[Step[Seen]]:
        if before.words == self.wanted:
            return []
        steps: list[Step[Seen]] = []
        state = before
        if before.words:
            state = _next(state, ())
            steps.append(Step("Drop", {"version": before.version}, state, Guard.VERSION))
        return [*steps, Step("Put", {"words": self.wanted}, _next(state, self.wanted), Guard.REPLACES_ALL)]


class Adding(WordGroup):
    """One call with a lock, which keeps the words of other writers."""

    may_replan = True

    def steps(self, before: Seen) -> list[Step[Seen]]:
        missing = tuple(word for word in self.wanted if word not in before.words)
        after = _next(before, before.words + missing)
        return [Step("Add", {"words": missing, "version": before.version}, after, Guard.VERSION)] if missing else []


class WithToken(WordGroup):
    """One call that can be repeated safely, because of its token."""

    may_replan = True
    tokens = 0

    def steps(self, before: Seen) -> list[Step[Seen]]:
        if before.words == self.wanted:
            return []
        self.tokens += 1
        parameters = {"words": self.wanted, "token": f"token-{self.tokens}"}
        return [Step("Put", parameters, _next(before, self.wanted), Guard.TOKEN)]
