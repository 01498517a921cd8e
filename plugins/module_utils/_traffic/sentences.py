# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describe changes of traffic in sentences for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .names import (
    Network,
    Service,
    network_name,
)
from .numbers import (
    ANY_IPV4,
    ANY_IPV6,
    network_text,
)

Entry = dict[str, Any]
NO_EFFECT = "No effect on traffic: the same is allowed and denied as before."
MOST_LINES = 12
# The most networks and exceptions that one line names. The entries have all of them.
MOST_NAMES = 10
SELF = "self"


class Line(NamedTuple):
    """One line for people, with the equivalent entries. ``weight`` measures how much traffic it describes."""

    text: str
    entries: list[Entry]
    weight: float


def sentence(
    direction: str,
    by_service: Sequence[Service],
    by_address: Sequence[Network | None],
    names: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    because: Mapping[str, Sequence[Any]],
) -> str:
    """Return ``ingress tcp 22 from any IPv4 address, except 203.0.113.0/24  (was ingress[1])``."""
    word = "from" if direction == "ingress" else "to"
    text = f"{direction} {service_words(by_service, names)} {word} {_peers(by_address, names)}"
    exceptions = [
        _item_words({"protocol": protocol, "port": port}, word) for item in by_service for protocol, port in item.holes
    ]
    exceptions += [network_text(hole) for item in by_address if item for hole in item.holes]
    exceptions += _grouped(items, word)
    if exceptions:
        text += f", except {_some(exceptions)}"
    return text + _because(direction, because)


def service_words(by_service: Sequence[Service], names: Mapping[str, Any]) -> str:
    """Return ``tcp 22,80, icmp``, or ``all traffic``, or the services of a template."""
    words = ", ".join(service_name(item.protocol, item.port) for item in by_service)
    template = names.get("service_template")
    if not template:
        return words
    return f"services of {template}" if words == "all traffic" else f"{words} of {template}"


def service_name(protocol: str, port: str) -> str:
    """Return a service in the words of a sentence: ``tcp 22``, ``all udp``, ``icmp``."""
    if protocol == "all":
        return "all traffic"
    if protocol == "other":
        return "protocols that no rule can name"
    if protocol in ("tcp", "udp"):
        return f"all {protocol}" if port == "all" else f"{protocol} {port}"
    return protocol


def _peers(by_address: Sequence[Network | None], names: Mapping[str, Any]) -> str:
    whole = [network_text(item.network) for item in by_address if item]
    if whole == [ANY_IPV4, ANY_IPV6]:
        words = "any address"
    else:
        words = _some([network_name(item.network) for item in by_address if item])
    peer = names.get("peer")
    if peer:
        words = peer_name(peer) + (f" within {words}" if words else "")
    also = names.get("also")
    return words + (f" that are also in {', '.join(also)}" if also else "")


def peer_name(peer: str) -> str:
    """Return the ID of a group or template in the words of a sentence."""
    if peer == SELF:
        return "members of this group"
    return f"members of {peer}" if peer.startswith("sg-") else f"addresses of {peer}"


def _grouped(items: Sequence[Mapping[str, Any]], word: str) -> list[str]:
    """Return the exceptions, with those of the same peer in one phrase: ``tcp 22,80, icmp from any IPv4 address``."""
    groups: dict[str, list[str]] = {}
    for item in items:
        words = _item_words(item, word)
        service, blank, peer = words.partition(f" {word} ")
        groups.setdefault(peer, []).append(service if blank else words)
    return [", ".join(words) + (f" {word} {peer}" if peer else "") for peer, words in groups.items()]


def _item_words(item: Mapping[str, Any], word: str) -> str:
    parts = []
    if "protocol" in item:
        parts.append(service_name(item["protocol"], item.get("port", "all")))
    if "service_template" in item:
        parts.append(f"services of {item['service_template']}" if not parts else f"of {item['service_template']}")
    peer = item.get("peer")
    if peer:
        name = {ANY_IPV4: "any IPv4 address", ANY_IPV6: "any IPv6 address"}.get(peer)
        named = name or (peer if _is_network(peer) else peer_name(peer))
        parts.append(f"{word} {named}" if parts else named)
    if item.get("also"):
        parts.append(
            f"that are also in {', '.join(item['also'])}" if parts else f"what is in {', '.join(item['also'])}"
        )
    return " ".join(parts)


def _is_network(peer: str) -> bool:
    return ":" in peer or peer.replace(".", "").replace("/", "").isdigit()


def _some(words: Sequence[str]) -> str:
    more = len(words) - MOST_NAMES
    return ", ".join(words[:MOST_NAMES]) + (f", and {more} more" if more > 0 else "")


def place(direction: str, position: int | str) -> str:
    """Return ``ingress[1]``, or the position itself if it is an ID."""
    return f"{direction}[{position}]" if isinstance(position, int) else position


def _because(direction: str, because: Mapping[str, Sequence[Any]]) -> str:
    parts = []
    for word, side in (("was", "before"), ("now", "after")):
        known = [place(direction, position) for position in because[side] if position is not None]
        if known:
            parts.append(f"{word} {_some(known)}")
    return f"  ({', '.join(parts)})" if parts else ""


def impact_text(opened: Sequence[Line], closed: Sequence[Line], seen: Mapping[bool, bool]) -> list[str]:
    """Return the lines that ``--diff`` shows for what opens and what closes, the widest first."""
    return [
        *_list_text("+ newly allowed", "newly_allowed", opened, seen[True]),
        *_list_text("- newly denied", "newly_denied", closed, seen[False]),
    ]


def _list_text(head: str, key: str, lines: Sequence[Line], any_seen: bool) -> Iterable[str]:
    for item in lines[:MOST_LINES]:
        yield f"{head}: {item.text}"
    more = len(lines) - MOST_LINES
    if more > 0:
        count = "1 more line, narrower" if more == 1 else f"{more} more lines, narrower"
        yield f"{head}: {count} than these; impact.{key} has all"
    elif any_seen and not lines:
        yield f"{head}: traffic that requires too many entries to describe"
