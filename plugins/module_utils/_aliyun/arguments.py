# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options that every Alibaba Cloud module has, and the service that they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._keys.access import ServiceAccess, TaskClient
from .._keys.keys import KeySource, StaticKey
from .._options.misplaced import looks_secret
from .._options.options import Options
from .._options.service_options import endpoint_of, from_variables, key_parts, lone_token, region_of, whole_key
from .._task.module import from_environment
from .ecs import AcsService
from .endpoints import ecs_host, sts_host

if TYPE_CHECKING:
    from .sts import StsAccess

KEY = {
    "access_key_id": (("ALIBABA_CLOUD_ACCESS_KEY_ID",), ("ALICLOUD_ACCESS_KEY",)),
    "access_key_secret": (("ALIBABA_CLOUD_ACCESS_KEY_SECRET",), ("ALICLOUD_SECRET_KEY",)),
    "security_token": (("ALIBABA_CLOUD_SECURITY_TOKEN",), ("ALICLOUD_SECURITY_TOKEN",)),
}
REGION = ("ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION", "ALICLOUD_REGION")
ENDPOINT = ("ALIBABA_CLOUD_ENDPOINT_ECS", "ECS_ENDPOINT")
STS_ENDPOINT = ("ALIBABA_CLOUD_ENDPOINT_STS", "STS_ENDPOINT")
STS_REGION = ("ALIBABA_CLOUD_STS_REGION",)
STS_IN_VPC = ("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED",)
ROLE = {
    "role_arn": ("ALICLOUD_ASSUME_ROLE_ARN",),
    "session_name": ("ALICLOUD_ASSUME_ROLE_SESSION_NAME",),
    "duration_seconds": ("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",),
    "external_id": (),
    "policy": (),
}


def aliyun_spec() -> dict[str, dict[str, Any]]:
    return {
        "access_key_id": {"type": "str"},
        "access_key_secret": {"type": "str", "no_log": True},
        "security_token": {"type": "str", "no_log": True},
        "profile": {"type": "str"},
        "assume_role": {"type": "dict"},
        "expected_account_id": {"type": "str"},
        "region": from_environment(*REGION, aliases=["region_id"]),
        "network": {"type": "str", "choices": ["public", "vpc"], "default": "public"},
        "endpoint": from_environment(*ENDPOINT),
        "sts_endpoint": from_environment(*STS_ENDPOINT),
        "signature_version": {"type": "str", "choices": ["v3", "v1"], "default": "v3"},
    }


def ecs_access(options: Options, calls: TaskClient) -> ServiceAccess:
    """The ECS API of the region, and the keys to it."""
    keys = _keys(options, calls)
    region = region_of(options, REGION, lambda: _profile_region(options, calls))
    network = options.text("network")
    endpoint = endpoint_of(options, options.text("endpoint") or ecs_host(region, network))
    if options.given("sts_endpoint"):
        endpoint_of(options, options.text("sts_endpoint"), "sts_endpoint")
    if endpoint is None or keys is None:
        return ServiceAccess(None, None, str)
    service = AcsService(endpoint, region, keys, options.text("signature_version"), calls.clock)
    return ServiceAccess(service, keys, lambda: sts_access(options, calls).account(keys), endpoint.url("/"))


def _profile_region(options: Options, calls: TaskClient) -> tuple[str, str]:
    from .credentials import profile_region  # most tasks name their region

    return profile_region(options, sts_access(options, calls))


def _keys(options: Options, calls: TaskClient) -> KeySource | None:
    parts = key_parts(options, KEY, environment=not options.given("profile"))
    calls.secrets.add(parts.secret, parts.token, parts.id if looks_secret("access_key_id", parts.id) else "")
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

    inside = options.text("network") == "vpc" or from_variables(STS_IN_VPC).lower() == "true"

    def host(sts_region: str) -> str:
        region = options.text("region")  # not known before, if it is that of a profile
        wanted = sts_region or from_variables(STS_REGION)
        return options.text("sts_endpoint") or sts_host(region, "vpc" if inside else "public", wanted)

    return StsAccess(host, options.text("signature_version"), calls)
