# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired rules of a group, and the edits that lead to them. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from .edits import Delete, Edit, Insert, Reset, Update, delete_all
from .rule_set import Rules, RuleSet
from .rules import DIRECTIONS, Rule

VERBS = {"replaced": "replace", "merged": "merge", "deleted": "delete"}
POSITIONS = ("top", "bottom")


class DesiredRules(NamedTuple):
    """What a task asks for. ``state`` is one of VERBS. A direction that is None is not changed; an empty one is."""

    state: str
    at_top: bool
    ingress: Rules | None
    egress: Rules | None

    def given(self) -> list[tuple[str, Rules]]:
        """Return the directions that the task manages, each with its rules."""
        both = (("ingress", self.ingress), ("egress", self.egress))
        return [(direction, rules) for direction, rules in both if rules is not None]

    def edits(self, before: RuleSet) -> list[Edit]:
        """Return the edits that lead from ``before`` to the desired state; an empty list if it has been reached."""
        planners: dict[str, Callable[[RuleSet], list[Edit]]] = {
            "replaced": self._replaced,
            "merged": self._merged,
            "deleted": self._deleted,
        }
        return planners[self.state](before)

    def _replaced(self, before: RuleSet) -> list[Edit]:
        changed = [(direction, rules) for direction, rules in self.given() if rules != before.of(direction)]
        if not changed:
            return []
        emptied = [direction for direction, rules in changed if not rules]
        if len(emptied) == len(DIRECTIONS):
            return [Reset((), ())]
        # A reset does not reliably empty a direction, so its rules are deleted.
        edits: list[Edit] = [delete_all(before, direction) for direction in emptied]
        if len(emptied) < len(changed):
            after = before
            for direction, rules in changed:
                after = after.with_rules(direction, rules)
            edits.append(Reset(after.ingress, after.egress))
        return edits

    def _merged(self, before: RuleSet) -> list[Edit]:
        edits: list[Edit] = []
        for direction, rules in self.given():
            present = before.of(direction)
            positions = _positions(present)
            edits += [Update(direction, at, rule) for at, rule in _redescribed(present, positions, rules)]
            missing = tuple(rule for rule in rules if rule.identity not in positions)
            if missing:
                edits.append(Insert(direction, missing, self.at_top, len(present)))
        return edits

    def _deleted(self, before: RuleSet) -> list[Edit]:
        edits: list[Edit] = []
        for direction, rules in self.given():
            exact = set(rules)
            undescribed = {rule for rule in rules if not rule.description}
            deleted = [
                position
                for position, rule in enumerate(before.of(direction))
                if rule in exact or rule.identity in undescribed
            ]
            if deleted:
                edits.append(Delete(direction, tuple(deleted)))
        return edits


def _positions(rules: Rules) -> dict[Rule, list[int]]:
    """Return the positions of each rule without its description. Services store rules that differ only in that."""
    positions: dict[Rule, list[int]] = {}
    for position, rule in enumerate(rules):
        positions.setdefault(rule.identity, []).append(position)
    return positions


def _redescribed(present: Rules, positions: dict[Rule, list[int]], rules: Rules) -> Iterable[tuple[int, Rule]]:
    """Yield rules that are present with another description. A rule without a description keeps the present one."""
    for rule in rules:
        where = positions.get(rule.identity, [])
        if where and rule.description and all(present[position] != rule for position in where):
            yield where[0], rule
