# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the answers of both APIs of Tencent Cloud mean.

Sources: the error code pages of the vpc API and of API 3.0, "Calling method" and the dfw pages of API 2.0.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Service
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import parse_endpoint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import DfwService
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.errors import KINDS, NUMBERED_KINDS
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.service import Tc3Service
from tests.unit.plugins.fakes import fake_clock

ACTION = "ModifySecurityGroupPolicies"
APPROVAL = "InvalidParameterValue.MemberApprovalApplication"
# The documented codes of API 3.0, by what a playbook is told.
CODES = {
    "auth": (
        *("AuthFailure", "AuthFailure.InvalidAuthorization", "AuthFailure.InvalidSecretId", "AuthFailure.MFAFailure"),
        *("AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire", "AuthFailure.SignatureFailure"),
        "AuthFailure.TokenFailure",
    ),
    "permission": (
        *("AuthFailure.UnauthorizedOperation", "UnauthorizedOperation", f"{APPROVAL}IdMismatch"),
        *(f"{APPROVAL}NotApproved", f"{APPROVAL}Rejected", f"{APPROVAL}Started"),
    ),
    "not_found": ("ResourceNotFound", "ResourceNotFound.Any", "InvalidSecurityGroupID.NotFound"),
    "quota": (
        *("LimitExceeded", "LimitExceeded.SecurityGroupPolicySet", "VpcLimitExceeded", "ResourceInsufficient"),
        *("UnsupportedOperation.SgNumExceedLimit", "UnsupportedOperation.ClbPolicyExceedLimit"),
        *("UnsupportedOperation.ClbPolicyLimit", "QuotaExceeded", "QuotaExceeded.Vpc", "QuotaExceed"),
    ),
    "throttled": (
        *("RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded"),
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
    ),
    "conflict": (
        *("UnsupportedOperation.VersionMismatch", "UnsupportedOperation.MutexOperationTaskRunning"),
        *("UnsupportedOperation.LockedResources", "UnsupportedOperation.BpaasResources"),
        *("OperationDenied.MutexTaskRunning", "ResourceInUse", "ResourceBusy", "ResourceBusy.Any", "TaskConflict"),
        "IncorrectStatus.SecurityGroup",
        *("OperationConflict", "InvalidParameter.ActionInProgress", "ActionLocked"),
    ),
    "unsupported": (
        *("UnsupportedOperation", "UnsupportedOperation.SomethingNew", "UnsupportedProtocol", "UnsupportedRegion"),
        *("InvalidAction", "ActionOffline", "NoSuchVersion"),
    ),
    "unavailable": (
        *("InternalError", "InternalError.ModuleError", "FailedOperation", "ResourceUnavailable", "ServiceUnavailable"),
        *("InternalServerError", "InternalServerError.Any", "UnknownError"),
    ),
    "invalid_input": (
        *("InvalidParameter", "InvalidParameter.Coexist", "InvalidParameterValue", "InvalidParameterValue.Empty"),
        *("InvalidParameterValue.Malformed", "InvalidParameterValue.Range", "InvalidParameterValue.TooLong"),
        *("InvalidParameterValue.LimitExceeded", "InvalidParameter.FilterInvalidKey", "MissingParameter"),
        *("UnknownParameter", "UnknownParameter.WithGuess", "InvalidSecurityGroupID.Malformed"),
        *("UnsupportedOperation.DuplicatePolicy", "DryRunOperation", "RequestSizeLimitExceeded"),
        *("InvalidParameterValue.TagInvalidKey", "InvalidRequest.ReplayAttack"),
    ),
}
# A code is known by whole parts.
UNKNOWN = ("NobodyKnows.This", "ResourceNotFoundX", "resourceNotFound", "X.InternalError", "Unknown", "ResourceBusyX")
PAIRS = [(code, kind) for kind, codes in CODES.items() for code in codes]
BUSY = (
    *("UnsupportedOperation.MutexOperationTaskRunning", "OperationDenied.MutexTaskRunning", "ResourceInUse"),
    *("ResourceBusy", "ResourceBusy.Any", "TaskConflict", "OperationConflict", "InvalidParameter.ActionInProgress"),
    "IncorrectStatus.SecurityGroup",
)
# The documented numbers of API 2.0.
NUMBERS = {
    "invalid_input": (4000, 9003),
    "auth": (4100, 4103, 4104, 4110, 4200, 4500),
    "permission": (4101, 4102, 4300),
    "throttled": (4400,),
    "unsupported": (4600, 6100, 7006),
    "not_found": (5000, 7001),
    "unavailable": (5100, 5400, 5500, 6000, 6200, 7000),
    "quota": (7002,),
    "conflict": (7003, 7005),
}
NUMBERED = [(number, kind) for kind, numbers in NUMBERS.items() for number in numbers]


def keys() -> StaticKey:
    return StaticKey(Key("id", "secret"))


def vpc() -> Tc3Service:
    return Tc3Service(parse_endpoint("https://vpc.example"), "ap-guangzhou", keys(), fake_clock(), "vpc", "2017-03-12")


def dfw() -> DfwService:
    return DfwService(parse_endpoint("https://dfw.example"), "gz", keys(), "HmacSHA256", fake_clock())


SERVICES = {"3.0": vpc(), "2.0": dfw()}
services = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def answered(service: Service, body: Any, status: int = 200, kind: str = "application/json") -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return service.parse(ACTION, HttpResponse(status, kind, data))


def refused(service: Service, body: Any, status: int = 200, kind: str = "application/json") -> CloudError:
    with pytest.raises(CloudError) as caught:
        answered(service, body, status, kind)
    assert (caught.value.action, caught.value.http_status) == (ACTION, status)
    return caught.value


def error_30(code: Any, message: Any = "Said so.") -> dict[str, Any]:
    return {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r-1"}}


@pytest.mark.parametrize(("code", "kind"), PAIRS)
@pytest.mark.parametrize("status", [200, 500])
def test_a_documented_code_of_api_3_0(code: str, kind: str, status: int) -> None:
    error = refused(vpc(), error_30(code), status)
    assert (error.kind, error.code, error.vendor_message, error.request_id) == (kind, code, "Said so.", "r-1")
    assert error.reason == f"{code}: Said so."
    assert error.transient is (kind in ("throttled", "unavailable") or code in BUSY)
    assert error.busy is (kind == "unavailable" or code in BUSY)
    assert error.had_no_effect is (kind != "unavailable")
    assert error.replan is (code == "UnsupportedOperation.VersionMismatch")


@pytest.mark.parametrize("code", UNKNOWN)
@pytest.mark.parametrize(("status", "kind"), [(200, "protocol"), (400, "protocol"), (503, "unavailable")])
def test_a_code_that_no_one_knows_is_no_mistake_of_the_user(code: str, status: int, kind: str) -> None:
    error = refused(vpc(), error_30(code), status)
    assert (error.kind, error.code, error.reason) == (kind, code, f"{code}: Said so.")
    # No one knows what became of the call, either.
    assert (error.had_no_effect, error.transient, error.busy) == (False, kind == "unavailable", False)


def test_every_code_of_the_table_is_documented() -> None:
    documented = {code for code, dummy in PAIRS}
    for known in KINDS:
        assert any(code == known or code.startswith(f"{known}.") for code in documented), known
    assert set(NUMBERED_KINDS) == {str(number) for number, dummy in NUMBERED}


@pytest.mark.parametrize(("number", "kind"), NUMBERED)
@pytest.mark.parametrize("as_text", [False, True])
def test_a_documented_number_of_api_2_0(number: int, kind: str, as_text: bool) -> None:
    code = str(number) if as_text else number
    error = refused(dfw(), {"code": code, "message": "Said so.", "requestId": "r-1", "codeDesc": "SomethingElse"})
    assert (error.kind, error.code, error.vendor_message, error.request_id) == (kind, str(number), "Said so.", "r-1")
    assert error.transient is (kind in ("throttled", "unavailable"))
    assert error.had_no_effect is (kind != "unavailable")
    assert not error.replan


@pytest.mark.parametrize(
    ("described", "code", "kind"),
    [
        ("InvalidParameter.SignatureFailure", "InvalidParameter.SignatureFailure", "invalid_input"),
        ("RequestLimitExceeded", "RequestLimitExceeded", "throttled"),
        ("InternalError.ModuleError", "InternalError.ModuleError", "unavailable"),
        ("NobodyKnows.This", "NobodyKnows.This", "protocol"),
        (None, "12345", "protocol"),
        (7, "12345", "protocol"),
    ],
)
def test_an_unknown_number_is_told_by_its_description(described: Any, code: str, kind: str) -> None:
    error = refused(dfw(), {"code": 12345, "message": "", "codeDesc": described})
    assert (error.code, error.kind) == (code, kind)


def test_the_number_is_not_said_twice() -> None:
    error = refused(dfw(), {"code": 4000, "message": "(4000)projectId is wrong"})
    assert error.reason == "4000: projectId is wrong"
    inner = refused(dfw(), {"code": 4000, "message": "(100004)projectId is wrong"})
    assert inner.reason == "4000: (100004)projectId is wrong"


def test_successes() -> None:
    assert answered(vpc(), {"Response": {"RequestId": "r-1", "TotalCount": 0}}) == (
        {"RequestId": "r-1", "TotalCount": 0},
        "r-1",
    )
    for code in (0, "0"):
        body: dict[str, Any] = {"code": code, "message": "", "data": []}
        assert answered(dfw(), body) == (body, None)
    assert answered(dfw(), {"code": 0, "codeDesc": "Success", "requestId": "r-1"})[1] == "r-1"
    assert answered(dfw(), {"code": 0, "requestId": 5})[1] is None


STRANGE: dict[str, bytes] = {
    "nothing": b"",
    "a page": b"<html><body>502 Bad Gateway</body></html>",
    "a list": b"[]",
    "a text": b'"Response"',
    "null": b"null",
    "half an answer": b'{"Response": {"RequestId": "r-1", "code": 0',
    "no text at all": b"\xff\xfe\x00{",
    "lists in lists": b"[" * 100_000,
    "an empty object": b"{}",
}
STRANGE_30: dict[str, bytes] = {
    **STRANGE,
    "no object": b'{"Response": []}',
    "no request id": b'{"Response": {"TotalCount": 0}}',
    "a request id that is none": b'{"Response": {"RequestId": 7}}',
    "an error that is none": b'{"Response": {"Error": "InternalError", "RequestId": "r-1"}}',
    "an error without a code": b'{"Response": {"Error": {"Message": "x"}, "RequestId": "r-1"}}',
    "an error with an empty code": b'{"Response": {"Error": {"Code": ""}, "RequestId": "r-1"}}',
    "the other API's": b'{"code": 0, "message": ""}',
}
STRANGE_20: dict[str, bytes] = {
    **STRANGE,
    "no number": b'{"code": "Success"}',
    "null for a number": b'{"code": null}',
    "a list for a number": b'{"code": [0]}',
    "no end of a number": b'{"code": Infinity}',
    "not a number": b'{"code": NaN}',
    "the other API's": b'{"Response": {"RequestId": "r-1"}}',
}
ODD = [
    pytest.param(SERVICES[api], body, id=f"{api}-{name}")
    for api, bodies in (("3.0", STRANGE_30), ("2.0", STRANGE_20))
    for name, body in bodies.items()
]


@pytest.mark.parametrize(("service", "body"), ODD)
def test_an_answer_that_is_not_the_services(service: Service, body: bytes) -> None:
    """It is no success, and nobody knows what became of the call. A damaged one may come whole the next time."""
    error = refused(service, body)
    assert (error.kind, error.code, error.request_id) == ("protocol", None, None)
    assert (error.had_no_effect, error.transient) == (False, True)


@pytest.mark.parametrize(("service", "body"), ODD)
@pytest.mark.parametrize(("status", "kind"), [(200, "text/html; charset=utf-8"), (404, "application/json"), (302, "")])
def test_another_servers_page_stays_what_it_is(service: Service, body: bytes, status: int, kind: str) -> None:
    error = refused(service, body, status, kind)
    assert (error.kind, error.had_no_effect, error.transient) == ("protocol", False, False)
    assert str(status) in error.reason


@pytest.mark.parametrize(("service", "body"), ODD)
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_in_trouble(service: Service, body: bytes, status: int) -> None:
    error = refused(service, body, status, "text/html")
    assert (error.kind, error.had_no_effect, error.transient) == ("unavailable", False, True)


def test_a_success_of_api_3_0_has_the_status_200() -> None:
    assert refused(vpc(), {"Response": {"RequestId": "r-1"}}, 404).kind == "protocol"


def test_the_documented_rates() -> None:
    """As printed on the page of each action: all of them, and reading too, may be called 100 times a second."""
    verbs = {"Modify": "ies", "Create": "ies", "Delete": "ies", "Describe": "ies", "Replace": "y"}
    assert {f"{verb}SecurityGroupPolic{ending}": 100.0 for verb, ending in verbs.items()} == Api30.rates
