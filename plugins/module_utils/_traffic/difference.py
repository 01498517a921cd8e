# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The difference between two rule lists, exact for every content of groups and templates.

If one rule decides a packet before and another one after, they also do so in the world that has exactly the symbols of
these two: fewer symbols only make fewer earlier rules match. So only such worlds have to be examined, and what
earlier rules with further symbols decide differently is an exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .grid import (
    DEFAULT,
    Grid,
    Placed,
    Scan,
    grids,
    scan,
)
from .rules import Match


class CompiledList(NamedTuple):
    """A compiled rule list: the rules in their order, and the verdict where none matches."""

    matches: Sequence[Match]
    default_allows: bool


class Change(NamedTuple):
    """Cells whose verdict changes for packets that belong to the symbols of ``world``.

    ``unless`` has, by further symbols, the cells that do not change (or that another ``Change`` covers) for packets
    that belong to those as well. ``may_cover`` has all cells that change, even if an earlier ``Change`` covers them.
    """

    grid: Grid
    opens: bool
    world: int
    cells: int
    may_cover: int
    unless: dict[int, int]
    before: Scan
    after: Scan


class ChangedRules(NamedTuple):
    """The indexes of the rules that only the list before has, and of those that only the list after has."""

    removed: set[int]
    added: set[int]


def changed_rules(before: Sequence[Match], after: Sequence[Match]) -> ChangedRules:
    """Return the indexes of the rules outside of a common subsequence of both lists.

    Only traffic that such a rule matches can change: among the common rules, the first match is the same.
    """
    first, last = 0, 0
    shortest = min(len(before), len(after))
    while first < shortest and before[first] == after[first]:
        first += 1
    while last < shortest - first and before[-1 - last] == after[-1 - last]:
        last += 1
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    removed, added = set(range(first, first + len(old))), set(range(first, first + len(new)))
    for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        removed -= set(range(first + block.a, first + block.a + block.size))
        added -= set(range(first + block.b, first + block.b + block.size))
    return ChangedRules(removed, added)


def changes(before: CompiledList, after: CompiledList) -> Iterator[Change]:
    """Yield everything that changes. A later change does not repeat what an earlier one covers."""
    for comparison in _comparisons(before, after):
        yield from comparison.changes()


def opened_rules(before: CompiledList, after: CompiledList) -> set[int]:
    """Return the indexes of the rules that decide, for some content, some of the traffic that becomes allowed."""
    return {index for comparison in _comparisons(before, after) for index in comparison.opened_rules()}


def _comparisons(before: CompiledList, after: CompiledList) -> Iterator[_Comparison]:
    differing = changed_rules(before.matches, after.matches)
    changed = [before.matches[index] for index in sorted(differing.removed)]
    changed += [after.matches[index] for index in sorted(differing.added)]
    if before.default_allows != after.default_allows:
        raise ValueError("both lists must have the same verdict where no rule matches")
    for grid in grids([*before.matches, *after.matches], changed):
        yield _Comparison(grid, before, after, differing)


def changing_worlds(
    before: list[Placed], after: list[Placed], changed: ChangedRules, default: bool, cells: int
) -> list[tuple[int, int]]:
    """Return the worlds in which some of ``cells`` can change, each with these cells; those with few symbols first."""
    worlds: dict[int, int] = {}
    old = _deciders(before, changed.removed, default, cells)
    new = _deciders(after, changed.added, default, cells)
    for old_key, (old_cells, old_changed) in old.items():
        for new_key, (new_cells, new_changed) in new.items():
            both = (old_cells & new_changed) | (old_changed & new_cells)
            if both and old_key[0] != new_key[0]:
                world = old_key[1] | new_key[1]
                worlds[world] = worlds.get(world, 0) | both
    return sorted(worlds.items(), key=lambda item: (bin(item[0]).count("1"), item[0]))


def _deciders(
    rules: list[Placed], changed: set[int], default: bool, region: int
) -> dict[tuple[bool, int], tuple[int, int]]:
    """Return, by verdict and symbols, the cells of all such rules and of those that are not in the other list."""
    result = {(default, 0): (region, 0)}
    for rule in rules:
        key = rule.allows, rule.symbols
        cells, new = result.get(key, (0, 0))
        hit = rule.cells & region
        result[key] = cells | hit, new | (hit if rule.number in changed else 0)
    return result


class _Comparison:
    """Compares two lists in one grid."""

    def __init__(self, grid: Grid, before: CompiledList, after: CompiledList, changed: ChangedRules) -> None:
        self.grid, self.default = grid, before.default_allows
        self.before, self.after = grid.place(before.matches), grid.place(after.matches)
        self.changed = changed

    def changes(self) -> Iterator[Change]:
        found: dict[bool, list[Change]] = {True: [], False: []}
        for world, old, new in self._scans():
            for opens in (True, False):
                change = self._change(opens, world, old, new, found[opens])
                if change:
                    found[opens].append(change)
                    yield change

    def opened_rules(self) -> Iterator[int]:
        for _world, old, new in self._scans():
            opened = new.allowed & ~old.allowed
            yield from (index for index, hit in old.hits if index != DEFAULT and hit & opened)

    def _scans(self) -> Iterator[tuple[int, Scan, Scan]]:
        """Yield the worlds in which something can change, and how both lists decide there."""
        worlds = changing_worlds(self.before, self.after, self.changed, self.default, self.grid.all)
        for world, cells in worlds:
            old, new = (scan(rules, self.default, world, cells) for rules in (self.before, self.after))
            yield world, old, new

    def _change(self, opens: bool, world: int, old: Scan, new: Scan, smaller: list[Change]) -> Change | None:
        cells = new.allowed & ~old.allowed if opens else old.allowed & ~new.allowed
        if not cells:
            return None
        # For what opens: a packet does not change if an earlier rule allowed it before, or denies it after.
        unless: dict[int, int] = {}
        for scopes in (old.unless[opens], new.unless[not opens]):
            for further, scope in scopes.items():
                if scope & cells:
                    unless[further] = unless.get(further, 0) | (scope & cells)
        unless = _minimal(unless)
        remaining = cells
        for change in smaller:
            if change.world & ~world == 0:
                remaining &= ~_covered(change, world, unless)
        if not remaining:
            return None
        return Change(self.grid, opens, world, remaining, cells, unless, old, new)


def _minimal(unless: dict[int, int]) -> dict[int, int]:
    """Return the exceptions without, cell by cell, symbols that include a sufficient subset."""
    result = {}
    for further, scope in unless.items():
        for fewer, cells in unless.items():
            if fewer != further and fewer & ~further == 0:
                scope &= ~cells
        if scope:
            result[further] = scope
    return result


def _covered(change: Change, world: int, unless: dict[int, int]) -> int:
    """Return the cells that a change of a smaller world covers for all packets of ``world`` except excepted ones."""
    cells = change.may_cover
    for further, scope in change.unless.items():
        excepted = 0
        for other, other_scope in unless.items():
            if other & ~(further | world) == 0:
                excepted |= other_scope
        cells &= ~(scope & ~excepted)
    return cells


def deciders(result: Scan, cells: int) -> list[int]:
    """Return the indexes of the rules that decide some of the cells; ``DEFAULT`` where none matches, last."""
    found = [index for index, hit in result.hits if hit & cells]
    return sorted(found, key=lambda index: (index == DEFAULT, index))
