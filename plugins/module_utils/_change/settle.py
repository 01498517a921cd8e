# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settle a write whose response was lost: find out by reading whether it was carried out."""

from __future__ import annotations

from dataclasses import replace

from .._http.errors import CloudError
from .plan import Stage
from .reading import Reader
from .state import S


def settle(stage: Stage[S], reader: Reader[S], error: CloudError) -> None:
    """Return if the group shows the write. Raises CloudError otherwise, with ``replan`` if starting again is safe."""
    action = stage.step.action
    lost = reader.client.records[-1]
    unknown_code = error.code is not None and error.kind == "protocol"
    reason = f"the response to {action} was lost ({error.reason})"
    if unknown_code:
        reason = f"{action} was refused with an unknown error code ({error.reason})"
    reader.outcome.may_have_written()
    try:
        # A service with stale responses may return any state up to the call.
        observed = reader.read_until_moved([*stage.stale, stage.expected])
    except CloudError as failure:
        reason = f"{reason}, and reading the group back failed: {failure.reason}"
        raise replace(error, kind="outcome_unknown", reason=reason) from failure
    if observed.same_content(stage.step.after):
        lost.status = "done"
        return
    if observed.matches(stage.expected) and stage.step.guard.repeat_if_unseen:
        reader.outcome.shows_no_write(reader.client.records)
        reason = f"{reason}, and the group is still as it was before the call"
        raise replace(error, reason=reason, had_no_effect=True, replan=not unknown_code) from error
    raise _outcome_unknown(stage, reader, observed, replace(error, reason=reason)) from error


def _outcome_unknown(stage: Stage[S], reader: Reader[S], observed: S, error: CloudError) -> CloudError:
    reason = f"{error.reason}, and the group is now in neither the previous nor the desired state"
    if not stage.step.guard.repeat_if_unseen:
        # The call may be late. Made twice, it would hit another rule the second time.
        reason = (
            f"{error.reason}; the group's current rules do not show whether the call took effect, and repeating it "
            "would not be safe"
        )
    return replace(
        error,
        kind="outcome_unknown",
        reason=reason,
        details=stage.plan.differences(observed),
        replan=reader.group.may_replan and not stage.hit_uncertain,
    )
