# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The input of the engine: ordered rules, and what groups and templates are known to hold.

A rule matches a packet if the packet's service and address are in the rule's ranges and the packet belongs to all of
the rule's *symbols*. A symbol stands for whatever is not known: the members of a group, the content of a template, a
text that is not readable. It may hold anything, so every statement is made for all possible contents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Union

from .numbers import (
    ALL_SERVICES,
    ANY_ADDRESS,
    ANY_IPV4,
    Range,
    Ranges,
    merged,
    parse_network,
    parse_services,
)

Position = Union[int, str, None]
Mistake = tuple[str, str]

ADDRESS, SERVICE, CONDITION = "address", "service", "condition"


class Symbol(NamedTuple):
    """Something that a packet may belong to. ``kind`` is ``address``, ``service`` or ``condition``."""

    kind: str
    name: str


class TrafficRule(NamedTuple):
    """One rule, in the words of a rule of either cloud.

    ``action`` is ``accept`` or ``drop``. ``peer`` is a network or the ID of a group, template or prefix list; an empty
    one is any address of both families. ``service_template`` excludes ``protocol`` and ``port``. ``conditions`` name
    further properties that a packet may or may not have. ``position`` is what results call the rule; by default it is
    the rule's index in its list.
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


def parse_members(value: Mapping[str, Any], path: str = "known_members") -> tuple[Members, list[Mistake]]:
    """Read the option ``known_members``: each ID with a list of networks, or of services such as ``tcp:80,443``.

    Returns what is known and every mistake as path and message.
    """
    addresses: dict[str, Ranges] = {}
    services: dict[str, Ranges] = {}
    mistakes: list[Mistake] = []
    for name, texts in value.items():
        where = f"{path}.{name}"
        if not isinstance(texts, (list, tuple)):
            mistakes.append((where, "must be a list of networks, or of services such as tcp:80,443"))
            continue
        found = _members_of(texts, where, mistakes)
        # An empty list is a template of either kind without anything in it.
        if found[ADDRESS] or not found[SERVICE]:
            addresses[name] = merged(found[ADDRESS])
        if found[SERVICE] or not found[ADDRESS]:
            services[name] = merged(found[SERVICE])
    return Members(addresses, services), mistakes


def _members_of(texts: Sequence[Any], where: str, mistakes: list[Mistake]) -> dict[str, list[Range]]:
    """Return the networks and the services of a list, and record what is neither, or both."""
    found: dict[str, list[Range]] = {ADDRESS: [], SERVICE: []}
    for index, text in enumerate(texts):
        member = _member(str(text))
        if member is None:
            reason = f"{text!r} is not a network, and not a service such as tcp:80,443"
            mistakes.append((f"{where}[{index}]", reason))
        else:
            found[member[0]] += member[1]
    if found[ADDRESS] and found[SERVICE]:
        mistakes.append((where, "lists networks as well as services"))
    return found


def _member(text: str) -> tuple[str, Ranges] | None:
    network = parse_network(text)
    if network is not None:
        return None if network[1] else (ADDRESS, (network[0],))
    protocol, dummy, port = text.partition(":")
    services = parse_services(protocol, port) if protocol.strip() else None
    return None if services is None else (SERVICE, services)


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
