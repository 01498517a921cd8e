# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures as values that a playbook can branch on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

FailureKind = Literal[
    "invalid_input",
    "auth",
    "permission",
    "not_found",
    "unsupported",
    "conflict",
    "quota",
    "throttled",
    "unavailable",
    "timeout",
    "outcome_unknown",
    "protocol",
    "policy",
]


class Mistake(NamedTuple):
    """One mistake in the options. ``path`` is written as the user wrote it: ``ingress[2].port``."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass
class CloudError(Exception):
    """Why a call, or a whole change, failed.

    ``reason`` completes the sentence "Failed to ...: ...".
    ``code``, ``vendor_message``, ``http_status`` and ``request_id`` are those of the service; None without a response.
    ``had_no_effect``: the service certainly did not carry out the call. Otherwise a write may have happened.
    ``transient``: the same call may succeed a little later.
    ``replan``: only a new plan, made after reading the group again, can succeed.
    ``busy``: the refusal ends by itself, because another operation is running or the service has an internal error.
    The call is repeated until the deadline; a write that is not safe to repeat, only after reading the group again.
    ``details`` are further members of ``failure``.
    """

    kind: FailureKind
    reason: str
    code: str | None = None
    vendor_message: str | None = None
    http_status: int | None = None
    request_id: str | None = None
    action: str | None = None
    had_no_effect: bool = True
    transient: bool = False
    replan: bool = False
    busy: bool = False
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.reason

    def as_result(self) -> dict[str, Any]:
        """Return the value ``failure`` of a result."""
        errors = [{"path": "", "message": self.reason}]
        return {
            "kind": self.kind,
            "code": self.code,
            "message": self.vendor_message,
            "http_status": self.http_status,
            "request_id": self.request_id,
            "action": self.action,
            **({"errors": errors} if self.kind == "invalid_input" else {}),
            **self.details,
        }


def invalid_input(mistakes: list[Mistake]) -> CloudError:
    """Return one error for all mistakes in the options. A mistake in an option that groups share is listed once."""
    mistakes = list(dict.fromkeys(mistakes))
    listed = "; ".join(str(mistake) for mistake in mistakes)
    errors = [{"path": mistake.path, "message": mistake.message} for mistake in mistakes]
    return CloudError("invalid_input", listed, details={"errors": errors})
