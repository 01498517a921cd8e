# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed access to the parameters of one call. An empty value counts as not given."""

from __future__ import annotations

import re

from tests.cloud_simulator.aliyun.errors import invalid

_NUMBER = re.compile(r"-?[0-9]{1,18}")


class Parameters(dict[str, str]):
    """The business parameters of a call by name, as sent."""

    def text(self, name: str) -> str:
        """Return the value, "" if it is absent."""
        return self.get(name, "")

    def flag(self, name: str) -> bool:
        """Return a boolean in any letter case (the vendor's Python client sends ``True``); false if it is not given."""
        value = self.text(name).lower()
        if value not in ("", "true", "false"):
            raise invalid(name)
        return value == "true"

    def number(self, name: str, low: int, high: int, *, clamp: bool) -> int:
        """Return a decimal number. Outside low..high, it is refused or moved to the nearest end. Raises ApiError."""
        value = self.text(name)
        if not _NUMBER.fullmatch(value):
            raise invalid(name)
        nearest = min(max(int(value), low), high)
        if nearest != int(value) and not clamp:
            raise invalid(name)
        return nearest
