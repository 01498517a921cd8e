# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the policies ``protect``, ``forbid`` and ``override`` as users write them, with all mistakes at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .numbers import (
    WITH_PORTS,
    network_text,
    parse_network,
    parse_ports,
    port_text,
)
from .rules import ADDRESS, Mistake, kind_of_id
from .sentences import SELF

PROTECT, FORBID = "protect", "forbid"
DIRECTIONS = ("ingress", "egress")
PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "gre", "all")
FLOW_FIELDS = ("name", "direction", "protocol", "port", "peer", "except")
ANY_ANY = "any_any"
# The protocols and ports of the presets.
PRESETS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "world_open_admin_ports": (
        ("tcp", "22,23,135,139,445,2375,2376,3389,5800,5900,5985,5986,10250"),
        ("udp", "137,138,3389"),
    ),
    "world_open_databases": (
        ("tcp", "1433,1521,2379,2380,3306,5432,5984,6379,9042,9160,9200,9300,11211,27017-27019"),
        ("udp", "1434,11211"),
    ),
    ANY_ANY: (("all", "all"),),
}


class Flow(NamedTuple):
    """Traffic that a user names. No ``peers`` means any address."""

    name: str
    direction: str = "ingress"
    protocol: str = "all"
    port: str = "all"
    peers: tuple[str, ...] = ()
    excepts: tuple[str, ...] = ()


class Policy(NamedTuple):
    """One policy. A preset has no flow of its own; ``flow.name`` is then the preset's name."""

    kind: str
    flow: Flow
    preset: bool = False


class Policies(NamedTuple):
    """The policies of one group, and which of them do not fail."""

    policies: tuple[Policy, ...] = ()
    override_reason: str = ""
    overridden: frozenset[str] = frozenset()


def parse_policies(
    protect: Sequence[Any] | None = None,
    forbid: Sequence[Any] | None = None,
    override: Mapping[str, Any] | None = None,
    other_names: Sequence[str] = (),
) -> tuple[Policies, list[Mistake]]:
    """Read the three options.

    ``other_names`` are further policies that ``override`` may name: the kinds of lint if these are errors.

    Returns the policies that could be read, and every mistake as path and message.
    """
    mistakes: list[Mistake] = []
    policies = []
    for kind, entries in ((PROTECT, protect), (FORBID, forbid)):
        for index, entry in enumerate(entries or ()):
            reader = _Reader(f"{kind}[{index}]")
            policies.append(reader.policy(kind, entry))
            mistakes += reader.mistakes
    found = tuple(policy for policy in policies if policy)
    names = [policy.flow.name for policy in found] + list(other_names)
    reason, chosen, wrong = _override(override, names)
    return Policies(found, reason, frozenset(chosen)), mistakes + wrong


class _Reader:
    """Reads one entry of ``protect`` or ``forbid``."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []

    def policy(self, kind: str, entry: Any) -> Policy | None:
        if isinstance(entry, Mapping):
            return Policy(kind, self._flow(entry))
        if kind == FORBID and isinstance(entry, str):
            if entry.strip() in PRESETS:
                return Policy(kind, Flow(entry.strip()), True)
            self._wrong("", f"{entry!r} is not a flow, and not one of the names {', '.join(PRESETS)}")
        else:
            self._wrong("", f"{entry!r} is not a flow, which is a dictionary of {', '.join(FLOW_FIELDS)}")
        return None

    def _wrong(self, field: str, message: str) -> None:
        self.mistakes.append((f"{self.path}.{field}" if field else self.path, message))

    def _flow(self, entry: Mapping[str, Any]) -> Flow:
        for field in entry:
            if field not in FLOW_FIELDS:
                self._wrong(str(field), f"is not a field of a flow; the fields are {', '.join(FLOW_FIELDS)}")
        name = entry.get("name")
        if name is not None and not str(name).strip():
            self._wrong("name", "must not be blank")
        protocol = self._word(entry, "protocol", PROTOCOLS, "all")
        return Flow(
            self.path if name is None else str(name),
            self._word(entry, "direction", DIRECTIONS, "ingress"),
            protocol,
            self._port(entry, protocol),
            self._peers(entry, "peer"),
            self._peers(entry, "except"),
        )

    def _word(self, entry: Mapping[str, Any], field: str, choices: Sequence[str], default: str) -> str:
        value = entry.get(field)
        if value is None:
            return default
        word = str(value).strip().lower()
        if word not in choices:
            self._wrong(field, f"{value!r} is not one of {', '.join(choices)}")
            return default
        return word

    def _port(self, entry: Mapping[str, Any], protocol: str) -> str:
        value = entry.get("port")
        if value is None:
            return "all"
        text = "" if isinstance(value, bool) else str(value).strip().lower()
        ports = parse_ports(text) if text else None
        if ports is None:
            self._wrong("port", f"{value!r} is not a port, a range such as 8000-8010, a list such as 80,443, or all")
            return "all"
        if text == "all":
            return text
        if protocol not in WITH_PORTS:
            self._wrong("port", "requires protocol tcp or udp")
            return "all"
        return port_text(ports)

    def _peers(self, entry: Mapping[str, Any], field: str) -> tuple[str, ...]:
        value = entry.get(field)
        if value is None:
            return ()
        listed = isinstance(value, (list, tuple))
        texts = list(value) if listed else [value]
        if not texts and field == "peer":
            self._wrong(field, "must not be empty; leave it out for any address")
        peers = []
        for index, text in enumerate(texts):
            peer, mistake = _peer(text)
            if mistake:
                self._wrong(f"{field}[{index}]" if listed else field, mistake)
            peers.append(peer)
        return tuple(peers)


def _peer(value: Any) -> tuple[str, str]:
    """Return a peer in canonical form, and what is wrong with it."""
    text = value.strip() if isinstance(value, str) else ""
    network = parse_network(text) if text else None
    if network:
        canonical = network_text(network[0])
        return canonical, f"{value!r} has host bits set; the network is {canonical}" if network[1] else ""
    if text == SELF or kind_of_id(text) == ADDRESS:
        return text, ""
    return text, f"{value!r} is not a network, an address, the ID of a group or template, or {SELF}"


def _override(value: Mapping[str, Any] | None, names: Sequence[str]) -> tuple[str, Sequence[str], list[Mistake]]:
    """Return the reason, the names of the policies that do not fail, and all mistakes."""
    if value is None:
        return "", (), []
    if not isinstance(value, Mapping):
        return "", (), [("override", "must be a dictionary with reason, and policies if not all are meant")]
    mistakes = [
        (f"override.{field}", "is not a member of override; the members are reason and policies")
        for field in value
        if field not in ("reason", "policies")
    ]
    reason = str(value.get("reason") or "").strip()
    if not reason:
        mistakes.append(("override.reason", "is required, and must not be blank"))
    if "policies" not in value:
        return reason, names, mistakes
    chosen, unknown = _chosen(value["policies"], names, "override.policies")
    return reason, chosen, mistakes + unknown


def _chosen(value: Any, names: Sequence[str], path: str) -> tuple[Sequence[str], list[Mistake]]:
    """Return the names of the policies that do not fail, and the mistakes in them. Null must not widen an override."""
    if not isinstance(value, (str, list, tuple)):
        reason = "leave it out to override all policies" if value is None else f"not {value!r}"
        return (), [(path, f"must be a list of names of policies; {reason}")]
    listed = [value] if isinstance(value, str) else [*map(_as_name, value)]
    known = f"; the policies are {', '.join(names)}" if names else ", which has none"
    mistakes = [
        (f"{path}[{index}]", f"{name!r} is not a policy of this task{known}")
        for index, name in enumerate(listed)
        if name not in names
    ]
    return [name for name in listed if name in names], mistakes


def _as_name(value: Any) -> Any:
    """Return a number as text, like the name of a flow, because YAML reads an unquoted 5 as a number."""
    return str(value) if isinstance(value, int) else value
