# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of the error codes of ECS.

Source: its common error table, and the tables of the security group operations.
"""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.errors import KINDS
from tests.unit.plugins.ecs_answers import refused

# The documented codes, by kind of failure.
CODES = {
    "auth": (
        *("InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "Forbidden.AccessKeyDisabled"),
        *("SignatureDoesNotMatch", "IncompleteSignature", "InvalidTimeStamp.Expired", "InvalidTimeStamp.Format"),
        *("IllegalTimestamp", "SignatureNonceUsed", "InvalidSecurityToken.Expired", "InvalidSecurityToken.Malformed"),
        *("InvalidSecurityToken.MismatchWithAccessKey", "MissingSecurityToken", "AuthenticationFail.OIDCToken.Expired"),
    ),
    "permission": (
        *("Forbidden", "Forbidden.RAM", "Forbidden.SubUser", "Forbidden.Unauthorized", "Forbidden.NotSupportRAM"),
        *("Forbidden.RiskControl", "NoPermission", "RealNameAuthenticationError", "InvalidAccount.NotFound"),
        *("InvalidOperation.SecurityGroupNotAuthorized", "NoPermission.Tag", "PermissionDenied.Scope"),
    ),
    "not_found": (
        *("SecurityGroupRule.NotFound", "EntityNotExist.Role"),
        *("InvalidSecurityGroupId.NotFound", "Forbidden.SecurityGroupNotFound", "InvalidRegionId.NotFound"),
        "InvalidSecurityGroup.NotFound",
    ),
    "unsupported": (
        *("InvalidParameter.InnerAccessPolicy", "InvalidOperation.ResourceManagedByCloudProduct"),
        *("InvalidAction.NotFound", "InvalidApi.NotFound", "InvalidProduct.NotFound", "InvalidVersion"),
        *("UnsupportedHTTPMethod", "InvalidProtocol.NeedSsl", "VPCDisabled"),
    ),
    "conflict": (
        *("OperationConflict", "IdempotentParameterMismatch", "InvalidIdempotenceParameter.Mismatch"),
        *("IdempotentProcessing", "LastTokenProcessing", "IdempotentFailed", "IdempotenceProcessing"),
        *("OperationFailed.LastTokenProcessing", "OperationFailed.IdempotentTokenProcessing", "DependencyViolation"),
        *("IncorrectStatus", "IncorrectStatus.Vpc", "IncorrectStatus.%s", "IncorrectVpcStatus", "TaskConflict"),
        *("OperationFailed.ConcurrentOperation", "NetworkStatus.Modifying", "ResourceStatus.Error", "ResourceBusy"),
        *("IncorrectInstanceStatus.Initializing", "InvalidStatus.RouteEntry", "InvalidOperation.Conflict"),
        *("Operation.Blocking", "ResourceInConfiguring", "OperationFailed.DistibuteLock"),
    ),
    "quota": (
        *("QuotaExceed.SecurityGroup", "QuotaExceed", "QuotaExceeded", "QuotaExceeded.Vpc", "QuotaExceed.Tags"),
        *("OperationDenied.QuotaExceed", "AuthorizationLimitExceed", "AuthorizedGroupRule.LimitExceed"),
        *("LimitExceed.PrefixListAssociationResource", "LimitExceeded"),
    ),
    "throttled": (
        *("Throttling", "Throttling.User", "Throttling.Api", "Throttling.Resource", "Rejected.Throttling"),
        "OperationFailed.Throttling",
    ),
    "unavailable": (
        *("ServiceUnavailable", "ServiceUnavailable.RegionMaintaining", "InternalError", "UnknownError"),
        *("InternalServerError", "SystemBusy", "ServiceBusy", "OperationBusy"),  # of other products of the vendor
    ),
    "invalid_input": (
        *("MissingParameter", "MissingParameter.RegionId", "MissingParamter.RegionId", "MissingRegionId"),
        *("InvalidParameter", "InvalidParameter.Format", "InvalidParameter.IsNull", "UnsupportedParameter"),
        *("InvalidSecurityGroupId.Malformed", "InvalidPolicy.Malformed", "InvalidOwnerId"),
        *("InvalidClientToken.ValueNotSupported", "NotSupported.PageNumberAndPageSize", "DryRunOperation"),
        *("InvalidParamter", "InvalidParamater", "InValidParameter.NextToken", "InvalidParams.GroupType"),
        *("InvalidParam.PortRange", "InvalidSecurityGroupDiscription.Malformed", "InvalidModifyRuleRequest"),
        *("InvalidGressFlow.Malformed", "InvalidTag.Mismatch", "Invalid.Scope", "NumberExceed.Tags", "OperationDenied"),
        *("Duplicate.TagKey", "NotSupported.ClassicNetworkPrefixList", "ILLEGAL_IPV6_CIDR"),
        *("ProtocolAndAddressFamilyMismatch", "MissingParameter.Source", "InvalidParameter.RoleArn"),
    ),
}
# Only whole parts of a code are compared.
UNKNOWN = (
    *("NobodyKnows.This", "ForbiddenRAM", "ThrottlingX", "forbidden.RAM", "X.Forbidden", "invalidParameter"),
    *("Invalidated", "IncorrectStatuses", "Missingness", "X.OperationConflict", "OperationConflictX", "Über"),
)
PAIRS = [(code, kind) for kind, codes in CODES.items() for code in codes]
TRANSIENT = ("throttled", "unavailable")
STILL_RUNNING = (
    *("IdempotentProcessing", "LastTokenProcessing", "IdempotenceProcessing", "OperationFailed.LastTokenProcessing"),
    "OperationFailed.IdempotentTokenProcessing",
)
FINAL_CONFLICTS = (
    *("IdempotentParameterMismatch", "InvalidIdempotenceParameter.Mismatch", "IdempotentFailed"),
    "DependencyViolation",
)


@pytest.mark.parametrize(("code", "kind"), PAIRS)
def test_a_documented_code(code: str, kind: str) -> None:
    assert refused({"RequestId": "r-1", "Code": code, "Message": ""}, 400).kind == kind


@pytest.mark.parametrize("code", UNKNOWN)
@pytest.mark.parametrize(("status", "kind"), [(400, "protocol"), (403, "protocol"), (500, "unavailable")])
def test_an_unknown_code_is_not_the_users_mistake(code: str, status: int, kind: str) -> None:
    error = refused({"RequestId": "r-1", "Code": code, "Message": "Said so."}, status)
    assert (error.kind, error.reason, error.vendor_message) == (kind, f"{code}: Said so.", "Said so.")
    # The outcome of the call is unknown as well.
    assert (error.had_no_effect, error.transient, error.busy) == (False, kind == "unavailable", False)


def test_every_code_of_the_table_is_documented() -> None:
    documented = {code for code, dummy in PAIRS}
    for known in KINDS:
        assert any(code == known or code.startswith(f"{known}.") for code in documented), known


@pytest.mark.parametrize(("code", "kind"), PAIRS)
@pytest.mark.parametrize("status", [200, 400, 404, 503])
def test_the_code_decides_and_not_the_status(code: str, kind: str, status: int) -> None:
    error = refused({"RequestId": "r-1", "Code": code, "Message": "Said so."}, status)
    assert (error.kind, error.code, error.vendor_message, error.request_id) == (kind, code, "Said so.", "r-1")
    assert error.reason == f"{code}: Said so."
    passing = kind == "conflict" and code not in (*STILL_RUNNING, *FINAL_CONFLICTS)
    assert error.transient is (kind in TRANSIENT or code in STILL_RUNNING or passing)
    assert error.busy is (passing or kind == "unavailable")
    assert error.had_no_effect is not (kind == "unavailable" or code in STILL_RUNNING)
    assert error.replan is (code == "IdempotentFailed")
