# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of both APIs of Tencent Cloud, and the expectations for responses that are not theirs."""

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
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.service import Tc3Service
from tests.unit.plugins.fakes import fake_clock

ACTION = "ModifySecurityGroupPolicies"


def keys() -> StaticKey:
    return StaticKey(Key("id", "secret"))


def vpc() -> Tc3Service:
    return Tc3Service(parse_endpoint("https://vpc.example"), "ap-guangzhou", keys(), fake_clock(), "vpc", "2017-03-12")


def dfw() -> DfwService:
    return DfwService(parse_endpoint("https://dfw.example"), "gz", keys(), "HmacSHA256", fake_clock())


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


def is_not_the_services(service: Service, body: bytes) -> None:
    """It is not a success, and the outcome of the call is unknown. A retry may get an undamaged response."""
    error = refused(service, body)
    assert (error.kind, error.code, error.request_id) == ("protocol", None, None)
    assert (error.had_no_effect, error.transient) == (False, True)
    for status, kind in ((200, "text/html; charset=utf-8"), (404, "application/json"), (302, "")):
        error = refused(service, body, status, kind)
        assert (error.kind, error.had_no_effect, error.transient) == ("protocol", False, False)
        assert str(status) in error.reason


def is_a_gateway_in_trouble(service: Service, body: bytes, status: int) -> None:
    """The call may have been carried out, and a retry may succeed."""
    error = refused(service, body, status, "text/html")
    assert (error.kind, error.had_no_effect, error.transient) == ("unavailable", False, True)
