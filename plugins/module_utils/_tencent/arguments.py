# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options that every Tencent Cloud module has, and the service that they lead to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._keys.access import ServiceAccess, TaskClient
from .._keys.keys import KeySource, StaticKey
from .._options.endpoint import Endpoint
from .._options.misplaced import looks_secret
from .._options.options import Options
from .._options.service_options import endpoint_of, from_variables, key_parts, lone_token, region_of, whole_key
from .._task.module import from_environment
from .endpoints import api_host
from .signing import QUERY_METHODS, TC3
from .vpc import Tc3Service

if TYPE_CHECKING:
    from .dfw import Dfw
    from .sts import StsAccess

KEY = {
    "secret_id": (("TENCENTCLOUD_SECRET_ID",),),
    "secret_key": (("TENCENTCLOUD_SECRET_KEY",),),
    "token": (("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),),
}
REGION = ("TENCENTCLOUD_REGION",)
# By API version, the variable that holds an endpoint.
ENDPOINT = {"3.0": "TENCENTCLOUD_ENDPOINT_VPC", "2.0": "TENCENTCLOUD_ENDPOINT_DFW"}
STS_ENDPOINT = ("TENCENTCLOUD_ENDPOINT_STS",)
ROLE = {
    "role_arn": ("TENCENTCLOUD_ASSUME_ROLE_ARN",),
    "session_name": ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",),
    "duration_seconds": ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",),
    "external_id": ("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID",),
    "policy": (),
}


def tencent_spec() -> dict[str, dict[str, Any]]:
    return {
        "secret_id": {"type": "str"},
        "secret_key": {"type": "str", "no_log": True},
        "token": {"type": "str", "no_log": True},
        "profile": {"type": "str"},
        "assume_role": {"type": "dict"},
        "expected_account_id": {"type": "str"},
        "region": from_environment(*REGION),
        "network": {"type": "str", "choices": ["public", "vpc"], "default": "public"},
        "endpoint": {"type": "str"},
        "sts_endpoint": from_environment(*STS_ENDPOINT),
        "api_version": {"type": "str", "choices": ["3.0", "2.0"], "default": "3.0"},
        "signature_method": {"type": "str", "choices": [TC3, *QUERY_METHODS]},
    }


def tencent_access(options: Options, calls: TaskClient) -> ServiceAccess:
    """The API asked for, and the keys to it."""
    keys = _keys(options, calls)
    region = region_of(options, REGION, lambda: _profile_region(options, calls))
    endpoint = _endpoint(options, region)
    if options.given("sts_endpoint"):
        endpoint_of(options, options.text("sts_endpoint"), "sts_endpoint")
    method = _signature_method(options)
    if endpoint is None or keys is None:
        return ServiceAccess(None, None, str)
    service: Tc3Service | Dfw
    if options.text("api_version") == "3.0":
        service = Tc3Service(endpoint, region, keys, calls.clock)
    else:
        from .dfw import Dfw  # the legacy API is the exception

        service = Dfw(endpoint, region, keys, method, calls.clock)
    return ServiceAccess(service, keys, lambda: sts_access(options, calls).account(keys), endpoint.url("/"))


def _signature_method(options: Options) -> str:
    method = options.text("signature_method")
    if options.text("api_version") == "3.0":
        if method not in ("", TC3):
            options.wrong("signature_method", f"API 3.0 is signed with {TC3}; {method} goes with api_version 2.0")
    elif method == TC3:
        options.wrong("signature_method", f"API 2.0 is signed with HmacSHA256 or HmacSHA1; {TC3} goes with 3.0")
    return method or "HmacSHA256"


def _endpoint(options: Options, region: str) -> Endpoint | None:
    api_version, network = options.text("api_version"), options.text("network")
    given = options.text("endpoint") or os.environ.get(ENDPOINT[api_version], "").strip()
    if given or api_version == "2.0":
        if not given and network == "vpc":
            options.wrong("network", "API 2.0 has no host inside a network; use api_version 3.0 or give endpoint")
        return endpoint_of(options, given or "dfw.api.qcloud.com")
    try:
        return endpoint_of(options, api_host("vpc", region, network))
    except ValueError as error:
        options.wrong("network", str(error))
        return None


def _profile_region(options: Options, calls: TaskClient) -> tuple[str, str]:
    from .credentials import profile_region  # most tasks name their region

    return profile_region(options, sts_access(options, calls))


def _keys(options: Options, calls: TaskClient) -> KeySource | None:
    parts = key_parts(options, KEY, environment=not options.given("profile"))
    calls.secrets.add(parts.secret, parts.token, parts.id if looks_secret("secret_id", parts.id) else "")
    if lone_token(options, KEY, parts):
        return None
    plain = parts.given and not options.given("profile")
    if plain and not options.given("assume_role") and not from_variables(ROLE["role_arn"]):
        key = whole_key(options, KEY, parts)
        return StaticKey(key) if key else None
    from .credentials import found_keys  # slower to import, and most tasks do not need it

    return found_keys(options, parts, sts_access(options, calls))


def sts_access(options: Options, calls: TaskClient) -> StsAccess:
    """What it takes to call the Security Token Service."""
    from .sts import StsAccess  # see above

    # The region is not known before a call, if it is that of a profile.
    return StsAccess(options.text("sts_endpoint"), lambda: options.text("region"), options.text("network"), calls)
