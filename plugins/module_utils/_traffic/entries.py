# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One box of a change as a line: entries for programs, and a sentence for people."""

from __future__ import annotations

from typing import Any

from .cover import (
    Box,
    column_ranges,
    row_ranges,
)
from .difference import Change, deciders
from .grid import DEFAULT, Grid
from .names import (
    Network,
    Service,
    address_weight,
    networks,
    service_weight,
    services,
)
from .numbers import (
    ANY_ADDRESS,
    IPV6,
    PROTOCOL_RANGES,
    merged,
    network_text,
)
from .rules import (
    ADDRESS,
    SERVICE,
    Position,
    RuleList,
)
from .sentences import Entry, Line, sentence

# A group has far fewer members than a network of this share of all addresses.
GROUP_WEIGHT = 2.0**-21


def line(change: Change, before: RuleList, after: RuleList, box: Box, exceptions: dict[int, int]) -> Line:
    """Return the line of one box. ``exceptions`` are further symbols with the columns they apply to."""
    grid = change.grid
    cells = _inside(grid, box)
    names = _symbols(grid, change.world)
    by_service = services(column_ranges(grid, box.columns), _free_services(grid, box))
    by_address = _addresses(grid, box, "peer" in names)
    items = _exception_items(grid, box, exceptions)
    because = {
        "before": _positions(before, deciders(change.before, cells)),
        "after": _positions(after, deciders(change.after, cells)),
    }
    entries = [
        _entry(before.direction, service, address, names, items, because)
        for address in by_address
        for service in by_service
        if not _is_void(service, address)
    ]
    width = sum(address_weight(item) if item else GROUP_WEIGHT for item in by_address)
    if "peer" in names:
        width = min(width, GROUP_WEIGHT)
    weight = width * service_weight(column_ranges(grid, box.columns))
    return Line(sentence(before.direction, by_service, by_address, names, items, because), entries, weight)


def _inside(grid: Grid, box: Box) -> int:
    cells = grid.cells(box.columns, box.rows)
    for hole in box.holes:
        cells &= ~grid.cells(hole.columns, hole.rows)
    return cells & ~grid.void


def _positions(rules: RuleList, numbers: list[int]) -> list[Position]:
    return [None if number == DEFAULT else position_of(rules, number) for number in numbers]


def position_of(rules: RuleList, number: int) -> Position:
    """Return how results name a rule: by its position, which is its index by default."""
    position = rules.rules[number].position
    return number if position is None else position


def _symbols(grid: Grid, world: int) -> dict[str, Any]:
    """Return symbols as the members of an entry: ``peer``, ``service_template`` and ``also``."""
    result: dict[str, Any] = {}
    also = []
    for symbol in grid.names(world):
        field = {ADDRESS: "peer", SERVICE: "service_template"}.get(symbol.kind, "")
        if field and field not in result:
            result[field] = symbol.name
        else:
            also.append(symbol.name)
    return result | ({"also": also} if also else {})


def _free_services(grid: Grid, box: Box) -> tuple[tuple[int, int], ...]:
    """Return the services that do not exist in the rows of a box."""
    only_ipv6, only_ipv4 = not box.rows & grid.ipv4, not box.rows & grid.ipv6
    return (PROTOCOL_RANGES["icmp"],) if only_ipv6 else (PROTOCOL_RANGES["icmpv6"],) if only_ipv4 else ()


def _addresses(grid: Grid, box: Box, of_group: bool) -> list[Network | None]:
    """Return the networks of a box; None for any address, which needs no name next to a group."""
    ranges = row_ranges(grid, box.rows)
    if of_group:
        # A service that exists in one address family only needs no network next to a group.
        only = column_ranges(grid, box.columns)
        other_family = {(PROTOCOL_RANGES["icmp"],): ANY_ADDRESS[1], (PROTOCOL_RANGES["icmpv6"],): ANY_ADDRESS[0]}
        free = [other_family[only]] if only in other_family else []
        if merged([*ranges, *free]) == ANY_ADDRESS:
            return [None]
    return list(networks(ranges))


def _exception_items(grid: Grid, box: Box, exceptions: dict[int, int]) -> list[Entry]:
    items: list[Entry] = []
    for hole in box.holes:
        items += _hole_items(grid, box, hole)
    for further, columns in exceptions.items():
        inside = box.columns & columns
        if not inside:
            continue
        names = _symbols(grid, further)
        if inside == box.columns:
            items.append(names)
            continue
        for service in services(column_ranges(grid, inside), _free_services(grid, box), holes=False):
            items.append(_service_fields(service) | names)
    return items


def _hole_items(grid: Grid, box: Box, hole: Box) -> list[Entry]:
    ranges = column_ranges(grid, hole.columns)
    of_services = (
        [{}]
        if hole.columns == box.columns
        else [_service_fields(service) for service in services(ranges, _free_services(grid, hole), holes=False)]
    )
    of_addresses = (
        [{}]
        if hole.rows == box.rows
        else [{"peer": network_text(item.network)} for item in networks(row_ranges(grid, hole.rows), holes=False)]
    )
    return [service | address for address in of_addresses for service in of_services]


def _service_fields(service: Service) -> Entry:
    fields = {"protocol": service.protocol, "port": service.port}
    return {name: value for name, value in fields.items() if value != "all"}


def _holes(service: Service, address: Network | None) -> list[Entry]:
    """Return the exceptions that are part of the names of the service and the network."""
    holes: list[Entry] = [_service_fields(Service(*hole)) for hole in service.holes]
    return holes + [{"peer": network_text(hole)} for hole in (address.holes if address else ())]


def _entry(
    direction: str,
    service: Service,
    address: Network | None,
    names: Entry,
    items: list[Entry],
    because: Entry,
) -> Entry:
    network = network_text(address.network) if address else None
    exceptions = _holes(service, address) + [dict(item) for item in items]
    return {
        "direction": direction,
        "protocol": service.protocol,
        "port": service.port,
        "peer": names.get("peer", network),
        **({"within": network} if network and "peer" in names else {}),
        **{name: names[name] for name in ("also", "service_template") if name in names},
        **({"except": exceptions} if exceptions else {}),
        "because": {side: list(positions) for side, positions in because.items()},
    }


def _is_void(service: Service, address: Network | None) -> bool:
    if address is None:
        return False
    family = "icmp" if address.network[0] >= IPV6 else "icmpv6"
    return service.protocol == family
