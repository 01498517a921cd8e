# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options that every Tencent Cloud module has, and the service that they lead to."""

from __future__ import annotations

import os
from typing import Any, Union

from .._core.arguments import from_environment
from .._core.clock import Clock
from .._core.connection import credential, endpoint_of, region_of
from .._core.endpoint import Endpoint
from .._core.options import Options
from .dfw import Dfw
from .signing import QUERY_METHODS, TC3
from .vpc import SecretKey, Vpc

SECRET_ID = ("TENCENTCLOUD_SECRET_ID",)
SECRET_KEY = ("TENCENTCLOUD_SECRET_KEY",)
TOKEN = ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")
REGION = ("TENCENTCLOUD_REGION",)
# By API version: the variable that holds an endpoint, and the vendor's own host.
ENDPOINT = {
    "3.0": ("TENCENTCLOUD_ENDPOINT_VPC", "vpc.tencentcloudapi.com"),
    "2.0": ("TENCENTCLOUD_ENDPOINT_DFW", "dfw.api.qcloud.com"),
}
TencentService = Union[Vpc, Dfw]


def tencent_spec() -> dict[str, dict[str, Any]]:
    return {
        "secret_id": from_environment(*SECRET_ID),
        "secret_key": from_environment(*SECRET_KEY, no_log=True),
        "token": from_environment(*TOKEN, no_log=True),
        "region": from_environment(*REGION),
        "endpoint": {"type": "str"},
        "api_version": {"type": "str", "choices": ["3.0", "2.0"], "default": "3.0"},
        "signature_method": {"type": "str", "choices": [TC3, *QUERY_METHODS]},
    }


def tencent_service(options: Options, clock: Clock) -> tuple[TencentService | None, frozenset[str]]:
    """The API asked for, and the secrets of the key. None if a mistake was found."""
    key = SecretKey(
        credential(options, "secret_id", SECRET_ID),
        credential(options, "secret_key", SECRET_KEY),
        credential(options, "token"),
    )
    secrets = frozenset(filter(None, (key.secret_key, key.token)))
    region = region_of(options, REGION)
    api_version = options.text("api_version")
    variable, host = ENDPOINT[api_version]
    endpoint = endpoint_of(options, options.text("endpoint") or os.environ.get(variable) or host)
    method = options.text("signature_method")
    if endpoint is None:
        return None, secrets
    if api_version == "3.0":
        return _vpc(options, endpoint, region, key, method, clock), secrets
    return _dfw(options, endpoint, region, key, method, clock), secrets


def _vpc(
    options: Options, endpoint: Endpoint, region: str, key: SecretKey, method: str, clock: Clock
) -> TencentService:
    if method not in ("", TC3):
        options.wrong("signature_method", f"API 3.0 is signed with {TC3}; {method} goes with api_version 2.0")
    return Vpc(endpoint, region, key, clock)


def _dfw(
    options: Options, endpoint: Endpoint, region: str, key: SecretKey, method: str, clock: Clock
) -> TencentService:
    if method == TC3:
        options.wrong("signature_method", f"API 2.0 is signed with HmacSHA256 or HmacSHA1; {TC3} goes with 3.0")
    return Dfw(endpoint, region, key, method or "HmacSHA256", clock)
