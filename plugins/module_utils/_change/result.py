# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values that a task returns for one security group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .._http.client import Client
from .._http.errors import CloudError
from .contract import Group
from .fingerprint import fingerprint
from .outcome import Outcome
from .state import S


def group_result(group: Group[S], client: Client, outcome: Outcome[S], secrets: Iterable[str]) -> dict[str, Any]:
    """Return the result of one group: the same keys in check mode and in a real run, whatever happened.

    A failure adds ``msg`` and ``failure``.
    """
    states = _states(outcome)
    result: dict[str, Any] = {
        "changed": outcome.changed,
        "security_group_id": group.security_group_id,
        "region": group.region,
        **states,
        "diff": _diff(group, outcome, states["after"] is states["before"]),
        "impact": outcome.assessment.impact if outcome.plan else None,
        "lint": list(outcome.assessment.lint),
        "policies": outcome.assessment.policies,
        "actions": [record.as_result() for record in client.records],
    }
    if outcome.plan:
        result["fingerprint"] = fingerprint(group, outcome.plan, outcome.before)
        result.update(group.extra_results(outcome.plan))
    if outcome.assessment.warnings:
        result["warnings"] = list(outcome.assessment.warnings)
    if outcome.error:
        result.update(failed_result(group.purpose, outcome.error, secrets))
    return result


def _states(outcome: Outcome[S]) -> dict[str, Any]:
    before = outcome.before.as_result() if outcome.before else None
    if outcome.before is None or outcome.after is None or outcome.after.matches(outcome.before):
        # The same object, so that an unchanged group is not kept in memory twice.
        return {"before": before, "after": before}
    return {"before": before, "after": outcome.after.as_result()}


def failed_result(purpose: str, error: CloudError, secrets: Iterable[str]) -> dict[str, Any]:
    """Return ``msg`` and ``failure`` without secrets. ``purpose`` completes "Failed to ..."."""
    error = _without_secrets(error, secrets)
    return {"msg": _message(purpose, error), "failure": error.as_result()}


def _diff(group: Group[S], outcome: Outcome[S], unchanged: bool) -> dict[str, Any]:
    name = f"{group.security_group_id} ({group.region})" if group.region else group.security_group_id
    before = outcome.before.diff_text() if outcome.before else ""
    text = outcome.assessment.impact["text"]
    return {
        "before_header": name,
        "after_header": name,
        "before": before,
        "after": before if unchanged or not outcome.after else outcome.after.diff_text(),
        **({"prepared": "".join(f"{line}\n" for line in text)} if text else {}),
    }


def _without_secrets(error: CloudError, secrets: Iterable[str]) -> CloudError:
    from .._http.redaction import redact  # only failures need it

    def clean(text: str | None) -> str | None:
        return None if text is None else redact(text, secrets)

    return replace(
        error,
        reason=redact(error.reason, secrets),
        vendor_message=clean(error.vendor_message),
        code=clean(error.code),
        request_id=clean(error.request_id),
    )


def _message(purpose: str, error: CloudError) -> str:
    origin = [f"code {error.code}"] if error.code and error.code not in error.reason else []
    origin += [f"request ID {error.request_id}"] if error.request_id else []
    known = f" ({', '.join(origin)})" if origin else ""
    return f"Failed to {purpose}: {error.reason.removesuffix('.')}{known}."
