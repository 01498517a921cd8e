# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification of signatures, with recorded signatures of the vendor's SDKs.

All are accepted, and no changed one is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.cloud_simulator.exchange import Request
from tests.cloud_simulator.tencent import signature
from tests.cloud_simulator.tencent.errors import Kind, Refusal
from tests.cloud_simulator.tencent.parameters import form
from tests.cloud_simulator.tencent.state import SecretKey
from tests.cloud_simulator.tencent.switches import SWITCHES

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "tencent_signing.json").read_text("utf-8")
)


def named(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", VECTORS[section], ids=[vector["name"] for vector in VECTORS[section]])


def keys_of(given: Mapping[str, Any]) -> dict[str, SecretKey]:
    return {given["secret_id"]: SecretKey(given["secret_id"], given["secret_key"], given.get("token") or "")}


def form_request(given: Mapping[str, Any], text: str) -> Request:
    get = given["http_method"] == "GET"
    return Request(
        given["http_method"],
        given["path"],
        text if get else "",
        {"host": given["host"], "content-type": "application/x-www-form-urlencoded"},
        b"" if get else text.encode(),
        given["host"],
    )


def as_documented(name: str) -> str:
    """Every switch at its default."""
    return SWITCHES[name].default


def v2_text(vector: Mapping[str, Any]) -> str:
    expected = vector["expected"]
    return str(expected.get("query_string") or expected["body"])


@named("v2_dfw")
def test_v2_vector(vector: dict[str, Any]) -> None:
    given = vector["input"]
    flat = form(form_request(given, v2_text(vector)))
    check = form_request(given, ""), keys_of(given), float(given["timestamp"])
    key = signature.v2_key(check[0], flat, check[1], check[2], signature.Nonces(), as_documented)
    assert key.id == given["secret_id"]
    with pytest.raises(Refusal) as caught:
        signature.v2_key(check[0], {**flat, "Extra": "1"}, check[1], check[2], signature.Nonces(), as_documented)
    assert caught.value.kind is Kind.SIGNATURE


@named("v3_query_signature")
def test_v3_query_vector(vector: dict[str, Any]) -> None:
    given = vector["input"]
    flat = form(form_request(given, v2_text(vector)))
    request, keys, now = form_request(given, ""), keys_of(given), float(given["timestamp"])
    assert signature.query_key(request, flat, keys, now).id == given["secret_id"]
    with pytest.raises(Refusal) as caught:
        signature.query_key(request, {**flat, "Extra": "1"}, keys, now)
    assert caught.value.kind is Kind.SIGNATURE


def tc3_request(vector: Mapping[str, Any]) -> Request:
    given, expected = vector["input"], vector["expected"]
    get = given["http_method"] == "GET"
    headers = {name.lower(): value for name, value in expected.get("headers_set_by_sdk", {}).items()}
    headers |= {"authorization": expected["authorization"], "x-tc-timestamp": str(given["timestamp"])}
    headers |= {"x-tc-action": given["action"], "host": given["host"]}
    if "content_type" in given:
        headers["content-type"] = given["content_type"]
    query = str(expected.get("query_string") or urlencode(given.get("params", {}))) if get else ""
    body = "" if get else str(given.get("body") or expected["body"])
    return Request(given["http_method"], given["path"], query, headers, body.encode(), given["host"])


@named("tc3")
def test_tc3_vector(vector: dict[str, Any]) -> None:
    given, request = vector["input"], tc3_request(vector)
    keys, now = keys_of(given), float(given["timestamp"])
    assert signature.tc3_key(request, keys, now, given["service"]).id == given["secret_id"]
    touched = Request(request.method, request.path, "x=1", request.headers, b"{}", "other.example")
    with pytest.raises(Refusal) as caught:
        signature.tc3_key(touched, keys, now, given["service"])
    assert caught.value.kind is Kind.SIGNATURE


def test_tc3_scope_must_fit_time_and_service() -> None:
    vector = VECTORS["tc3"][0]
    request, keys, now = tc3_request(vector), keys_of(vector["input"]), float(vector["input"]["timestamp"])
    with pytest.raises(Refusal) as service:
        signature.tc3_key(request, keys, now, "cvm")
    assert service.value.kind is Kind.SIGNATURE
    unsigned = {**request.headers, "authorization": request.headers["authorization"].replace(";host", "")}
    with pytest.raises(Refusal) as headers:
        signature.tc3_key(Request("POST", "/", "", unsigned, request.body, request.host), keys, now, "vpc")
    assert headers.value.kind is Kind.AUTHORIZATION


@pytest.mark.parametrize(("old", "new"), [("/vpc/", "/cvm/"), ("/20", "/19")])
def test_tc3_scope_in_the_header_counts_even_beside_a_right_signature(old: str, new: str) -> None:
    vector = VECTORS["tc3"][0]
    request, now = tc3_request(vector), float(vector["input"]["timestamp"])
    headers = {**request.headers, "authorization": request.headers["authorization"].replace(old, new, 1)}
    assert headers != request.headers
    touched = Request(request.method, request.path, "", headers, request.body, request.host)
    with pytest.raises(Refusal) as caught:
        signature.tc3_key(touched, keys_of(vector["input"]), now, "vpc")
    assert caught.value.kind is Kind.SIGNATURE
