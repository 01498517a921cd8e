# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cover cells with few boxes that a person can read.

Candidates are the largest boxes of each row and of each column. The one with the most new cells for its price is taken
until all cells are covered; boxes that turn out to be superfluous are removed. One box less holes is the alternative.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.grid import Grid, set_bits
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.names import EXCEPTION_PRICE
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import Ranges, merged

# With more kinds of rows than this, every kind becomes a box of its own: the search takes the square of their number.
MOST_KINDS = 400


class Box(NamedTuple):
    """Columns in rows, without the cells of ``holes``."""

    columns: int
    rows: int
    holes: tuple[Box, ...] = ()


def column_ranges(grid: Grid, columns: int) -> Ranges:
    """Return the services of some columns."""
    return merged(part for index in set_bits(columns) for part in grid.columns.parts[index])


def row_ranges(grid: Grid, rows: int) -> Ranges:
    """Return the addresses of some rows."""
    return merged(part for index in set_bits(rows) for part in grid.rows.parts[index])


class _Kinds:
    """The different rows: which columns need to be covered, which may be, and the rows that are so."""

    def __init__(self, grid: Grid, need: int, may: int) -> None:
        self.kinds: dict[tuple[int, int], int] = {}
        for index, key in enumerate(zip(grid.split_rows(need), grid.split_rows(may))):
            if key[0]:
                self.kinds[key] = self.kinds.get(key, 0) | 1 << index

    def box(self, columns: int) -> Box:
        """The largest box that has at least these columns, over rows that need something."""
        rows, common = 0, -1
        for (_need, may), members in self.kinds.items():
            if may & columns == columns:
                rows |= members
                common &= may
        return Box(common, rows)


def cover(grid: Grid, need: int, may: int) -> list[Box]:
    """Return boxes that contain all of ``need`` and nothing outside of ``may`` (which includes ``need``)."""
    boxes = _plain(grid, need, may | grid.void)
    if len(boxes) < 2 and all(_price(grid, box) < 3 for box in boxes):
        return boxes
    plain = sum(_price(grid, box) for box in boxes)
    whole = _bounding_box(grid, need)
    alternatives = [(plain, 0, boxes)]
    for number, columns in enumerate((grid.all_columns, whole.columns), 1):
        price, box = _with_holes(grid, whole._replace(columns=columns), need, may)
        # Services that are missing from the whole box are exceptions, too.
        price += 0 if columns == grid.all_columns else EXCEPTION_PRICE
        alternatives.append((price, number, [box]))
    return min(alternatives, key=lambda alternative: alternative[:2])[2]


def _with_holes(grid: Grid, whole: Box, need: int, may: int) -> tuple[float, Box]:
    inside = grid.cells(whole.columns, whole.rows)
    holes = _plain(grid, inside & ~may & ~grid.void, inside & ~need | grid.void)
    price = _price(grid, whole) + EXCEPTION_PRICE * sum(_price(grid, hole) for hole in holes)
    return price, whole._replace(holes=tuple(holes))


def _bounding_box(grid: Grid, need: int) -> Box:
    columns, rows = 0, 0
    for index, row in enumerate(grid.split_rows(need)):
        columns |= row
        rows |= (1 << index) if row else 0
    return Box(columns, rows)


def _plain(grid: Grid, need: int, may: int) -> list[Box]:
    kinds = _Kinds(grid, need, may)
    if len(kinds.kinds) > MOST_KINDS:
        return [Box(columns, rows) for (columns, dummy), rows in kinds.kinds.items()]
    candidates = [(box, _price(grid, box)) for box in _candidates(grid, kinds)]
    chosen: list[Box] = []
    left = need
    cells = {box: grid.cells(box.columns, box.rows) for box, dummy in candidates}
    while left:
        gains = [(bin(cells[box] & left).count("1") / price, -index) for index, (box, price) in enumerate(candidates)]
        best = candidates[-max(gains)[1]][0]
        chosen.append(best)
        left &= ~cells[best]
        candidates = [item for item in candidates if cells[item[0]] & left]
    return _trim(grid, _needed(need, chosen, cells))


def _candidates(grid: Grid, kinds: _Kinds) -> list[Box]:
    wanted = {columns for columns, _may in kinds.kinds}
    by_column: dict[int, int] = {}
    for (columns, _may), rows in kinds.kinds.items():
        for index in set_bits(columns):
            by_column[index] = by_column.get(index, 0) | rows
    for rows in set(by_column.values()):
        common = -1
        for (_need, may), members in kinds.kinds.items():
            if members & rows:
                common &= may
        wanted.add(common)
    found = {kinds.box(columns) for columns in wanted}
    return sorted(_trim(grid, found))


def _trim(grid: Grid, boxes: Iterable[Box]) -> list[Box]:
    """Leave out rows and columns that have no packets in the box."""
    result = []
    for box in boxes:
        families = [family for family in (grid.ipv4, grid.ipv6) if family & box.rows]
        columns = sum(1 << index for index in set_bits(box.columns) if _exists(grid, 1 << index, families))
        rows = sum(family & box.rows for family in families if _exists(grid, columns, [family]))
        if columns and rows:
            result.append(Box(columns, rows))
    return result


def _exists(grid: Grid, columns: int, families: list[int]) -> bool:
    return any(grid.cells(columns, family & -family) & ~grid.void for family in families)


def _needed(need: int, chosen: list[Box], cells: dict[Box, int]) -> list[Box]:
    """Leave out boxes that the others make superfluous, the last ones first."""
    kept = list(chosen)
    for box in reversed(chosen):
        others = 0
        for other in kept:
            if other is not box:
                others |= cells[other]
        if need & ~others == 0:
            kept.remove(box)
    return kept


def _price(grid: Grid, box: Box) -> float:
    """How much there is to read: protocols and ranges of ports, and ranges of addresses."""
    return float(len(column_ranges(grid, box.columns)) + len(row_ranges(grid, box.rows)))
