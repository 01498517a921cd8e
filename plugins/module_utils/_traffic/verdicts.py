# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict of some traffic before and after a change, for every content of groups and templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .difference import (
    CompiledList,
    changed_rules,
    changing_worlds,
)
from .grid import Grid, Placed, grids, scan
from .numbers import Ranges
from .rules import Match, Symbol


class Region(NamedTuple):
    """The traffic in question: services and addresses of packets that belong to ``inside`` and not to ``outside``."""

    services: Ranges
    addresses: Ranges
    inside: frozenset[Symbol] = frozenset()
    outside: frozenset[Symbol] = frozenset()


class Possible(NamedTuple):
    """The cells that some content of groups and templates allows, and those that some content denies."""

    allowed: int
    denied: int

    @property
    def surely_allowed(self) -> int:
        """The cells that are allowed whatever groups and templates contain."""
        return self.allowed & ~self.denied

    @property
    def surely_denied(self) -> int:
        """The cells that are denied whatever groups and templates contain."""
        return self.denied & ~self.allowed


class View(NamedTuple):
    """A region in one grid: the rules of both lists, the possible verdicts, and the possible changes by world."""

    grid: Grid
    cells: int
    rules: tuple[list[Placed], list[Placed]]
    default: bool
    before: Possible
    after: Possible
    opens: list[tuple[int, int]]
    closes: list[tuple[int, int]]


def views(region: Region, before: CompiledList, after: CompiledList) -> Iterator[View]:
    """Yield the possible verdicts on the traffic of a region, and their changes."""
    region_match = Match(True, region.services, region.addresses, frozenset())
    changed = changed_rules(before.matches, after.matches)
    default = before.default_allows
    for grid in grids([*before.matches, *after.matches, region_match], [region_match]):
        cells = grid.match_cells(region_match)
        old, new = (_within(grid, rules.matches, region, cells) for rules in (before, after))
        opens, closes = [], []
        for world, some in changing_worlds(old, new, changed, default, cells):
            was, now = scan(old, default, world, some).allowed, scan(new, default, world, some).allowed
            opens += [(world, now & ~was)] if now & ~was else []
            closes += [(world, was & ~now)] if was & ~now else []
        possible = [_possible(rules, default, cells) for rules in (old, new)]
        yield View(grid, cells, (old, new), default, possible[0], possible[1], opens, closes)


def _within(grid: Grid, matches: Sequence[Match], region: Region, cells: int) -> list[Placed]:
    """Return the rules for packets of the region, of which some symbols are known."""
    inside, outside = grid.world(region.inside), grid.world(region.outside)
    return [
        rule._replace(symbols=rule.symbols & ~inside, cells=rule.cells & cells)
        for rule in grid.place(matches)
        if not rule.symbols & outside and rule.cells & cells
    ]


def _possible(rules: list[Placed], default: bool, cells: int) -> Possible:
    """Return the possible verdicts. A rule decides the most packets in the world that has only its own symbols."""
    allowed, denied = 0, 0
    for world in sorted({0} | {rule.symbols for rule in rules}):
        now = scan(rules, default, world, cells).allowed
        allowed |= now
        denied |= cells & ~now
    return Possible(allowed, denied)


def union(worlds: Sequence[tuple[int, int]]) -> int:
    """Return all cells that change in any world."""
    result = 0
    for _world, cells in worlds:
        result |= cells
    return result


def decider(view: View, side: int, world: int, cell: int) -> int:
    """Return the index of the rule that decides one cell before (``side`` 0) or after (1); ``DEFAULT`` if none."""
    return scan(view.rules[side], view.default, world, cell).hits[0][0]


def symbols_that_matter(view: View, side: int, cell: int) -> list[str]:
    """Return the names of symbols whose content the verdict of a cell can depend on."""
    rules = [rule for rule in view.rules[side] if rule.cells & cell and rule.symbols]
    deciding = [rule for rule in rules if decider(view, side, rule.symbols, cell) == rule.number]
    return sorted({symbol.name for rule in deciding for symbol in view.grid.names(rule.symbols)})
