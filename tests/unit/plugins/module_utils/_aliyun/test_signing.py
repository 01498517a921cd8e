# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both signatures of Alibaba Cloud, compared with the vendor's own."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.signing import (
    canonical_query,
    canonical_request_v3,
    percent_encode,
    sign_v1,
    sign_v3,
)
from tests.unit.plugins.vectors import Vector, altered, each_of, vectors

V1 = vectors("alibaba", "v1_rpc_hmac_sha1")
V3 = vectors("alibaba", "v3_acs3_hmac_sha256")
# The vendor's client signs every header that it sends; ours signs the required ones.
SIGNS_MORE = "v3-python-sdk-full-client-call"
V3_LIKE_OURS = [vector for vector in V3 if vector["name"] != SIGNS_MORE]


def v1_parameters(vector: Vector) -> dict[str, str]:
    """All parameters of a version 1.0 vector except the signature itself."""
    target = vector["expected"].get("request_target")
    if target:
        sent = dict(parse_qsl(target.removeprefix("/?"), keep_blank_values=True))
        return {name: value for name, value in sent.items() if name != "Signature"}
    return {**vector["input"]["query"], **vector["input"].get("form_body", {})}


def v3_canonical(vector: Vector) -> tuple[str, str]:
    given = vector["input"]
    body_hash = hashlib.sha256(given["body"].encode()).hexdigest()
    return canonical_request_v3(given["http_method"], given["query"], given["headers"], body_hash)


def v3_authorization(vector: Vector, secret: str = "", **headers: str) -> str:
    given = vector["input"]
    body_hash = hashlib.sha256(given["body"].encode()).hexdigest()
    return sign_v3(
        given["http_method"],
        given["query"],
        {**given["headers"], **headers},
        body_hash,
        given["access_key_id"],
        secret or given["access_key_secret"],
    )


def test_all_vectors_are_there() -> None:
    assert (len(V1), len(V3), len(V3_LIKE_OURS)) == (10, 9, 8)


@each_of(V1)
def test_v1(vector: Vector) -> None:
    given, expected, parameters = vector["input"], vector["expected"], v1_parameters(vector)
    query = canonical_query(parameters)
    assert f"{given['http_method']}&%2F&{percent_encode(query)}" == expected["string_to_sign"]
    assert query == expected.get("canonical_query_string", query)
    signature = sign_v1(given["http_method"], parameters, given["access_key_secret"])
    assert signature == expected["signature"]
    assert percent_encode(signature) == expected.get("signature_percent_encoded", percent_encode(signature))


@each_of(V1)
def test_v1_signs_method_key_and_every_name_and_value(vector: Vector) -> None:
    given, parameters = vector["input"], v1_parameters(vector)
    method, secret = given["http_method"], given["access_key_secret"]
    changed = [
        sign_v1("PUT", parameters, secret),
        sign_v1(method, parameters, altered(secret)),
        *(sign_v1(method, {**parameters, name: f"{value}x"}, secret) for name, value in parameters.items()),
        *(sign_v1(method, {k: v for k, v in parameters.items() if k != name}, secret) for name in parameters),
    ]
    assert vector["expected"]["signature"] not in changed


@each_of(V3_LIKE_OURS)
def test_v3(vector: Vector) -> None:
    expected = vector["expected"]
    request, names = v3_canonical(vector)
    assert canonical_query(vector["input"]["query"]) == expected["canonical_query_string"]
    assert request == expected["canonical_request"]
    assert names == expected["signed_headers"]
    assert hashlib.sha256(request.encode()).hexdigest() == expected["hashed_canonical_request"]
    assert v3_authorization(vector) == expected["authorization"]


@each_of([vector for vector in V3 if vector["name"] == SIGNS_MORE])
def test_v3_signs_what_the_vendors_client_signs_except_accept_and_user_agent(vector: Vector) -> None:
    kept = [
        line
        for line in vector["expected"]["canonical_request"].split("\n")
        if not line.startswith(("accept:", "user-agent:"))
    ]
    request, names = v3_canonical(vector)
    assert request == "\n".join(kept).replace("accept;host;user-agent;", "host;")
    assert set(vector["expected"]["signed_headers"].split(";")) - set(names.split(";")) == {"accept", "user-agent"}


@each_of(V3)
def test_v3_signs_method_key_body_query_and_every_signed_header(vector: Vector) -> None:
    given = vector["input"]
    unchanged = v3_authorization(vector)
    signed = [name for name in given["headers"] if name.lower().startswith("x-acs-") or name.lower() == "host"]
    changed = [
        v3_authorization(vector, secret=altered(given["access_key_secret"])),
        v3_authorization({**vector, "input": {**given, "http_method": "PUT"}}),
        v3_authorization({**vector, "input": {**given, "body": f"{given['body']}x"}}),
        v3_authorization({**vector, "input": {**given, "query": {**given["query"], "Extra": ""}}}),
        *(v3_authorization(vector, **{name: f"{given['headers'][name]}x"}) for name in signed),
    ]
    assert unchanged not in changed


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("a b", "a%20b"), ("~-_.", "~-_."), ("*", "%2A"), ("+/=", "%2B%2F%3D"), ("ü", "%C3%BC"), ("内", "%E5%86%85")],
)
def test_percent_encoding_is_that_of_rfc_3986(text: str, encoded: str) -> None:
    assert percent_encode(text) == encoded


def test_query_is_sorted_bytewise_and_keeps_empty_values() -> None:
    assert canonical_query({"a": "", "B": "2", "N.10": "x", "N.2": "y"}) == "B=2&N.10=x&N.2=y&a="
