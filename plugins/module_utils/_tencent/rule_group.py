# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The rules of one security group, on whichever API, for the one path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._core.conversation import Conversation
from .._core.errors import CloudError, Mistake, invalid_input
from .._core.plan import Plan, Step
from .rule_api import RuleApi
from .rule_set import Edit, Insert, Reset, RuleSet, Wanted, everything

VERBS = {"replaced": "replace", "merged": "merge", "deleted": "delete"}


@dataclass(frozen=True)
class Copy:
    """Rules that an info module told of, and that nobody could write: with host bits, or twice but for the description.

    They are accepted as long as the group has just these (C(entries)), so that what was read can be handed back.
    """

    direction: str
    entries: list[Any]
    mistakes: list[Mistake]


@dataclass
class RuleGroup:
    """Implements the Group protocol."""

    security_group_id: str
    region: str
    wanted: Wanted
    expected_version: str
    api: RuleApi
    conversation: Conversation
    copies: Sequence[Copy] = ()

    @property
    def task(self) -> str:
        return f"{VERBS[self.wanted.state]} rules of security group {self.security_group_id} in {self.region}"

    @property
    def may_replan(self) -> bool:
        """Merging and deleting go well with other people's rules; a replacement would take them away."""
        return self.wanted.state != "replaced" and not self.expected_version

    def read(self) -> RuleSet:
        body = self.conversation.read(self.api.read_action, self.api.read_parameters(self.security_group_id))
        return self.api.parse(body)

    def plan(self, before: RuleSet) -> Plan[RuleSet]:
        steps: list[Step[RuleSet]] = []
        state = before
        for edit in self._edits(before):
            action, parameters = self.api.call(self.security_group_id, edit, state.version)
            overwrites = not self.api.locks(edit, state.version)
            state = edit.apply(state).next_version()
            step = Step(
                action,
                parameters,
                state,
                overwrites=overwrites,
                positional=not isinstance(edit, Reset),
                # A reset leaves out the direction that is to be empty; what somebody else has put there outlasts it.
                partial=isinstance(edit, Reset) and bool(edit.ingress) != bool(edit.egress),
                adds=isinstance(edit, Insert),
            )
            steps.append(step)
        return Plan(before, tuple(steps))

    def _edits(self, before: RuleSet) -> list[Edit]:
        edits = self.wanted.edits(before)
        if edits == [Reset((), ())] and not self.api.reset_can_empty:
            return [everything(before, direction) for direction, dummy in self.wanted.given()]
        return edits

    def check(self, plan: Plan[RuleSet]) -> None:
        """Refuse a group whose rules are not those that the task was written for, or was copied from."""
        told = plan.before.report()
        mistakes = [
            mistake for copy in self.copies if copy.entries != told[copy.direction] for mistake in copy.mistakes
        ]
        if mistakes:
            raise invalid_input(mistakes)
        if self.expected_version and plan.before.version != self.expected_version:
            reason = f"its rules have version {plan.before.version}, and not the expected {self.expected_version}"
            raise CloudError("conflict", reason, action=self.api.read_action, details=plan.differences(plan.before))

    def unmoved(self) -> str:
        return ""

    def extra_results(self, plan: Plan[RuleSet]) -> dict[str, Any]:
        return {}
