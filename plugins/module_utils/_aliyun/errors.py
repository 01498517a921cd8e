# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the error codes of Alibaba Cloud mean. The code decides, never the HTTP status.

For example, a change of the policy of an enterprise group is refused with the status 404 and a code of its own.
Sources: the error tables of ECS and STS, and "How to ensure idempotence".
"""

from __future__ import annotations

import re

from .._http.errors import CloudError, FailureKind
from .._http.responses import clock_difference, kind_of, known_kind, with_clock
from .._http.transport import HttpResponse

# The longest prefix that ends at a dot wins.
KINDS: dict[str, FailureKind] = {
    "InvalidAccessKeyId": "auth",
    "Forbidden.AccessKeyDisabled": "auth",
    "SignatureDoesNotMatch": "auth",
    "IncompleteSignature": "auth",
    "InvalidTimeStamp": "auth",
    "IllegalTimestamp": "auth",
    "SignatureNonceUsed": "auth",
    "InvalidSecurityToken": "auth",
    "MissingSecurityToken": "auth",
    "Forbidden": "permission",
    "Forbidden.SecurityGroupNotFound": "not_found",
    "NoPermission": "permission",
    "PermissionDenied": "permission",
    "RealNameAuthenticationError": "permission",
    "InvalidAccount": "permission",
    "InvalidOperation.SecurityGroupNotAuthorized": "permission",
    "InvalidSecurityGroupId.NotFound": "not_found",
    "InvalidSecurityGroup.NotFound": "not_found",
    "InvalidRegionId.NotFound": "not_found",
    "InvalidParameter.InnerAccessPolicy": "unsupported",
    "InvalidOperation": "unsupported",
    "InvalidAction": "unsupported",
    "InvalidApi": "unsupported",
    "InvalidProduct": "unsupported",
    "InvalidVersion": "unsupported",
    "UnsupportedHTTPMethod": "unsupported",
    "InvalidProtocol": "unsupported",
    "OperationConflict": "conflict",
    "TaskConflict": "conflict",
    "Operation.Blocking": "conflict",
    "ResourceInConfiguring": "conflict",
    "InvalidOperation.Conflict": "conflict",
    "InvalidStatus": "conflict",
    "IncorrectStatus": "conflict",
    "DependencyViolation": "conflict",
    "IdempotentParameterMismatch": "conflict",
    "InvalidIdempotenceParameter": "conflict",
    "IdempotentProcessing": "conflict",
    "IdempotenceProcessing": "conflict",
    "LastTokenProcessing": "conflict",
    "OperationFailed.LastTokenProcessing": "conflict",
    "OperationFailed.IdempotentTokenProcessing": "conflict",
    "OperationFailed.DistibuteLock": "conflict",  # the vendor's spelling
    "IdempotentFailed": "conflict",
    "QuotaExceed": "quota",
    "QuotaExceeded": "quota",
    "OperationDenied.QuotaExceed": "quota",
    "LimitExceed": "quota",
    "LimitExceeded": "quota",
    "AuthorizationLimitExceed": "quota",
    "AuthorizedGroupRule.LimitExceed": "quota",
    "ServiceUnavailable": "unavailable",
    "InternalError": "unavailable",
    "InternalServerError": "unavailable",
    "UnknownError": "unavailable",
    # Other products of the vendor document these; the pages of ECS do not.
    "SystemBusy": "unavailable",
    "ServiceBusy": "unavailable",
    "OperationBusy": "unavailable",
    # Invalid calls whose codes do not begin like the others.
    "OperationDenied": "invalid_input",
    "DryRunOperation": "invalid_input",
    "ILLEGAL_IPV6_CIDR": "invalid_input",
    "ProtocolAndAddressFamilyMismatch": "invalid_input",
    "SecurityGroupRule.NotFound": "not_found",
    "VPCDisabled": "unsupported",
    # The Security Token Service.
    "EntityNotExist": "not_found",
    "AuthenticationFail": "auth",
}
_ABOUT_TIME = ("InvalidTimeStamp", "IllegalTimestamp")
# The first call with this token is still running; a repeated call will return its result.
_STILL_RUNNING = (
    "IdempotentProcessing",
    "IdempotenceProcessing",
    "LastTokenProcessing",
    "OperationFailed.LastTokenProcessing",
    "OperationFailed.IdempotentTokenProcessing",
)
# Refusals that end by themselves, which the vendor's Terraform provider retries for minutes.
_TEMPORARY = (
    "OperationConflict",
    "TaskConflict",
    "Operation.Blocking",
    "ResourceInConfiguring",
    "InvalidOperation.Conflict",
    "InvalidStatus",
    "IncorrectStatus",
    "OperationFailed.DistibuteLock",
    "OperationFailed.ConcurrentOperation",
    "NetworkStatus.Modifying",
    "ResourceStatus",
    "ResourceBusy",
)
_INCORRECT_STATUS = re.compile(r"Incorrect[A-Z]\w*Status(?:\.|$)")  # IncorrectVpcStatus, IncorrectInstanceStatus.X


def refused(
    action: str, code: str, message: str, response: HttpResponse, request_id: str | None, now: float
) -> CloudError:
    """Return the error for a response with a vendor's code. ``now`` is the time of this machine's clock."""
    error = _refusal(action, response.status, code, message, request_id)
    if code.startswith(_ABOUT_TIME):
        error.reason = with_clock(error.reason, clock_difference(response, now))
    return error


def _is_temporary(code: str) -> bool:
    """Return whether the service refuses a call only until another operation has ended."""
    return bool(_INCORRECT_STATUS.match(code)) or any(code == c or code.startswith(f"{c}.") for c in _TEMPORARY)


def _refusal(action: str, status: int, code: str, message: str, request_id: str | None) -> CloudError:
    conflict = _is_temporary(code)
    kind = "conflict" if conflict else kind_of(KINDS, code, status)
    known = conflict or known_kind(KINDS, code) is not None
    running = code in _STILL_RUNNING
    return CloudError(
        kind,
        f"{code}: {message}",
        code,
        message,
        status,
        request_id,
        action,
        # After an unknown code, it is not known whether the call was carried out.
        had_no_effect=known and kind != "unavailable" and not running,
        transient=kind in ("throttled", "unavailable") or running or conflict,
        replan=code == "IdempotentFailed",
        busy=conflict or (known and kind == "unavailable"),
    )
