# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases that fuzzing has found: each of them caused a traceback once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.text import UNPAIRED_SURROGATE
from tests.cloud_simulator.harness import Harness
from tests.properties.shortcut import Shortcut
from tests.support.module_runner import Result, run_module
from tests.support.worlds import ACCEPTING, WEB, aliyun_options, tencent_options

DEEP = b"[" * 100_000
BODIES = {
    "brackets without end": DEEP,
    "a code that is infinite": b'{"code": 1e999}',
    "a name that is no JSON": b'{"code": NaN, "Response": NaN}',
}
DIALECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "aliyun": ("aliyun_sg_policy", {"security_group_id": ACCEPTING, "inner_access_policy": "drop"}),
    "tencent 3.0": ("tencent_sg_rules", {"security_group_id": WEB, "ingress": []}),
    "tencent 2.0": ("tencent_sg_rules", {"security_group_id": WEB, "ingress": [], "api_version": "2.0"}),
}


def run(clouds: Harness, module: str, **options: Any) -> Result:
    """Return the result of a run against clouds in their initial state."""
    clouds.reset()
    lead = aliyun_options if module.startswith("aliyun") else tencent_options
    return run_module(module, lead(clouds.url, **options))


def rewritten(change: Callable[[Any], None]) -> Callable[[int, HttpResponse], HttpResponse]:
    """Change every response with this function."""

    def spoil(number: int, response: HttpResponse) -> HttpResponse:
        body = json.loads(response.body)
        change(body)
        return HttpResponse(response.status, response.content_type, json.dumps(body).encode())

    return spoil


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_not_a_response(way: Shortcut, clouds: Harness, body: str, dialect: str) -> None:
    module, options = DIALECTS[dialect]
    with way.spoiling(lambda number, response: HttpResponse(200, "application/json", BODIES[body])):
        result = run(clouds, module, **options)
    assert result["failure"]["kind"] == "protocol"
    assert not result["changed"]


@pytest.mark.parametrize("tags", [5, "x", [None, "x", []], {"Key": "x"}])
def test_tags_of_another_shape(way: Shortcut, clouds: Harness, tags: Any) -> None:
    def tencent(body: Any) -> None:
        for group in body["Response"].get("SecurityGroupSet", ()):
            group["TagSet"] = tags

    def aliyun(body: Any) -> None:
        for group in body.get("SecurityGroups", {}).get("SecurityGroup", ()):
            group["Tags"] = {"Tag": tags}

    with way.spoiling(rewritten(tencent)):
        assert run(clouds, "tencent_sg_rules_info", security_group_ids=[WEB])["failure"]["kind"] == "protocol"
    with way.spoiling(rewritten(aliyun)):
        assert run(clouds, "aliyun_sg_policy_info", security_group_ids=[ACCEPTING])["failure"]["kind"] == "protocol"


def test_a_version_of_more_digits_than_a_number_has(way: Shortcut, clouds: Harness) -> None:
    def change(body: Any) -> None:
        body["Response"]["SecurityGroupPolicySet"]["Version"] = "9" * 5000

    with way.spoiling(lambda number, response: response if number != 1 else rewritten(change)(number, response)):
        result = run(clouds, "tencent_sg_rules", security_group_id=WEB, ingress=[])
    assert result["failed"]


def test_positions_that_are_infinite(way: Shortcut, clouds: Harness) -> None:
    def spoil(number: int, response: HttpResponse) -> HttpResponse:
        endless = re.sub(rb'"PolicyIndex":[0-9]+', b'"PolicyIndex":1e999', response.body)
        return HttpResponse(response.status, response.content_type, endless)

    with way.spoiling(spoil):
        result = run(clouds, "tencent_sg_rules_info", security_group_ids=[WEB])
    assert len(result["security_groups"][0]["ingress"]) == 3


def test_a_progress_file_that_is_full(way: Shortcut, clouds: Harness) -> None:
    """The disk is full after the group was changed, and the result reports the change."""
    result = run(clouds, "tencent_sg_rules", security_group_id=WEB, ingress=[], progress_file="/dev/full")
    assert result["changed"]
    assert not result.get("failed")
    assert result["after"]["ingress"] == []
    assert result["warnings"] == ["progress_file: /dev/full could not be written: No space left on device"]


@pytest.mark.parametrize("filters", [{"name": "\ud800"}, {"tags": {"a": "\ud800"}}, {"tags": {"\ud800": "a"}}])
def test_half_a_surrogate_pair_in_a_filter(way: Shortcut, clouds: Harness, filters: Any) -> None:
    for module in ("aliyun_sg_policy_info", "tencent_sg_rules_info"):
        failure = run(clouds, module, filters=filters)["failure"]
        assert failure["kind"] == "invalid_input"
        assert failure["errors"] == [{"path": f"filters.{next(iter(filters))}", "message": UNPAIRED_SURROGATE}]
