# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the group back after the last write, and judge the state that was read."""

from __future__ import annotations

from dataclasses import replace

from .._http.errors import CloudError
from .outcome import OVERWRITTEN
from .plan import Plan
from .reading import Reader
from .state import S


def verify(plan: Plan[S], reader: Reader[S]) -> None:
    """Raise CloudError unless everything that was written is there; of kind ``conflict`` if something else is."""
    try:
        observed = reader.read_until_moved(plan.states()[:-1])
    except CloudError as error:
        raise replace(error, reason=f"the change was written, but could not be read back: {error.reason}") from error
    if _overwrote(plan, observed):
        raise _conflict(plan, observed, _overwritten(plan, observed))
    if observed.same_content(plan.after):
        return
    if not _nobody_else_wrote(plan, observed) and not reader.group.plan(observed).steps:
        return  # another writer changed what the task does not manage
    raise _conflict(plan, observed, _unexpected(plan, reader, observed))


def _overwrote(plan: Plan[S], observed: S) -> bool:
    """Return whether an unprotected call may have overwritten a change that was not read before it.

    After calls that name rules by position, any other state than the planned one means so. After a replacement of all
    rules, only the version shows it; if it is one too high and the content differs, the change came after our write.
    After a replacement of a part, other content in the rest may be older than our write.
    """
    same, guards = observed.same_content(plan.after), plan.guards()
    if not same and any(guard.may_hit_another_rule for guard in guards):
        return not observed.matches(plan.before)
    if not any(guard.confirm_first for guard in guards):
        return False
    partial = any(guard.replaces == "part" for guard in guards)
    return _versions_ahead(plan, observed) > (0 if same or partial else 1)


def _nobody_else_wrote(plan: Plan[S], observed: S) -> bool:
    """Return whether the version shows it, so that the service itself has altered what was written."""
    expected = plan.after.version_number()
    return expected is not None and expected == observed.version_number()


def _versions_ahead(plan: Plan[S], observed: S) -> int:
    """Return by how much the version is higher than planned; 0 if one of them is not known."""
    expected, found = plan.after.version_number(), observed.version_number()
    return 0 if expected is None or found is None else found - expected


def _overwritten(plan: Plan[S], observed: S) -> str:
    expected, found = plan.after.version_number(), observed.version_number()
    known = expected is not None and found is not None
    versions = f" (before version {plan.before.version_number()}, now version {found})" if known else ""
    where = plan.after.discrepancy(observed)
    return f"{OVERWRITTEN}{versions}{f': {where}' if where else ''}"


def _unexpected(plan: Plan[S], reader: Reader[S], observed: S) -> str:
    if _versions_ahead(plan, observed) > 0:
        versions = f"version {plan.after.version_number()}, now {observed.version_number()}"
        return f"another user or program changed the group after this write ({versions})"
    if observed.matches(plan.before):
        hint = reader.group.no_effect_hint()
        return f"the service confirmed the change, but the group is still as it was before{hint}"
    where = plan.after.discrepancy(observed)
    return f"the service confirmed the change, but the group read back is not what was written: {where}"


def _conflict(plan: Plan[S], observed: S, reason: str) -> CloudError:
    return CloudError("conflict", reason, action=plan.steps[-1].action, details=plan.differences(observed))
