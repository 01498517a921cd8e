# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options of a task and of its C(groups) entries, read so that every mistake is found at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .._http.errors import Mistake


def is_unicode(text: str) -> bool:
    """Whether it can be sent: JSON can spell half of a surrogate pair, which is no character."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Options:
    """Options under their canonical names, with the path that mistakes in them are reported under.

    C(inherited) are those that an entry of C(groups) has from the task.
    """

    def __init__(
        self,
        given: Mapping[str, Any],
        path: str,
        mistakes: list[Mistake],
        inherited: Collection[str] = (),
    ) -> None:
        self._given = given
        self._path = path
        self._inherited = inherited
        self.mistakes = mistakes

    def path(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path and name not in self._inherited else name

    def wrong(self, name: str, message: str) -> None:
        self.mistakes.append(Mistake(self.path(name), message))

    def given(self, name: str) -> bool:
        """An empty or blank text counts as not given; an empty list does not."""
        value = self._given.get(name)
        return value is not None and not (isinstance(value, str) and not value.strip())

    def raw(self, name: str) -> Any:
        """The value as it was given; None if it was not."""
        return self._given[name] if self.given(name) else None

    def supply(self, name: str, value: str) -> None:
        """Give an option that was not given a value from elsewhere. The options of a task only."""
        if isinstance(self._given, dict):
            self._given[name] = value

    def text(self, name: str) -> str:
        """The value without blanks around it, "" if it was not given."""
        if not self.given(name):
            return ""
        value = self._given[name]
        if isinstance(value, (bool, list, dict)):
            self.wrong(name, f"has to be text, not {value!r}")
            return ""
        return str(value).strip()

    def required_text(self, name: str, remedy: str = "") -> str:
        if not self.given(name):
            self.wrong(name, f"is required{remedy}")
        return self.text(name)

    def check(self, name: str, text: str, check: Callable[[str], object]) -> None:
        """Record a mistake if C(check) raises ValueError. Empty text is not given, and no mistake."""
        try:
            if text:
                check(text)
        except ValueError as error:
            self.wrong(name, str(error))

    def choice(self, name: str, choices: Sequence[str], default: str = "") -> str:
        """One of the choices, in any letter case."""
        # YAML reads a bare off as false.
        off = self._given.get(name) is False and "off" in choices
        text = "off" if off else self.text(name).lower()
        if text and text not in choices:
            self.wrong(name, f"{self._given[name]!r} is not {' or '.join(choices)}")
            return default
        return text or default

    def entries(self, name: str) -> list[Any] | None:
        """A list, or None if it was not given."""
        if not self.given(name):
            return None
        value = self._given[name]
        if not isinstance(value, list):
            self.wrong(name, f"has to be a list, not {value!r}")
            return None
        return value

    def texts(self, name: str, check: Callable[[str], object]) -> list[str]:
        """A list of texts, each of which is checked; empty if it was not given."""
        listed = Options({f"{name}[{n}]": value for n, value in enumerate(self.entries(name) or [])}, "", self.mistakes)
        texts = {place: listed.text(place) for place in listed._given}
        for place, text in texts.items():
            listed.check(place, text, check)
        return [text for text in texts.values() if text]

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A dictionary; empty if it was not given."""
        if not self.given(name):
            return {}
        value = self._given[name]
        if not isinstance(value, Mapping):
            # Not shown: it may hold a key.
            self.wrong(name, f"has to be a dictionary, not a value of the type {type(value).__name__}")
            return {}
        return value


# What belongs to one group alone and is never handed down: two groups cannot share an id or an idempotency token.
PER_GROUP_OPTIONS = ("security_group_id", "client_token")


def group_options(
    own: Mapping[str, tuple[str, ...]],
    info_only_fields: Sequence[str],
    parameters: Mapping[str, Any],
    mistakes: list[Mistake],
) -> list[Options]:
    """One C(Options) for each security group of the task: the task itself, or the entries of C(groups).

    C(own) maps the options that describe one group to their aliases.  What an entry leaves out comes from the task.
    C(info_only_fields) may stand in an entry as well: what an info module returns can be given back as it is.
    """
    defaults = {name: parameters.get(name) for name in own}
    task = Options({**defaults, "groups": parameters.get("groups")}, "", mistakes)
    if not task.given("groups"):
        return [task]
    entries = task.entries("groups") or []
    for name in PER_GROUP_OPTIONS:
        if task.given(name):
            task.wrong("groups", f"cannot be given together with {name}; give one in each entry")
    canonical = {spelling: name for name, aliases in own.items() for spelling in (name, *aliases)}
    ignored = frozenset(info_only_fields)
    shared = {name: task.raw(name) for name in own if name not in PER_GROUP_OPTIONS and task.given(name)}
    groups = [_entry(canonical, ignored, entry, f"groups[{n}]", shared, mistakes) for n, entry in enumerate(entries)]
    _refuse_twins(groups, mistakes)
    return groups


def _entry(
    canonical: Mapping[str, str],
    ignored: frozenset[str],
    entry: Any,
    path: str,
    shared: Mapping[str, Any],
    mistakes: list[Mistake],
) -> Options:
    merged = dict(shared)
    if not isinstance(entry, Mapping):
        mistakes.append(Mistake(path, f"has to be a dictionary with a security_group_id, not {entry!r}"))
        return Options({**merged, "security_group_id": path}, path, [], shared)
    spelled: dict[str, str] = {}
    for key, value in entry.items():
        name = canonical.get(key)
        if key in ignored:
            continue
        if name is None:
            known = ", ".join(dict.fromkeys(canonical.values()))
            mistakes.append(Mistake(f"{path}.{key}", f"is not an option of a group; there are {known}"))
        elif value is None or value == "":
            continue
        elif name in spelled:
            mistakes.append(Mistake(f"{path}.{key}", f"is another name of {spelled[name]}, which is given as well"))
        else:
            spelled[name], merged[name] = str(key), value
    return Options(merged, path, mistakes, shared.keys() - spelled.keys())


def _refuse_twins(groups: list[Options], mistakes: list[Mistake]) -> None:
    seen: dict[str, str] = {}
    for group in groups:
        identifier = group.text("security_group_id")
        twin = seen.setdefault(identifier, group.path("security_group_id"))
        if identifier and twin != group.path("security_group_id"):
            group.wrong("security_group_id", f"{identifier} is the same group as {twin}")
