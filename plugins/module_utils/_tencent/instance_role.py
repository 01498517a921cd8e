# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Keys of the role that a CVM instance has. Source: "Instance roles" of CVM, and the vendor's client library."""

from __future__ import annotations

from urllib.parse import quote

from .._keys.access import TaskClient
from .._keys.keys import Key, KeySource
from .._keys.local_service import LocalService
from .._keys.renewal import RenewingKey
from .._options.service_options import from_variables
from .sts import read_key

METADATA = "http://metadata.tencentyun.com"
METADATA_FOR_TESTS = ("CNCLOUDS_TENCENT_METADATA_ENDPOINT",)
ROLES = "/latest/meta-data/cam/security-credentials/"


def instance_key() -> Key:
    """The present key of the instance's role. CloudError."""
    service = LocalService("the instance metadata service", from_variables(METADATA_FOR_TESTS) or METADATA)
    name = service.role_name(service.look("GET", ROLES))
    return read_key(service.get_json(f"{ROLES}{quote(name, safe='')}"), service.name)


def instance_keys(calls: TaskClient, first: Key | None = None) -> KeySource:
    """Keys of the instance's role. C(first) is one that has just been fetched."""
    return RenewingKey(instance_key, calls, "", first)
