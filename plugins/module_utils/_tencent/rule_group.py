# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The rules of one security group, on whichever API, for the one path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .._change.plan import Plan, Step
from .._change.policy_options import Criteria
from .._http.client import Client
from .._http.errors import CloudError, Mistake, invalid_input
from .rule_api import RuleApi
from .rule_input import UnsupportedRule
from .rule_set import DesiredRules, Edit, Insert, Reset, RuleSet, everything

if TYPE_CHECKING:
    from .._traffic.policies import Situation
    from .._traffic.rules import Members

VERBS = {"replaced": "replace", "merged": "merge", "deleted": "delete"}


@dataclass
class RuleGroup:
    """Implements the Group protocol. ``doubts`` are the mistakes, by direction, that count once a rule is written."""

    security_group_id: str
    region: str
    wanted: DesiredRules
    expected_version: str
    api: RuleApi
    client: Client
    doubts: Mapping[str, Sequence[UnsupportedRule]] = field(default_factory=dict)
    criteria: Criteria = Criteria()

    @property
    def task(self) -> str:
        where = f" in {self.region}" if self.region else ""
        return f"{VERBS[self.wanted.state]} rules of security group {self.security_group_id}{where}"

    @property
    def may_replan(self) -> bool:
        """Merging and deleting go well with other people's rules; a replacement would take them away."""
        return self.wanted.state != "replaced" and not self.expected_version

    def read(self) -> RuleSet:
        try:
            body = self.client.read(self.api.read_action, self.api.read_parameters(self.security_group_id))
        except CloudError as error:
            mistakes = [doubt.mistake for listed in self.doubts.values() for doubt in listed]
            if not mistakes:
                raise
            wrong = invalid_input(mistakes)
            unread = f"whether the group holds these rules already could not be read: {error.reason}"
            raise replace(wrong, reason=f"{wrong.reason}; {unread}") from error
        return self.api.parse(body)

    def plan(self, before: RuleSet) -> Plan[RuleSet]:
        steps: list[Step[RuleSet]] = []
        state = before
        edits = self._edits(before)
        self._refuse_doubtful(edits)
        for edit in edits:
            action, parameters = self.api.call(self.security_group_id, edit, state)
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

    def _refuse_doubtful(self, edits: Sequence[Edit]) -> None:
        """Raise CloudError if a rule would be written that the group may hold, but that nobody can write."""
        mistakes: list[Mistake] = []
        for direction, doubts in self.doubts.items():
            written = {rule for edit in edits for rule in edit.writes(direction)}
            mistakes += [doubt.mistake for doubt in doubts if doubt.rule in written]
        if mistakes:
            raise invalid_input(mistakes)

    def check(self, plan: Plan[RuleSet]) -> None:
        """Refuse a group whose rules are not those that the task was written for."""
        if self.expected_version and plan.before.version != self.expected_version:
            reason = f"its rules have version {plan.before.version}, and not the expected {self.expected_version}"
            raise CloudError("conflict", reason, action=self.api.read_action, details=plan.differences(plan.before))

    def situation(self, before: RuleSet, after: RuleSet, members: Members | None) -> Situation:
        from .traffic import situation  # only a change, or a policy, needs it

        return situation(self.security_group_id, before, after, members)

    def with_own_impact(self, impact: dict[str, Any]) -> dict[str, Any]:
        return impact

    def no_effect_hint(self) -> str:
        return ""

    def extra_results(self, plan: Plan[RuleSet]) -> dict[str, Any]:
        return {}
