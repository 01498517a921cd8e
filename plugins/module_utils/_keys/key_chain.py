# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places to search for a key, in order. The first one that has a key wins."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .._options.options import Options
from .key_options import NOT_IN_A_KEY, KeyOptions, is_usable, require_key
from .keys import Key, KeySource


class UnusablePlace(Exception):
    """A place should have the key, but cannot be used. A key of a later place could belong to another account."""


class KeyPlace(NamedTuple):
    """``find`` returns keys, or why there are none ("no such file"). Raises UnusablePlace.

    ``is_remote``: ``find`` sends a request over the network.
    """

    name: str
    find: Callable[[], KeySource | str]
    is_remote: bool = False


class KeySearch:
    """Implements the KeySource protocol with the keys of the first place that has any.

    ``profile`` is the one that the task names, or empty. ``run`` has to be called before keys are needed.
    """

    def __init__(self, names: KeyOptions, profile: str, places: Sequence[KeyPlace]) -> None:
        self._names = names
        self._profile = profile
        self._places = places
        self._found: KeySource | None = None

    def run(self, options: Options, ask_remote: bool) -> None:
        """Search, and record a mistake if no place has a key.

        Without ``ask_remote``, for a task that has to fail in any case, nothing is sent over the network.
        """
        try:
            self._found, report = self._first(ask_remote)
        except UnusablePlace as error:
            options.wrong("profile" if self._profile else next(iter(self._names)), f"no key is available: {error}")
            return
        if self._found is None and self._profile:
            options.wrong("profile", f"there is no profile {self._profile}: {report}")
        elif self._found is None:
            key_id, secret = list(self._names)[:2]
            require_key(options, key_id, self._names, f". No key was found elsewhere: {report}")
            require_key(options, secret, self._names)

    def _first(self, ask_remote: bool) -> tuple[KeySource | None, str]:
        """Return the keys of the first place that has any, or None and what was found in all of them."""
        found: list[str] = []
        for place in self._places:
            if place.is_remote and not ask_remote:
                found.append(f"{place.name}: only asked if all options are valid")
                continue
            keys = place.find()
            if not isinstance(keys, str):
                return keys, ""
            found.append(f"{place.name}: {keys}")
        return None, "; ".join(found)

    def current(self) -> Key:
        return self._keys().current()

    def account_label(self) -> str:
        return self._keys().account_label()

    def _keys(self) -> KeySource:
        if self._found is None:
            raise RuntimeError("keys are used although none was found")
        return self._found


def first_region(places: Sequence[tuple[str, Callable[[], str]]]) -> tuple[str, str]:
    """Return the region of the first place that has one, or "" and the names of all places."""
    found: list[str] = []
    for name, find in places:
        try:
            region = find()
        except UnusablePlace as error:
            return "", f"No region was read from a profile: {error}"
        if region:
            return region, ""
        found.append(name)
    return "", f"No profile has one: {'; '.join(found)}"


def key_from(where: str, named: Sequence[tuple[str, object]], expires: float | None = None) -> Key | None:
    """Return the key of a profile from its ID, secret and perhaps token, each with its name in the profile.

    None if there is neither an ID nor a secret. Raises UnusablePlace if a part is missing or invalid.
    """
    parts = [value.strip() if isinstance(value, str) else "" for _name, value in named]
    if not any(parts):
        return None
    for (name, _value), part in zip(named, parts):
        if not part:
            raise UnusablePlace(f"{where} has no {name}")
        if not is_usable(part):
            raise UnusablePlace(f"{name} in {where} contains {NOT_IN_A_KEY}")
    return Key(parts[0], parts[1], "".join(parts[2:]), expires)


def read_text(path: str) -> str | None:
    """Return the text of a file, or None if there is no such file. Raises UnusablePlace if it cannot be read."""
    try:
        with open(os.path.expanduser(path), "rb") as file:
            content = file.read()
        for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            if content.startswith(mark):
                # The vendors' tools do not read such a file either.
                raise UnusablePlace(
                    f"{path} cannot be read: it begins with a byte order mark; save it as UTF-8 without one"
                )
        return content.decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeError:
        raise UnusablePlace(f"{path} cannot be read: it is not UTF-8 text") from None
    except OSError as error:
        raise UnusablePlace(f"{path} cannot be read: {error}") from error
