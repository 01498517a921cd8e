# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A planned change as a value: check mode, diff, execution, result and failure report all come from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Generic, NamedTuple

from .state import S


class Protection(NamedTuple):
    """The properties that a Guard has. Its properties of the same names describe them."""

    confirm_first: bool = False
    repeatable: bool = False
    by_position: bool = False
    may_hit_another_rule: bool = False
    repeat_if_unseen: bool = True
    replaces: str = ""  # "all" or "part" of the rules


class Guard(Enum):
    """What protects a write from harm by a lost response or by another writer.

    The table in docs/architecture.md has one row for each member.
    """

    TOKEN = Protection(repeatable=True)
    VERSION = Protection(by_position=True)
    ADDS_AT_POSITION = Protection(confirm_first=True, by_position=True, may_hit_another_rule=True)
    AT_POSITION = Protection(confirm_first=True, by_position=True, may_hit_another_rule=True, repeat_if_unseen=False)
    REPLACES_ALL = Protection(confirm_first=True, replaces="all")
    REPLACES_PART = Protection(confirm_first=True, replaces="part")

    @property
    def confirm_first(self) -> bool:
        """Whether the group is read right before the call, because the service does not notice another writer."""
        return self.value.confirm_first

    @property
    def repeatable(self) -> bool:
        """Whether the service makes a second call with the same parameters harmless."""
        return self.value.repeatable

    @property
    def by_position(self) -> bool:
        """Whether the call names rules by their position, so that it only fits the planned state."""
        return self.value.by_position

    @property
    def may_hit_another_rule(self) -> bool:
        """Whether the call is carried out on whatever rules have these positions now."""
        return self.value.may_hit_another_rule

    @property
    def repeat_if_unseen(self) -> bool:
        """Whether the call may be repeated once the group does not show it, although it may only be late."""
        return self.value.repeat_if_unseen

    @property
    def replaces(self) -> str:
        """Return "all" or "part" if the call replaces rules whatever they are, and "" otherwise."""
        return self.value.replaces


class Step(Generic[S]):
    """One call that writes. ``after`` is the state when it has been carried out."""

    __slots__ = ("action", "after", "guard", "parameters")

    def __init__(self, action: str, parameters: Mapping[str, Any], after: S, guard: Guard) -> None:
        self.action = action
        self.parameters = parameters
        self.after = after
        self.guard = guard


class Plan(Generic[S]):
    """The calls that lead from ``before`` to ``after``. Without steps there is nothing to do."""

    __slots__ = ("before", "steps")

    def __init__(self, before: S, steps: tuple[Step[S], ...] = ()) -> None:
        self.before = before
        self.steps = steps

    @property
    def after(self) -> S:
        """Return the state at the end."""
        return self.steps[-1].after if self.steps else self.before

    def states(self) -> list[S]:
        """Return all states of the plan, the first and the last included."""
        return [self.before, *(step.after for step in self.steps)]

    def guards(self) -> list[Guard]:
        """Return the guard of each step."""
        return [step.guard for step in self.steps]

    def differences(self, theirs: S) -> dict[str, Any]:
        """Return the details of a conflict: the planned start, the current state and the desired end."""
        return {"base": self.before.as_result(), "theirs": theirs.as_result(), "ours": self.after.as_result()}


class Stage(Generic[S]):
    """One step of a plan, with its context.

    ``expected`` is the state before the step and ``stale`` are all earlier ones, which a service may still return.
    ``remaining`` are the steps after it.
    """

    def __init__(self, plan: Plan[S], number: int) -> None:
        self.plan = plan
        self.step = plan.steps[number]
        self.stale = plan.states()[:number]
        self.expected = plan.states()[number]
        self.remaining = plan.steps[number + 1 :]
        self._done = plan.steps[:number]

    @property
    def earlier_hit_uncertain(self) -> bool:
        """Whether an earlier step may have hit other rules than planned."""
        return any(step.guard.may_hit_another_rule for step in self._done)

    @property
    def hit_uncertain(self) -> bool:
        """Whether an earlier step or this one may have hit other rules than planned."""
        return self.earlier_hit_uncertain or self.step.guard.may_hit_another_rule


def stages(plan: Plan[S]) -> list[Stage[S]]:
    """Return the stages of a plan, in order."""
    return [Stage(plan, number) for number in range(len(plan.steps))]
