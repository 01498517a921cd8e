# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of a change of rules on traffic: entries for programs and lines for people.

The work is bounded by steps, never by time, so that check mode and a real run return the same. Beyond the bound,
``complete`` is false, and ``effect`` is still correct.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from .cover import cover
from .difference import (
    Change,
    changes,
)
from .entries import line
from .grid import Grid
from .rules import (
    NO_MEMBERS,
    Members,
)
from .sentences import (
    NO_EFFECT,
    Entry,
    Line,
    impact_text,
)
from .situation import ListPair

MOST_ENTRIES = 500
# The most steps that covers may take; each takes about 50 ns.
MOST_STEPS = 60_000_000


def impact(pairs: Iterable[ListPair], members: Members = NO_MEMBERS, rules_differ: bool = True) -> dict[str, Any]:
    """Return the traffic that becomes allowed and denied, in the form of the result ``impact``.

    Keys: ``effect``, ``newly_allowed``, ``newly_denied``, ``complete``, ``total`` and ``text``. ``rules_differ`` is
    whether the rules themselves change: only then does the text say that there is no effect. Raises ValueError if the
    lists of a pair have different default verdicts.
    """
    found = _Collector()
    for pair in pairs:
        found.compare(pair, members)
    opened, closed = (sorted(found.lines[opens], key=_widest_first) for opens in (True, False))
    allowed, denied = _entries(opened), _entries(closed)
    effect = _effect(found.seen[True], found.seen[False])
    text = impact_text(opened, closed, found.seen)
    return {
        "effect": effect,
        "newly_allowed": allowed[:MOST_ENTRIES],
        "newly_denied": denied[:MOST_ENTRIES],
        "complete": found.complete and max(len(allowed), len(denied)) <= MOST_ENTRIES,
        "total": {"newly_allowed": len(allowed), "newly_denied": len(denied)},
        "text": text or ([NO_EFFECT] if rules_differ and effect == "none" else []),
    }


def _entries(lines: Iterable[Line]) -> list[Entry]:
    return [entry for item in lines for entry in item.entries]


def _effect(opens: bool, closes: bool) -> str:
    if opens and closes:
        return "opens_and_closes"
    return "opens" if opens else "closes" if closes else "none"


def _widest_first(item: Line) -> tuple[float, str]:
    return -item.weight, item.text


class _Collector:
    """Collects the lines of all directions, until there are too many."""

    def __init__(self) -> None:
        self.lines: dict[bool, list[Line]] = {True: [], False: []}
        self.seen = {True: False, False: False}
        self.complete = True
        self.steps = 0

    def compare(self, pair: ListPair, members: Members) -> None:
        for change in changes(*pair.compiled(members)):
            self.seen[change.opens] = True
            self._add(change, pair)
            if not self.complete and all(self.seen.values()):
                return

    def _add(self, change: Change, pair: ListPair) -> None:
        """Add the lines of one change: one for each box of a cover."""
        simple, others = _simple_exceptions(change)
        for part in _parts(change.may_cover, others):
            need = change.cells & part.cells
            if not need or not self._may_cover(change.grid, need):
                continue
            exceptions = simple | dict.fromkeys(part.unless, -1)
            for box in cover(change.grid, need, part.cells):
                self.lines[change.opens].append(line(change, pair.before, pair.after, box, exceptions))

    def _may_cover(self, grid: Grid, need: int) -> bool:
        """Count the steps of another cover, about the number of its boxes times their size; return if it is allowed."""
        rows = sum(1 for row in grid.split_rows(need) if row)
        self.steps += (rows + grid.width) * (rows + grid.stride * grid.height // 64 + 100)
        self.complete = self.complete and self.steps <= MOST_STEPS
        return self.complete


def _simple_exceptions(change: Change) -> tuple[dict[int, int], dict[int, int]]:
    """Return the exceptions that apply to some services at any address, with their columns, and all others."""
    grid = change.grid
    every_row = (1 << grid.height) - 1
    simple, others = {}, {}
    for further, scope in sorted(change.unless.items()):
        columns = 0
        for row in grid.split_rows(scope):
            columns |= row
        if change.may_cover & grid.cells(columns, every_row) == scope:
            simple[further] = columns
        else:
            others[further] = scope
    return simple, others


class _Part(NamedTuple):
    cells: int
    unless: tuple[int, ...]


def _parts(cells: int, scopes: dict[int, int]) -> Sequence[_Part]:
    """Divide the cells into parts with the same exceptions."""
    parts = [_Part(cells, ())]
    for further, scope in scopes.items():
        divided = []
        for part in parts:
            inside, outside = part.cells & scope, part.cells & ~scope
            if inside:
                divided.append(_Part(inside, (*part.unless, further)))
            if outside:
                divided.append(_Part(outside, part.unless))
        parts = divided
    return parts
