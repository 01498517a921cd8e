# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task and of its ``groups`` entries, read so that every mistake is found at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .._http.errors import Mistake


class Options:
    """Options under their canonical names, with the path that mistakes in them are reported under.

    ``inherited`` are those that an entry of ``groups`` has from the task.
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
        """Record a mistake if ``check`` raises ValueError. Empty text is not given, and no mistake."""
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
