# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that select a service of either cloud: region, endpoint, account."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .endpoint import Endpoint, parse_endpoint
from .options import Options


def account_option(options: Options) -> str:
    """Return the ID of the account that the key has to belong to, or ""."""
    account = options.text("expected_account_id")
    if not re.fullmatch("[0-9]*", account):
        options.wrong("expected_account_id", f"{account!r} is not an account ID, which consists of digits")
    return account


def region_option(options: Options, variables: Sequence[str], profile_region: Callable[[], tuple[str, str]]) -> str:
    """Return the region, which becomes part of a host name; "" and a mistake if there is none.

    ``profile_region`` returns the region of the profile in use, or "" and where it was searched. It is only
    called if neither the option nor a variable has a region.
    """
    searched = ""
    if not options.given("region"):
        found, searched = profile_region()
        if found:
            options.supply("region", found)
    region = options.required_text("region", f"{missing_remedy(variables)}{searched and f'. {searched}'}")
    if region and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", region):
        options.wrong("region", f"{region!r} is not a region ID like cn-hangzhou or ap-guangzhou")
    if region:
        options.supply("region", region)  # without blanks, because results and host names contain it
    return region


def endpoint_option(options: Options, text: str, name: str = "endpoint") -> Endpoint | None:
    """Return the address of the service, or None and a mistake in the option of that name."""
    try:
        return parse_endpoint(text)
    except ValueError as error:
        options.wrong(name, str(error))
        return None


def missing_remedy(variables: Sequence[str]) -> str:
    """Return what to do about a required option that is missing, as the end of a sentence."""
    return f"; give the option or set the environment variable {' or '.join(variables)}"
