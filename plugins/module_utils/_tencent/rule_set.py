# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""A group's ordered rules as a value, what can be wanted of them, and the edits that lead there. Pure."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Union

from .rules import CACHE_SIZE, DIRECTIONS, Rule

Rules = tuple[Rule, ...]
# Fields whose values are plain YAML in a flow mapping whenever they look like this.
_PLAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")
_UNSEEN = re.compile(r"[\x7f-\xa0\xad\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, eq=False)
class RuleSet:
    """Implements the State protocol. C(version) is null where the API told none, which makes no difference then.

    C(reportable) is false for a version that only stands beside each rule: it goes with the last rule, so that a
    preview cannot say what will be told of it.  ``first_index`` is the position of the first rule of a direction in the
    service's responses.
    """

    ingress: Rules
    egress: Rules
    version: str | None
    reportable: bool = True
    first_index: int = 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RuleSet):
            return NotImplemented
        untold = self.version is None or other.version is None
        return self.same_content(other) and (untold or self.version == other.version)

    def of(self, direction: str) -> Rules:
        return self.ingress if direction == "ingress" else self.egress

    def having(self, direction: str, rules: Rules) -> RuleSet:
        return replace(self, ingress=rules) if direction == "ingress" else replace(self, egress=rules)

    def report(self) -> dict[str, Any]:
        listed: dict[str, Any] = {name: [rule.to_dict() for rule in self.of(name)] for name in DIRECTIONS}
        return {**listed, "version": self.version if self.reportable else None}

    def shown(self) -> str:
        """YAML with one rule to a line, so that a diff shows rules and its lines can be pasted into a playbook."""
        return self._text

    @functools.cached_property
    def _text(self) -> str:
        return "".join(f"{name}:{_listed(self.of(name))}\n" for name in DIRECTIONS)

    def same_content(self, other: RuleSet) -> bool:
        return self.ingress == other.ingress and self.egress == other.egress

    def discrepancy(self, found: RuleSet) -> str:
        texts = [_discrepancy(direction, self.of(direction), found.of(direction)) for direction in DIRECTIONS]
        return "; ".join(filter(None, texts))

    def version_number(self) -> int | None:
        version = self.version or ""
        return int(version) if re.fullmatch("[0-9]{1,18}", version) else None

    def next_version(self) -> RuleSet:
        """Every successful write adds one to the version (SecurityGroupPolicySet.Version)."""
        number = self.version_number()
        return self if number is None else replace(self, version=str(number + 1))


def _discrepancy(direction: str, written: Rules, found: Rules) -> str:
    """The first difference between the rules of one direction that were written and those that were read back."""
    if written == found:
        return ""
    if len(written) != len(found):
        return f"{direction} has {len(found)} rules instead of {len(written)}"
    index = next(index for index, (one, other) in enumerate(zip(written, found)) if one != other)
    one, other = written[index].to_dict(), found[index].to_dict()
    names = [name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]
    fields = [
        f"{direction}[{index}].{name} was written as {one.get(name)!r} and read back as {other.get(name)!r}"
        for name in names
    ]
    return ", ".join(fields)


def _listed(rules: Rules) -> str:
    return "".join(f"\n  - {{{_flow(rule)}}}" for rule in rules) or " []"


@functools.lru_cache(maxsize=CACHE_SIZE)
def _flow(rule: Rule) -> str:
    return ", ".join(f"{name}: {_scalar(name, value)}" for name, value in rule.to_dict().items())


def _scalar(name: str, value: str) -> str:
    plain = name != "description" and _PLAIN.fullmatch(value)
    return value if plain else _UNSEEN.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    """What would break a line or not be seen, as YAML and JSON both spell it."""
    return json.dumps(match.group())[1:-1]


@dataclass(frozen=True)
class Reset:
    """Both directions become exactly this."""

    ingress: Rules
    egress: Rules

    def writes(self, direction: str) -> Rules:
        """The rules that a request for this edit carries for that direction; the other edits have the same method."""
        return self.ingress if direction == "ingress" else self.egress

    def apply(self, rules: RuleSet) -> RuleSet:
        return replace(rules, ingress=self.ingress, egress=self.egress)


@dataclass(frozen=True)
class Insert:
    """Rules that are added to one direction, all C(at_top) or all at the bottom. C(length) is what it holds so far."""

    direction: str
    rules: Rules
    at_top: bool
    length: int

    def writes(self, direction: str) -> Rules:
        return self.rules if direction == self.direction else ()

    def apply(self, rules: RuleSet) -> RuleSet:
        present = rules.of(self.direction)
        return rules.having(self.direction, self.rules + present if self.at_top else present + self.rules)


@dataclass(frozen=True)
class Update:
    """The rule at C(index) becomes C(rule)."""

    direction: str
    index: int
    rule: Rule

    def writes(self, direction: str) -> Rules:
        return (self.rule,) if direction == self.direction else ()

    def apply(self, rules: RuleSet) -> RuleSet:
        present = rules.of(self.direction)
        return rules.having(self.direction, present[: self.index] + (self.rule,) + present[self.index + 1 :])


@dataclass(frozen=True)
class Delete:
    """The rules at these positions go; C(indexes) ascend."""

    direction: str
    indexes: tuple[int, ...]

    def writes(self, direction: str) -> Rules:
        return ()

    def apply(self, rules: RuleSet) -> RuleSet:
        gone = set(self.indexes)
        kept = tuple(rule for index, rule in enumerate(rules.of(self.direction)) if index not in gone)
        return rules.having(self.direction, kept)


Edit = Union[Reset, Insert, Update, Delete]


@dataclass(frozen=True)
class DesiredRules:
    """What a task asks of a group. A direction that is None is left as it is; an empty one is given all the same."""

    state: str
    at_top: bool
    ingress: Rules | None
    egress: Rules | None

    def given(self) -> list[tuple[str, Rules]]:
        both = (("ingress", self.ingress), ("egress", self.egress))
        return [(direction, rules) for direction, rules in both if rules is not None]

    def edits(self, before: RuleSet) -> list[Edit]:
        """The edits that lead from C(before) to what is wanted; none if it is so already."""
        plan: dict[str, Callable[[RuleSet], list[Edit]]] = {
            "replaced": self._replaced,
            "merged": self._merged,
            "deleted": self._deleted,
        }
        return plan[self.state](before)

    def _replaced(self, before: RuleSet) -> list[Edit]:
        changed = [(direction, rules) for direction, rules in self.given() if rules != before.of(direction)]
        if not changed:
            return []
        after = before
        for direction, rules in changed:
            after = after.having(direction, rules)
        if not after.ingress and not after.egress and len(changed) == len(DIRECTIONS):
            return [Reset((), ())]
        # A reset does not empty a direction dependably, so that is done by deleting its rules.
        edits: list[Edit] = [everything(before, direction) for direction, rules in changed if not rules]
        if any(rules for dummy, rules in changed):
            edits.append(Reset(after.ingress, after.egress))
        return edits

    def _merged(self, before: RuleSet) -> list[Edit]:
        edits: list[Edit] = []
        for direction, rules in self.given():
            present = before.of(direction)
            places = _places(present)
            edits += [Update(direction, at, rule) for at, rule in _redescribed(present, places, rules)]
            missing = tuple(rule for rule in rules if rule.identity not in places)
            if missing:
                edits.append(Insert(direction, missing, self.at_top, len(present)))
        return edits

    def _deleted(self, before: RuleSet) -> list[Edit]:
        edits: list[Edit] = []
        for direction, rules in self.given():
            whole = set(rules)
            undescribed = {rule for rule in rules if not rule.description}
            gone = [
                index
                for index, rule in enumerate(before.of(direction))
                if rule in whole or rule.identity in undescribed
            ]
            if gone:
                edits.append(Delete(direction, tuple(gone)))
        return edits


def everything(rules: RuleSet, direction: str) -> Delete:
    """The edit that empties one direction."""
    return Delete(direction, tuple(range(len(rules.of(direction)))))


def _places(rules: Rules) -> dict[Rule, list[int]]:
    """Where each rule stands, whatever its description. Services keep rules that differ in nothing else."""
    places: dict[Rule, list[int]] = {}
    for index, rule in enumerate(rules):
        places.setdefault(rule.identity, []).append(index)
    return places


def _redescribed(present: Rules, places: dict[Rule, list[int]], rules: Rules) -> Iterable[tuple[int, Rule]]:
    """Rules that are there under another description. One that is given without any keeps what it has."""
    for rule in rules:
        where = places.get(rule.identity, [])
        if where and rule.description and all(present[index] != rule for index in where):
            yield where[0], rule
