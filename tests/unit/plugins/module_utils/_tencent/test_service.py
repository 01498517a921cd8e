# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of API 3.0: the signed requests, and the recognised responses."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import parse_endpoint
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.service import Tc3Service
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.signing import (
    canonical_request_tc3,
    sign_tc3,
)
from tests.unit.plugins.fakes import FakeTime
from tests.unit.plugins.tencent_answers import (
    STRANGE,
    answered,
    error_30,
    is_a_gateway_in_trouble,
    is_not_the_services,
    refused,
    vpc,
)

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


@pytest.mark.parametrize("name", STRANGE_30)
def test_an_answer_that_is_not_the_services(name: str) -> None:
    is_not_the_services(vpc(), STRANGE_30[name])


@pytest.mark.parametrize("name", STRANGE_30)
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_in_trouble(name: str, status: int) -> None:
    is_a_gateway_in_trouble(vpc(), STRANGE_30[name], status)


def test_a_success_of_api_3_0_has_the_status_200() -> None:
    assert refused(vpc(), {"Response": {"RequestId": "r-1"}}, 404).kind == "protocol"


def test_a_success_is_the_response_within_its_envelope() -> None:
    body = {"RequestId": "r-1", "TotalCount": 0}
    assert answered(vpc(), {"Response": body}) == (body, "r-1")


@pytest.mark.parametrize("message", ["Said so.", "", None])
def test_an_error_has_its_code_and_its_request(message: str | None) -> None:
    error = refused(vpc(), error_30("LimitExceeded", message))
    assert (error.kind, error.code, error.vendor_message, error.request_id) == (
        "quota",
        "LimitExceeded",
        message or "",
        "r-1",
    )


def service(token: str = "", url: str = "https://vpc.example") -> Tc3Service:
    time = FakeTime(1_767_225_600.9)
    keys = StaticKey(Key("AKIDexample", "secret", token))
    return Tc3Service(parse_endpoint(url), "ap-guangzhou", keys, time.clock(), "vpc", "2017-03-12")


@pytest.mark.parametrize("parameters", [{}, {"Ingress": []}, {"PolicyDescription": "内网", "Index": 0}])
def test_the_signature_covers_exactly_the_body_that_is_sent(parameters: dict[str, Any]) -> None:
    request = service().request("DescribeSecurityGroups", parameters)
    assert json.loads(request.body or b"") == parameters
    signed = {name: request.headers[name] for name in ("content-type", "host", "x-tc-action")}
    canonical = canonical_request_tc3("POST", "", signed, hashlib.sha256(request.body or b"").hexdigest())
    expected = sign_tc3(canonical, "vpc", 1_767_225_600, "AKIDexample", "secret")
    assert request.headers["authorization"] == expected


def test_a_request_names_action_version_region_and_time() -> None:
    request = service().request("DescribeSecurityGroups", {})
    assert (request.method, request.url) == ("POST", "https://vpc.example/")
    assert request.headers["host"] == "vpc.example"
    names = ("x-tc-action", "x-tc-version", "x-tc-region", "x-tc-timestamp")
    assert [request.headers[name] for name in names] == [
        "DescribeSecurityGroups",
        "2017-03-12",
        "ap-guangzhou",
        "1767225600",
    ]


def test_only_a_temporary_key_sends_a_token() -> None:
    assert "x-tc-token" not in service().request("X", {}).headers
    assert service("temporary").request("X", {}).headers["x-tc-token"] == "temporary"


def test_the_path_of_a_gateway_is_sent_and_not_signed() -> None:
    plain, behind = (service(url=url).request("X", {}) for url in ("https://vpc.example", "https://vpc.example/gw"))
    assert behind.url == "https://vpc.example/gw/"
    assert behind.headers == plain.headers
