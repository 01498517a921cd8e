# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What can go wrong, as values that a playbook can branch on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

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


@dataclass(frozen=True)
class Mistake:
    """One mistake in the options. C(path) is written as the user wrote it: C(ingress[2].port)."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass
class CloudError(Exception):
    """Why a group could not be brought to the wanted state.

    C(reason) completes the sentence "Failed to ... because ...".  C(code), C(vendor_message), C(http_status) and
    C(request_id) are the vendor's own words and null where there was no answer.  C(settled) says that the service
    certainly did not carry the call out; a write whose error is not settled may have happened all the same.
    C(transient) says that the same call may succeed a little later, C(replan) that only a new plan, made from a new
    look at the group, can.
    C(passing) says that the service asks for patience, because something else has to end first.  Such a call is tried
    again until the deadline; a write only after another look at the group.
    C(details) are further members of the failure report.
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

    def report(self) -> dict[str, Any]:
        """The C(failure) value of a result."""
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
    """The options are wrong: every mistake at once, and once, though many groups share the option that it is in."""
    mistakes = list(dict.fromkeys(mistakes))
    listed = "; ".join(str(mistake) for mistake in mistakes)
    errors = [{"path": mistake.path, "message": mistake.message} for mistake in mistakes]
    return CloudError("invalid_input", listed, details={"errors": errors})
