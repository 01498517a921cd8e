# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The key that a task has in its options or in environment variables. All parts of a key come from one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .._options.environment import from_variables
from .._options.misplaced import looks_secret
from .._options.options import Options
from .._options.service_options import missing_remedy
from .keys import Key, Secrets, StaticKey

# The options ID, secret and token, in this order, each with the variables that replace it: one entry for each family
# of variables. A family may have several names for the token.
KeyOptions = Mapping[str, Sequence[Sequence[str]]]
NOT_IN_A_KEY = "a blank, a line break or another character that no key has"


class KeyParts(NamedTuple):
    """ID, secret and token, "" where there is none.

    ``family`` is the index of the family of variables that they come from, None for the options.
    """

    id: str = ""
    secret: str = ""
    token: str = ""
    family: int | None = None


class GivenKey(NamedTuple):
    """The key of the options or variables. ``is_final``: no other place may be searched, even after a mistake."""

    source: StaticKey | None
    is_final: bool


def given_key(options: Options, names: KeyOptions, secrets: Secrets) -> GivenKey:
    """Return the key of the options or else of the first family of variables that has an ID or a secret.

    With a profile the variables are not read. Records every mistake, and every secret.
    """
    key_id, secret, token = names
    profile = options.given("profile")
    parts = key_parts(options, names, environment=not profile)
    secrets.add(parts.secret, parts.token, parts.id if looks_secret(key_id, parts.id) else "")
    if not (parts.id or parts.secret):
        if parts.token:
            reason = "a token belongs to one key and is never combined with a key from another place"
            options.wrong(token, f"requires {key_id} and {secret}: {reason}")
        return GivenKey(None, bool(parts.token))
    if profile:
        options.wrong("profile", f"cannot be given together with {key_id} or {secret}")
        return GivenKey(None, True)
    key = whole_key(options, names, parts)
    return GivenKey(StaticKey(key) if key else None, True)


def is_usable(text: str) -> bool:
    """Return whether a part of a key has only characters that can be signed and sent in a header."""
    return all("!" <= character <= "~" for character in text)


def require_key(options: Options, name: str, names: KeyOptions, searched: str = "") -> None:
    """Record that a part of the key is missing. ``searched`` is the report of the search in other places."""
    options.wrong(name, f"is required{missing_remedy(_variables(names[name]))}{searched}")


def key_parts(options: Options, names: KeyOptions, environment: bool) -> KeyParts:
    """Return the parts of the options or, with ``environment``, of the first family that has an ID or a secret."""
    key_id, secret, token = (options.text(name) for name in names)
    parts = KeyParts(key_id, secret, token)
    if environment and not any((key_id, secret, token)):
        parts = _from_environment(names)
    for name, part in zip(names, (parts.id, parts.secret, parts.token)):
        if not is_usable(part):
            # The value itself is never shown, because it may be a secret.
            options.wrong(name, f"contains {NOT_IN_A_KEY}")
    return parts


def _from_environment(names: KeyOptions) -> KeyParts:
    for number in range(len(next(iter(names.values())))):
        key_id, secret, token = (from_variables(families[number]) for families in names.values())
        if key_id or secret:
            return KeyParts(key_id, secret, token, number)
    return KeyParts()


def whole_key(options: Options, names: KeyOptions, parts: KeyParts) -> Key | None:
    """Return the key, or None and a mistake if a half is missing, because halves of two keys do not match."""
    key_id, secret, _token = names
    for name, part, other in ((key_id, parts.id, secret), (secret, parts.secret, key_id)):
        if not part:
            options.wrong(name, _missing_half(names, name, other, parts.family))
    return Key(parts.id, parts.secret, parts.token) if parts.id and parts.secret else None


def _missing_half(names: KeyOptions, name: str, other: str, family: int | None) -> str:
    if family is None:
        variables = " or ".join(_variables(names[name]))
        return f"is required together with {other}: because {other} is an option, {variables} is not read"
    variable, present = names[name][family][0], names[other][family][0]
    return f"is required: {present} is set, and {variable} is not set, or empty. A key comes from one place only"


def _variables(families: Sequence[Sequence[str]]) -> list[str]:
    return [variable for family in families for variable in family]
