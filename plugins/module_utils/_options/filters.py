# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``filters`` of the info modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .options import Options
from .text import UNPAIRED_SURROGATE, is_unicode


class Filters:
    """The conditions for the groups to return. A group has to meet all of them."""

    def __init__(self, options: Options, known: Sequence[str]) -> None:
        given = options.mapping("filters")
        for name in given:
            if name not in known:
                options.wrong(f"filters.{name}", f"is not a filter; there are {', '.join(known)}")
        inner = Options(given, options.path("filters"), options.mistakes)
        self._texts = {name: inner.text(name) for name in known if name != "tags"}
        given_tags = inner.mapping("tags")
        self.tags = {str(key): "" if value is None else str(value) for key, value in given_tags.items()}
        tags = Options(given_tags, inner.path("tags"), options.mistakes)
        for key in given_tags:
            tags.text(key)  # a list or a boolean, such as a bare yes, would never match
        for name, text in (*self._texts.items(), ("tags", "".join([*self.tags, *self.tags.values()]))):
            if not is_unicode(text):
                inner.wrong(name, UNPAIRED_SURROGATE)

    def text(self, name: str) -> str:
        """Return the value of a filter, or "" if it was not given."""
        return self._texts.get(name, "")

    def match(self, entry: Mapping[str, Any]) -> bool:
        """Return whether a group meets them, because some services return groups whose names only match in part."""
        texts = all(str(entry.get(name)) == value for name, value in self._texts.items() if value)
        tags = entry.get("tags") or {}
        return texts and all(key in tags and value in ("", tags[key]) for key, value in self.tags.items())
