# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.difference import CompiledList
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.grid import DEFAULT
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    ANY_ADDRESS,
    parse_network,
    parse_services,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    ADDRESS,
    Symbol,
    TrafficRule,
    compile_rules,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.verdicts import (
    Possible,
    Region,
    View,
    decider,
    symbols_that_matter,
    union,
    views,
)

SSH = TrafficRule("accept", "tcp", "22")
DROP = TrafficRule("drop", "tcp", "22")
GROUP, GROUP_DROP = SSH._replace(peer="sg-a"), DROP._replace(peer="sg-a")
SYMBOL = Symbol(ADDRESS, "sg-a")


def region(inside: set[Symbol] | None = None, outside: set[Symbol] | None = None) -> Region:
    """SSH from one address, so that a view has one cell."""
    services, network = parse_services("tcp", "22"), parse_network("192.0.2.1")
    assert services
    assert network
    return Region(services, (network[0],), frozenset(inside or ()), frozenset(outside or ()))


def view_of(
    before: list[TrafficRule], after: list[TrafficRule], default: bool = False, asked: Region | None = None
) -> View:
    (view,) = views(asked or region(), *(CompiledList(compile_rules(rules), default) for rules in (before, after)))
    return view


@pytest.mark.parametrize(
    ("rules", "default", "possible"),
    [
        ([SSH], False, (True, False)),
        ([DROP], True, (False, True)),
        ([], False, (False, True)),
        ([], True, (True, False)),
        ([GROUP], False, (True, True)),
        ([GROUP_DROP, SSH], False, (True, True)),
        ([GROUP, SSH], False, (True, False)),
        ([SSH, GROUP_DROP], False, (True, False)),
    ],
)
def test_what_some_content_of_groups_allows_and_denies(
    rules: list[TrafficRule], default: bool, possible: tuple[bool, bool]
) -> None:
    view = view_of([], rules, default)
    assert (bool(view.after.allowed), bool(view.after.denied)) == possible


def test_what_is_sure_is_not_possible_otherwise() -> None:
    possible = Possible(0b011, 0b110)
    assert (possible.surely_allowed, possible.surely_denied) == (0b001, 0b100)


@pytest.mark.parametrize(
    ("asked", "allowed", "denied"),
    [
        (region(), True, True),
        (region(inside={SYMBOL}), True, False),
        (region(outside={SYMBOL}), False, True),
    ],
)
def test_membership_that_is_settled_decides(asked: Region, allowed: bool, denied: bool) -> None:
    after = view_of([], [GROUP], asked=asked).after
    assert (bool(after.allowed), bool(after.denied)) == (allowed, denied)


@pytest.mark.parametrize(
    ("before", "after", "opens", "closes"),
    [
        ([], [SSH], True, False),
        ([SSH], [], False, True),
        ([SSH], [SSH], False, False),
        ([], [GROUP], True, False),
        ([GROUP], [GROUP_DROP, SSH], True, True),
    ],
)
def test_what_opens_and_closes_in_some_world(
    before: list[TrafficRule], after: list[TrafficRule], opens: bool, closes: bool
) -> None:
    view = view_of(before, after)
    assert (bool(union(view.opens)), bool(union(view.closes))) == (opens, closes)


def test_union_is_of_all_worlds() -> None:
    assert union([(0, 0b01), (1, 0b10)]) == 0b11
    assert union([]) == 0


def test_the_decider_of_a_cell_depends_on_the_side_and_on_the_world() -> None:
    view = view_of([SSH], [GROUP_DROP, TrafficRule("drop", "udp"), SSH])
    inside = view.grid.world([SYMBOL])
    assert decider(view, 0, 0, view.cells) == 0
    assert (decider(view, 1, inside, view.cells), decider(view, 1, 0, view.cells)) == (0, 2)
    assert decider(view_of([], []), 1, 0, 1) == DEFAULT


def test_only_symbols_of_rules_that_can_decide_matter() -> None:
    rules = [SSH._replace(peer="sg-b"), DROP, GROUP]
    view = view_of([], rules)
    assert symbols_that_matter(view, 1, view.cells) == ["sg-b"]
    assert symbols_that_matter(view, 0, view.cells) == []


def test_a_region_has_no_cells_outside_of_itself() -> None:
    (view,) = views(
        Region(((22, 23),), ANY_ADDRESS), CompiledList([], False), CompiledList(compile_rules([SSH]), False)
    )
    assert view.cells == view.grid.all
    assert union(view.opens) == view.grid.cells(view.grid.all_columns, view.grid.ipv4)
