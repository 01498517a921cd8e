# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of one security group, on either API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .._change.plan import Guard, Plan, Step
from .._change.policy_options import NO_CRITERIA, Criteria
from .._http.client import Client
from .._http.errors import CloudError, Mistake, invalid_input
from .desired_rules import VERBS, DesiredRules
from .edits import Edit, Insert, Reset, delete_all
from .rule_api import RuleApi
from .rule_input import UnsupportedRule
from .rule_set import RuleSet

if TYPE_CHECKING:
    from .._traffic.rules import Members
    from .._traffic.situation import Situation


class RuleGroup:
    """Implements the Group protocol.

    ``unsupported`` are, by direction, the rules that the API cannot write. A group can have them anyway.
    """

    def __init__(
        self,
        security_group_id: str,
        region: str,
        desired: DesiredRules,
        api: RuleApi,
        expected_version: str = "",
        unsupported: Mapping[str, Sequence[UnsupportedRule]] | None = None,
        criteria: Criteria = NO_CRITERIA,
    ) -> None:
        self.security_group_id = security_group_id
        self.region = region
        self.desired = desired
        self.api = api
        self.expected_version = expected_version
        self.unsupported = unsupported or {}
        self.criteria = criteria

    @property
    def purpose(self) -> str:
        where = f" in {self.region}" if self.region else ""
        return f"{VERBS[self.desired.state]} rules of security group {self.security_group_id}{where}"

    @property
    def may_replan(self) -> bool:
        """Whether other writers' rules are kept: a merge or deletion keeps them, a replacement does not."""
        return self.desired.state != "replaced" and not self.expected_version

    def read(self, client: Client) -> RuleSet:
        try:
            body = client.read(self.api.read_action, self.api.read_parameters(self.security_group_id))
        except CloudError as error:
            mistakes = [each.mistake for listed in self.unsupported.values() for each in listed]
            if not mistakes:
                raise
            wrong = invalid_input(mistakes)
            unread = f"the group could not be read to check whether it already has these rules: {error.reason}"
            raise replace(wrong, reason=f"{wrong.reason}; {unread}") from error
        return self.api.parse(body)

    def plan(self, before: RuleSet) -> Plan[RuleSet]:
        steps: list[Step[RuleSet]] = []
        state = before
        edits = self._edits(before)
        self._refuse_unsupported(edits)
        for edit in edits:
            action, parameters = self.api.call(self.security_group_id, edit, state)
            guard = _guard(edit, self.api.locks(edit, state.version))
            state = edit.apply(state).next_version()
            steps.append(Step(action, parameters, state, guard))
        return Plan(before, tuple(steps))

    def _edits(self, before: RuleSet) -> list[Edit]:
        edits = self.desired.edits(before)
        if edits == [Reset((), ())] and not self.api.reset_can_empty:
            return [delete_all(before, direction) for direction, dummy in self.desired.given()]
        return edits

    def _refuse_unsupported(self, edits: Sequence[Edit]) -> None:
        """Raise CloudError if the edits write a rule that the API does not support."""
        mistakes: list[Mistake] = []
        for direction, listed in self.unsupported.items():
            written = {rule for edit in edits for rule in edit.writes(direction)}
            mistakes += [each.mistake for each in listed if each.rule in written]
        if mistakes:
            raise invalid_input(mistakes)

    def check(self, plan: Plan[RuleSet], client: Client) -> None:
        """Refuse a group whose rules have another version than the task expects."""
        if self.expected_version and plan.before.version != self.expected_version:
            reason = f"its rules have version {plan.before.version}, not the expected version {self.expected_version}"
            raise CloudError("conflict", reason, action=self.api.read_action, details=plan.differences(plan.before))

    def situation(self, before: RuleSet, after: RuleSet, members: Members | None, client: Client) -> Situation:
        from .traffic import situation  # only needed for a change or a policy

        return situation(self.security_group_id, before, after, members, self.api.limits)

    def extend_impact(self, impact: dict[str, Any], situation: Situation | None) -> dict[str, Any]:
        return impact

    def no_effect_hint(self) -> str:
        return ""

    def extra_results(self, plan: Plan[RuleSet]) -> dict[str, Any]:
        return {}


def _guard(edit: Edit, locked: bool) -> Guard:
    if locked:
        return Guard.VERSION
    if isinstance(edit, Reset):
        # A reset omits a direction without rules, so another writer's change in that direction survives.
        return Guard.REPLACES_PART if bool(edit.ingress) != bool(edit.egress) else Guard.REPLACES_ALL
    return Guard.ADDS_AT_POSITION if isinstance(edit, Insert) else Guard.AT_POSITION
