# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The input of the engine: ordered rules, and the known contents of groups and templates.

A rule matches a packet if the packet's service and address are in the rule's ranges and the packet belongs to all of
the rule's *symbols*. A symbol stands for something unknown: the members of a group, the content of a template, or
text that cannot be parsed. It may contain anything, so every statement has to be true for all contents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Union

from .numbers import (
    ALL_SERVICES,
    ANY_ADDRESS,
    ANY_IPV4,
    WITH_PORTS,
    Range,
    Ranges,
    merged,
    parse_network,
    parse_services,
)

Position = Union[int, str, None]
Mistake = tuple[str, str]

ADDRESS, SERVICE, CONDITION = "address", "service", "condition"
# What each kind of ID stands for, by its prefix: security groups, templates and prefix lists.
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("sg", "ipm", "ipmg", "pl"), ADDRESS),
    **dict.fromkeys(("ppm", "ppmg"), SERVICE),
}
_ID = re.compile(r"([a-z]+)-[A-Za-z0-9_-]+")


class Symbol(NamedTuple):
    """Something that a packet may belong to. ``kind`` is ``address``, ``service`` or ``condition``."""

    kind: str
    name: str


class TrafficRule(NamedTuple):
    """One rule, with the fields of a rule of either cloud.

    ``action`` is ``accept`` or ``drop``. ``peer`` is a network or the ID of a group, template or prefix list; an empty
    one is any address of both families. ``service_template`` excludes ``protocol`` and ``port``. ``conditions`` name
    further properties that a packet may or may not have. ``position`` is the rule's name in results; by default it
    is the rule's index in its list.
    """

    action: str
    protocol: str = "all"
    port: str = "all"
    peer: str = ANY_IPV4
    service_template: str = ""
    conditions: tuple[str, ...] = ()
    position: Position = None


class RuleList(NamedTuple):
    """The rules of one direction, the first match decides; ``default_allows`` is the verdict where none matches."""

    direction: str
    rules: Sequence[TrafficRule]
    default_allows: bool = False


class Match(NamedTuple):
    """What a rule does, for the engine: its verdict and the ranges and symbols that it matches."""

    allows: bool
    services: Ranges
    addresses: Ranges
    symbols: frozenset[Symbol]


class Members(NamedTuple):
    """The known content of groups and of templates, by ID."""

    addresses: Mapping[str, Ranges]
    services: Mapping[str, Ranges]


NO_MEMBERS = Members({}, {})


def parse_members(value: Mapping[str, Any]) -> tuple[Members, list[Mistake]]:
    """Read the option ``known_members``: each ID with a list of networks, or of services such as ``tcp:80,443``.

    Returns what is known and every mistake as path and message.
    """
    addresses: dict[str, Ranges] = {}
    services: dict[str, Ranges] = {}
    mistakes: list[Mistake] = []
    for name, texts in value.items():
        where = f"known_members.{name}"
        if kind_of_id(name) is None:
            mistakes.append((where, "is not the ID of a security group or template"))
        elif not isinstance(texts, (list, tuple)):
            mistakes.append((where, "must be a list of networks, or of services such as tcp:80,443"))
        elif kind_of_id(name) == ADDRESS:
            addresses[name] = _members_of(texts, where, _network, "a network", mistakes)
        else:
            services[name] = _members_of(texts, where, _service, "a service such as tcp:80,443", mistakes)
    return Members(addresses, services), mistakes


def kind_of_id(name: Any) -> str | None:
    """Return what an ID stands for, ``address`` or ``service``; None for a text that is not such an ID."""
    found = _ID.fullmatch(name) if isinstance(name, str) else None
    return KINDS.get(found[1]) if found else None


def _members_of(
    texts: Sequence[Any], where: str, read: Callable[[str], Ranges | None], what: str, mistakes: list[Mistake]
) -> Ranges:
    """Return the members in a list, and record a mistake for each entry that is not one."""
    found: list[Range] = []
    for index, text in enumerate(texts):
        member = read(str(text))
        if member is None:
            mistakes.append((f"{where}[{index}]", f"{text!r} is not {what}"))
        found += member or ()
    return merged(found)


def _network(text: str) -> Ranges | None:
    network = parse_network(text)
    return None if network is None or network[1] else (network[0],)


def _service(text: str) -> Ranges | None:
    """Return the services of a text. A port that is empty, or beside a protocol without ports, is a mistake."""
    protocol, colon, port = text.partition(":")
    if not colon:
        port = "all"
    elif protocol.strip().lower() not in WITH_PORTS and port.strip().lower() != "all":
        return None
    return parse_services(protocol, port) if protocol.strip() else None


def compile_rules(rules: Iterable[TrafficRule], members: Members = NO_MEMBERS) -> list[Match]:
    """Return what each rule matches."""
    return [_match(rule, members) for rule in rules]


def _match(rule: TrafficRule, members: Members) -> Match:
    symbols = {Symbol(CONDITION, name) for name in rule.conditions}
    services = _services(rule, members, symbols)
    addresses = peer_addresses(rule.peer, members, symbols)
    return Match(rule.action == "accept", services, addresses, frozenset(symbols))


def _services(rule: TrafficRule, members: Members, symbols: set[Symbol]) -> Ranges:
    if rule.service_template:
        if rule.service_template in members.services:
            return members.services[rule.service_template]
        symbols.add(Symbol(SERVICE, rule.service_template))
        return ALL_SERVICES
    services = parse_services(rule.protocol, rule.port)
    if services is not None:
        return services
    # Not readable: some services, within the protocol if at least that is readable.
    protocol = parse_services(rule.protocol)
    symbols.add(Symbol(CONDITION, f"{rule.protocol} port {rule.port}"))
    return ALL_SERVICES if protocol is None else protocol


def peer_addresses(peer: str, members: Members, symbols: set[Symbol]) -> Ranges:
    """Return the addresses that a peer can have, and add the symbol that it stands for to ``symbols``, if any."""
    if not peer:
        return ANY_ADDRESS
    if peer in members.addresses:
        return members.addresses[peer]
    network = parse_network(peer)
    if network is None:
        symbols.add(Symbol(ADDRESS, peer))
        return ANY_ADDRESS
    if network[1]:
        # Host bits: which addresses the service matches is not known, but they are within the masked network.
        symbols.add(Symbol(CONDITION, peer))
    return (network[0],)
