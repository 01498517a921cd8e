# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Carrying a plan out: confirm, write, settle lost answers, read back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic

from .converge import MEANWHILE, Outcome
from .conversation import Conversation, Record
from .errors import CloudError
from .plan import Group, Plan, S, Step

# A service may show the old state for a while after a write. Believed rare, so a few looks are enough.
LOOKS = 6


@dataclass
class Application(Generic[S]):
    """Carries one plan out."""

    group: Group[S]
    plan: Plan[S]
    conversation: Conversation
    outcome: Outcome[S]

    def run(self) -> None:
        if self.plan.steps[0].overwrites:
            self._confirm()
        for number, step in enumerate(self.plan.steps):
            try:
                self._write(step, self.plan.states()[: number + 1])
            except CloudError:
                left = self.plan.steps[number + 1 :]
                self.conversation.records += [Record(step.action, "write", "not_run") for step in left]
                raise
        self._read_back()

    def _confirm(self) -> None:
        """A call that overwrites blindly is made only if the group still is what the plan was made for."""
        observed = self._look()
        if observed != self.plan.before:
            raise CloudError(
                "conflict",
                f"{MEANWHILE}; nothing was written",
                replan=True,
                details=self.plan.differences(observed),
            )

    def _write(self, step: Step[S], passed: list[S]) -> None:
        try:
            self.conversation.write(step.action, step.parameters, repeatable=step.repeatable)
        except CloudError as error:
            if error.settled:
                raise self._with_differences(error) from error
            self._settle(step, passed, error)
        self.outcome.changed = True

    def _with_differences(self, error: CloudError) -> CloudError:
        """A refusal by the service's lock says what is there now, if that can be read."""
        if error.kind != "conflict" or not error.replan or self.group.may_replan:
            return error
        try:
            theirs = self._look()
        except CloudError:
            return error
        return replace(error, details={**error.details, **self.plan.differences(theirs)})

    def _settle(self, step: Step[S], passed: list[S], error: CloudError) -> None:
        """An answer was lost: return if the write is seen to have happened, or else raise.

        C(passed) are the states up to the call; a service that lags may show any of them.
        """
        lost = self.conversation.records[-1]
        unknown = f"the answer to {step.action} was lost ({error.reason})"
        self.outcome.changed = True  # until it is seen not to have happened
        try:
            observed = self._look_until_moved(passed)
        except CloudError as failure:
            reason = f"{unknown}, and reading the group back failed: {failure.reason}"
            raise replace(error, kind="outcome_unknown", reason=reason) from failure
        if observed.same_content(step.after):
            lost.status = "done"
            return
        if observed == passed[-1]:
            self.outcome.changed = any(r.status == "done" and r.effect == "write" for r in self.conversation.records)
            reason = f"{unknown}, and the group still is as it was before the call"
            raise replace(error, reason=reason, settled=True, replan=True) from error
        reason = f"{unknown}, and the group now holds neither what was there nor what was wanted"
        details = self.plan.differences(observed)
        replan = self.group.may_replan
        raise replace(error, kind="outcome_unknown", reason=reason, details=details, replan=replan) from error

    def _read_back(self) -> None:
        """Whatever was written has to be there. Raises CloudError of kind conflict otherwise."""
        try:
            observed = self._look_until_moved(self.plan.states()[:-1])
        except CloudError as error:
            raise replace(error, reason=f"it was written, but could not be read back: {error.reason}") from error
        if self._overwrote_somebody(observed):
            raise self._conflict(
                observed,
                f"somebody else wrote between the last look at the group (version {self.plan.before.version_number()}) "
                f"and this write (now version {observed.version_number()}); that change may have been overwritten",
            )
        if observed.same_content(self.plan.after) or not self.group.plan(observed).steps:
            return
        raise self._conflict(observed, self._explained(observed))

    def _explained(self, observed: S) -> str:
        expected, found = self.plan.after.version_number(), observed.version_number()
        if expected is not None and found is not None and found > expected:
            return f"somebody else changed the group after this write (version {expected}, now {found})"
        if observed == self.plan.before:
            return f"the service confirmed the change, but the group still is as it was before{self.group.unmoved()}"
        return "the service confirmed the change, but the group read back is not what was written"

    def _overwrote_somebody(self, observed: S) -> bool:
        """Only the version tells. One more than expected, with other content, is a change made after our write."""
        expected, found = self.plan.after.version_number(), observed.version_number()
        if not any(step.overwrites for step in self.plan.steps) or expected is None or found is None:
            return False
        return found > expected + (0 if observed.same_content(self.plan.after) else 1)

    def _conflict(self, observed: S, reason: str) -> CloudError:
        last = self.plan.steps[-1].action
        return CloudError("conflict", reason, action=last, details=self.plan.differences(observed))

    def _look_until_moved(self, stale: list[S]) -> S:
        """The state, read again for a while as long as it still is one of the states before the write."""
        for look in range(1, LOOKS):
            observed = self._look()
            if observed not in stale:
                return observed
            if not self.conversation.deadline.pause(self.conversation.pause_before(look)):
                return observed
        return self._look()

    def _look(self) -> S:
        observed = self.group.read()
        self.outcome.after = observed
        return observed
