# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What will be done, as a value: check mode, diff, execution, result and failure report all come out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .policy_options import Criteria

if TYPE_CHECKING:
    from .._traffic.policies import Situation
    from .._traffic.rules import Members


class State(Protocol):
    """What is observed of a group, or predicted for it. Immutable; equal when content and version are equal."""

    def report(self) -> dict[str, Any]:
        """The normal form for C(before) and C(after) of a result."""

    def shown(self) -> Any:
        """What C(--diff) compares: text, or a dictionary."""

    def same_content(self, other: Any) -> bool:
        """Equality regardless of the version."""

    def discrepancy(self, found: Any) -> str:
        """Where the content of ``found`` differs from this state, in words; empty if it does not."""

    def version_number(self) -> int | None:
        """A number that grows by one with each write, where the service has one."""


S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Step(Generic[S]):
    """One API call that writes.

    C(after) is the state when it was carried out.  C(overwrites): it replaces what another writer has put there since
    the plan was made, and the service does not notice; C(partial): not everything, but a part.  C(positional): it names
    rules by their position, so that it fits the planned state and no other.  C(adds): it takes nothing away, so that
    made twice it does no harm, but may be refused.  C(repeatable): carrying it out twice has the effect of once.
    """

    action: str
    parameters: Mapping[str, Any]
    after: S
    overwrites: bool = False
    partial: bool = False
    positional: bool = False
    adds: bool = False
    repeatable: bool = False

    @property
    def blind(self) -> bool:
        """It would hit whatever rules are at the planned positions now."""
        return self.positional and self.overwrites


@dataclass(frozen=True)
class Plan(Generic[S]):
    """The way from C(before) to C(after). No steps means that there is nothing to do."""

    before: S
    steps: tuple[Step[S], ...] = ()

    @property
    def after(self) -> S:
        return self.steps[-1].after if self.steps else self.before

    def states(self) -> list[S]:
        """All states on the way, the first and the last included."""
        return [self.before, *(step.after for step in self.steps)]

    def differences(self, theirs: S) -> dict[str, Any]:
        """For a failure report: what the plan was made from, what is there now, and what was wanted."""
        return {"base": self.before.report(), "theirs": theirs.report(), "ours": self.after.report()}


class Group(Protocol[S]):
    """One security group and what is wanted of it; each cloud and API supplies one."""

    @property
    def task(self) -> str:
        """Completes "Failed to ...": what is being done to which group."""

    @property
    def region(self) -> str: ...

    @property
    def security_group_id(self) -> str: ...

    @property
    def may_replan(self) -> bool:
        """Whether another writer's changes may simply be kept, by making a new plan on top of them."""

    def read(self) -> S:
        """The present state. Raises CloudError."""

    def plan(self, before: S) -> Plan[S]:
        """How to get from there to what is wanted. Pure."""

    def check(self, plan: Plan[S]) -> None:
        """Raise CloudError if the plan must not be carried out. May read more than the state."""

    @property
    def criteria(self) -> Criteria:
        """What a change of the group is judged by."""

    def situation(self, before: S, after: S, members: Members | None) -> Situation:
        """The rules of both directions before and after a change. May read them, and raise CloudError."""

    def with_own_impact(self, impact: dict[str, Any]) -> dict[str, Any]:
        """The impact with what only this cloud adds to it."""

    def no_effect_hint(self) -> str:
        """Words that may explain why a write was confirmed and yet had no effect; empty if there are none."""

    def extra_results(self, plan: Plan[S]) -> dict[str, Any]:
        """Further result values that belong to the plan."""
