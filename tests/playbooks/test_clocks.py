# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failure for a wrong clock states how far the clock is off."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.responses import clock_difference
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse
from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import run_module
from tests.support.worlds import ACCEPTING, WEB, aliyun_options, tencent_options

ALIYUN = {"security_group_id": ACCEPTING, "inner_access_policy": "drop"}
TENCENT = {"security_group_id": WEB, "ingress": []}
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "aliyun v3": ("aliyun_sg_policy", ALIYUN),
    "aliyun v1": ("aliyun_sg_policy", {**ALIYUN, "signature_version": "v1"}),
    "aliyun, STS": ("aliyun_sg_policy", {**ALIYUN, "expected_account_id": "1234567890123456"}),
    "aliyun info": ("aliyun_sg_policy_info", {}),
    "tencent 3.0": ("tencent_sg_rules", TENCENT),
    "tencent 2.0": ("tencent_sg_rules", {**TENCENT, "api_version": "2.0"}),
    "tencent info": ("tencent_sg_rules_info", {}),
}


@pytest.mark.parametrize(("shift", "side"), [(-10_000, "ahead of"), (10_000, "behind")])
@pytest.mark.parametrize("name", TASKS)
def test_a_wrong_clock(clouds: Harness, name: str, shift: float, side: str) -> None:
    """The simulator's clock is shifted, and its Date header shows it."""
    clouds.move_clock(shift)
    module, own = TASKS[name]
    access = aliyun_options(clouds.url, sts_endpoint=clouds.url) if "aliyun" in name else tencent_options(clouds.url)
    result = run_module(module, {**access, **own})
    assert result["failure"]["kind"] == "auth"
    told = re.search(r"this machine's clock is (\d+) seconds (ahead of|behind) the service's", result["msg"])
    assert told, result["msg"]
    assert abs(int(told[1]) - 10_000) < 10
    assert told[2] == side
    assert "clock" not in result["failure"]["message"]


def test_other_failures_do_not_mention_the_clock(clouds: Harness) -> None:
    clouds.move_clock(200)
    result = run_module("aliyun_sg_policy", aliyun_options(clouds.url, **{**ALIYUN, "access_key_id": "LTAIwrong"}))
    assert result["failure"]["kind"] == "auth"
    assert "clock" not in result["msg"]


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Thu, 01 Jan 1970 00:16:40 GMT", ""),
        ("Thu, 01 Jan 1970 00:16:50 GMT", ""),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "this machine's clock is 1000 seconds ahead of the service's"),
        ("Thu, 01 Jan 1970 01:00:00 GMT", "this machine's clock is 2600 seconds behind the service's"),
        ("", ""),
        ("soon", ""),
        ("99 99 99 99", ""),
        ("Thu, 01 Jan 99999 00:00:00 GMT", ""),
    ],
)
def test_dates(date: str, told: str) -> None:
    assert clock_difference(HttpResponse(400, "", b"", date), 1000.4) == told
