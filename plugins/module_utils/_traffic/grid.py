# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The space of packets of one direction as a grid of cells, and sets of cells as integers.

Coordinates are compressed: services (columns) that every rule treats alike are one column, and addresses (rows) that
every rule treats alike are one row. A set of cells is an integer whose bit ``row * width + column`` is one cell, so
that a rule costs two operations on integers. Symbols are bits of another integer, a *world*: the symbols that a packet
belongs to.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .numbers import (
    IPV4_RANGE,
    IPV6_RANGE,
    PROTOCOL_RANGES,
    Ranges,
)
from .rules import Match, Symbol

DEFAULT = -1
FAMILIES: tuple[Ranges, ...] = ((IPV4_RANGE,), (IPV6_RANGE,))
# Bits of all rules together: 64 MiB.
CELLS_IN_MEMORY = 1 << 29
# Unsigned integers of the struct module, by their sizes in bits.
WORDS = {"B": 8, "H": 16, "I": 32, "Q": 64}


class Placed(NamedTuple):
    """One rule in the grid: its index in the list (``number``), its verdict, its cells, and its symbols as bits."""

    number: int
    allows: bool
    cells: int
    symbols: int


class Axis(NamedTuple):
    """One compressed coordinate: the ranges of each part, and for each given set the bits of its parts."""

    parts: tuple[Ranges, ...]
    bits: dict[Ranges, int]


def _toggles(sets: Sequence[Ranges]) -> dict[int, int]:
    """Return, by number, the sets (as bits) that begin or end there."""
    toggles: dict[int, int] = {}
    for index, ranges in enumerate(sets):
        for part in ranges:
            for edge in part:
                toggles[edge] = toggles.get(edge, 0) ^ (1 << index)
    return toggles


def compress(sets: Iterable[Ranges], relevant: Iterable[Ranges]) -> Axis:
    """Divide the numbers into parts that are wholly inside or outside of every set.

    Parts outside of all ``relevant`` sets are left out.
    """
    distinct = list(dict.fromkeys(sets))
    numbers = {ranges: index for index, ranges in enumerate(distinct)}
    selected = sum(1 << numbers[ranges] for ranges in set(relevant))
    toggles = _toggles(distinct)
    found: dict[int, list[tuple[int, int]]] = {}
    active = 0
    edges = sorted(toggles)
    for low, high in zip(edges, edges[1:]):
        active ^= toggles[low]
        if active & selected:
            found.setdefault(active, []).append((low, high))
    bits = [0] * len(distinct)
    for part, signature in enumerate(found):
        for index in set_bits(signature):
            bits[index] |= 1 << part
    return Axis(tuple(tuple(parts) for parts in found.values()), dict(zip(distinct, bits)))


def bit_count(number: int) -> int:
    """Return how many bits are set."""
    count = getattr(number, "bit_count", None)  # Python 3.10
    return int(count()) if count else bin(number).count("1")


def set_bits(number: int) -> list[int]:
    """Return the positions of the bits that are set, ascending."""
    return [index for index, digit in enumerate(reversed(f"{number:b}")) if digit == "1"]


class Grid:
    """The cells of the traffic that some matches describe, as ``grids`` selects it."""

    def __init__(self, columns: Axis, rows: Axis, symbols: Sequence[Symbol]) -> None:
        self.columns, self.rows, self.symbols = columns, rows, symbols
        self.width = len(columns.parts)
        self.height = len(rows.parts)
        self.all_columns = (1 << self.width) - 1
        # If its columns fit in a machine word, a row has as many bits, because the standard library splits those fast.
        self._word, self.stride = next(
            ((code, bits) for code, bits in WORDS.items() if self.width <= bits), ("", self.width)
        )
        self._spread: dict[int, int] = {}
        self._symbol_bits = {symbol: 1 << index for index, symbol in enumerate(symbols)}
        self.ipv4, self.ipv6 = (rows.bits[family] for family in FAMILIES)
        self.icmp, self.icmpv6 = (columns.bits[(PROTOCOL_RANGES[name],)] for name in ("icmp", "icmpv6"))
        # ICMP does not exist on IPv6, nor ICMPv6 on IPv4: cells without packets.
        self.void = self.cells(self.icmp, self.ipv6) | self.cells(self.icmpv6, self.ipv4)
        self.all = self.cells(self.all_columns, (1 << self.height) - 1) & ~self.void

    def cells(self, columns: int, rows: int) -> int:
        """Return the cells of some columns in some rows."""
        return columns * self.spread(rows)

    def void_columns(self, rows: int) -> int:
        """Return the columns without packets in any of some rows."""
        return (0 if rows & self.ipv4 else self.icmp) | (0 if rows & self.ipv6 else self.icmpv6)

    def spread(self, rows: int) -> int:
        """Return the first cell of each of some rows."""
        if rows not in self._spread:
            zero, one = "0" * self.stride, "0" * (self.stride - 1) + "1"
            digits = "".join(one if digit == "1" else zero for digit in f"{rows:b}")
            self._spread[rows] = int(digits, 2)
        return self._spread[rows]

    def world(self, symbols: Iterable[Symbol]) -> int:
        """Return symbols as bits; those that no rule names are left out."""
        return sum(self._symbol_bits.get(symbol, 0) for symbol in set(symbols))

    def names(self, world: int) -> list[Symbol]:
        """Return bits as symbols."""
        return [self.symbols[index] for index in set_bits(world)]

    def match_cells(self, match: Match) -> int:
        """Return the packets that fit a match, in a world that has its symbols."""
        return self.cells(self.columns.bits[match.services], self.rows.bits[match.addresses]) & ~self.void

    def place(self, matches: Sequence[Match]) -> list[Placed]:
        """Return the rules that match anything in the grid."""
        placed = (
            Placed(index, match.allows, self.match_cells(match), self.world(match.symbols))
            for index, match in enumerate(matches)
        )
        return [rule for rule in placed if rule.cells]

    def cell(self, row: int, column: int) -> int:
        """Return one cell."""
        return 1 << (row * self.stride + column)

    def place_of(self, cell: int) -> tuple[int, int]:
        """Return row and column of one cell."""
        return divmod(cell.bit_length() - 1, self.stride)

    def split_rows(self, cells: int) -> list[int]:
        """Return the columns of each row."""
        if self.height < 2:
            return [cells] * self.height
        if self._word:
            size = self.stride * self.height // 8
            return list(struct.unpack(f"<{self.height}{self._word}", cells.to_bytes(size, "little")))
        digits = f"{cells:0{self.stride * self.height}b}"
        ends = range(len(digits), 0, -self.stride)
        return [int(digits[end - self.stride : end], 2) for end in ends]


def grids(matches: Iterable[Match], relevant: Iterable[Match]) -> Iterator[Grid]:
    """Yield the grid of the traffic that any of ``relevant`` matches.

    A grid that would be too large for memory is divided into several, each with some of the rows.
    """
    every, selected = list(matches), list(relevant)
    protocols = [(ranges,) for ranges in PROTOCOL_RANGES.values()]
    columns = compress([*protocols, *(m.services for m in every)], [m.services for m in selected])
    rows = compress([*FAMILIES, *(m.addresses for m in every)], [m.addresses for m in selected])
    symbols = sorted({symbol for match in every for symbol in match.symbols})
    # No larger than needed, because the mask is a number of that many bits.
    height = max(1, min(len(rows.parts), CELLS_IN_MEMORY // max(1, len(columns.parts) * len(every))))
    mask = (1 << height) - 1
    for start in range(0, len(rows.parts), height):
        bits = {ranges: (number >> start) & mask for ranges, number in rows.bits.items()}
        yield Grid(columns, Axis(rows.parts[start : start + height], bits), symbols)


class Scan(NamedTuple):
    """The verdicts of a list on some cells in one world.

    ``hits`` are the deciding rules with their cells (``DEFAULT`` where none matches), ``allowed`` the cells that are
    allowed. ``unless[True]`` (``[False]``) has, by further symbols, the cells that an earlier rule allows (denies)
    for packets that belong to those as well.
    """

    allowed: int
    hits: list[tuple[int, int]]
    unless: dict[bool, dict[int, int]]


def scan(rules: Iterable[Placed], default_allows: bool, world: int, cells: int) -> Scan:
    """Decide ``cells`` for packets that belong to exactly the symbols of ``world``."""
    allowed = 0
    hits = []
    unless: dict[bool, dict[int, int]] = {True: {}, False: {}}
    for rule in rules:
        hit = rule.cells & cells
        if not hit:
            continue
        further = rule.symbols & ~world
        if further:
            scopes = unless[rule.allows]
            scopes[further] = scopes.get(further, 0) | hit
            continue
        cells ^= hit
        hits.append((rule.number, hit))
        if rule.allows:
            allowed |= hit
        if not cells:
            break
    if cells:
        hits.append((DEFAULT, cells))
        allowed |= cells if default_allows else 0
    return Scan(allowed, hits, unless)
