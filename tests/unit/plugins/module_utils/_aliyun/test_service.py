# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of Alibaba Cloud: the signed requests, and the recognised responses."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.service import (
    EMPTY_BODY_HASH,
    STS_VERSION,
    AcsService,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.signing import sign_v1, sign_v3
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpRequest
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import parse_endpoint
from tests.unit.plugins.ecs_answers import JSON, answered, refused
from tests.unit.plugins.fakes import FakeTime
from tests.unit.plugins.task_clients import far_east

XML = "text/xml;charset=utf-8"


def test_a_success() -> None:
    body = {"RequestId": "r-1", "InnerAccessPolicy": "Drop"}
    assert answered(body) == (body, "r-1")


@pytest.mark.parametrize("code", [None, ""])
def test_an_empty_code_is_not_an_error(code: Any) -> None:
    assert answered({"RequestId": "r-1", "Code": code})[1] == "r-1"


ERROR_XML = (
    "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>r-1</RequestId><HostId>ecs.example</HostId>"
    "<Code>InvalidAccessKeyId.NotFound</Code><Message>Specified access key is not found. Größe</Message>"
    "<Recommend><![CDATA[https://example/?a=1&b=2]]></Recommend></Error>"
)


@pytest.mark.parametrize("content_type", [XML, JSON, ""])
def test_an_error_in_xml(content_type: str) -> None:
    """The service responds like this before it knows the requested format, whatever its content type."""
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
    """It is not a success, and the outcome of the call is unknown. A retry may get an undamaged response."""
    error = refused(STRANGE[name])
    assert (error.kind, error.code, error.request_id) == ("protocol", None, None)
    assert not error.had_no_effect
    assert error.transient


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize(("status", "content_type"), [(200, "text/html"), (403, "text/html"), (404, JSON), (302, "")])
def test_a_page_of_another_server_is_not_a_response(name: str, status: int, content_type: str) -> None:
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
def test_an_error_status_without_a_code_is_not_a_success(body: Any) -> None:
    assert refused(body, 400).kind == "protocol"


def test_a_refusal_without_words() -> None:
    error = refused({"Code": "Forbidden.RAM"}, 403)
    assert (error.kind, error.vendor_message, error.request_id) == ("permission", "", None)


def signing(version: str, token: str = "", url: str = "https://ecs.example", region: str = "cn-x") -> AcsService:
    keys = StaticKey(Key("LTAIexample", "secret", token))
    return AcsService(parse_endpoint(url), region, keys, version, FakeTime(1_767_225_600.9).clock())


def query(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


both = pytest.mark.parametrize("version", ["v1", "v3"])
PARAMETERS = [{}, {"SecurityGroupId": "sg-1"}, {"SecurityGroupName": "a b&c=内网*~/@"}]


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_signature_v1_covers_the_whole_query(parameters: dict[str, str]) -> None:
    sent = query(signing("v1").request("X", parameters))
    signature = sent.pop("Signature")
    assert signature == sign_v1("POST", sent, "secret")
    assert {"RegionId": "cn-x", "Action": "X", "Format": "JSON", **parameters}.items() <= sent.items()


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_signature_v3_covers_query_and_headers(parameters: dict[str, str]) -> None:
    request = signing("v3").request("X", parameters)
    assert query(request) == {"RegionId": "cn-x", **parameters}
    signed = {name: value for name, value in request.headers.items() if name == "host" or name.startswith("x-acs-")}
    authorization = sign_v3("POST", query(request), signed, EMPTY_BODY_HASH, "LTAIexample", "secret")
    assert request.headers["authorization"] == authorization
    assert request.headers["x-acs-action"] == "X"


@both
def test_the_time_is_utc_and_an_empty_region_is_omitted(version: str) -> None:
    with far_east():
        request = signing(version, region="").request("X", {})
    when = query(request)["Timestamp"] if version == "v1" else request.headers["x-acs-date"]
    assert when == "2026-01-01T00:00:00Z"
    assert "RegionId" not in query(request)


@both
@pytest.mark.parametrize("token", ["", "temporary"])
def test_only_a_temporary_key_sends_a_token(version: str, token: str) -> None:
    request = signing(version, token).request("X", {})
    sent = query(request).get("SecurityToken") if version == "v1" else request.headers.get("x-acs-security-token")
    assert sent == (token or None)


@both
def test_every_request_has_a_new_nonce(version: str) -> None:
    requests = [signing(version).request("X", {}) for dummy in range(5)]
    nonces = [query(each).get("SignatureNonce") or each.headers.get("x-acs-signature-nonce") for each in requests]
    assert None not in nonces
    assert len(set(nonces)) == 5


@both
def test_the_path_of_a_gateway_is_sent(version: str) -> None:
    request = signing(version, url="http://own.example:8080/gw").request("X", {})
    assert request.url.startswith("http://own.example:8080/gw/?")
    assert (request.method, request.headers["host"]) == ("POST", "own.example:8080")


@pytest.mark.parametrize("version", [None, STS_VERSION])
def test_the_version_is_that_of_the_product(version: str | None) -> None:
    service = signing("v3")
    request = (service._replace(api_version=version) if version else service).request("X", {})
    assert request.headers["x-acs-version"] == (version or "2014-05-26")
