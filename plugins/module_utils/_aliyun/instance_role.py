# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of the role that an ECS instance has, and keys from a credentials URI.

Source: "Use instance RAM roles to access other Alibaba Cloud services", and the vendor's credentials library.
"""

from __future__ import annotations

from urllib.parse import quote

from .._keys.access import TaskClient
from .._keys.keys import Key, KeySource
from .._keys.local_service import LocalService
from .._keys.renewal import RenewingKey
from .._options.environment import from_variables
from .environment import INSTANCE_ROLE, METADATA_FOR_TESTS, METADATA_V1_DISABLED
from .sts import read_key

METADATA = "http://100.100.100.200"
ROLES = "/latest/meta-data/ram/security-credentials/"


def instance_key(role_name: str = "") -> Key:
    """Return the current key of the instance's role, whose name is queried if it is not given. Raises CloudError."""
    service = LocalService("the instance metadata service", from_variables(METADATA_FOR_TESTS) or METADATA)
    response = service.probe("PUT", "/latest/api/token", {"X-aliyun-ecs-metadata-token-ttl-seconds": "21600"})
    headers = {}
    if response.status == 200:
        headers["X-aliyun-ecs-metadata-token"] = response.body.decode("ascii", "replace").strip()
    elif from_variables(METADATA_V1_DISABLED).lower() == "true":
        service.check(response)
    name = role_name or from_variables(INSTANCE_ROLE) or service.role_name(service.get(ROLES, headers))
    return read_key(service.get_json(f"{ROLES}{quote(name, safe='')}", headers), service.name)


def instance_keys(role_name: str, client: TaskClient, first: Key | None = None) -> KeySource:
    """Return the keys of the instance's role. ``first`` is a key that has just been fetched."""
    return RenewingKey(lambda: instance_key(role_name), client, "", first)


def uri_keys(uri: str, client: TaskClient) -> KeySource:
    """Return the keys that a helper on this machine provides."""
    service = LocalService(f"the credentials URI {uri.partition('?')[0]}", uri)
    return RenewingKey(lambda: read_key(service.get_json(""), service.name), client, "")
