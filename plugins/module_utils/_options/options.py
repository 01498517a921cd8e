# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reader for the options of a task and of its ``groups`` entries, which collects all mistakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .._http.errors import Mistake
from .text import not_a_choice, not_a_list

# All names of the option with the ID of a group, in the modules of both clouds.
GROUP_ID_NAMES = ("security_group_id", "sg_id", "sgId", "SecurityGroupId")


def has_value(value: Any) -> bool:
    """Return whether this is the value of an option. Null, empty text and blank text are not."""
    return value is not None and not (isinstance(value, str) and not value.strip())


class Options:
    """Options under their canonical names, and the path under which mistakes in them are reported.

    ``inherited`` are the options that an entry of ``groups`` inherits from the task.
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
        """Return the path of an option, as the user wrote it: ``groups[2].ingress``."""
        return f"{self._path}.{name}" if self._path and name not in self._inherited else name

    def is_inherited(self, name: str) -> bool:
        """Return whether an entry of ``groups`` has the option from the task."""
        return name in self._inherited

    def wrong(self, name: str, message: str) -> None:
        """Record a mistake in an option."""
        self.mistakes.append(Mistake(self.path(name), message))

    def given(self, name: str) -> bool:
        """Return whether the option has a value. Empty and blank text is no value; an empty list is one."""
        return has_value(self._given.get(name))

    def raw(self, name: str) -> Any:
        """Return the value as it was given, or None."""
        return self._given[name] if self.given(name) else None

    def supply(self, name: str, value: str) -> None:
        """Set an option of the task to its canonical form, or to a value from another place."""
        if isinstance(self._given, dict):
            self._given[name] = value

    def text(self, name: str) -> str:
        """Return the value without surrounding blanks, or "". Records a mistake if it is not text."""
        if not self.given(name):
            return ""
        value = self._given[name]
        if isinstance(value, (bool, list, dict)):
            self.wrong(name, f"has to be text, not {value!r}")
            return ""
        return str(value).strip()

    def required_text(self, name: str, remedy: str = "") -> str:
        """Return the value like ``text``, and record a mistake if there is none."""
        if not self.given(name):
            self.wrong(name, f"is required{remedy}")
        return self.text(name)

    def check(self, name: str, text: str, check: Callable[[str], object]) -> None:
        """Record a mistake if ``check`` raises ValueError. Empty text is not checked."""
        try:
            if text:
                check(text)
        except ValueError as error:
            self.wrong(name, str(error))

    def choice(self, name: str, choices: Sequence[str], default: str = "") -> str:
        """Return one of the choices, which may be written in any letter case; records a mistake otherwise."""
        # YAML parses a bare off as false.
        off = self._given.get(name) is False and "off" in choices
        text = "off" if off else self.text(name).lower()
        if text and text not in choices:
            self.wrong(name, not_a_choice(self._given[name], choices))
            return default
        return text or default

    def entries(self, name: str) -> list[Any] | None:
        """Return a list, or None if the option was not given. Records a mistake if it is not a list."""
        if not self.given(name):
            return None
        value = self._given[name]
        if not isinstance(value, list):
            self.wrong(name, not_a_list(value))
            return None
        return value

    def texts(self, name: str, check: Callable[[str], object]) -> list[str]:
        """Return a list of texts, each of which is checked; empty if the option was not given, or is empty itself.

        Records a mistake if only empty texts are given, because an empty selection must not become a selection of all.
        """
        listed = Options({f"{name}[{n}]": value for n, value in enumerate(self.entries(name) or [])}, "", self.mistakes)
        texts = {entry: listed.text(entry) for entry in listed._given}
        for entry, text in texts.items():
            listed.check(entry, text, check)
        found = [text for text in texts.values() if text]
        if texts and not any(listed.given(entry) for entry in texts):
            self.wrong(f"{name}[0]", "is empty; leave the option out to mean all")
        return found

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return a dictionary, empty if the option was not given. Records a mistake if it is not a dictionary."""
        if not self.given(name):
            return {}
        value = self._given[name]
        if not isinstance(value, Mapping):
            # The value is not shown, because it may contain a key.
            self.wrong(name, f"has to be a dictionary, not a value of the type {type(value).__name__}")
            return {}
        return value
