# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that every Alibaba Cloud module has, and the service that they select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._keys.access import ServiceAccess, TaskClient
from .._keys.key_options import given_key
from .._options.environment import from_variables
from .._options.options import Options
from .._options.service_options import endpoint_option, region_option
from .._options.spec import Spec, from_environment
from .endpoints import ecs_host
from .environment import ENDPOINT, KEY, REGION, ROLE, STS_ENDPOINT
from .service import AcsService

if TYPE_CHECKING:
    from .._keys.key_chain import KeySearch
    from .._keys.keys import KeySource


def aliyun_spec() -> Spec:
    """Return the argument spec of the options about credentials and the service."""
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


def ecs_access(options: Options, client: TaskClient) -> ServiceAccess:
    """Return the ECS API of the region and the keys to it. Records every mistake in the options."""
    keys, search = _keys(options, client)
    region = region_option(options, REGION, lambda: _profile_region(options, client))
    endpoint = endpoint_option(options, options.text("endpoint") or ecs_host(region, options.text("network")))
    if options.given("sts_endpoint"):
        endpoint_option(options, options.text("sts_endpoint"), "sts_endpoint")
    if endpoint is None or keys is None:
        return ServiceAccess(search=search)
    service = AcsService(endpoint, region, keys, options.text("signature_version"), client.clock)
    return ServiceAccess(service, keys, lambda: _account(options, client, keys), endpoint.url("/"), search)


# Both clouds have the following functions, because each imports the files of its own cloud, and only if needed.
def _keys(options: Options, client: TaskClient) -> tuple[KeySource | None, KeySearch | None]:
    given = given_key(options, KEY, client.secrets)
    if given.is_final and not options.given("assume_role") and not from_variables(ROLE["role_arn"]):
        return given.source, None
    from .credentials import other_keys  # slower to import, and most tasks do not need it

    return other_keys(options, given, client)


def _profile_region(options: Options, client: TaskClient) -> tuple[str, str]:
    from .credentials import profile_region  # most tasks name their region

    return profile_region(options, client)


def _account(options: Options, client: TaskClient, keys: KeySource) -> str:
    from .sts import sts_access  # most tasks do not check the account

    return sts_access(options, client).account(keys)
