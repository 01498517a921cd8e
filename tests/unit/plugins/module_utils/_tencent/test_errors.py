# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of the error codes of both APIs of Tencent Cloud.

Sources: the error code pages of the vpc API and of API 3.0, "Calling method" and the dfw pages of API 2.0.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.errors import KINDS, NUMBERED_KINDS
from tests.unit.plugins.tencent_answers import dfw, error_30, refused, vpc

APPROVAL = "InvalidParameterValue.MemberApprovalApplication"
# The documented codes of API 3.0, by kind of failure.
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
# Only whole parts of a code are compared.
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
def test_an_unknown_code_is_not_the_users_mistake(code: str, status: int, kind: str) -> None:
    error = refused(vpc(), error_30(code), status)
    assert (error.kind, error.code, error.reason) == (kind, code, f"{code}: Said so.")
    # The outcome of the call is unknown as well.
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
        ("", "12345", "protocol"),
        ("Failure", "12345", "protocol"),
        ("Success", "12345", "protocol"),
    ],
)
def test_an_unknown_number_is_recognised_by_its_description(described: Any, code: str, kind: str) -> None:
    error = refused(dfw(), {"code": 12345, "message": "", "codeDesc": described})
    assert (error.code, error.kind) == (code, kind)


def test_the_number_is_not_said_twice() -> None:
    error = refused(dfw(), {"code": 4000, "message": "(4000)projectId is wrong"})
    assert error.reason == "4000: projectId is wrong"
    inner = refused(dfw(), {"code": 4000, "message": "(100004)projectId is wrong"})
    assert inner.reason == "4000: (100004)projectId is wrong"
