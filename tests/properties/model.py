# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks for, worked out once more and in the plainest way. Shares no code with the collection."""

from __future__ import annotations

from tests.reliability.rules import Meaning

Meanings = tuple[Meaning, ...]


def replaced(before: Meanings, given: Meanings, at_top: bool) -> Meanings:
    """The list, whatever was there."""
    return given


def merged(before: Meanings, given: Meanings, at_top: bool) -> Meanings:
    """What was there in its order, with new descriptions; and what was missing, in the order in which it is given."""
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
    """What was there, but for what a given rule names; with a description it names that one only."""
    return tuple(
        rule for rule in before if not any(rule[:3] == each[:3] and each[3] in ("", rule[3]) for each in given)
    )


STATES = {"replaced": replaced, "merged": merged, "deleted": deleted}
