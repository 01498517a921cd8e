# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any response to any call leads to a result or to a failure with its kind, never to a traceback or an endless wait."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse, ResponseLost
from tests.cloud_simulator.harness import Harness
from tests.properties.ending import Endings
from tests.properties.junk import STATUSES, TYPES, damaged_body
from tests.properties.profile import cases
from tests.properties.shortcut import Shortcut
from tests.properties.tasks import echoes
from tests.reliability.tally import Tally
from tests.support.module_runner import Pauses
from tests.support.worlds import ACCEPTING, DROPPING, PEER, WEB, aliyun_options, tencent_options

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
RULE = {"action": "accept", "protocol": "tcp", "port": "25", "cidr": "10.1.0.0/16", "description": "new"}
# Together, they make every call of the modules.
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "aliyun v3": ("aliyun_sg_policy", {"security_group_id": ACCEPTING, "inner_access_policy": "drop"}),
    "aliyun v1": (
        "aliyun_sg_policy",
        {"security_group_id": DROPPING, "inner_access_policy": "accept", "signature_version": "v1"},
    ),
    "aliyun, account": (
        "aliyun_sg_policy",
        {"security_group_id": DROPPING, "inner_access_policy": "drop", "expected_account_id": "1234567890123456"},
    ),
    "aliyun info": ("aliyun_sg_policy_info", {}),
    "aliyun info, ids": ("aliyun_sg_policy_info", {"security_group_ids": [ACCEPTING, DROPPING]}),
    "tencent 3.0 replaced": ("tencent_sg_rules", {"security_group_id": WEB, "ingress": [RULE], "egress": []}),
    "tencent 3.0 emptied": ("tencent_sg_rules", {"security_group_id": WEB, "ingress": [], "egress": []}),
    "tencent 3.0 merged": ("tencent_sg_rules", {"security_group_id": WEB, "ingress": [RULE], "state": "merged"}),
    "tencent 3.0 deleted": (
        "tencent_sg_rules",
        {"security_group_id": WEB, "egress": [{"action": "accept"}], "state": "deleted"},
    ),
    "tencent 3.0 groups": (
        "tencent_sg_rules",
        {"groups": [{"security_group_id": WEB}, {"security_group_id": PEER}], "ingress": [RULE]},
    ),
    "tencent, account": (
        "tencent_sg_rules",
        {"security_group_id": WEB, "ingress": [], "expected_account_id": "100000000001"},
    ),
    "tencent 2.0 replaced": (
        "tencent_sg_rules",
        {"security_group_id": WEB, "ingress": [RULE], "egress": [RULE], "api_version": "2.0"},
    ),
    "tencent 2.0 merged": (
        "tencent_sg_rules",
        {
            "security_group_id": WEB,
            "ingress": [RULE, {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8", "desc": "x"}],
            "api_version": "2.0",
            "state": "merged",
        },
    ),
    "tencent 2.0 deleted": (
        "tencent_sg_rules",
        {"security_group_id": WEB, "egress": [{"action": "accept"}], "state": "deleted", "api_version": "2.0"},
    ),
    "tencent info 3.0": ("tencent_sg_rules_info", {"filters": {"name": ""}}),
    "tencent info 3.0, ids": ("tencent_sg_rules_info", {"security_group_ids": [WEB, PEER]}),
    "tencent info 2.0": ("tencent_sg_rules_info", {"api_version": "2.0"}),
    "tencent info 2.0, ids": ("tencent_sg_rules_info", {"security_group_ids": [WEB], "api_version": "2.0"}),
}


@pytest.mark.parametrize("name", TASKS)
def test_any_response(way: Shortcut, clouds: Harness, pauses: Pauses, tally: Tally, name: str) -> None:
    """Some responses are damaged, sometimes all of them; the others are the cloud's own."""
    module, options = TASKS[name]
    cloud = module.partition("_")[0]
    lead = aliyun_options if cloud == "aliyun" else tencent_options
    # The deadline ends a run in which nothing ever changes.
    options = lead(clouds.url, **{"deadline": 30, "max_concurrency": 1, "sts_endpoint": clouds.url, **options})
    endings = Endings(tally, pauses, "fuzz")

    @cases(8, 300)
    @given(
        data=st.data(),
        spoilt=st.sets(st.integers(1, 4), min_size=1, max_size=2),
        everything=st.integers(0, 15).map(lambda number: number == 0),
        switches=echoes(cloud),
    )
    def attempt(data: st.DataObject, spoilt: set[int], everything: bool, switches: dict[str, str]) -> None:
        clouds.reset()
        clouds.switch(cloud, **switches)

        def spoil(number: int, response: HttpResponse) -> HttpResponse:
            if not everything and number not in spoilt or number > 40:
                return response
            kind = data.draw(st.integers(0, 7))
            if kind == 0:
                raise ResponseLost("the connection broke", timed_out=data.draw(st.booleans()))
            status = data.draw(st.sampled_from(STATUSES)) if kind < 3 else response.status
            content_type = data.draw(st.sampled_from(TYPES)) if kind < 2 else response.content_type
            return HttpResponse(status, content_type, data.draw(damaged_body(response.body)))

        with way.spoiling(spoil):
            endings.run(f"Answers | `{module}`", module, options, {})

    attempt()
