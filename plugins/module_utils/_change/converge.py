# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The one path: read, plan, (check mode stops here,) apply, read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from .._http.client import CallRecord, Client
from .._http.errors import CloudError
from .assessment import NOTHING_TO_ASSESS, Assessment, assess
from .fingerprint import fingerprint
from .plan import Group, Plan, S
from .policy_options import Criteria

# How often another writer, or a burnt client token, may make us start again.
ROUNDS = 12
CHANGED_MEANWHILE = "somebody else changed the group after it was read"


@dataclass
class Outcome(Generic[S]):
    """What was found, planned and done. C(plan) is None if not even the present state could be read.

    C(unsure): a write whose answer was lost was not seen to have happened, and may happen yet.
    ``assessment`` is of the change from ``before`` to the end of the plan or, after a failure, to where it has led.
    """

    plan: Plan[S] | None = None
    before: S | None = None
    after: S | None = None
    changed: bool = False
    unsure: bool = False
    error: CloudError | None = None
    assessment: Assessment = NOTHING_TO_ASSESS


def converge(group: Group[S], client: Client, check_mode: bool, approved: str = "") -> Outcome[S]:
    """Bring one group to what is wanted of it, or say in check mode what that would take. Raises nothing of ours.

    C(approved) is the fingerprint of the only change that may be made, or empty.
    """
    outcome: Outcome[S] = Outcome()
    try:
        rounds = tries = 0
        while True:
            plan = _prepare(group, outcome, approved)
            if check_mode or not plan.steps:
                _announce(plan, client, outcome)
                break
            from .apply import PlanRun  # a group that is as wanted does not need it

            try:
                PlanRun(group, plan, client, outcome).run()
                break
            except CloudError as error:
                rounds, tries = rounds + (not error.busy), tries + 1
                foreign = error.kind == "conflict" and not error.busy and not group.may_replan
                if foreign or not error.replan or rounds >= ROUNDS:
                    raise
                if not client.deadline.pause(client.pause_before(tries)):
                    raise
    except CloudError as error:
        outcome.error = error
        _assess_failure(group, outcome, error)
    return outcome


def _prepare(group: Group[S], outcome: Outcome[S], approved: str) -> Plan[S]:
    observed = group.read()
    moved = outcome.plan is not None and observed != outcome.after
    outcome.changed = outcome.changed or (moved and outcome.unsure)
    if outcome.plan and moved and not group.may_replan and not _ours(outcome.plan, observed):
        raise CloudError("conflict", CHANGED_MEANWHILE, details=outcome.plan.differences(observed))
    plan = group.plan(observed)
    outcome.plan = plan
    outcome.after = observed
    if not outcome.changed:
        # A later round must not take our own first steps for the state that was found.
        outcome.before = observed
    # A later round goes on with what was approved and checked in the first, from where that has led.
    if not outcome.changed:
        _check_approved(group, plan, approved)
        group.check(plan)
    _assess(group, plan, outcome)
    return plan


def _assess(group: Group[S], plan: Plan[S], outcome: Outcome[S]) -> None:
    """Judge the whole change; once something was written, it is too late to refuse it."""
    before = plan.before if outcome.before is None else outcome.before
    outcome.assessment = assess(group, before, plan.after, group.criteria, bool(plan.steps) or outcome.changed)
    if not outcome.changed:
        outcome.assessment.refuse_violations()


def _assess_failure(group: Group[S], outcome: Outcome[S], error: CloudError) -> None:
    """A failure leaves the group where it is now; what a policy has kept from being done is reported all the same."""
    if error.kind == "policy" or outcome.before is None or outcome.after is None:
        return
    changes = not outcome.before.same_content(outcome.after)
    reached = assess(group, outcome.before, outcome.after, Criteria(), changes)
    outcome.assessment = outcome.assessment._replace(impact=reached.impact)


def _ours(plan: Plan[S], observed: S) -> bool:
    """Whether a write that was taken for lost has led there after all."""
    return any(observed.same_content(state) for state in plan.states())


def _check_approved(group: Group[S], plan: Plan[S], approved: str) -> None:
    if approved and fingerprint(group, plan) != approved:
        reason = "what would be done now is not what was approved: the group or the task has changed since the preview"
        raise CloudError("conflict", reason, details=plan.differences(plan.before))


def _announce(plan: Plan[S], client: Client, outcome: Outcome[S]) -> None:
    client.records += [CallRecord(step.action, "write", "planned") for step in plan.steps]
    outcome.after = plan.after
    outcome.changed = outcome.changed or bool(plan.steps)
