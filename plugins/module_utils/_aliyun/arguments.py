# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options that every Alibaba Cloud module has, and the service that they lead to."""

from __future__ import annotations

from typing import Any

from .._core.arguments import from_environment
from .._core.clock import Clock
from .._core.connection import credential, endpoint_of, region_of
from .._core.options import Options
from .ecs import AccessKey, Ecs

KEY_ID = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY")
KEY_SECRET = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_KEY")
TOKEN = ("ALIBABA_CLOUD_SECURITY_TOKEN", "ALICLOUD_SECURITY_TOKEN")
REGION = ("ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION", "ALICLOUD_REGION")
ENDPOINT = ("ALIBABA_CLOUD_ENDPOINT_ECS", "ECS_ENDPOINT")


def aliyun_spec() -> dict[str, dict[str, Any]]:
    return {
        "access_key_id": from_environment(*KEY_ID),
        "access_key_secret": from_environment(*KEY_SECRET, no_log=True),
        "security_token": from_environment(*TOKEN, no_log=True),
        "region": from_environment(*REGION, aliases=["region_id"]),
        "endpoint": from_environment(*ENDPOINT),
        "signature_version": {"type": "str", "choices": ["v3", "v1"], "default": "v3"},
    }


def ecs_service(options: Options, clock: Clock) -> tuple[Ecs | None, frozenset[str]]:
    """The ECS API of the region, and the secrets of the key. None if a mistake was found."""
    key = AccessKey(
        credential(options, "access_key_id", KEY_ID),
        credential(options, "access_key_secret", KEY_SECRET),
        credential(options, "security_token"),
    )
    region = region_of(options, REGION)
    endpoint = endpoint_of(options, options.text("endpoint") or f"ecs.{region}.aliyuncs.com")
    secrets = frozenset(filter(None, (key.access_key_secret, key.security_token)))
    if endpoint is None:
        return None, secrets
    return Ecs(endpoint, region, key, options.text("signature_version"), clock), secrets
