# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edits of a rule set, each of which becomes one API call. Pure functions."""

from __future__ import annotations

from typing import NamedTuple, Union

from .rule_set import Rules, RuleSet
from .rules import Rule


class Reset(NamedTuple):
    """The rules of both directions are replaced by these."""

    ingress: Rules
    egress: Rules

    def writes(self, direction: str) -> Rules:
        """Return the rules of that direction that the request contains; the other edits have the same method."""
        return self.ingress if direction == "ingress" else self.egress

    def apply(self, rules: RuleSet) -> RuleSet:
        """Return the rules after the edit; the other edits have the same method."""
        return rules._replace(ingress=self.ingress, egress=self.egress)


class Insert(NamedTuple):
    """Rules are added to one direction, all at the top or all at the bottom. ``length`` counts the present ones."""

    direction: str
    rules: Rules
    at_top: bool
    length: int

    def writes(self, direction: str) -> Rules:
        return self.rules if direction == self.direction else ()

    def apply(self, rules: RuleSet) -> RuleSet:
        present = rules.of(self.direction)
        return rules.with_rules(self.direction, self.rules + present if self.at_top else present + self.rules)


class Update(NamedTuple):
    """The rule at ``position``, counted from 0, is replaced by ``rule``."""

    direction: str
    position: int
    rule: Rule

    def writes(self, direction: str) -> Rules:
        return (self.rule,) if direction == self.direction else ()

    def apply(self, rules: RuleSet) -> RuleSet:
        present = rules.of(self.direction)
        return rules.with_rules(self.direction, (*present[: self.position], self.rule, *present[self.position + 1 :]))


class Delete(NamedTuple):
    """The rules at these positions, counted from 0 and ascending, are deleted."""

    direction: str
    positions: tuple[int, ...]

    def writes(self, direction: str) -> Rules:
        return ()

    def apply(self, rules: RuleSet) -> RuleSet:
        deleted = set(self.positions)
        kept = tuple(rule for position, rule in enumerate(rules.of(self.direction)) if position not in deleted)
        return rules.with_rules(self.direction, kept)


Edit = Union[Reset, Insert, Update, Delete]


def delete_all(rules: RuleSet, direction: str) -> Delete:
    """Return the edit that empties one direction."""
    return Delete(direction, tuple(range(len(rules.of(direction)))))
