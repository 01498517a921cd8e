# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service of ECS, and its responses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.service import AcsService
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.endpoint import parse_endpoint
from tests.unit.plugins.fakes import fake_clock

JSON = "application/json;charset=utf-8"


ACTION = "ModifySecurityGroupPolicy"


def service() -> AcsService:
    keys = StaticKey(Key("id", "secret"))
    return AcsService(parse_endpoint("https://ecs.example"), "cn-hangzhou", keys, "v3", fake_clock())


def answered(body: Any, status: int = 200, content_type: str = JSON) -> tuple[dict[str, Any], str | None]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return service().parse(ACTION, HttpResponse(status, content_type, data))


def refused(body: Any, status: int = 200, content_type: str = JSON) -> CloudError:
    with pytest.raises(CloudError) as caught:
        answered(body, status, content_type)
    assert caught.value.action == ACTION
    assert caught.value.http_status == status
    return caught.value
