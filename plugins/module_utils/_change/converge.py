# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one path of a change: read, plan, judge, (check mode stops here,) apply, read back."""

from __future__ import annotations

from .._http.client import CallRecord, Client
from .._http.errors import CloudError
from .assessment import assess
from .contract import Group
from .fingerprint import fingerprint
from .outcome import CHANGED_MEANWHILE, NOT_APPROVED, Outcome
from .plan import Plan
from .policy_options import NO_CRITERIA
from .state import S

# How often a change is planned again because of another writer or a used idempotency token.
ROUNDS = 12


def converge(group: Group[S], client: Client, check_mode: bool, approved: str = "") -> Outcome[S]:
    """Bring one group to its desired state or, in check mode, predict the change. Never raises CloudError.

    ``approved`` is the fingerprint of the only change that may be made, or empty.
    """
    outcome: Outcome[S] = Outcome()
    try:
        _rounds(group, client, check_mode, approved, outcome)
    except CloudError as error:
        outcome.failed(error)
        _assess_failure(group, client, outcome, error)
    return outcome


def _rounds(group: Group[S], client: Client, check_mode: bool, approved: str, outcome: Outcome[S]) -> None:
    rounds = tries = 0
    while True:
        plan = _prepare(group, client, outcome, approved)
        if check_mode or not plan.steps:
            client.records += [CallRecord(step.action, "write", "planned") for step in plan.steps]
            outcome.predicted()
            return
        from .apply import apply  # a converged group does not need it

        try:
            apply(group, plan, client, outcome)
            return
        except CloudError as error:
            rounds, tries = rounds + (not error.busy), tries + 1
            if not _may_start_again(group, error) or rounds >= ROUNDS:
                raise
            if not client.deadline.pause(client.pause_before(tries)):
                raise
            client.refusal = error


def _may_start_again(group: Group[S], error: CloudError) -> bool:
    another_writer = error.kind == "conflict" and not error.busy
    return error.replan and (group.may_replan or not another_writer)


def _prepare(group: Group[S], client: Client, outcome: Outcome[S], approved: str) -> Plan[S]:
    observed = group.read(client)
    if outcome.plan is not None and outcome.after is not None and not observed.matches(outcome.after):
        outcome.moved()
        if not group.may_replan and not _is_ours(outcome.plan, observed):
            raise CloudError("conflict", CHANGED_MEANWHILE, details=outcome.plan.differences(observed))
    is_first = not outcome.changed
    plan = group.plan(observed)
    outcome.planned(plan)
    # A later round continues the change that was approved and checked in the first one.
    if is_first:
        _check_approved(group, plan, approved)
        group.check(plan, client)
    before = plan.before if outcome.before is None else outcome.before
    changes = bool(plan.steps) or outcome.changed
    outcome.judged(assess(group, client, before, plan.after, group.criteria, changes))
    if is_first:  # after a write, it is too late to refuse the change
        outcome.assessment.refuse_violations()
    return plan


def _assess_failure(group: Group[S], client: Client, outcome: Outcome[S], error: CloudError) -> None:
    """Judge what was done before the failure. After a violated policy, the impact of the refused change is kept."""
    if error.kind == "policy" or outcome.before is None or outcome.after is None:
        return
    changes = not outcome.before.same_content(outcome.after)
    criteria = NO_CRITERIA._replace(members=group.criteria.members)
    reached = assess(group, client, outcome.before, outcome.after, criteria, changes)
    outcome.judged(outcome.assessment._replace(impact=reached.impact))


def _is_ours(plan: Plan[S], observed: S) -> bool:
    """Return whether one of our writes, which seemed lost, led to this state."""
    return any(observed.same_content(state) for state in plan.states())


def _check_approved(group: Group[S], plan: Plan[S], approved: str) -> None:
    if approved and fingerprint(group, plan) != approved:
        raise CloudError("conflict", NOT_APPROVED, details=plan.differences(plan.before))
