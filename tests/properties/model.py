# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired rules of a task, computed independently in the simplest way. Shares no code with the collection."""

from __future__ import annotations

from tests.reliability.rules import Meaning

Meanings = tuple[Meaning, ...]


def replaced(before: Meanings, given: Meanings, at_top: bool) -> Meanings:
    """The given list, whatever the current rules are."""
    return given


def merged(before: Meanings, given: Meanings, at_top: bool) -> Meanings:
    """The current rules in their order, with new descriptions, and then the missing rules in the given order."""
    result = list(before)
    missing = []
    for rule in given:
        same = [index for index, present in enumerate(before) if present[:3] == rule[:3]]
        if not same:
            missing.append(rule)
        elif rule[3] and rule not in before:
            result[same[0]] = rule
    return (*missing, *result) if at_top else (*result, *missing)


def deleted(before: Meanings, given: Meanings, at_top: bool) -> Meanings:
    """The current rules except those that a given rule matches; a given description must match, too."""
    return tuple(
        rule for rule in before if not any(rule[:3] == each[:3] and each[3] in ("", rule[3]) for each in given)
    )


STATES = {"replaced": replaced, "merged": merged, "deleted": deleted}
