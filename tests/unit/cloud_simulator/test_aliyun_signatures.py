# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification of signatures, with published and generated vectors of the vendor, and with changed requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.cloud_simulator.aliyun.errors import ApiError
from tests.cloud_simulator.aliyun.signatures import (
    check_v1,
    check_v3,
    parse_authorization,
    v1_string_to_sign,
    v3_canonical_request,
    v3_string_to_sign,
)
from tests.cloud_simulator.aliyun.wire import RpcCall, parse
from tests.cloud_simulator.exchange import Request
from tests.unit.cloud_simulator.aliyun_requests import FORM, caller

VECTORS = json.loads(Path(__file__).parents[1].joinpath("vectors", "alibaba_signing.json").read_text(encoding="utf-8"))
V1 = {vector["name"]: vector for vector in VECTORS["v1_rpc_hmac_sha1"]}
V3 = {vector["name"]: vector for vector in VECTORS["v3_acs3_hmac_sha256"]}
MISMATCH = "Specified signature is not matched with our calculation. server string to sign is:"


def v1_call(vector: dict[str, Any]) -> RpcCall:
    """The request of a version 1.0 vector, with its expected signature."""
    given, expected = vector["input"], vector["expected"]
    body = urlencode(given.get("form_body", {})).encode()
    if "request_target" in expected:
        query = expected["request_target"].removeprefix("/?")
    else:
        query = urlencode({**given["query"], "Signature": expected["signature"]})
    headers = {**given.get("headers", {}), **({"content-type": FORM} if body else {})}
    return parse(Request(given["http_method"], "/", query, headers, body, "host"))


def v3_call(vector: dict[str, Any]) -> RpcCall:
    """The request of a V3 vector as a server receives it, with its expected Authorization."""
    given = vector["input"]
    headers = {name.lower(): value.strip() for name, value in given["headers"].items()}
    headers["authorization"] = vector["expected"]["authorization"]
    query = urlencode(given["query"])
    return parse(Request(given["http_method"], given["path"], query, headers, given["body"].encode(), headers["host"]))


def code_of(call: RpcCall, secret: str = "testsecret") -> str:
    """The code of the refusal, "" if the signature is right."""
    try:
        (check_v3 if call.is_v3 else check_v1)(call, secret)
    except ApiError as error:
        return error.code
    return ""


def test_all_vectors_are_there() -> None:
    assert len(V1) == 10
    assert len(V3) == 9


@pytest.mark.parametrize("name", V1)
def test_v1_string_to_sign_is_the_vectors(name: str) -> None:
    call = v1_call(V1[name])
    expected = V1[name]["expected"]
    string_to_sign = v1_string_to_sign(call.request.method, call.parameters)
    assert string_to_sign == expected["string_to_sign"]
    secret = V1[name]["input"]["access_key_secret"] + "&"
    digest = hmac.new(secret.encode(), string_to_sign.encode(), hashlib.sha1).digest()
    assert base64.b64encode(digest).decode() == expected["signature"]


@pytest.mark.parametrize("name", V3)
def test_v3_strings_are_the_vectors(name: str) -> None:
    call = v3_call(V3[name])
    expected = V3[name]["expected"]
    claimed = parse_authorization(expected["authorization"])
    assert claimed.signed_headers == tuple(expected["signed_headers"].split(";"))
    assert v3_canonical_request(call, claimed.signed_headers) == expected["canonical_request"]
    assert v3_string_to_sign(call, claimed.signed_headers) == expected["string_to_sign"]


@pytest.mark.parametrize("call", [*map(v1_call, V1.values()), *map(v3_call, V3.values())], ids=[*V1, *V3])
def test_vector_is_accepted_with_its_secret_only(call: RpcCall) -> None:
    vector = {**V1, **V3}
    secrets = {entry["input"]["access_key_secret"] for entry in vector.values()}
    accepted = [secret for secret in secrets if not code_of(call, secret)]
    assert len(accepted) == 1
    assert code_of(call, accepted[0] + "x") == "SignatureDoesNotMatch"


def changed(text: str, at: int) -> str:
    """The text with another letter or digit in one position."""
    return text[:at] + ("b" if text[at] == "a" else "a") + text[at + 1 :]


def v1_mutations(call: RpcCall) -> Iterator[RpcCall]:
    request = call.request
    yield replace(call, request=replace(request, method="GET" if request.method == "POST" else "POST"))
    for pairs in parameter_mutations(call.query):
        yield replace(call, query=pairs)
    for pairs in parameter_mutations(call.form):
        yield replace(call, form=pairs)


def parameter_mutations(pairs: Mapping[str, str]) -> Iterator[dict[str, str]]:
    yield {**pairs, "New": ""}
    for name, value in pairs.items():
        rest = {other: text for other, text in pairs.items() if other != name}
        if name != "Signature":
            yield rest
            yield {**rest, name + "x": value}
        for at in range(len(value)):
            yield {**rest, name: changed(value, at)}


@pytest.mark.parametrize("name", V1)
def test_v1_refuses_every_changed_part(name: str) -> None:
    call = v1_call(V1[name])
    secret = V1[name]["input"]["access_key_secret"]
    assert code_of(call, secret) == ""
    mutations = list(v1_mutations(call))
    assert len(mutations) > 100
    for mutation in mutations:
        assert code_of(mutation, secret) == "SignatureDoesNotMatch", mutation


def v3_mutations(call: RpcCall) -> Iterator[Request]:
    request = call.request
    yield replace(request, method="GET" if request.method == "POST" else "POST")
    yield replace(request, path="/x")
    for at in range(len(request.body)):
        yield replace(request, body=changed(request.body.decode(), at).encode())
    yield replace(request, body=request.body + b"a")
    pairs = parse_qsl(request.query_string, keep_blank_values=True)
    for index, (name, value) in enumerate(pairs):
        others = pairs[:index] + pairs[index + 1 :]
        yield replace(request, query_string=urlencode(others))
        for at in range(len(value)):
            yield replace(request, query_string=urlencode([*others, (name, changed(value, at))]))
    yield replace(request, query_string=urlencode([*pairs, ("New", "")]))
    for name, value in request.headers.items():
        for at in range(len(value)):
            yield replace(request, headers={**request.headers, name: changed(value, at)})


@pytest.mark.parametrize("name", V3)
def test_v3_refuses_every_changed_part(name: str) -> None:
    call = v3_call(V3[name])
    secret = V3[name]["input"]["access_key_secret"]
    assert code_of(call, secret) == ""
    mutations = list(v3_mutations(call))
    assert len(mutations) > 100
    for mutation in mutations:
        # A changed key ID is signed like any other; the secret of that key differs.
        if mutation.headers["authorization"].split(",")[0] == call.request.headers["authorization"].split(",")[0]:
            changed_call = RpcCall(mutation, dict(parse_qsl(mutation.query_string, keep_blank_values=True)), call.form)
            assert not changed_call.is_v3 or code_of(changed_call, secret) in (
                "SignatureDoesNotMatch",
                "IncompleteSignature",
            ), mutation


def test_v3_requires_every_acs_header_and_the_content_type_to_be_signed() -> None:
    call = v3_call(V3["v3-form-body"])
    headers = call.request.headers
    unsigned = replace(call, request=replace(call.request, headers={**headers, "x-acs-security-token": "t"}))
    assert code_of(unsigned) == "IncompleteSignature"
    authorization = headers["authorization"]
    for old, new, code in (
        ("=content-type;host;", "=host;content-type;", "SignatureDoesNotMatch"),
        ("=content-type;host;", "=content-type;host;host;", "SignatureDoesNotMatch"),
        ("=content-type;host;", "=content-type;date;host;", "IncompleteSignature"),
        ("=content-type;host;", "=host;", "IncompleteSignature"),
        ("=content-type;host;", "=content-type;", "IncompleteSignature"),
    ):
        assert old in authorization
        other = {**headers, "authorization": authorization.replace(old, new)}
        assert code_of(replace(call, request=replace(call.request, headers=other))) == code
    without = replace(call, request=replace(call.request, headers={**headers, "user-agent": "any"}))
    assert code_of(without) == ""


@pytest.mark.parametrize(
    "header",
    [
        "ACS3-HMAC-SHA256 Credential=testid, SignedHeaders=host, Signature=" + "0" * 64,
        "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host,Signature=" + "A" * 64,
        "ACS3-HMAC-SM3 Credential=testid,SignedHeaders=host,Signature=" + "0" * 64,
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=" + "0" * 64,
        "ACS3-HMAC-SHA256",
    ],
)
def test_v3_requires_the_documented_authorization(header: str) -> None:
    with pytest.raises(ApiError, match="IncompleteSignature"):
        parse_authorization(header)


@pytest.mark.parametrize("signature", ["v1", "v3"])
def test_refusal_shows_the_servers_string_to_sign(signature: str) -> None:
    sender = caller(signature=signature, secret="wrong")
    request = sender.request("DescribeSecurityGroups", RegionId="cn-hangzhou")
    call = parse(request)
    if signature == "v1":
        expected = v1_string_to_sign("POST", call.parameters)
    else:
        expected = v3_string_to_sign(call, parse_authorization(request.headers["authorization"]).signed_headers)
    reply = sender.cloud.handle(request)
    assert reply.status == 400
    assert json.loads(reply.body)["Message"] == MISMATCH + expected
