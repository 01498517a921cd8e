# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.difference import (
    Change,
    CompiledList,
    changed_rules,
    changes,
    changing_worlds,
    deciders,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.grid import DEFAULT, Placed, Scan
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    Match,
    Symbol,
    TrafficRule,
    compile_rules,
)

RULES = st.tuples(
    st.sampled_from(["accept", "drop"]),
    st.sampled_from(["tcp", "icmp", "all"]),
    st.sampled_from(["22", "20-30", "all"]),
    st.sampled_from(["", "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "sg-a", "sg-b", "::/0"]),
).map(lambda words: TrafficRule(*words))
LISTS = st.lists(RULES, max_size=4)
A, B, C = compile_rules([TrafficRule("accept", "tcp", port) for port in ("1", "2", "3")])
# One of each kind of packet that RULES can tell apart, without ICMP on IPv6, which does not exist.
SERVICES = (22, 25, 80, 2 * 65536)
ADDRESSES = (1 << 24, 10 << 24, (10 << 24) + (1 << 16), (1 << 128) + 1)
PACKETS = [
    (service, address)
    for service in SERVICES
    for address in ADDRESSES
    if not (service == SERVICES[-1] and address >= 1 << 128)
]


def ordered(rules: list[TrafficRule], default: bool = False) -> CompiledList:
    return CompiledList(compile_rules(rules), default)


def allows(rules: CompiledList, service: int, address: int, symbols: set[Symbol]) -> bool:
    """The first match decides: the definition that the engine has to agree with."""
    for match in rules.matches:
        in_ranges = all(
            any(low <= number < high for low, high in ranges)
            for number, ranges in ((service, match.services), (address, match.addresses))
        )
        if in_ranges and match.symbols <= symbols:
            return match.allows
    return rules.default_allows


def cell_of(change: Change, service: int, address: int) -> int:
    """The cell of a packet, 0 if the grid leaves it out."""
    rows, columns = change.grid.rows.parts, change.grid.columns.parts
    for row, parts in enumerate(rows):
        for column, ports in enumerate(columns):
            if any(low <= address < high for low, high in parts) and any(low <= service < high for low, high in ports):
                return change.grid.cell(row, column)
    return 0


def covers(change: Change, service: int, address: int, symbols: set[Symbol]) -> bool:
    """Whether the change says of this packet that its verdict changes."""
    world = change.grid.world(symbols)
    cell = cell_of(change, service, address)
    excepted = any(further & ~world == 0 and scope & cell for further, scope in change.unless.items())
    return bool(change.cells & cell) and change.world & ~world == 0 and not excepted


@example([], [TrafficRule("accept", "tcp", "22", "sg-a"), TrafficRule("accept", "tcp", "22", "sg-b")], False)
@settings(max_examples=200)
@given(LISTS, LISTS, st.booleans())
def test_changes_are_exactly_the_packets_that_are_decided_differently(
    before: list[TrafficRule], after: list[TrafficRule], default: bool
) -> None:
    old, new = ordered(before, default), ordered(after, default)
    found = list(changes(old, new))
    names = sorted({symbol for match in [*old.matches, *new.matches] for symbol in match.symbols})
    worlds = [set(some) for size in range(len(names) + 1) for some in combinations(names, size)]
    for service, address in PACKETS:
        for symbols in worlds:
            was, now = allows(old, service, address, symbols), allows(new, service, address, symbols)
            said = {change.opens for change in found if covers(change, service, address, symbols)}
            assert said == ({now} if was != now else set())


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ([A, B], [A, B], set(), set()),
        ([A], [A, B], set(), {1}),
        ([A, B, C], [A, C], {1}, set()),
        ([A, B], [A, C], {1}, {1}),
        ([], [A], set(), {0}),
    ],
)
def test_rules_that_only_one_list_has(before: list[Match], after: list[Match], gone: set[int], come: set[int]) -> None:
    assert changed_rules(before, after) == (gone, come)


@given(st.lists(st.sampled_from([A, B, C]), max_size=6), st.lists(st.sampled_from([A, B, C]), max_size=6))
def test_the_other_rules_are_the_same_in_both_lists_and_in_the_same_order(
    before: list[Match], after: list[Match]
) -> None:
    changed = changed_rules(before, after)
    kept = [match for index, match in enumerate(before) if index not in changed.removed]
    assert kept == [match for index, match in enumerate(after) if index not in changed.added]


def test_a_change_within_a_group_names_the_world_of_its_members() -> None:
    (change,) = changes(ordered([]), ordered([TrafficRule("accept", "tcp", "22", "sg-a")]))
    assert change.opens
    assert [symbol.name for symbol in change.grid.names(change.world)] == ["sg-a"]
    assert change.unless == {}


def test_an_earlier_rule_for_a_group_is_an_exception() -> None:
    group = TrafficRule("drop", peer="sg-a")
    (change,) = changes(ordered([group]), ordered([group, TrafficRule("accept", "tcp", "22")]))
    assert [[symbol.name for symbol in change.grid.names(further)] for further in change.unless] == [["sg-a"]]
    assert change.unless[1] == change.cells


def test_different_defaults_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same verdict"):
        list(changes(ordered([], True), ordered([], False)))


def test_the_worlds_of_a_change_come_with_few_symbols_first() -> None:
    before = [Placed(0, False, 0b11, 0b01)]
    after = [Placed(0, True, 0b01, 0b10), Placed(1, False, 0b11, 0b01)]
    changed = changed_rules([A], [B, A])
    assert changing_worlds(before, after, changed, False, 0b11) == [(0b10, 0b01), (0b11, 0b01)]


def test_deciders_are_ascending_and_the_default_is_last() -> None:
    result = Scan(0, [(DEFAULT, 0b1000), (2, 0b0001), (0, 0b0110)], {True: {}, False: {}})
    assert deciders(result, 0b1111) == [0, 2, DEFAULT]
    assert deciders(result, 0b0001) == [2]
