# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was found, planned and done for one group. Only its methods change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic

from .._http.client import CallRecord
from .._http.errors import CloudError
from .assessment import NOTHING_TO_ASSESS, Assessment
from .plan import Plan
from .state import S

CHANGED_MEANWHILE = "another user or program changed the group after it was read"
OVERWRITTEN = "another user or program wrote at the same time, and its change may have been overwritten"


class Outcome(Generic[S]):
    """The state of a change while it is made, and in the end.

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
        """The group was read."""
        self.after = state

    def planned(self, plan: Plan[S]) -> None:
        """A plan was made from the state that was just read."""
        self.plan = plan
        self.after = plan.before
        if not self.changed:
            # In a later round, our own first steps must not be taken for the state before the change.
            self.before = plan.before

    def predicted(self) -> None:
        """In check mode the plan is taken as carried out."""
        if self.plan:
            self.after = self.plan.after
            self.changed = self.changed or bool(self.plan.steps)

    def judged(self, assessment: Assessment) -> None:
        """The change, or as much of it as was made, was judged."""
        self.assessment = assessment

    def wrote(self, state: S) -> None:
        """The service confirmed a write, or the group shows it. It has led to ``state``."""
        self.changed = True
        if self.after is None or not self.after.same_content(state):
            self.after = state

    def may_have_written(self) -> None:
        """The response to a write was lost. It counts as a change until the group is known not to show it."""
        self.changed = True

    def shows_no_write(self, records: Iterable[CallRecord]) -> None:
        """The group does not show the write whose response was lost. It may still be carried out later."""
        self.changed = any(record.effect == "write" and record.status == "done" for record in records)
        self._may_change_yet = True

    def moved(self) -> None:
        """The group has changed, which may be a write of ours that was late."""
        self.changed = self.changed or self._may_change_yet

    def failed(self, error: CloudError) -> None:
        """The change ended with an error."""
        self.error = error
