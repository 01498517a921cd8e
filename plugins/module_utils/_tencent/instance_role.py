# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of the role that a CVM instance has. Source: "Instance roles" of CVM, and the vendor's client library."""

from __future__ import annotations

from urllib.parse import quote

from .._keys.access import TaskClient
from .._keys.keys import Key, KeySource
from .._keys.local_service import LocalService
from .._keys.renewal import RenewingKey
from .._options.environment import from_variables
from .environment import METADATA_FOR_TESTS
from .sts import read_key

METADATA = "http://metadata.tencentyun.com"
ROLES = "/latest/meta-data/cam/security-credentials/"


def instance_key() -> Key:
    """Return the current key of the instance's role. Raises CloudError."""
    service = LocalService("the instance metadata service", from_variables(METADATA_FOR_TESTS) or METADATA)
    name = service.role_name(service.probe("GET", ROLES))
    return read_key(service.get_json(f"{ROLES}{quote(name, safe='')}"), service.name)


def instance_keys(client: TaskClient, first: Key | None = None) -> KeySource:
    """Return the keys of the instance's role. ``first`` is a key that has just been fetched."""
    return RenewingKey(instance_key, client, "", first)
