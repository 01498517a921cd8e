# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options that lead to a service, whatever the cloud: credentials, region, endpoint."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .._keys.keys import Key
from .endpoint import Endpoint, parse_endpoint
from .options import Options

# The options ID, secret and token, in this order, each with the variables that stand in for it: one entry for each
# family of variables, whose names for the token may be several.
KeyOptions = Mapping[str, Sequence[Sequence[str]]]


def from_variables(variables: Sequence[str]) -> str:
    """The first of these environment variables that is not empty or blank, or ""."""
    return next(filter(None, (os.environ.get(name, "").strip() for name in variables)), "")


def usable(text: str) -> bool:
    """Whether a part of a key is what one can look like. Nothing else can be sent in a header, or signed."""
    return all("!" <= character <= "~" for character in text)


@dataclass(frozen=True)
class KeyParts:
    """ID, secret and token, "" where there is none, and the one place that all of them come from.

    ``family`` is the number of the family of variables, None for the options.
    """

    id: str = ""
    secret: str = ""
    token: str = ""
    family: int | None = None

    @property
    def given(self) -> bool:
        """Whether this place is meant to give the key: it has an ID or a secret."""
        return bool(self.id or self.secret)


def key_parts(options: Options, names: KeyOptions, environment: bool) -> KeyParts:
    """The key as the task or, with ``environment``, the first family of variables with an ID or a secret has it.

    No part is taken from elsewhere: a token of the environment would spoil another key, and a secret would not fit.
    """
    key_id, secret, token = (options.text(name) for name in names)
    parts = KeyParts(key_id, secret, token)
    if environment and not any((key_id, secret, token)):
        parts = _from_environment(names)
    for name, part in zip(names, (parts.id, parts.secret, parts.token)):
        if not usable(part):
            # The value itself is never shown: it may be a secret.
            options.wrong(name, "holds a blank, a line break or a character that no key has; was it copied whole?")
    return parts


def _from_environment(names: KeyOptions) -> KeyParts:
    for number in range(len(next(iter(names.values())))):
        key_id, secret, token = (from_variables(families[number]) for families in names.values())
        if key_id or secret:
            return KeyParts(key_id, secret, token, number)
    return KeyParts()


def lone_token(options: Options, names: KeyOptions, parts: KeyParts) -> bool:
    """Whether the task has a token without the key that it belongs to, which is a mistake."""
    key_id, secret, token = names
    if parts.given or not parts.token:
        return False
    reason = "a token belongs to one key, and is not joined to a key of variables, a profile or a role"
    options.wrong(token, f"requires {key_id} and {secret} beside it: {reason}")
    return True


def whole_key(options: Options, names: KeyOptions, parts: KeyParts) -> Key | None:
    """The key, or None: with half of a key that is a mistake, for halves of two keys are none."""
    key_id, secret, _token = names
    for name, part, other in ((key_id, parts.id, secret), (secret, parts.secret, key_id)):
        if not part:
            options.wrong(name, _half(names, name, other, parts.family))
    return Key(parts.id, parts.secret, parts.token) if parts.id and parts.secret else None


def _half(names: KeyOptions, name: str, other: str, family: int | None) -> str:
    if family is None:
        variables = " or ".join(_variables(names[name]))
        return f"is required beside {other}: because {other} is an option, {variables} is not looked at"
    variable, present = names[name][family][0], names[other][family][0]
    return f"is required: {present} is set, and {variable} is not set, or empty. A key comes from one place only"


def _variables(families: Sequence[Sequence[str]]) -> list[str]:
    return [variable for family in families for variable in family]


def require_key(options: Options, name: str, names: KeyOptions, elsewhere: str = "") -> None:
    """The mistake that a part of the key is missing. ``elsewhere`` says what was found in other places."""
    options.wrong(name, f"is required{_instead(_variables(names[name]))}{elsewhere}")


def account_option(options: Options) -> str:
    """The account whose key has to be used, or ""."""
    account = options.text("expected_account_id")
    if not re.fullmatch("[0-9]*", account):
        options.wrong("expected_account_id", f"{account!r} is not the id of an account, which has digits only")
    return account


def region_of(options: Options, variables: Sequence[str], of_profile: Callable[[], tuple[str, str]]) -> str:
    """The region; it becomes part of a host name.

    ``of_profile`` gives the region of the profile in use, which is looked up only if it is needed, or "" and where it
    was looked for in vain.
    """
    told = ""
    if not options.given("region"):
        found, told = of_profile()
        if found:
            options.supply("region", found)
    region = options.required_text("region", f"{_instead(variables)}{told and f'. {told}'}")
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
