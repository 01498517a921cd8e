# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of the clouds of ``worlds`` in these tests, in the variables of the role and the playbooks."""

from __future__ import annotations

import json
from typing import Any

from tests.cloud_simulator.harness import Harness
from tests.support import worlds
from tests.support.worlds import ACCEPTING, ALIYUN_REGION, DROPPING, NEVER_EDITED, PEER, TENCENT_REGION, WEB

HTTPS = {"action": "accept", "protocol": "tcp", "port": "443"}
ALL_OUT = {"action": "accept"}
LISTED = (ACCEPTING, DROPPING, WEB, NEVER_EDITED)


def description() -> dict[str, Any]:
    """Two groups of each cloud. ACCEPTING, WEB and NEVER_EDITED do not have their desired state yet."""
    tencent_groups = [
        {"security_group_id": WEB, "ingress": [HTTPS]},
        {"security_group_id": NEVER_EDITED, "ingress": [{**HTTPS, "security_group_id": PEER}]},
    ]
    aliyun_groups = [{"security_group_id": ACCEPTING}, {"security_group_id": DROPPING}]
    return {
        "security_groups_aliyun": [
            {"region": ALIYUN_REGION, "inner_access_policy": "drop", "groups": aliyun_groups},
        ],
        "security_groups_tencent": [{"region": TENCENT_REGION, "egress": [ALL_OUT], "groups": tencent_groups}],
    }


def description_text() -> str:
    """The same as the text of a file of variables, or as an argument of ``-e``."""
    return json.dumps(description())


def cloud_environment(clouds: Harness) -> dict[str, str]:
    """The endpoints of the clouds, and permanent keys for them."""
    return {
        **endpoint_environment(clouds),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": worlds.ALIYUN_KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": worlds.ALIYUN_SECRET,
        "TENCENTCLOUD_SECRET_ID": worlds.TENCENT_ID,
        "TENCENTCLOUD_SECRET_KEY": worlds.TENCENT_KEY,
    }


def endpoint_environment(clouds: Harness) -> dict[str, str]:
    """The endpoints of the clouds."""
    return {"ALIBABA_CLOUD_ENDPOINT_ECS": clouds.url, "TENCENTCLOUD_ENDPOINT_VPC": clouds.url}


def written_groups(clouds: Harness) -> set[str]:
    """The groups that have been written to so far."""
    return {str(entry["group"]) for entry in clouds.journal(effect="write")}
