# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that every Tencent Cloud module has, and the service that they select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._keys.access import ServiceAccess, TaskClient
from .._keys.key_options import given_key
from .._options.environment import from_variables
from .._options.options import Options
from .._options.service_options import endpoint_option, region_option
from .._options.spec import Spec, from_environment
from .apis import API_VERSIONS
from .environment import KEY, REGION, ROLE, STS_ENDPOINT
from .rule_api import RuleApi
from .signing import QUERY_METHODS, TC3

if TYPE_CHECKING:
    from .._keys.key_chain import KeySearch
    from .._keys.keys import KeySource


def tencent_spec() -> Spec:
    """Return the argument spec of the options about credentials and the service."""
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
        "signature_method": {"type": "str", "choices": [TC3, *QUERY_METHODS]},
        **api_version_spec(),
    }


def api_version_spec() -> Spec:
    """Return the argument spec of the option that selects an API."""
    return {"api_version": {"type": "str", "choices": list(API_VERSIONS), "default": API_VERSIONS[0]}}


def tencent_access(options: Options, client: TaskClient, api: RuleApi) -> ServiceAccess:
    """Return the service of the API and the keys to it. Records every mistake in the options."""
    keys, search = _keys(options, client)
    region = region_option(options, REGION, lambda: _profile_region(options, client))
    endpoint = api.endpoint(options, region)
    if options.given("sts_endpoint"):
        endpoint_option(options, options.text("sts_endpoint"), "sts_endpoint")
    method = api.signature_method(options)
    if endpoint is None or keys is None:
        return ServiceAccess(search=search)
    service = api.service(endpoint, region, keys, method, client.clock)
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
