# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cover cells with few boxes that a person can read.

Candidates are the largest boxes of each row and of each column. The one with the most new cells for its price is taken
until all cells are covered; boxes that turn out to be superfluous are removed, and so are parts that make a box longer
to read and that other boxes cover as well. The alternative is one box with holes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from .grid import Grid, bit_count, set_bits
from .names import EXCEPTION_PRICE
from .numbers import Ranges, merged

# With more kinds of rows than this, each kind becomes a separate box, because the time of the search grows with the
# square of their number.
MOST_KINDS = 400


class Box(NamedTuple):
    """Some columns of some rows, without the cells of ``holes``."""

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
    """Groups the rows by the columns that need to be covered and those that may be."""

    def __init__(self, grid: Grid, need: int, may: int) -> None:
        self.kinds: dict[tuple[int, int], int] = {}
        for index, key in enumerate(zip(grid.split_rows(need), grid.split_rows(may))):
            if key[0]:
                self.kinds[key] = self.kinds.get(key, 0) | 1 << index

    def box(self, columns: int) -> Box:
        """Return the largest box with at least these columns, over rows that need something."""
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
    best = min(alternatives, key=lambda alternative: alternative[:2])[2]
    return _shortened(grid, need, best) if best is boxes else best


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
    cells = {box: grid.cells(box.columns, box.rows) & ~grid.void for box, _price in candidates}
    return _trim(grid, _needed(need, _greedy(need, candidates, cells), cells))


def _greedy(need: int, candidates: list[tuple[Box, float]], cells: dict[Box, int]) -> list[Box]:
    """Repeatedly take the box with the most new cells for its price."""
    # The gain of a box can only shrink, so only the box that was the best before has to be examined again.
    heap = [(-bit_count(cells[box] & need) / price, number) for number, (box, price) in enumerate(candidates)]
    heapq.heapify(heap)
    chosen = []
    while need:
        _gain, number = heapq.heappop(heap)
        box, price = candidates[number]
        gain = -bit_count(cells[box] & need) / price
        if heap and (gain, number) > heap[0]:
            heapq.heappush(heap, (gain, number))
            continue
        chosen.append(box)
        need &= ~cells[box]
    return chosen


def _candidates(grid: Grid, kinds: _Kinds) -> list[Box]:
    column_sets = {columns for columns, _may in kinds.kinds}
    by_column: dict[int, int] = {}
    for (columns, _may), rows in kinds.kinds.items():
        for index in set_bits(columns):
            by_column[index] = by_column.get(index, 0) | rows
    for rows in set(by_column.values()):
        common = -1
        for (_need, may), members in kinds.kinds.items():
            if members & rows:
                common &= may
        column_sets.add(common)
    found = {kinds.box(columns) for columns in column_sets}
    return sorted(_trim(grid, found))


def _trim(grid: Grid, boxes: Iterable[Box]) -> list[Box]:
    """Return the boxes without rows and columns that have no packets in them."""
    result = []
    for box in boxes:
        columns = box.columns & ~grid.void_columns(box.rows)
        families = [family & box.rows for family in (grid.ipv4, grid.ipv6) if family & box.rows]
        rows = sum(family for family in families if columns & ~grid.void_columns(family))
        if columns and rows:
            result.append(Box(columns, rows))
    return result


def _needed(need: int, chosen: list[Box], cells: dict[Box, int]) -> list[Box]:
    """Return the boxes without those that the others make superfluous, which are removed from the end."""
    kept = []
    # What the boxes before each one cover, and, from the end, what the boxes kept after it cover.
    before = [0]
    for box in chosen:
        before.append(before[-1] | cells[box])
    after = 0
    for index in range(len(chosen) - 1, -1, -1):
        if need & ~(before[index] | after):
            kept.append(chosen[index])
            after |= cells[chosen[index]]
    return kept[::-1]


def _shortened(grid: Grid, need: int, boxes: list[Box]) -> list[Box]:
    """Remove from each box what others cover as well, if that makes it shorter to read. Begin with the last box."""
    cells = [grid.cells(box.columns, box.rows) for box in boxes]
    before = [0]
    for some in cells:
        before.append(before[-1] | some)
    result, after = list(boxes), 0
    # Each box covers something that no other does, because superfluous ones were removed.
    for index in range(len(boxes) - 1, -1, -1):
        own = need & cells[index] & ~(before[index] | after)
        result[index] = _shortest(grid, boxes[index], _bounding_box(grid, own))
        after |= grid.cells(result[index].columns, result[index].rows)
    return _trim(grid, result)


def _shortest(grid: Grid, box: Box, least: Box) -> Box:
    """Return the box with the columns of ``least``, its rows, both or neither, whichever is the shortest to read."""
    if box == least:
        return box
    columns = min((box.columns, least.columns), key=lambda some: len(column_ranges(grid, some)))
    rows = min((box.rows, least.rows), key=lambda some: len(row_ranges(grid, some)))
    return Box(columns, rows)


def _price(grid: Grid, box: Box) -> float:
    """Return how much there is to read: protocols and ranges of ports, and ranges of addresses."""
    return float(len(column_ranges(grid, box.columns)) + len(row_ranges(grid, box.rows)))
