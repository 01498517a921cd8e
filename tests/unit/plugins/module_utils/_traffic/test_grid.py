# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic import grid as module
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.grid import (
    DEFAULT,
    Axis,
    Grid,
    Placed,
    bit_count,
    compress,
    grids,
    scan,
    set_bits,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import Range, Ranges, merged
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    ADDRESS,
    Symbol,
    TrafficRule,
    compile_rules,
)

SETS = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=3).map(merged).filter(bool),
    min_size=1,
    max_size=5,
)


def grid_of(*rules: TrafficRule) -> Grid:
    matches = compile_rules(rules)
    (grid,) = grids(matches, matches)
    return grid


def numbers(ranges: Ranges | list[Range]) -> set[int]:
    return {number for low, high in ranges for number in range(low, high)}


@given(SETS)
def test_compressed_parts_make_up_each_set(sets: list[Ranges]) -> None:
    axis = compress(sets, sets)
    for ranges in sets:
        parts = [axis.parts[index] for index in set_bits(axis.bits[ranges])]
        assert numbers(ranges) == {number for part in parts for number in numbers(part)}
    assert sum(len(numbers(part)) for part in axis.parts) == len(set().union(*map(numbers, sets)))


def test_parts_outside_of_all_relevant_sets_are_left_out() -> None:
    wanted, other = ((0, 10),), ((5, 20),)
    assert compress([wanted, other], [wanted]) == Axis((((0, 5),), ((5, 10),)), {wanted: 0b11, other: 0b10})


@given(st.integers(0, 2**90))
def test_set_bits_are_the_number_again(number: int) -> None:
    positions = set_bits(number)
    assert sum(1 << position for position in positions) == number
    assert bit_count(number) == len(positions)


@pytest.mark.parametrize("ports", [1, 8, 9, 70])
def test_a_cell_is_in_its_row_and_column(ports: int) -> None:
    """With as many columns as fit into a machine word, and with more."""
    rules = [TrafficRule("accept", "tcp", str(2 * port), f"10.0.{port}.0/24") for port in range(ports)]
    grid = grid_of(*rules)
    cells = [(row, column) for row in range(grid.height) for column in range(grid.width)]
    assert [grid.place_of(grid.cell(row, column)) for row, column in cells] == cells
    row, column = cells[-1]
    assert grid.split_rows(grid.cell(row, column)) == [0] * row + [1 << column]
    assert grid.cells(1 << column, 1 << row) == grid.cell(row, column)
    assert grid.split_rows(grid.cells(grid.all_columns, (1 << grid.height) - 1)) == [grid.all_columns] * grid.height


def test_icmp_has_no_packets_on_ipv6_nor_icmpv6_on_ipv4() -> None:
    grid = grid_of(TrafficRule("accept", "icmp", peer=""), TrafficRule("accept", "icmpv6", peer=""))
    assert grid.all == grid.cells(grid.icmp, grid.ipv4) | grid.cells(grid.icmpv6, grid.ipv6)
    assert grid.void_columns(grid.ipv4) == grid.icmpv6
    assert grid.void_columns(grid.ipv6) == grid.icmp
    assert grid.void_columns(grid.ipv4 | grid.ipv6) == 0


def test_symbols_are_bits_and_names() -> None:
    rules = [TrafficRule("accept", peer=peer) for peer in ("sg-a", "sg-b")]
    grid = grid_of(*rules)
    first, second = Symbol(ADDRESS, "sg-a"), Symbol(ADDRESS, "sg-b")
    assert grid.world([second]) != grid.world([first])
    assert grid.names(grid.world([first, second])) == [first, second]
    assert grid.world([Symbol(ADDRESS, "sg-unknown")]) == 0


def test_only_rules_that_match_something_in_the_grid_are_placed() -> None:
    matches = compile_rules([TrafficRule("accept", "udp"), TrafficRule("drop", "tcp", "22", "sg-a")])
    (grid,) = grids(matches, matches[1:])
    assert grid.place(matches) == [Placed(1, False, grid.all, 1)]


def test_a_large_grid_comes_in_parts_with_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    matches = compile_rules([TrafficRule("accept", "tcp", "22", f"10.0.{part}.0/24") for part in range(5)])
    (whole,) = grids(matches, matches)
    monkeypatch.setattr(module, "CELLS_IN_MEMORY", 2 * len(matches) * whole.width)
    parts = list(grids(matches, matches))
    assert [grid.height for grid in parts] == [2, 2, 1]
    assert [rows for grid in parts for rows in grid.rows.parts] == list(whole.rows.parts)
    placed = [rule.number for grid in parts for rule in grid.place(matches)]
    assert placed == [0, 1, 2, 3, 4]


def test_the_first_match_decides_and_the_default_decides_the_rest() -> None:
    rules = [Placed(0, False, 0b0011, 0), Placed(1, True, 0b0110, 0)]
    assert scan(rules, False, 0, 0b1111) == (
        0b0100,
        [(0, 0b0011), (1, 0b0100), (DEFAULT, 0b1000)],
        {True: {}, False: {}},
    )
    assert scan(rules, True, 0, 0b1111).allowed == 0b1100


def test_a_rule_with_a_symbol_only_decides_in_its_world() -> None:
    rules = [Placed(0, True, 0b01, 0b1), Placed(1, False, 0b11, 0)]
    inside, outside = scan(rules, False, 0b1, 0b11), scan(rules, False, 0, 0b11)
    assert (inside.allowed, inside.unless) == (0b01, {True: {}, False: {}})
    assert (outside.allowed, outside.unless) == (0, {True: {0b1: 0b01}, False: {}})
