# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of each security group of a task: those of the task itself, or those of the entries of ``groups``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._http.errors import Mistake
from .options import Options, has_value
from .text import did_you_mean

# Options that an entry never inherits from the task: two groups cannot share an ID or an idempotency token.
PER_GROUP_OPTIONS = ("security_group_id", "client_token")


def group_options(
    own: Mapping[str, tuple[str, ...]],
    info_only_fields: Sequence[str],
    parameters: Mapping[str, Any],
    mistakes: list[Mistake],
) -> list[Options]:
    """Return the options of each security group of the task, and record mistakes in the entries.

    ``own`` maps the options that describe one group to their aliases. What an entry omits is inherited from the task.
    ``info_only_fields`` are accepted in an entry and ignored, because an entry may be the result of an info module.
    """
    defaults = {name: parameters.get(name) for name in own}
    task = Options({**defaults, "groups": parameters.get("groups")}, "", mistakes)
    if not task.given("groups"):
        return [task]
    reader = _EntryReader(own, frozenset(info_only_fields), _shared(task, own), mistakes)
    groups = [reader.read(entry, f"groups[{n}]") for n, entry in enumerate(task.entries("groups") or [])]
    _refuse_duplicates(groups, "security_group_id", "{} is the same group as {}")
    _refuse_duplicates(groups, "client_token", "{} is the same as {}; the service accepts a token for one write only")
    return groups


def _shared(task: Options, own: Iterable[str]) -> dict[str, Any]:
    """Return the options that each entry inherits from the task."""
    given = [name for name in own if task.given(name)]
    for name in PER_GROUP_OPTIONS:
        if name in given:
            task.wrong("groups", f"cannot be given together with {name}; give one in each entry")
    return {name: task.raw(name) for name in given if name not in PER_GROUP_OPTIONS}


def group_id(options: Options, check_id: Callable[[str], None]) -> str:
    """Return the ID of the group, and record a mistake if ``check_id`` raises ValueError.

    ansible-core turns a list of IDs into text with brackets.
    """
    identifier = options.required_text("security_group_id")
    if identifier.startswith("["):
        options.wrong("security_group_id", f"{identifier} is not a single ID; give several groups in groups")
    else:
        options.check("security_group_id", identifier, check_id)
    return identifier


def release(groups: list[Options]) -> Iterator[Options]:
    """Yield each group and drop the reference: the raw options of a thousand groups need more memory than their rules.

    The list is empty afterwards.
    """
    groups.reverse()
    while groups:
        yield groups.pop()


class _EntryReader:
    """Reads the entries of ``groups``. ``shared`` are the options that each inherits from the task."""

    def __init__(
        self,
        own: Mapping[str, tuple[str, ...]],
        ignored: frozenset[str],
        shared: Mapping[str, Any],
        mistakes: list[Mistake],
    ) -> None:
        self.canonical = {spelling: name for name, aliases in own.items() for spelling in (name, *aliases)}
        self.ignored = ignored
        self.shared = shared
        self.mistakes = mistakes

    def read(self, entry: Any, path: str) -> Options:
        if not isinstance(entry, Mapping):
            self.mistakes.append(Mistake(path, f"has to be a dictionary with a security_group_id, not {entry!r}"))
            return Options({**self.shared, "security_group_id": path}, path, [], self.shared)
        spelled: dict[str, str] = {}
        for key, value in entry.items():
            if key in self.ignored:
                continue
            name = self.canonical.get(key)
            if name is None:
                self._wrong(path, key, self._unknown(str(key)))
            elif has_value(value):
                if name in spelled:
                    self._wrong(path, key, f"is another name for {spelled[name]}, which is also given")
                spelled.setdefault(name, str(key))
        own = {name: entry[key] for name, key in spelled.items()}
        return Options({**self.shared, **own}, path, self.mistakes, self.shared.keys() - own.keys())

    def _unknown(self, key: str) -> str:
        options = f"; the options are {', '.join(dict.fromkeys(self.canonical.values()))}"
        return f"is not an option of a group{did_you_mean(key, self.canonical) or options}"

    def _wrong(self, path: str, key: Any, message: str) -> None:
        self.mistakes.append(Mistake(f"{path}.{key}", message))


def _refuse_duplicates(groups: list[Options], name: str, message: str) -> None:
    seen: dict[str, str] = {}
    for group in groups:
        value = group.text(name)
        first = seen.setdefault(value, group.path(name))
        if value and first != group.path(name):
            group.wrong(name, message.format(value, first))
