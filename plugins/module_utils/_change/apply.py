# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Carrying a plan out: confirm, write, settle lost answers, read back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic

from .._http.client import CallRecord, Client
from .._http.errors import CloudError
from .converge import CHANGED_MEANWHILE, Outcome
from .plan import Group, Plan, S, Step

# A service may show the old state for a while after a write. Believed rare, so a few looks are enough.
READS = 6
_OVERWRITTEN = "somebody else wrote at the same time, and what they changed may have been overwritten"


@dataclass
class PlanRun(Generic[S]):
    """Carries one plan out."""

    group: Group[S]
    plan: Plan[S]
    client: Client
    outcome: Outcome[S]

    def run(self) -> None:
        for number, step in enumerate(self.plan.steps):
            passed = self.plan.states()[: number + 1]
            try:
                if step.overwrites:
                    self._confirm(passed)
                self._write(step, passed)
            except CloudError:
                left = self.plan.steps[number + 1 :]
                self.client.records += [CallRecord(step.action, "write", "not_run") for step in left]
                raise
        self._read_back()

    def _confirm(self, passed: list[S]) -> None:
        """A call that overwrites blindly is made only if the group is where the plan has led so far."""
        observed = self._look_until_moved(passed[:-1])
        if observed != passed[-1]:
            details = self.plan.differences(observed)
            if self._blind(passed):
                raise CloudError("conflict", _OVERWRITTEN, details=details)
            reason = CHANGED_MEANWHILE if self.outcome.changed else f"{CHANGED_MEANWHILE}; nothing was written"
            raise CloudError("conflict", reason, replan=True, details=details)

    def _blind(self, passed: list[S]) -> bool:
        """Whether rules were written by their positions without a lock, so that the wrong ones may have been hit."""
        return any(step.blind for step in self.plan.steps[: len(passed) - 1])

    def _write(self, step: Step[S], passed: list[S]) -> None:
        tries = 0
        while True:
            try:
                self.client.write(step.action, step.parameters, repeatable=step.repeatable)
                break
            except CloudError as error:
                tries += 1
                blocked = error.had_no_effect and error.busy and not step.repeatable
                if blocked and self._free_again(passed, tries):
                    continue
                if error.had_no_effect:
                    raise self._refused(step, passed, error) from error
                self._settle(step, passed, error)
                break
        self.outcome.changed = True

    def _free_again(self, passed: list[S], tries: int) -> bool:
        """Wait while something stands in the way of a write: whether the group still is where the plan has led."""
        if not self.client.deadline.pause(self.client.pause_before(tries)):
            return False
        try:
            return self._look_until_moved(passed[:-1]) == passed[-1]
        except CloudError:
            return False

    def _refused(self, step: Step[S], passed: list[S], error: CloudError) -> CloudError:
        """A refusal may be the service's lock, or that positions no longer fit; then it is said what is there now."""
        locked = error.kind == "conflict" and (error.replan or error.busy)
        if not locked and not (step.positional and error.kind == "invalid_input"):
            return error
        # That the group has moved may be our own doing, if a write before this one was not seen to have happened.
        self.outcome.changed = self.outcome.changed or self.outcome.unsure
        try:
            theirs = self._look()
        except CloudError:
            return error
        just_that = error.busy and theirs.same_content(self.plan.after)
        if theirs == passed[-1] or just_that:
            return replace(error, replan=error.replan or just_that or step.repeatable)
        details = {**error.details, **self.plan.differences(theirs)}
        blind = self._blind(passed)
        reason = f"{_OVERWRITTEN if blind else CHANGED_MEANWHILE} ({error.reason})"
        return replace(error, kind="conflict", reason=reason, replan=not blind, busy=False, details=details)

    def _settle(self, step: Step[S], passed: list[S], error: CloudError) -> None:
        """An answer was lost: return if the write is seen to have happened, or else raise.

        C(passed) are the states up to the call; a service that lags may show any of them.
        """
        lost = self.client.records[-1]
        unknown = f"the answer to {step.action} was lost ({error.reason})"
        unheard = error.code is not None and error.kind == "protocol"
        if unheard:
            unknown = f"{step.action} was refused with a code that is not known ({error.reason})"
        self.outcome.changed = True  # until it is seen not to have happened
        try:
            observed = self._look_until_moved(passed)
        except CloudError as failure:
            reason = f"{unknown}, and reading the group back failed: {failure.reason}"
            raise replace(error, kind="outcome_unknown", reason=reason) from failure
        if observed.same_content(step.after):
            lost.status = "done"
            return
        if observed == passed[-1] and not (step.blind and not step.adds):
            written = [record for record in self.client.records if record.effect == "write"]
            self.outcome.changed = any(record.status == "done" for record in written)
            self.outcome.unsure = True
            reason = f"{unknown}, and the group still is as it was before the call"
            raise replace(error, reason=reason, had_no_effect=True, replan=not unheard) from error
        raise self._unknown(step, observed, replace(error, reason=unknown)) from error

    def _unknown(self, step: Step[S], observed: S, error: CloudError) -> CloudError:
        """Neither seen to have happened nor certain never to happen."""
        state = "neither what was there nor what was wanted"
        if step.blind and not step.adds:
            # It may be on its way yet. Made twice, it would hit another rule the second time.
            state = "nothing that tells whether it was carried out, and it cannot be repeated safely"
        return replace(
            error,
            kind="outcome_unknown",
            reason=f"{error.reason}, and the group now holds {state}",
            details=self.plan.differences(observed),
            replan=self.group.may_replan and not self._blind(self.plan.states()[: self.plan.steps.index(step) + 2]),
        )

    def _read_back(self) -> None:
        """Whatever was written has to be there. Raises CloudError of kind conflict otherwise."""
        try:
            observed = self._look_until_moved(self.plan.states()[:-1])
        except CloudError as error:
            raise replace(error, reason=f"it was written, but could not be read back: {error.reason}") from error
        if self._overwrote_somebody(observed):
            expected, found = self.plan.after.version_number(), observed.version_number()
            told = expected is not None and found is not None
            versions = f" (before version {self.plan.before.version_number()}, now version {found})" if told else ""
            where = self.plan.after.discrepancy(observed)
            raise self._conflict(observed, f"{_OVERWRITTEN}{versions}{f': {where}' if where else ''}")
        if observed.same_content(self.plan.after) or not self.group.plan(observed).steps:
            return
        raise self._conflict(observed, self._explained(observed))

    def _explained(self, observed: S) -> str:
        expected, found = self.plan.after.version_number(), observed.version_number()
        if expected is not None and found is not None and found > expected:
            return f"somebody else changed the group after this write (version {expected}, now {found})"
        if observed == self.plan.before:
            return f"the service confirmed the change, but the group still is as it was before{self.group.no_effect_hint()}"
        where = self.plan.after.discrepancy(observed)
        return f"the service confirmed the change, but the group read back is not what was written: {where}"

    def _overwrote_somebody(self, observed: S) -> bool:
        """Whether a call that overwrites blindly may have met something that was not seen.

        Rules named by position: whenever anything else is there than was planned.  A replacement of all rules: only the
        version tells, and one more than expected, with other content, is a change made after our write.  A replacement
        of a part: other content in the rest may have come before it.
        """
        same = observed.same_content(self.plan.after)
        if not same and any(step.blind for step in self.plan.steps):
            return observed != self.plan.before
        expected, found = self.plan.after.version_number(), observed.version_number()
        if not any(step.overwrites for step in self.plan.steps) or expected is None or found is None:
            return False
        partial = any(step.partial for step in self.plan.steps)
        return found > expected + (0 if same or partial else 1)

    def _conflict(self, observed: S, reason: str) -> CloudError:
        last = self.plan.steps[-1].action
        return CloudError("conflict", reason, action=last, details=self.plan.differences(observed))

    def _look_until_moved(self, stale: list[S]) -> S:
        """The state, read again for a while as long as it still is one of the states before the write."""
        for look in range(1, READS):
            observed = self._look()
            if observed not in stale:
                return observed
            if not self.client.deadline.pause(self.client.pause_before(look)):
                return observed
        return self._look()

    def _look(self) -> S:
        observed = self.group.read()
        self.outcome.after = observed
        return observed
