# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The signatures of both Tencent Cloud APIs, compared with the vendor's own."""

from __future__ import annotations

import hashlib
import time
from urllib.parse import parse_qsl

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import flatten
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.signing import (
    canonical_request_tc3,
    sign_query,
    sign_tc3,
)
from tests.unit.plugins.vectors import Vector, altered, each_of, vectors

V2 = vectors("tencent", "v2_dfw")
V3_QUERY = vectors("tencent", "v3_query_signature")
TC3 = vectors("tencent", "tc3")


def sent(vector: Vector) -> dict[str, str]:
    """The parameters of a query signature vector as the vendor's client sends them, without the signature."""
    wire = vector["expected"].get("query_string") or vector["expected"]["body"]
    parameters = dict(parse_qsl(wire, keep_blank_values=True))
    del parameters["Signature"]
    return parameters


def query_signature(vector: Vector, **changed: str) -> str:
    given = {**vector["input"], **changed}
    return sign_query(given["http_method"], given["host"], given["path"], sent(vector), given["secret_key"])


def tc3_headers(vector: Vector) -> dict[str, str]:
    """The headers that a TC3 vector signs."""
    given = vector["input"]
    by_client = vector["expected"].get("headers_set_by_sdk", {})
    headers = {"Content-Type": given.get("content_type") or by_client["Content-Type"], "Host": given["host"]}
    if "x-tc-action" in given.get("signed_headers", ""):
        headers["X-TC-Action"] = given["action"]
    return headers


def tc3_canonical(vector: Vector, **changed: str) -> tuple[str, str]:
    given, expected = vector["input"], vector["expected"]
    body = given.get("body", expected.get("body", ""))
    hashed = "UNSIGNED-PAYLOAD" if given.get("unsigned_payload") else body
    arguments = {
        "method": given["http_method"],
        "query": expected.get("query_string", ""),
        "body_hash": hashlib.sha256(hashed.encode()).hexdigest(),
        **changed,
    }
    return canonical_request_tc3(arguments["method"], arguments["query"], tc3_headers(vector), arguments["body_hash"])


def tc3_authorization(vector: Vector, canonical: tuple[str, str] | None = None, **changed: str) -> str:
    given = {**vector["input"], **changed}
    return sign_tc3(
        canonical or tc3_canonical(vector),
        given["service"],
        int(given["timestamp"]),
        given["secret_id"],
        given["secret_key"],
    )


def test_all_vectors_are_there() -> None:
    assert (len(V2), len(TC3), len(V3_QUERY)) == (16, 16, 6)


@each_of(V2 + V3_QUERY)
def test_query_signature(vector: Vector) -> None:
    assert query_signature(vector) == vector["expected"]["signature"]


@each_of(V2)
def test_flattened_parameters_are_the_vendors(vector: Vector) -> None:
    expected = vector["expected"]["flattened_params_without_signature"]
    flat = dict(flatten(vector["input"]["params"]))
    assert flat == {name: expected[name] for name in flat}
    assert set(expected) - set(flat) <= {
        "Action",
        "Nonce",
        "Region",
        "RequestClient",
        "SecretId",
        "SignatureMethod",
        "Timestamp",
        "Token",
    }


@each_of(V2 + V3_QUERY)
def test_query_signature_covers_method_host_path_and_key(vector: Vector) -> None:
    given = vector["input"]
    other_method = "POST" if given["http_method"] == "GET" else "GET"
    changed = [
        query_signature(vector, http_method=other_method),
        *(query_signature(vector, **{name: altered(given[name])}) for name in ("host", "path", "secret_key")),
    ]
    assert vector["expected"]["signature"] not in changed


@each_of(V2 + V3_QUERY)
def test_query_signature_covers_every_parameter(vector: Vector) -> None:
    given, parameters = vector["input"], sent(vector)
    unsigned = {name for name, value in parameters.items() if given["http_method"] == "POST" and value.startswith("@")}
    for name, value in parameters.items():
        changed = sign_query(
            given["http_method"], given["host"], given["path"], {**parameters, name: f"{value}x"}, given["secret_key"]
        )
        assert (changed == vector["expected"]["signature"]) == (name in unsigned), name


@pytest.mark.parametrize("method", ["", "HmacSha256", "hmacsha256", "HmacSHA1"])
def test_whatever_is_not_exactly_hmac_sha256_is_signed_with_sha1(method: str) -> None:
    vector = next(vector for vector in V2 if vector["name"] == "v2-describe-get-sha1")
    given, parameters = vector["input"], {**sent(vector), "SignatureMethod": method}
    signature = sign_query("GET", given["host"], given["path"], parameters, given["secret_key"])
    assert len(signature) == len(vector["expected"]["signature"]) == 28


@each_of(TC3)
def test_tc3(vector: Vector) -> None:
    expected = vector["expected"]
    request, names = tc3_canonical(vector)
    assert request == expected["canonical_request"]
    assert hashlib.sha256(request.encode()).hexdigest() == expected["hashed_canonical_request"]
    assert f"SignedHeaders={names}," in expected["authorization"]
    authorization = tc3_authorization(vector)
    assert authorization == expected["authorization"]
    assert authorization.endswith(f"Signature={expected['signature']}")
    assert f"/{expected['credential_scope']}," in authorization


@each_of(TC3)
def test_tc3_covers_every_part(vector: Vector) -> None:
    given = vector["input"]
    request, names = tc3_canonical(vector)
    changed = [
        tc3_authorization(vector, secret_key=altered(given["secret_key"])),
        tc3_authorization(vector, timestamp=str(given["timestamp"] + 1)),
        tc3_authorization(vector, service="cam"),
        tc3_authorization(vector, (altered(request), names)),
        *(
            tc3_authorization(vector, tc3_canonical(vector, **{part: value}))
            for part, value in (("method", "PUT"), ("query", "x=1"), ("body_hash", "0" * 64))
        ),
    ]
    signature = vector["expected"]["signature"]
    assert not any(signature in authorization for authorization in changed)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_tc3_dates_are_of_utc_whatever_the_local_zone(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert [tc3_authorization(vector) for vector in TC3] == [v["expected"]["authorization"] for v in TC3]
    finally:
        monkeypatch.undo()
        time.tzset()
