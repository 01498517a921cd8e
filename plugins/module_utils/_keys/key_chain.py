# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The places where a key may be, looked at one after the other: the first that has one wins."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .._options.options import Options
from .._options.service_options import KeyOptions, KeyParts, require_key, usable, whole_key
from .keys import Key, KeySource, StaticKey


class Unusable(Exception):
    """A place is meant to give the key and cannot. To go on to another place could be to act as somebody else."""


@dataclass(frozen=True)
class KeyPlace:
    """C(look) answers with keys, or with what is there instead: "no such file". Raises Unusable."""

    name: str
    look: Callable[[], KeySource | str]


def first_found(places: Sequence[KeyPlace]) -> tuple[KeySource | None, str]:
    """The keys of the first place that has any, or None and the report on all of them."""
    found: list[str] = []
    for place in places:
        keys = place.look()
        if not isinstance(keys, str):
            return keys, ""
        found.append(f"{place.name}: {keys}")
    return None, "; ".join(found)


def first_region(places: Sequence[tuple[str, Callable[[], str]]]) -> tuple[str, str]:
    """The region of the first of these places that has one, or "" and what was found. Each has a name."""
    found: list[str] = []
    for name, look in places:
        try:
            region = look()
        except Unusable as error:
            return "", f"None was read from a profile: {error}"
        if region:
            return region, ""
        found.append(name)
    return "", f"No profile has one: {'; '.join(found)}"


def base_keys(
    options: Options, names: KeyOptions, parts: KeyParts, places: Callable[[str], Sequence[KeyPlace]]
) -> KeySource | None:
    """The keys that the task starts from, or None and a mistake.

    C(parts) are those that options or variables have; C(places) are where else to look, with a profile that
    the task asks for or an empty text.
    """
    profile = options.text("profile")
    if parts.given:
        if profile:
            options.wrong("profile", f"cannot be given together with {' or '.join(list(names)[:2])}")
            return None
        key = whole_key(options, names, parts)
        return StaticKey(key) if key else None
    try:
        keys, report = first_found(places(profile))
    except Unusable as error:
        options.wrong("profile" if profile else next(iter(names)), f"no key can be had: {error}")
        return None
    if keys is None and profile:
        options.wrong("profile", f"there is no profile {profile}: {report}")
    elif keys is None:
        key_id, secret = list(names)[:2]
        require_key(options, key_id, names, f". No key was found elsewhere: {report}")
        require_key(options, secret, names)
    return keys


def key_from(where: str, named: Sequence[tuple[str, object]], expires: float | None = None) -> Key | None:
    """The key of a profile: its id, secret and perhaps token, each with the name it has there. Empty is not given.

    None if there is neither id nor secret. Unusable with one of them, or with something that no key is.
    """
    parts = [value.strip() if isinstance(value, str) else "" for _name, value in named]
    if not any(parts):
        return None
    for (name, _value), part in zip(named, parts):
        if not part:
            raise Unusable(f"{where} has no {name}")
        if not usable(part):
            raise Unusable(f"{name} in {where} holds a blank, a line break or a character that no key has")
    return Key(parts[0], parts[1], "".join(parts[2:]), expires)


def unset(variables: Sequence[str]) -> str:
    """Which of these environment variables are missing or empty, in words; "" if none is."""
    missing = [name for name in variables if not os.environ.get(name, "").strip()]
    return f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} not set, or empty" if missing else ""


def read_text(path: str) -> str | None:
    """The text of a file, None if there is no such file. Unusable if it cannot be read."""
    try:
        with open(os.path.expanduser(path), "rb") as file:
            content = file.read()
        for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            if content.startswith(mark):
                # The vendors' tools do not read such a file either.
                raise Unusable(f"{path} cannot be read: it begins with a byte order mark; save it as UTF-8 without one")
        return content.decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeError:
        raise Unusable(f"{path} cannot be read: it is not UTF-8 text") from None
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error}") from error
