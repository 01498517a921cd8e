# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second writer, and the documented effect of a task on a group: a model that shares no code with the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.reliability.rules import DIRECTIONS, WORDS, Content, Meaning, as_stored, content, meaning
from tests.reliability.scenarios import Scenario

Stored = dict[str, Any]
Group = dict[str, list[Stored]]


@dataclass(frozen=True)
class Change:
    """The change of a second writer.

    ``apply`` makes it to the stored rules; ``kept`` returns whether it is still in effect.
    """

    name: str
    apply: Callable[[Group], Group]
    kept: Callable[[Content], bool]


def _word(name: str) -> Stored:
    return as_stored(WORDS[name])


def _with_ingress(change: Callable[[list[Stored]], list[Stored]]) -> Callable[[Group], Group]:
    return lambda group: {**group, "ingress": change(group["ingress"])}


def _has(name: str, direction: str = "ingress") -> Callable[[Content], bool]:
    return lambda present: meaning(_word(name)) in present[direction]


def _identity(rule: Meaning) -> tuple[str, str, str]:
    return rule[:3]


def adding(name: str, word: str, at_top: bool) -> Change:
    """A change that adds one rule."""
    rule = _word(word)
    return Change(name, _with_ingress(lambda rules: [rule, *rules] if at_top else [*rules, rule]), _has(word))


def _removed(rules: list[Stored]) -> list[Stored]:
    return [rule for rule in rules if meaning(rule) != meaning(_word("web"))]


def _redescribed(rules: list[Stored]) -> list[Stored]:
    changed = {meaning(_word("web")): {**_word("web"), "PolicyDescription": "theirs"}}
    return [changed.get(meaning(rule), rule) for rule in rules]


def _still_redescribed(present: Content) -> bool:
    theirs = meaning({**_word("web"), "PolicyDescription": "theirs"})
    return theirs in present["ingress"] or meaning(_word("web")) not in present["ingress"]


def _still_reordered(present: Content) -> bool:
    order = [rule for rule in present["ingress"] if rule in (meaning(_word("ssh")), meaning(_word("udp")))]
    return order != [meaning(_word("ssh")), meaning(_word("udp"))]


CHANGES = (
    adding("adds a rule on top", "foreign", True),
    adding("adds a rule at the bottom", "foreign-2", False),
    Change("removes a rule", _with_ingress(_removed), lambda present: not _has("web")(present)),
    Change("changes a description", _with_ingress(_redescribed), _still_redescribed),
    Change("reorders", _with_ingress(lambda rules: rules[::-1]), _still_reordered),
    Change(
        "replaces all",
        lambda group: {"ingress": [_word("foreign"), _word("foreign-2")], "egress": [_word("foreign-3")]},
        lambda present: all(
            (_has("foreign")(present), _has("foreign-2")(present), _has("foreign-3", "egress")(present))
        ),
    ),
    adding("adds the very rule", "dns", False),
    Change(
        "adds a rule to the other direction",
        lambda group: {**group, "egress": [_word("foreign-3"), *group["egress"]]},
        _has("foreign-3", "egress"),
    ),
)


def ours(scenario: Scenario, before: Content) -> Content:
    """The documented effect of the task on a group with these rules."""
    after = dict(before)
    for direction in DIRECTIONS:
        if direction in scenario.options:
            wanted = tuple(meaning(as_stored(rule)) for rule in scenario.options[direction])
            after[direction] = _ARTS[scenario.state](before[direction], wanted, scenario.options)
    return after


Rules = tuple[Meaning, ...]


def _replaced(present: Rules, wanted: Rules, options: Mapping[str, Any]) -> Rules:
    return wanted


def _merged(present: Rules, wanted: Rules, options: Mapping[str, Any]) -> Rules:
    result = list(present)
    for rule in wanted:
        there = [index for index, each in enumerate(result) if _identity(each) == _identity(rule)]
        if there and rule[3] and rule not in result:
            result[there[0]] = rule
    known = {_identity(each) for each in present}
    new = [rule for rule in wanted if _identity(rule) not in known]
    return tuple(new + result if options.get("position") == "top" else result + new)


def _deleted(present: Rules, wanted: Rules, options: Mapping[str, Any]) -> Rules:
    bare = {_identity(rule) for rule in wanted if not rule[3]}
    return tuple(rule for rule in present if rule not in wanted and _identity(rule) not in bare)


_ARTS: Mapping[str, Callable[[Rules, Rules, Mapping[str, Any]], Rules]] = {
    "replaced": _replaced,
    "merged": _merged,
    "deleted": _deleted,
}


def theirs(change: Change, group: Mapping[str, Any]) -> Group:
    """The stored rules after the change."""
    return change.apply({direction: list(group.get(direction, [])) for direction in DIRECTIONS})


def meant(group: Group) -> Content:
    """The meaning of the stored rules of both directions."""
    return content(group["ingress"], group["egress"])
