# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic import cover as module
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.cover import (
    Box,
    column_ranges,
    cover,
    row_ranges,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.grid import Grid, grids
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    IPV4_RANGE,
    parse_network,
    parse_services,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import TrafficRule, compile_rules

NETWORKS = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "::/0"]
EVERYTHING = TrafficRule("accept", peer="")
MATCHES = compile_rules(
    [
        EVERYTHING,
        *(TrafficRule("accept", "tcp", port, peer) for port in ("22", "80-90") for peer in NETWORKS),
        TrafficRule("accept", "icmp", peer=""),
    ]
)
(GRID,) = grids(MATCHES, MATCHES)
CELLS = st.integers(1, (1 << GRID.stride * GRID.height) - 1).map(lambda cells: cells & GRID.all).filter(bool)


def cells_of(rule: TrafficRule) -> int:
    (match,) = compile_rules([rule])
    return GRID.match_cells(match)


def covered(grid: Grid, boxes: list[Box]) -> int:
    """The cells of some boxes: all cells except those without packets and those of holes."""
    result = 0
    for box in boxes:
        cells = grid.cells(box.columns, box.rows)
        for hole in box.holes:
            cells &= ~grid.cells(hole.columns, hole.rows)
        result |= cells & ~grid.void
    return result


@pytest.mark.parametrize("most_kinds", [module.MOST_KINDS, 0])
@given(CELLS, CELLS)
def test_boxes_contain_what_they_need_and_nothing_that_they_may_not(most_kinds: int, need: int, more: int) -> None:
    """With the search for the best boxes, and with one box for each kind of row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_KINDS", most_kinds)
        found = covered(GRID, cover(GRID, need, need | more))
    assert need & ~found == 0
    assert found & ~(need | more) == 0


def test_one_rule_is_one_box() -> None:
    need = cells_of(TrafficRule("accept", "tcp", "22", "10.0.0.0/8"))
    (box,) = cover(GRID, need, need)
    assert column_ranges(GRID, box.columns) == parse_services("tcp", "22")
    network = parse_network("10.0.0.0/8")
    assert network
    assert row_ranges(GRID, box.rows) == (network[0],)
    assert box.holes == ()


def test_everything_except_a_little_is_one_box_with_a_hole() -> None:
    little = cells_of(TrafficRule("accept", "tcp", "22", "10.1.0.0/16"))
    need = cells_of(TrafficRule("accept")) & ~little
    (box,) = cover(GRID, need, need)
    assert covered(GRID, [Box(hole.columns, hole.rows) for hole in box.holes]) == little
    assert row_ranges(GRID, box.rows) == (IPV4_RANGE,)


def test_what_may_be_covered_makes_a_box_larger_and_plainer() -> None:
    little = cells_of(TrafficRule("accept", "tcp", "22", "10.1.0.0/16"))
    may = cells_of(TrafficRule("accept"))
    (box,) = cover(GRID, may & ~little, may)
    assert box.holes == ()
    assert covered(GRID, [box]) == may


def test_two_rules_apart_are_two_boxes() -> None:
    rules = [TrafficRule("accept", "tcp", "22", "192.0.2.0/24"), TrafficRule("accept", "tcp", "80-90", "10.1.0.0/16")]
    need = cells_of(rules[0]) | cells_of(rules[1])
    boxes = cover(GRID, need, need)
    assert sorted(covered(GRID, [box]) for box in boxes) == sorted(map(cells_of, rules))
