# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The values that a task returns for one security group."""

from __future__ import annotations

from typing import Any

from .converge import Outcome
from .conversation import Conversation
from .plan import Group, S
from .redaction import redact


def group_result(
    group: Group[S], conversation: Conversation, outcome: Outcome[S], secrets: frozenset[str]
) -> dict[str, Any]:
    """The same keys in check mode and in a real run, whatever happened; plus C(msg) and C(failure) on failure."""
    result: dict[str, Any] = {
        "changed": outcome.changed,
        "security_group_id": group.security_group_id,
        "region": group.region,
        "before": outcome.before.report() if outcome.before else None,
        "after": outcome.after.report() if outcome.after else None,
        "diff": _diff(group, outcome),
        "actions": [record.report() for record in conversation.records],
    }
    if outcome.plan:
        result.update(group.extra_results(outcome.plan))
    if outcome.error:
        result["failure"] = {name: _without(value, secrets) for name, value in outcome.error.report().items()}
        result["msg"] = redact(_sentence(group, outcome), secrets)
    return result


def _diff(group: Group[S], outcome: Outcome[S]) -> dict[str, Any]:
    name = f"{group.security_group_id} ({group.region})"
    return {
        "before_header": name,
        "after_header": name,
        "before": outcome.before.shown() if outcome.before else "",
        "after": outcome.after.shown() if outcome.after else "",
    }


def _sentence(group: Group[S], outcome: Outcome[S]) -> str:
    error = outcome.error
    if error is None:
        return ""
    words = f"Failed to {group.task}: {error.reason}"
    known = [f"code {error.code}"] if error.code and error.code not in words else []
    known += [f"request id {error.request_id}"] if error.request_id else []
    aside = f" ({', '.join(known)})" if known else ""
    return f"{words.rstrip('.')}{aside}."


def _without(value: Any, secrets: frozenset[str]) -> Any:
    return redact(value, secrets) if isinstance(value, str) else value
