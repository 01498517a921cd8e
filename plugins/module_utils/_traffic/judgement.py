# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of a change on a policy: its state afterwards, whether it becomes worse, and one packet as an example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .difference import CompiledList
from .flows import (
    ANY_ANY,
    FORBID,
    PRESETS,
    Flow,
    Policy,
)
from .grid import scan, set_bits
from .numbers import (
    ANY_ADDRESS,
    IPV6,
    PORTS,
    PROTOCOL_RANGES,
    Ranges,
    merged,
    parse_network,
    parse_services,
    without,
)
from .rules import (
    ADDRESS,
    Members,
    Symbol,
    peer_addresses,
)
from .sentences import SELF
from .verdicts import (
    Possible,
    Region,
    View,
    union,
    views,
)

FINE, BAD, DEPENDS = "fine", "bad", "depends"
WORSE, MAYBE_WORSE, NOT_WORSE = "worse", "maybe_worse", "not_worse"
# The world: as many public addresses as a /7 has, or 2^97 IPv6 addresses.
WORLD_IPV4, WORLD_IPV6 = 1 << 25, 1 << 97
NOT_PUBLIC = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
    *("fc00::/7", "fe80::/10", "ff00::/8"),
)


def _network(text: str) -> tuple[int, int]:
    network = parse_network(text)
    if network is None:
        raise ValueError(text)
    return network[0]


PUBLIC = without(ANY_ADDRESS, merged(_network(text) for text in NOT_PUBLIC))


class Part(NamedTuple):
    """Traffic of a policy that is judged together. ``peer`` is the ID if it is the traffic of a group or template."""

    region: Region
    peer: str = ""


class Spot(NamedTuple):
    """Where an example can be found: one of ``cells``, in a world."""

    view: View
    part: Part
    world: int
    cells: int


class Judgement(NamedTuple):
    """State and change of a policy, and where an example is; ``services`` are those of a violated preset."""

    state: str
    change: str
    spot: Spot | None = None
    services: Ranges = ()


def _excepted(flow: Flow, members: Members, self_id: str, outside: set[Symbol]) -> Ranges:
    """Return the networks that a flow excepts, and add its groups and templates to ``outside``."""
    excepted = [peer_ranges(peer, members, self_id, outside) for peer in flow.excepts]
    return merged(part for ranges, is_network in excepted if is_network for part in ranges)


def flow_parts(flow: Flow, members: Members, self_id: str) -> list[Part]:
    """Return the traffic of a flow: all networks as one part, each group or template as one."""
    services = parse_services(flow.protocol, flow.port)
    if services is None:
        raise ValueError(flow)
    outside: set[Symbol] = set()
    removed = _excepted(flow, members, self_id, outside)
    networks: list[tuple[int, int]] = [] if flow.peers else list(ANY_ADDRESS)
    parts = []
    for peer in flow.peers:
        inside: set[Symbol] = set()
        ranges, is_network = peer_ranges(peer, members, self_id, inside)
        if is_network:
            networks += ranges
        elif not inside & outside:
            region = Region(services, without(ranges, removed), frozenset(inside), frozenset(outside))
            parts.append(Part(region, peer))
    rest = without(merged(networks), removed)
    whole = [Part(Region(services, rest, frozenset(), frozenset(outside)))] if rest else []
    return whole + parts


def peer_ranges(peer: str, members: Members, self_id: str, symbols: set[Symbol]) -> tuple[Ranges, bool]:
    """Return the addresses of a peer of a flow, and whether they are certain; add its symbol if they are not."""
    found: set[Symbol] = set()
    ranges = peer_addresses(self_id if peer == SELF else peer, members, found)
    symbols |= found
    return ranges, not found


def judge(policy: Policy, before: CompiledList, after: CompiledList, members: Members, self_id: str) -> Judgement:
    """Return the effect of a change on one policy."""
    if policy.preset:
        return _judge_preset(policy.flow.name, before, after)
    judgements = [
        _judge_part(part, policy.kind == FORBID, before, after) for part in flow_parts(policy.flow, members, self_id)
    ]
    return _worst(judgements)


def _worst(judgements: Iterable[Judgement]) -> Judgement:
    found = list(judgements) or [Judgement(FINE, NOT_WORSE)]
    state = max((item.state for item in found), key=(FINE, DEPENDS, BAD).index)
    change = max((item.change for item in found), key=(NOT_WORSE, MAYBE_WORSE, WORSE).index)
    # The example shows what becomes worse or, if nothing does, what is bad.
    example = max(found, key=lambda item: (_rank(item.change), _rank(item.state)))
    return Judgement(state, change, example.spot, example.services)


def _rank(word: str) -> int:
    return {DEPENDS: 1, BAD: 2, MAYBE_WORSE: 1, WORSE: 2}.get(word, 0)


class _PolicyCells(NamedTuple):
    """The cells of a view that are bad for a policy, certainly or possibly, and those that become worse."""

    surely_bad: int
    may_be_bad: int
    surely_worse: int
    may_get_worse: list[tuple[int, int]]


def _policy_cells(view: View, forbid: bool) -> _PolicyCells:
    before, after = view.before, view.after
    if forbid:
        before, after = Possible(before.denied, before.allowed), Possible(after.denied, after.allowed)
    worse = before.surely_allowed & after.surely_denied
    return _PolicyCells(after.surely_denied, after.denied, worse, view.opens if forbid else view.closes)


def _judge_part(part: Part, forbid: bool, before: CompiledList, after: CompiledList) -> Judgement:
    found = [(view, _policy_cells(view, forbid)) for view in views(part.region, before, after)]
    everywhere = bool(part.region.inside)
    state = FINE
    if any(judged.may_be_bad for _view, judged in found):
        certain = _certain([(view, judged.surely_bad) for view, judged in found], everywhere)
        state = BAD if certain else DEPENDS
    change = NOT_WORSE
    if any(union(judged.may_get_worse) for _view, judged in found):
        certain = _certain([(view, judged.surely_worse) for view, judged in found], everywhere)
        change = WORSE if certain else MAYBE_WORSE
    return Judgement(state, change, next(_spots(found, part, forbid, state, change), None))


def _certain(found: Sequence[tuple[View, int]], everywhere: bool) -> bool:
    """Return whether some of the cells certainly exist.

    The addresses of a group's members are not known, so for a group every address has to have such a cell.
    """
    if not everywhere:
        return any(cells for _view, cells in found)
    return all(
        some or not possible
        for view, cells in found
        for some, possible in zip(view.grid.split_rows(cells), view.grid.split_rows(view.cells))
    )


def _spots(
    found: Sequence[tuple[View, _PolicyCells]], part: Part, forbid: bool, state: str, change: str
) -> Iterator[Spot]:
    """Yield the places of examples, the best first."""
    if change != NOT_WORSE:
        yield from _worse_spots(found, part, change)
    if state == BAD:
        yield from (Spot(view, part, 0, judged.surely_bad) for view, judged in found if judged.surely_bad)
    for view, judged in found:
        for world in sorted({0} | {rule.symbols for rule in view.rules[1]}):
            yield from _bad_in_world(view, part, forbid, world, judged.may_be_bad)


def _worse_spots(found: Sequence[tuple[View, _PolicyCells]], part: Part, change: str) -> Iterator[Spot]:
    if change == WORSE:
        yield from (Spot(view, part, 0, judged.surely_worse) for view, judged in found if judged.surely_worse)
    for view, judged in found:
        yield from (Spot(view, part, world, cells) for world, cells in judged.may_get_worse)


def _bad_in_world(view: View, part: Part, forbid: bool, world: int, cells: int) -> Iterator[Spot]:
    allowed = scan(view.rules[1], view.default, world, cells).allowed
    bad = allowed if forbid else cells & ~allowed
    if bad:
        yield Spot(view, part, world, bad)


class _AddressCount:
    """Counts the public addresses that reach each column."""

    def __init__(self) -> None:
        self.addresses: dict[int, tuple[int, int]] = {}

    def add(self, view: View, cells: int) -> None:
        for ranges, row in zip(view.grid.rows.parts, view.grid.split_rows(cells)):
            size = sum(end - first for first, end in ranges)
            ipv4, ipv6 = (0, size) if ranges[0][0] >= IPV6 else (size, 0)
            for column in set_bits(row):
                old = self.addresses.get(column, (0, 0))
                self.addresses[column] = old[0] + ipv4, old[1] + ipv6

    def world_open(self) -> int:
        """Return the columns that the world can reach."""
        reach = {column for column, (ipv4, ipv6) in self.addresses.items() if ipv4 >= WORLD_IPV4 or ipv6 >= WORLD_IPV6}
        return sum(1 << column for column in reach)


def _judge_preset(name: str, before: CompiledList, after: CompiledList) -> Judgement:
    part = Part(_preset_region(name, before, after))
    found = [(view, _policy_cells(view, True)) for view in views(part.region, before, after)]
    sure, possible = _AddressCount(), _AddressCount()
    for view, judged in found:
        sure.add(view, judged.surely_bad)
        possible.add(view, judged.may_be_bad)
    columns = {BAD: _affected(name, found, sure), DEPENDS: _affected(name, found, possible)}
    state = BAD if columns[BAD] else DEPENDS if columns[DEPENDS] else FINE
    if state == FINE:
        return Judgement(FINE, NOT_WORSE)
    return _preset_change(found, part, columns, state)


def _preset_region(name: str, before: CompiledList, after: CompiledList) -> Region:
    """Return the services of the preset, from public addresses. Members of groups and templates are not the world."""
    services = merged(part for words in PRESETS[name] for part in parse_services(*words) or ())
    symbols = {symbol for rules in (before, after) for match in rules.matches for symbol in match.symbols}
    outside = frozenset(symbol for symbol in symbols if symbol.kind == ADDRESS)
    return Region(services, PUBLIC, frozenset(), outside)


def _preset_change(
    found: Sequence[tuple[View, _PolicyCells]], part: Part, columns: dict[str, int], state: str
) -> Judgement:
    here = [(view, _within_columns(view, judged, columns)) for view, judged in found]
    change = NOT_WORSE
    if any(judged.may_get_worse for _view, judged in here):
        change = WORSE if any(judged.surely_worse for _view, judged in here) else MAYBE_WORSE
    grid = found[0][0].grid
    services = merged(part for column in set_bits(columns[state]) for part in grid.columns.parts[column])
    return Judgement(state, change, next(_spots(here, part, True, state, change), None), services)


def _within_columns(view: View, judged: _PolicyCells, columns: dict[str, int]) -> _PolicyCells:
    """Return the cells in the columns that are bad, certainly or possibly."""
    sure, possible = (view.grid.cells(columns[word], (1 << view.grid.height) - 1) for word in (BAD, DEPENDS))
    worse = [(world, cells & possible) for world, cells in judged.may_get_worse if cells & possible]
    return _PolicyCells(judged.surely_bad & sure, judged.may_be_bad & possible, judged.surely_worse & sure, worse)


def _affected(name: str, found: Sequence[tuple[View, _PolicyCells]], tally: _AddressCount) -> int:
    """Return the columns that violate a preset."""
    reach = tally.world_open()
    if name != ANY_ANY or not found:
        return reach
    axis = found[0][0].grid.columns
    result = reach & axis.bits[(PROTOCOL_RANGES["other"],)]
    for protocol in ("tcp", "udp"):
        columns = reach & axis.bits[(PROTOCOL_RANGES[protocol],)]
        ports = sum(end - first for column in set_bits(columns) for first, end in axis.parts[column])
        if ports > PORTS // 2:
            result |= columns
    return result
