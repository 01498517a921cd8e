# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Keys of the role that an ECS instance has, and keys from a credentials URI.

Source: "Use instance RAM roles to access other Alibaba Cloud services", and the vendor's credentials library.
"""

from __future__ import annotations

from urllib.parse import quote

from .._keys.access import TaskClient
from .._keys.keys import Key, KeySource
from .._keys.local_service import LocalService
from .._keys.renewal import RenewingKey
from .._options.service_options import from_variables
from .sts import read_key

METADATA = "http://100.100.100.200"
METADATA_FOR_TESTS = ("CNCLOUDS_ALIYUN_METADATA_ENDPOINT",)
ROLE_NAME = ("ALIBABA_CLOUD_ECS_METADATA",)
VERSION_1_DISABLED = ("ALIBABA_CLOUD_IMDSV1_DISABLED",)
ROLES = "/latest/meta-data/ram/security-credentials/"


def instance_key(role_name: str = "") -> Key:
    """The present key of the instance's role; without a name the metadata service is asked for it. CloudError."""
    service = LocalService("the instance metadata service", from_variables(METADATA_FOR_TESTS) or METADATA)
    answer = service.look("PUT", "/latest/api/token", {"X-aliyun-ecs-metadata-token-ttl-seconds": "21600"})
    headers = {}
    if answer.status == 200:
        headers["X-aliyun-ecs-metadata-token"] = answer.body.decode("ascii", "replace").strip()
    elif from_variables(VERSION_1_DISABLED).lower() == "true":
        service.check(answer)
    name = role_name or from_variables(ROLE_NAME) or service.role_name(service.get(ROLES, headers))
    return read_key(service.get_json(f"{ROLES}{quote(name, safe='')}", headers), service.name)


def instance_keys(role_name: str, calls: TaskClient, first: Key | None = None) -> KeySource:
    """Keys of the instance's role. C(first) is one that has just been fetched."""
    return RenewingKey(lambda: instance_key(role_name), calls, "", first)


def uri_keys(uri: str, calls: TaskClient) -> KeySource:
    """Keys that a helper on this machine gives."""
    service = LocalService(f"the credentials URI {uri.partition('?')[0]}", uri)
    return RenewingKey(lambda: read_key(service.get_json(""), service.name), calls, "")
