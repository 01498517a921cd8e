# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read, planned and done for one group. Only the methods of ``Outcome`` change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic

from .._http.client import CallRecord
from .._http.errors import CloudError
from .assessment import NOTHING_TO_ASSESS, Assessment
from .plan import Plan
from .state import S

CHANGED_MEANWHILE = "another user or program changed the group after it was read"
NOT_APPROVED = (
    "the change differs from the approved one: a group or the task has changed since the preview;"
    " preview and approve it again"
)
OVERWRITTEN = "another user or program wrote at the same time, and its change may have been overwritten"


class Outcome(Generic[S]):
    """The progress of a change, and its end.

    ``plan`` is None if not even the current state could be read. ``before`` is the state before the first write, and
    ``after`` the last one that was read, that a confirmed write led to or, in check mode, that was predicted.
    ``assessment`` is about the change from ``before`` to the end of the plan or, after a failure, to where it has led.
    """

    def __init__(self) -> None:
        self.plan: Plan[S] | None = None
        self.before: S | None = None
        self.after: S | None = None
        self.changed = False
        self.error: CloudError | None = None
        self.assessment: Assessment = NOTHING_TO_ASSESS
        self._may_change_yet = False

    def saw(self, state: S) -> None:
        """Record the state that was read."""
        self.after = state

    def planned(self, plan: Plan[S]) -> None:
        """Record a plan that was made from the state just read."""
        self.plan = plan
        self.after = plan.before
        if not self.changed:
            # In a later round, the result of our own first steps is not the state before the change.
            self.before = plan.before

    def predicted(self) -> None:
        """In check mode, record the end of the plan as the state after the change."""
        if self.plan:
            self.after = self.plan.after
            self.changed = self.changed or bool(self.plan.steps)

    def judged(self, assessment: Assessment) -> None:
        """Record the judgement of the change, or of the part of it that was made."""
        self.assessment = assessment

    def wrote(self, state: S) -> None:
        """Record that the service confirmed a write, or that the group shows it. It has led to ``state``."""
        self.changed = True
        if self.after is None or not self.after.same_content(state):
            self.after = state

    def may_have_written(self) -> None:
        """Record that the response to a write was lost. It counts as a change unless the group does not show it."""
        self.changed = True

    def shows_no_write(self, records: Iterable[CallRecord]) -> None:
        """Record that the group does not show the write whose response was lost. It may still be carried out later."""
        self.changed = any(record.effect == "write" and record.status == "done" for record in records)
        self._may_change_yet = True

    def moved(self) -> None:
        """Record that the group has changed, perhaps because a write of ours was carried out late."""
        self.changed = self.changed or self._may_change_yet

    def failed(self, error: CloudError) -> None:
        """Record the error that ended the change."""
        self.error = error
