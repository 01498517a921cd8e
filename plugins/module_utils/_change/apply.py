# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry out a plan step by step: confirm the state if needed, write, and settle a lost response."""

from __future__ import annotations

from dataclasses import replace
from typing import Generic

from .._http.client import CallRecord, Client
from .._http.errors import CloudError
from .contract import Group
from .outcome import CHANGED_MEANWHILE, OVERWRITTEN, Outcome
from .plan import Plan, Stage, Step, stages
from .reading import Reader
from .settle import settle
from .state import S
from .verify import verify


def apply(group: Group[S], plan: Plan[S], client: Client, outcome: Outcome[S]) -> None:
    """Make the calls of the plan, read the group back and compare. Raises CloudError."""
    reader = Reader(group, client, outcome)
    for stage in stages(plan):
        try:
            StageRun(stage, reader).run()
        except CloudError:
            client.records += [CallRecord(step.action, "write", "not_run") for step in stage.remaining]
            raise
    verify(plan, reader)


class StageRun(Generic[S]):
    """Carries out one step of a plan."""

    def __init__(self, stage: Stage[S], reader: Reader[S]) -> None:
        self.stage = stage
        self.reader = reader
        self.outcome = reader.outcome

    def run(self) -> None:
        if self.stage.step.guard.confirm_first:
            self._confirm()
        tries = 0
        while True:
            error = self._write(self.stage.step)
            if error is None:
                break
            tries += 1
            if self._is_blocked(error) and self._is_free_again(tries):
                self.reader.client.refusal = error
                continue
            if error.had_no_effect:
                raise self._explain_refusal(error) from error
            settle(self.stage, self.reader, error)
            break
        self.outcome.wrote(self.stage.step.after)

    def _write(self, step: Step[S]) -> CloudError | None:
        try:
            self.reader.client.write(step.action, step.parameters, repeatable=step.guard.repeatable)
        except CloudError as error:
            return error
        return None

    def _confirm(self) -> None:
        """Raise CloudError unless the group is in the state that the plan expects before this step."""
        observed = self.reader.read_until_moved(self.stage.stale)
        if observed.matches(self.stage.expected):
            return
        details = self.stage.plan.differences(observed)
        if self.stage.earlier_hit_uncertain:
            raise CloudError("conflict", OVERWRITTEN, details=details)
        reason = CHANGED_MEANWHILE if self.outcome.changed else f"{CHANGED_MEANWHILE}; nothing was written"
        raise CloudError("conflict", reason, replan=True, details=details)

    def _is_blocked(self, error: CloudError) -> bool:
        return error.had_no_effect and error.busy and not self.stage.step.guard.repeatable

    def _is_free_again(self, tries: int) -> bool:
        """Wait while the service is busy, and return whether the group still is in the state before this step."""
        client = self.reader.client
        if not client.deadline.pause(client.pause_before(tries)):
            return False
        try:
            return self.reader.read_until_moved(self.stage.stale).matches(self.stage.expected)
        except CloudError:
            return False

    def _explain_refusal(self, error: CloudError) -> CloudError:
        """Return the error of a refused call, with the current state if another writer may be the cause."""
        if not self._may_be_due_to_another_writer(error):
            return error
        self.outcome.moved()
        try:
            theirs = self.reader.read()
        except CloudError:
            return error
        as_desired = error.busy and theirs.same_content(self.stage.plan.after)
        if theirs.matches(self.stage.expected) or as_desired:
            return replace(error, replan=error.replan or as_desired or self.stage.step.guard.repeatable)
        details = {**error.details, **self.stage.plan.differences(theirs)}
        earlier_hit_uncertain = self.stage.earlier_hit_uncertain
        reason = f"{OVERWRITTEN if earlier_hit_uncertain else CHANGED_MEANWHILE} ({error.reason})"
        return replace(
            error, kind="conflict", reason=reason, replan=not earlier_hit_uncertain, busy=False, details=details
        )

    def _may_be_due_to_another_writer(self, error: CloudError) -> bool:
        """Return whether the refusal may be the service's lock, or mean that the positions are no longer right."""
        if error.kind == "conflict":
            return error.replan or error.busy
        return error.kind == "invalid_input" and self.stage.step.guard.by_position
