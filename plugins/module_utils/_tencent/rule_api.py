# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The protocol that both APIs implement, and the functions that they share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from .._change.contract import Entry
from .._http.client import Client, Service
from .._http.clock import Clock
from .._http.errors import CloudError
from .._keys.keys import KeySource
from .._options.endpoint import Endpoint
from .._options.filters import Filters
from .._options.options import Options
from .dialect import Dialect
from .edits import Edit, Reset
from .rule_input import Limits
from .rule_set import Rules, RuleSet
from .rules import Rule

Call = tuple[str, dict[str, Any]]


class RuleApi(Protocol):
    """One of the two APIs. Each is one file, with everything that only this API knows."""

    rates: Mapping[str, float]  # documented calls per second, by action
    limits: Limits  # which rules it cannot write
    has_lock: bool  # whether the version of the rules can be trusted
    reset_can_empty: bool  # whether one call can delete all rules of both directions
    read_action: str
    list_action: str

    def endpoint(self, options: Options, region: str) -> Endpoint | None:
        """Return the address of the service, or None and a mistake in the options."""

    def signature_method(self, options: Options) -> str:
        """Return the signature method, and record a mistake if the API does not have it."""

    def service(self, endpoint: Endpoint, region: str, keys: KeySource, method: str, clock: Clock) -> Service:
        """Return the service at that address."""

    def read_parameters(self, group: str) -> dict[str, Any]:
        """Return the parameters of the read action."""

    def parse(self, body: Mapping[str, Any]) -> RuleSet:
        """Return the rules in the response to the read action. Raises CloudError of kind ``protocol``."""

    def locks(self, edit: Edit, version: str | None) -> bool:
        """Return whether the call for this edit is refused if the group no longer has this version."""

    def call(self, group: str, edit: Edit, state: RuleSet) -> Call:
        """Return the call for one edit of a group that is in this state."""

    def check_filters(self, filters: Filters, options: Options) -> None:
        """Record a mistake for a filter that the API does not have."""

    def groups(self, client: Client, ids: list[str], filters: Filters) -> Iterable[Entry]:
        """Yield the groups on every page, which may be more than match the filters. Raises CloudError."""


def lockable(edit: Edit, version: str | None) -> bool:
    """Return whether the version can be sent as a lock.

    A group that was never edited has the version "0", and in a reset that value deletes all rules.
    """
    return not isinstance(edit, Reset) and version not in (None, "0")


def read_rules(dialect: Dialect, entries: Any, index: str, action: str, first: int = 0, remedy: str = "") -> Rules:
    """Return the rules of one direction in order. ``index`` is the member with the position, counted from ``first``.

    ``remedy`` is the advice if positions are missing because the API omits kinds of rules that it does not have.
    Raises CloudError if these are not rules, or if positions are missing.
    """
    if entries is None:
        return ()
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise no_rules(action)
    # Without positions, the order of the list is the order.
    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
        placed = {int(entry[index]): entry for entry in entries}
        if sorted(placed) != list(range(first, first + len(entries))):
            raise _incomplete(action, remedy)
        entries = [placed[position] for position in sorted(placed)]
    return tuple(_read_rule(dialect, entry, number, action) for number, entry in enumerate(entries))


def _read_rule(dialect: Dialect, entry: Mapping[str, Any], number: int, action: str) -> Rule:
    try:
        return dialect.from_api(entry)
    except ValueError as error:
        reason = f"the response to {action} has a rule (number {number}, counted from 0) that cannot be read: {error}"
        raise CloudError("protocol", reason, action=action) from error


def version_of(value: Any) -> str | None:
    """Return a version as text, or None if there is none."""
    return None if value is None or value == "" else str(value)


def no_rules(action: str) -> CloudError:
    """Return the error for a response without rules."""
    return CloudError("protocol", f"the response to {action} has no lists of rules", action=action)


def _incomplete(action: str, remedy: str) -> CloudError:
    """Return the error for missing positions. ``remedy`` is the advice if the API cannot do better, or empty."""
    reason = f"the response to {action} omits some of the group's rules, so the positions of the others are unknown"
    if remedy:
        return CloudError("unsupported", f"{reason}; {remedy}", action=action)
    return CloudError("protocol", reason, action=action)
