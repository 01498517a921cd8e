# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a security group: read from the service, or predicted by a plan."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar


class State(Protocol):
    """An immutable value that describes a security group."""

    def as_result(self) -> dict[str, Any]:
        """Return the values of ``before`` and ``after`` in a result."""

    def diff_text(self) -> Any:
        """Return what ``--diff`` compares: text, or a dictionary."""

    def same_content(self, other: Any) -> bool:
        """Return whether the content is equal, whatever the versions."""

    def matches(self, other: Any) -> bool:
        """Return whether the content is equal, and the versions too if both are known."""

    def discrepancy(self, found: Any) -> str:
        """Return a sentence on where the content of ``found`` differs from this state; "" if it does not."""

    def version_number(self) -> int | None:
        """Return a number that grows by one with each write, or None if the service has no such number."""


S = TypeVar("S", bound=State)
