# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the answers of ECS mean. Source: its common error table, and the tables of the security group operations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.errors import KINDS
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.service import AcsService
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import parse_endpoint
from tests.unit.plugins.fakes import fake_clock

JSON = "application/json;charset=utf-8"
XML = "text/xml;charset=utf-8"
ACTION = "ModifySecurityGroupPolicy"
# The documented codes, by what a playbook is told.
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
# A code is known by whole parts.
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


def service() -> AcsService:
    keys = StaticKey(Key("id", "secret"))
    return AcsService(parse_endpoint("https://ecs.example"), "cn-hangzhou", keys, "v3", fake_clock())


def answered(body: Any, status: int = 200, content_type: str = JSON) -> tuple[dict[str, Any], str | None]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return service().parse(ACTION, HttpResponse(status, content_type, data))


def refused(body: Any, status: int = 200, content_type: str = JSON) -> CloudError:
    with pytest.raises(CloudError) as caught:
        answered(body, status, content_type)
    assert caught.value.action == ACTION
    assert caught.value.http_status == status
    return caught.value


@pytest.mark.parametrize(("code", "kind"), PAIRS)
def test_a_documented_code(code: str, kind: str) -> None:
    assert refused({"RequestId": "r-1", "Code": code, "Message": ""}, 400).kind == kind


@pytest.mark.parametrize("code", UNKNOWN)
@pytest.mark.parametrize(("status", "kind"), [(400, "protocol"), (403, "protocol"), (500, "unavailable")])
def test_a_code_that_no_one_knows_is_no_mistake_of_the_user(code: str, status: int, kind: str) -> None:
    error = refused({"RequestId": "r-1", "Code": code, "Message": "Said so."}, status)
    assert (error.kind, error.reason, error.vendor_message) == (kind, f"{code}: Said so.", "Said so.")
    # No one knows what became of the call, either.
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


def test_a_success() -> None:
    body = {"RequestId": "r-1", "InnerAccessPolicy": "Drop"}
    assert answered(body) == (body, "r-1")


@pytest.mark.parametrize("code", [None, ""])
def test_a_code_without_a_value_is_none(code: Any) -> None:
    assert answered({"RequestId": "r-1", "Code": code})[1] == "r-1"


ERROR_XML = (
    "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>r-1</RequestId><HostId>ecs.example</HostId>"
    "<Code>InvalidAccessKeyId.NotFound</Code><Message>Specified access key is not found. Größe</Message>"
    "<Recommend><![CDATA[https://example/?a=1&b=2]]></Recommend></Error>"
)


@pytest.mark.parametrize("content_type", [XML, JSON, ""])
def test_an_error_in_xml(content_type: str) -> None:
    """Whatever it calls itself: the service answers so before it knows which format is wanted."""
    error = refused(ERROR_XML.encode(), 404, content_type)
    assert (error.kind, error.code, error.request_id) == ("auth", "InvalidAccessKeyId.NotFound", "r-1")
    assert error.vendor_message == "Specified access key is not found. Größe"


HTML = b"<html><head><title>502 Bad Gateway</title></head><body><Error></body></html>"
BILLION_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><Error><Code>Throttling</Code>&b;</Error>'
STRANGE: dict[str, bytes] = {
    "nothing": b"",
    "a page": HTML,
    "a list": b'[{"RequestId": "r-1"}]',
    "a text": b'"RequestId"',
    "null": b"null",
    "half an answer": b'{"RequestId": "r-1", "InnerAccess',
    "half an error": ERROR_XML[:90].encode(),
    "entities": BILLION_LAUGHS,
    "another document": b"<Response><Code>Throttling</Code></Response>",
    "no request id": b'{"InnerAccessPolicy": "Drop"}',
    "an empty request id": b'{"RequestId": "", "InnerAccessPolicy": "Drop"}',
    "a request id that is none": b'{"RequestId": 7, "InnerAccessPolicy": "Drop"}',
    "no text at all": b"\xff\xfe\x00{",
    "lists in lists": b"[" * 100_000,
}


@pytest.mark.parametrize("name", STRANGE)
def test_an_answer_that_is_not_the_services(name: str) -> None:
    """It is no success, and nobody knows what became of the call. A damaged one may come whole the next time."""
    error = refused(STRANGE[name])
    assert (error.kind, error.code, error.request_id) == ("protocol", None, None)
    assert not error.had_no_effect
    assert error.transient


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize(("status", "content_type"), [(200, "text/html"), (403, "text/html"), (404, JSON), (302, "")])
def test_another_servers_page_stays_what_it_is(name: str, status: int, content_type: str) -> None:
    error = refused(STRANGE[name], status, content_type)
    assert (error.kind, error.had_no_effect, error.transient) == ("protocol", False, False)
    assert str(status) in error.reason


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize(
    ("status", "kind", "had_no_effect"),
    [(500, "unavailable", False), (502, "unavailable", False), (408, "unavailable", False), (429, "throttled", True)],
)
def test_a_gateway_in_trouble(name: str, status: int, kind: str, had_no_effect: bool) -> None:
    error = refused(STRANGE[name], status, "text/html")
    assert (error.kind, error.had_no_effect, error.transient) == (kind, had_no_effect, True)


@pytest.mark.parametrize("body", [{"RequestId": "r-1"}, {"RequestId": "r-1", "Code": 404}])
def test_an_error_status_without_a_code_is_no_success(body: Any) -> None:
    assert refused(body, 400).kind == "protocol"


def test_a_refusal_without_words() -> None:
    error = refused({"Code": "Forbidden.RAM"}, 403)
    assert (error.kind, error.vendor_message, error.request_id) == ("permission", "", None)
