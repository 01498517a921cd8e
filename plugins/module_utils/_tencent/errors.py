# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the error codes of Tencent Cloud mean. The code decides, because every response has the HTTP status 200."""

from __future__ import annotations

from .._http.errors import CloudError, FailureKind
from .._http.responses import clock_difference, kind_of, known_kind, with_clock
from .._http.transport import HttpResponse

# API 3.0: the longest prefix that ends at a dot wins. Source: the error code page of the vpc API, and the common codes.
KINDS: dict[str, FailureKind] = {
    "AuthFailure": "auth",
    "AuthFailure.UnauthorizedOperation": "permission",
    "UnauthorizedOperation": "permission",
    "InvalidParameterValue.MemberApprovalApplicationIdMismatch": "permission",
    "InvalidParameterValue.MemberApprovalApplicationNotApproved": "permission",
    "InvalidParameterValue.MemberApprovalApplicationRejected": "permission",
    "InvalidParameterValue.MemberApprovalApplicationStarted": "permission",
    "ResourceNotFound": "not_found",
    "InvalidSecurityGroupID.NotFound": "not_found",
    "LimitExceeded": "quota",
    "VpcLimitExceeded": "quota",
    "ResourceInsufficient": "quota",
    "UnsupportedOperation.SgNumExceedLimit": "quota",
    "UnsupportedOperation.ClbPolicyExceedLimit": "quota",
    "UnsupportedOperation.ClbPolicyLimit": "quota",
    "QuotaExceeded": "quota",
    "QuotaExceed": "quota",
    "RequestLimitExceeded": "throttled",
    "UnsupportedOperation": "unsupported",
    "UnsupportedOperation.DuplicatePolicy": "invalid_input",
    "UnsupportedOperation.VersionMismatch": "conflict",
    "UnsupportedOperation.MutexOperationTaskRunning": "conflict",
    "UnsupportedOperation.LockedResources": "conflict",
    "UnsupportedOperation.BpaasResources": "conflict",
    "OperationDenied.MutexTaskRunning": "conflict",
    "ResourceInUse": "conflict",
    "ResourceBusy": "conflict",
    "TaskConflict": "conflict",
    "IncorrectStatus": "conflict",
    "OperationConflict": "conflict",
    "InvalidParameter.ActionInProgress": "conflict",
    "ActionLocked": "conflict",
    "UnsupportedProtocol": "unsupported",
    "UnsupportedRegion": "unsupported",
    "InvalidAction": "unsupported",
    "ActionOffline": "unsupported",
    "NoSuchVersion": "unsupported",
    "InternalError": "unavailable",
    "InternalServerError": "unavailable",
    "UnknownError": "unavailable",
    "FailedOperation": "unavailable",
    "ResourceUnavailable": "unavailable",
    "ServiceUnavailable": "unavailable",
    # Invalid calls whose codes do not begin like the others.
    "UnknownParameter": "invalid_input",
    "RequestSizeLimitExceeded": "invalid_input",
    "DryRunOperation": "invalid_input",
}
# Refusals that end by themselves: locks, and the codes that the vendor's Terraform provider retries for minutes.
_TEMPORARY = (
    "UnsupportedOperation.MutexOperationTaskRunning",
    "OperationDenied.MutexTaskRunning",
    "ResourceInUse",
    "ResourceBusy",
    "TaskConflict",
    "IncorrectStatus",
    "OperationConflict",
    "InvalidParameter.ActionInProgress",
)

# API 2.0: common codes, and from 7000 on those of the dfw module.
NUMBERED_KINDS: dict[str, FailureKind] = {
    "4000": "invalid_input",
    "4100": "auth",
    "4101": "permission",
    "4102": "permission",
    "4103": "auth",
    "4104": "auth",
    "4110": "auth",
    "4200": "auth",
    "4300": "permission",
    "4400": "throttled",
    "4500": "auth",
    "4600": "unsupported",
    "5000": "not_found",
    "5100": "unavailable",
    "5400": "unavailable",
    "5500": "unavailable",
    "6000": "unavailable",
    "6100": "unsupported",
    "6200": "unavailable",
    "7000": "unavailable",
    "7001": "not_found",
    "7002": "quota",
    "7003": "conflict",
    "7005": "conflict",
    "7006": "unsupported",
    "9003": "invalid_input",
}
_ABOUT_TIME = ("AuthFailure.SignatureExpire", "InvalidRequest.ReplayAttack", "4200", "4500")


def refused(
    action: str, code: str, message: str, response: HttpResponse, request_id: str | None, now: float
) -> CloudError:
    """Return the error for a response with a vendor's code. ``now`` is the time of this machine's clock."""
    error = _refusal(action, code, message, response.status, request_id)
    if code in _ABOUT_TIME:
        error.reason = with_clock(error.reason, clock_difference(response, now))
    return error


def _refusal(action: str, code: str, message: str, status: int, request_id: str | None) -> CloudError:
    """Return the error for a vendor's code."""
    known = NUMBERED_KINDS.get(code) or known_kind(KINDS, code)
    kind = known or kind_of(KINDS, code, status)
    message = message.removeprefix(f"({code})")  # API 2.0 may repeat the code
    conflict = any(code == each or code.startswith(f"{each}.") for each in _TEMPORARY)
    return CloudError(
        kind,
        f"{code}: {message}",
        code,
        message,
        status,
        request_id,
        action,
        # A backend may have carried out the call before it failed. After an unknown code, the outcome is not known.
        had_no_effect=known is not None and kind != "unavailable",
        transient=kind in ("throttled", "unavailable") or conflict,
        replan=code == "UnsupportedOperation.VersionMismatch",
        busy=conflict or known == "unavailable",
    )
