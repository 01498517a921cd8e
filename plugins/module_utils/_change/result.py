# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The values that a task returns for one security group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .._http.client import Client
from .._http.errors import CloudError
from .converge import Outcome
from .fingerprint import fingerprint
from .plan import Group, S


def group_result(group: Group[S], client: Client, outcome: Outcome[S], secrets: Iterable[str]) -> dict[str, Any]:
    """The same keys in check mode and in a real run, whatever happened; plus C(msg) and C(failure) on failure."""
    before = outcome.before.report() if outcome.before else None
    result: dict[str, Any] = {
        "changed": outcome.changed,
        "security_group_id": group.security_group_id,
        "region": group.region,
        "before": before,
        # The same object, so that an unchanged group is not held twice.
        "after": before if outcome.after == outcome.before else outcome.after.report() if outcome.after else None,
        "diff": _diff(group, outcome),
        "impact": outcome.assessment.impact if outcome.plan else None,
        "lint": list(outcome.assessment.lint),
        "policies": outcome.assessment.policies,
        "actions": [record.report() for record in client.records],
    }
    if outcome.plan:
        result["fingerprint"] = fingerprint(group, outcome.plan)
        result.update(group.extra_results(outcome.plan))
    if outcome.assessment.warnings:
        result["warnings"] = list(outcome.assessment.warnings)
    if outcome.error:
        result.update(failed_result(group.task, outcome.error, secrets))
    return result


def failed_result(task: str, error: CloudError, secrets: Iterable[str]) -> dict[str, Any]:
    """C(msg) and C(failure), without secrets. C(task) completes "Failed to ..."."""
    error = _without_secrets(error, secrets)
    return {"msg": _sentence(task, error), "failure": error.report()}


def _diff(group: Group[S], outcome: Outcome[S]) -> dict[str, Any]:
    name = f"{group.security_group_id} ({group.region})" if group.region else group.security_group_id
    before = outcome.before.shown() if outcome.before else ""
    same = outcome.after == outcome.before
    text = outcome.assessment.impact["text"]
    return {
        "before_header": name,
        "after_header": name,
        "before": before,
        "after": before if same else outcome.after.shown() if outcome.after else "",
        **({"prepared": "".join(f"{line}\n" for line in text)} if text else {}),
    }


def _without_secrets(error: CloudError, secrets: Iterable[str]) -> CloudError:
    from .._http.redaction import redact  # what succeeds does not need it

    def clean(text: str | None) -> str | None:
        return None if text is None else redact(text, secrets)

    return replace(
        error,
        reason=redact(error.reason, secrets),
        vendor_message=clean(error.vendor_message),
        code=clean(error.code),
        request_id=clean(error.request_id),
    )


def _sentence(task: str, error: CloudError) -> str:
    aside = [f"code {error.code}"] if error.code and error.code not in error.reason else []
    aside += [f"request id {error.request_id}"] if error.request_id else []
    known = f" ({', '.join(aside)})" if aside else ""
    return f"Failed to {task}: {error.reason.rstrip('.')}{known}."
