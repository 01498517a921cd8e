# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error codes of the ECS API with their HTTP statuses and texts.

``status_of`` decides about statuses that the documents leave open, by the switches. Source: the error tables of
ModifySecurityGroupPolicy, DescribeSecurityGroups and DescribeSecurityGroupAttribute, the ECS common error table, and
the texts of the API gateway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud_simulator.aliyun.switches import SwitchBoard

TEXTS: Mapping[str, tuple[int, str]] = {
    "DryRunOperation": (400, "Request validation has been passed with DryRun flag set."),
    "Forbidden.AccessKeyDisabled": (403, "The Access Key is disabled."),
    "Forbidden.RAM": (
        403,
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    ),
    "Forbidden.SecurityGroupNotFound": (404, "The specified SecurityGroupId does not exist."),
    "Forbidden.SubUser": (403, "The specified action is not available for you."),
    "Forbidden.Unauthorized": (403, "A required authorization for the specified action is not supplied."),
    "IdempotentFailed": (
        400,
        "The previous idempotent request(s) has failed due to some unknown error, exception or failure.",
    ),
    "IdempotentParameterMismatch": (400, "The request is retried with updated parameters."),
    "IdempotentProcessing": (403, "The previous idempotent request(s) is still processing."),
    "IncompleteSignature": (
        400,
        "The request signature does not conform to Aliyun standards. server string to sign is:",
    ),
    "InternalError": (500, "The request processing has failed due to some unknown error, exception or failure."),
    "InvalidAccessKeyId.Inactive": (400, "Specified access key is disabled."),
    "InvalidAccessKeyId.NotFound": (404, "Specified access key is not found."),
    "InvalidAction.NotFound": (404, "Specified api is not found, please check your url and method."),
    "InvalidClientToken.ValueNotSupported": (400, "The ClientToken provided is invalid."),
    "InvalidIdempotenceParameter.Mismatch": (403, "The specified parameters are different from before."),
    "InvalidNicType.ValueNotSupported": (400, "The specified NicType does not exist."),
    "InvalidOperation.ResourceManagedByCloudProduct": (
        403,
        "The current operation is not supported because the resource is managed by a cloud product. "
        "Please contact the relevant cloud product to confirm the reason.",
    ),
    "InvalidParameter": (400, "The specified parameter is not valid."),
    "InvalidParameter.AttributeNotSupported": (400, "The specified Attribute is not supported."),
    "InvalidParameter.Format": (400, "The specified parameter format is not valid."),
    "InvalidParameter.InnerAccessPolicy": (
        404,
        "The InnerAccessPolicy attribute of enterprise level security group can't be modified.",
    ),
    "InvalidParameter.SecurityGroupType": (400, "The specified SecurityGroupType is not valid."),
    "InValidParameter.NextToken": (400, "The parameter NextToken is invalid."),
    "InvalidParamter": (400, "Invalid Parameter"),
    "InvalidPolicy.Malformed": (400, "The Policy is invalid. Only 'Accept' and 'Drop' are supported. Ignore case."),
    "InvalidRegionId.NotFound": (404, "The specified RegionId does not exist."),
    "InvalidSecurityGroupId.Malformed": (
        400,
        "The SecurityGroupId is invalid. Only letters, numbers and underscores are supported. "
        "Maximum length is 100 characters.",
    ),
    "InvalidSecurityGroupId.NotFound": (404, "The specified SecurityGroupId does not exist."),
    "InvalidSecurityToken.Expired": (400, "Specified SecurityToken is expired."),
    "InvalidSecurityToken.Malformed": (400, "Specified SecurityToken is malformed."),
    "InvalidSecurityToken.MismatchWithAccessKey": (400, "Specified SecurityToken mismatch with the AccessKey."),
    "InvalidTimeStamp.Expired": (400, "Specified time stamp or date value is expired."),
    "InvalidTimeStamp.Format": (400, "Specified time stamp or date value is not well formatted."),
    "InvalidVersion": (400, "Specified parameter Version is not valid."),
    "LastTokenProcessing": (403, "The last token request is processing."),
    "MissingParameter": (400, "The input parameter that is mandatory for processing this request is not supplied."),
    "MissingParamter.RegionId": (400, "The RegionId should not be null."),
    "MissingParameter.RegionId": (
        400,
        "The input parameter RegionId that is mandatory for processing this request is not supplied.",
    ),
    "MissingSecurityToken": (400, "SecurityToken is mandatory for this action."),
    "NotSupported.PageNumberAndPageSize": (
        400,
        "The parameters PageNumber and PageSize are currently not supported, "
        "please use NextToken and MaxResults instead.",
    ),
    "OperationConflict": (409, "Request was denied due to conflict with a previous request."),
    "ServiceUnavailable": (503, "The request has failed due to a temporary failure of the server."),
    "ServiceUnavailable.RegionMaintaining": (503, "The region is being maintained."),
    "SignatureDoesNotMatch": (
        400,
        "Specified signature is not matched with our calculation. server string to sign is:",
    ),
    "SignatureNonceUsed": (400, "Specified signature nonce was used already."),
    "Throttling": (400, "Request was denied due to request throttling."),
    "Throttling.Api": (400, "Request was denied due to api flow control."),
    "Throttling.User": (400, "Request was denied due to user flow control."),
    "UnsupportedHTTPMethod": (403, "This HTTP method is not supported."),
    "UnsupportedParameter": (400, "The specified parameter is not supported."),
    "UnknownError": (400, "The request processing has failed due to some unknown error."),
}


class ApiError(Exception):
    """A refusal: the vendor's ``code``, and the ``message`` (by default, the code's usual text).

    ``status`` is the HTTP status if the code has more than one. ``detail`` is returned as ``AccessDeniedDetail``.
    """

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        status: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = TEXTS.get(code, (400, code))[1] if message is None else message
        self.status = status
        self.detail = detail


def missing(name: str, code: str = "MissingParameter") -> ApiError:
    """Return the refusal of a call without a required parameter (or header)."""
    text = f'The input parameter "{name}" that is mandatory for processing this request is not supplied.'
    return ApiError(code, text)


def invalid(name: str) -> ApiError:
    """Return the general refusal of a parameter's value."""
    return ApiError("InvalidParameter", f'The specified parameter "{name}" is not valid.')


def status_of(code: str, switches: SwitchBoard) -> int:
    """Return the HTTP status of an error code under the current switches; 400 for codes that are not in the tables."""
    if code.startswith("Throttling"):
        return int(switches["throttling_status"])
    if code.startswith("InvalidSecurityToken.") or code == "MissingSecurityToken":
        return int(switches["security_token_status"])
    if code == "InvalidAccessKeyId.NotFound":
        return int(switches["access_key_not_found_status"])
    if code == "ServiceUnavailable":
        return int(switches["service_unavailable_status"])
    return TEXTS.get(code, (400, ""))[0]
