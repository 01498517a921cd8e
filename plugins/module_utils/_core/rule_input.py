# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Rules as a user writes them: every mistake found at once, each with the path of the field it is in."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from .errors import Mistake
from .options import is_unicode
from .rules import (
    ACTIONS,
    ANY,
    ANY_IPV4,
    PEERS,
    PROTOCOLS,
    REMEMBERED,
    Rule,
    canonical_cidr,
    canonical_ipv6_cidr,
    canonical_keyword,
    canonical_port,
)

ALIASES = {
    "action": ("Action",),
    "protocol": ("ipProtocol", "Protocol"),
    "port": ("portRange", "Port"),
    "cidr": ("cidrIp", "CidrBlock"),
    "ipv6_cidr": ("Ipv6CidrBlock",),
    "security_group_id": ("sgId", "SecurityGroupId"),
    "address_template": ("addressModule",),
    "service_template": ("serviceModule",),
    "description": ("desc", "PolicyDescription"),
}
_CANONICAL = {spelling: name for name, aliases in ALIASES.items() for spelling in (name, *aliases)}


def is_told(entry: Any) -> bool:
    """Whether a rule has the form of results: no alias, and what has a default is named. Few write so by hand."""
    if not isinstance(entry, Mapping) or not ALIASES.keys() >= entry.keys() or entry.get("action") not in ACTIONS:
        return False
    return "service_template" in entry or entry.keys() >= {"protocol", "port"}


@dataclass(frozen=True, eq=False)
class Limits:
    """What one API cannot express; there is one of them for each. C(remedy) names the API that can."""

    protocols: tuple[str, ...] = PROTOCOLS
    ipv6: bool = True
    description_length: int | None = None
    api: str = ""
    remedy: str = ""


@dataclass
class RuleReader:
    """Reads lists of rules and collects what is wrong (C(mistakes)) and what is odd (C(warnings))."""

    limits: Limits
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read(self, entries: list[Any], path: str) -> tuple[Rule, ...]:
        """The rules of one direction. Incomplete if anything was added to C(mistakes)."""
        rules: list[Rule] = []
        seen: dict[Rule, str] = {}
        for number, entry in enumerate(entries):
            here = f"{path}[{number}]"
            rule = _seen_before(entry, self.limits) or _OneRule(self, here).parse(entry)
            if rule is None:
                continue
            twin = seen.setdefault(rule.identity, here)
            if twin != here:
                self.mistakes.append(
                    Mistake(here, f"is the same rule as {twin} (spelling and description make no difference)")
                )
            rules.append(rule)
        return tuple(rules)


def _seen_before(entry: Any, limits: Limits) -> Rule | None:
    """The rule, if nothing is to be said of it: the groups of a fleet have many in common."""
    # For other types it does not hold that what is equal means the same: true equals 1.
    if isinstance(entry, dict) and {type(value) for value in entry.values()} <= {str, int}:
        return _without_remarks(tuple(entry.items()), limits)
    return None


@functools.lru_cache(maxsize=REMEMBERED)
def _without_remarks(items: tuple[tuple[Any, Any], ...], limits: Limits) -> Rule | None:
    reader = RuleReader(limits)
    rule = _OneRule(reader, "").parse(dict(items))
    return None if reader.mistakes or reader.warnings else rule


class _OneRule:
    def __init__(self, reader: RuleReader, path: str) -> None:
        self.path = path
        self.limits = reader.limits
        self.mistakes = reader.mistakes
        self.warnings = reader.warnings
        self.given: dict[str, str] = {}

    def parse(self, entry: Any) -> Rule | None:
        before = len(self.mistakes)
        if not isinstance(entry, Mapping):
            self._wrong("", f"has to be a dictionary with at least an action, not {entry!r}")
            return None
        self._collect(entry)
        action = self._keyword("action", ACTIONS)
        if "action" not in self.given:
            self._wrong("action", "is required: accept or drop")
        protocol, port = self._service()
        peer, address = self._peer()
        template = self._identifier("service_template", ("ppm", "ppmg"))
        description = self._description()
        if len(self.mistakes) > before:
            return None
        self._check_family(protocol, peer)
        if len(self.mistakes) > before:
            return None
        return Rule(action, protocol, port, peer, address, template, description)

    def _wrong(self, name: str, message: str) -> None:
        self.mistakes.append(Mistake(f"{self.path}.{name}" if name else self.path, message))

    def _collect(self, entry: Mapping[Any, Any]) -> None:
        """The given fields under their canonical names. An empty value counts as not given."""
        spelled: dict[str, str] = {}
        for key, value in entry.items():
            name = _CANONICAL.get(key)
            if name is None:
                self._wrong(str(key), f"is not a field of a rule{_suggestion(str(key))}")
            elif value is None or (isinstance(value, str) and not value.strip()):
                continue
            elif name in spelled:
                self._wrong(str(key), f"is another name of {spelled[name]}, which is given as well")
            elif isinstance(value, bool) or not isinstance(value, (str, int)):
                self._wrong(name, f"has to be text, not {value!r}")
                self.given[name] = ""
            elif isinstance(value, str) and not is_unicode(value):
                self._wrong(name, "holds half a character")
                self.given[name] = ""
            else:
                spelled[name] = str(key)
                self.given[name] = str(value)

    def _value(self, name: str, canonical: Callable[[str], str]) -> str:
        text = self.given.get(name)
        if not text:
            return ""
        text = text.strip()
        try:
            return canonical(text)
        except ValueError as error:
            self._wrong(name, str(error))
            return ""

    def _keyword(self, name: str, choices: tuple[str, ...]) -> str:
        text = canonical_keyword(self.given.get(name, ""))
        if text and text not in choices:
            self._wrong(name, f"{self.given[name]!r} is not one of {', '.join(choices)}")
            return ""
        return text

    def _identifier(self, name: str, prefixes: tuple[str, ...]) -> str:
        text = self.given.get(name, "").strip()
        if text and not _is_identifier(text, prefixes):
            self._wrong(name, f"{text!r} is not an id like {' or '.join(prefix + '-...' for prefix in prefixes)}")
            return ""
        return text

    def _service(self) -> tuple[str, str]:
        if "service_template" in self.given:
            for name in ("protocol", "port"):
                if name in self.given:
                    self._wrong(name, "cannot be given together with service_template, which says both")
            return "", ""
        named = self._keyword("protocol", PROTOCOLS)
        protocol = named or ANY
        port = self._value("port", canonical_port) or ANY
        misspelt = "protocol" in self.given and not named
        if port != ANY and protocol not in ("tcp", "udp") and not misspelt:
            self._wrong("port", f"can only be given with protocol tcp or udp{f', not with {named}' if named else ''}")
        if protocol not in self.limits.protocols:
            self._beyond("protocol", f"{protocol} cannot be expressed")
        return protocol, port

    def _peer(self) -> tuple[str, str]:
        given = [name for name in PEERS if name in self.given]
        if not given:
            return "cidr", ANY_IPV4
        if len(given) > 1:
            self._wrong("", f"has more than one peer: {' and '.join(given)}; give at most one")
        addresses = [self._address(name) for name in given]
        if "ipv6_cidr" in given and not self.limits.ipv6:
            self._beyond("ipv6_cidr", "an IPv6 network cannot be expressed")
        return given[0], addresses[0]

    def _address(self, peer: str) -> str:
        if peer == "cidr":
            return self._value(peer, self._ipv4)
        if peer == "ipv6_cidr":
            return self._value(peer, self._ipv6)
        return self._identifier(peer, ("sg",) if peer == "security_group_id" else ("ipm", "ipmg"))

    def _ipv4(self, text: str) -> str:
        if ":" in text:
            raise ValueError(f"{text!r} looks like IPv6; use ipv6_cidr for it")
        network = canonical_cidr(text)
        if network == ANY_IPV4 and not text.endswith(("/0", "/0.0.0.0")):
            self.warnings.append(f"{self.path}.cidr: the service stores {text} as {ANY_IPV4}, any IPv4 address")
        return network

    def _ipv6(self, text: str) -> str:
        if "." in text and ":" not in text:
            raise ValueError(f"{text!r} looks like IPv4; use cidr for it")
        return canonical_ipv6_cidr(text)

    def _description(self) -> str:
        text = self.given.get("description", "")
        longest = self.limits.description_length
        if longest is not None and len(text) > longest:
            self._beyond("description", f"has {len(text)} characters; more than {longest} cannot be expressed")
        return text

    def _check_family(self, protocol: str, peer: str) -> None:
        if protocol == "icmp" and peer == "ipv6_cidr":
            self._wrong("protocol", "icmp is for IPv4 only; with ipv6_cidr use icmpv6")
        if protocol == "icmpv6" and peer == "cidr":
            self.warnings.append(f"{self.path}: icmpv6 never comes from or goes to an IPv4 address; give an ipv6_cidr")

    def _beyond(self, name: str, what: str) -> None:
        """A field that is right in itself, but not for this API."""
        if not any(mistake.path == f"{self.path}.{name}" for mistake in self.mistakes):
            self._wrong(name, f"{what} with {self.limits.api}; {self.limits.remedy}")


def _is_identifier(text: str, prefixes: tuple[str, ...]) -> bool:
    prefix, dummy, rest = text.partition("-")
    return prefix in prefixes and rest.isascii() and rest.isalnum()


def _suggestion(key: str) -> str:
    import difflib  # only a typo needs it

    folded = {spelling.lower(): name for spelling, name in _CANONICAL.items()}
    begun = [spelling for spelling in folded if len(key) > 2 and spelling.startswith(key.lower())]
    near = begun or difflib.get_close_matches(key.lower(), folded, n=1)
    return f" (did you mean {folded[near[0]]}?)" if near else f"; the fields are {', '.join(ALIASES)}"
