# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options that lead to a service, whatever the cloud: credentials, region, endpoint."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from .endpoint import Endpoint, parse_endpoint
from .keys import Key
from .options import Options

# The options id, secret and token, in this order, with the variables that stand in for each.
KeyOptions = Mapping[str, Sequence[str]]


def from_variables(variables: Sequence[str]) -> str:
    """The first of these environment variables that is not empty or blank, or ""."""
    return next(filter(None, (os.environ.get(name, "").strip() for name in variables)), "")


def usable(text: str) -> bool:
    """Whether a part of a key is what one can look like. Nothing else can be sent in a header, or signed."""
    return all("!" <= character <= "~" for character in text)


def key_parts(options: Options, names: KeyOptions, environment: bool) -> list[str]:
    """Id, secret and token as the task gives them or, with C(environment), the variables; "" where nobody does."""
    parts = [options.text(name) or (from_variables(names[name]) if environment else "") for name in names]
    for name, part in zip(names, parts):
        if not usable(part):
            # The value itself is never shown: it may be a secret.
            options.wrong(name, "holds a blank, a line break or a character that no key has; was it copied whole?")
    return parts


def whole_key(options: Options, names: KeyOptions, parts: Sequence[str]) -> Key | None:
    """The key, or None: with half of a key that is a mistake, for halves of two keys are none."""
    for name, part in list(zip(names, parts))[:2]:
        if not part:
            require_key(options, name, names)
    return Key(parts[0], parts[1], parts[2]) if parts[0] and parts[1] else None


def require_key(options: Options, name: str, names: KeyOptions, elsewhere: str = "") -> None:
    """The mistake that a part of the key is missing. C(elsewhere) says what was found in other places."""
    options.wrong(name, f"is required{_instead(names[name])}{elsewhere}")


def account_option(options: Options) -> str:
    """The account whose key has to be used, or ""."""
    account = options.text("expected_account_id")
    if not re.fullmatch("[0-9]*", account):
        options.wrong("expected_account_id", f"{account!r} is not the id of an account, which has digits only")
    return account


def region_of(options: Options, variables: Sequence[str]) -> str:
    """The region; it becomes part of a host name."""
    region = options.required_text("region", _instead(variables))
    if region and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", region):
        options.wrong("region", f"{region!r} is not the id of a region, which looks like cn-hangzhou or ap-guangzhou")
    return region


def endpoint_of(options: Options, text: str, name: str = "endpoint") -> Endpoint | None:
    """The address of the service, or None if it is a mistake in that option."""
    try:
        return parse_endpoint(text)
    except ValueError as error:
        options.wrong(name, str(error))
        return None


def _instead(variables: Sequence[str]) -> str:
    return f"; give the option or set the environment variable {' or '.join(variables)}"
