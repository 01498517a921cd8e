# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules as users write them: every mistake is reported at once, each with the path of its field."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple

from .._http.errors import Mistake
from .._options.text import UNPAIRED_SURROGATE, is_unicode
from .rule_fields import ID_PREFIXES, NAMES, TEMPLATE_OBJECTS, are_out_of_order, is_ignored, is_response, unknown_field
from .rules import (
    ACTIONS,
    ANY,
    ANY_IPV4,
    CACHE_SIZE,
    PEERS,
    PROTOCOLS,
    Rule,
    canonical_cidr,
    canonical_ipv6_cidr,
    canonical_keyword,
    canonical_port,
    one_line,
    without_host_bits,
)

_OMITTED = "__omit_place_holder__"  # what ansible-core 2.18 inserts for omit in text that is parsed later
_EMPTY_PEER = "is empty, and the rule would match any IPv4 address; leave it out, or write cidr 0.0.0.0/0, to mean that"
_EMPTY_PROTOCOL = "is empty, and the rule would match any protocol; leave it out, or write all, to mean that"
_EMPTY_PORT = "is empty, and the rule would match any port; leave it out, or write all, to mean that"
_EMPTY_SERVICE = "is empty, and the rule would match any protocol; leave it out, or write protocol all, to mean that"


class Limits(NamedTuple):
    """The limits of an API: the values that its rules can have. ``remedy`` is the advice in messages about others."""

    protocols: tuple[str, ...] = PROTOCOLS
    ipv6: bool = True
    two_templates: bool = True
    description_length: int | None = None
    api: str = ""
    remedy: str = ""


class UnsupportedRule(NamedTuple):
    """A rule that the API cannot express, spelled as in results, so that it may be a copy of one.

    It is only a mistake if the rule has to be written. A group that has the rule can keep it.
    """

    rule: Rule
    mistake: Mistake


@dataclass
class RuleReader:
    """Reads lists of rules and collects ``mistakes``, ``unsupported`` and ``warnings``.

    With ``by_description``, rules that only differ in the description are two rules, as in the service. With
    ``accepts_duplicates``, the same rule may be given twice, because a group can contain two spellings of one rule.
    """

    limits: Limits
    by_description: bool = True
    mistakes: list[Mistake] = field(default_factory=list)
    unsupported: list[UnsupportedRule] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    accepts_duplicates: bool = False

    def read(self, entries: list[Any], path: str) -> tuple[Rule, ...]:
        """Return the rules of one direction. They are incomplete if ``mistakes`` has grown."""
        rules: list[Rule] = []
        seen: dict[Rule, str] = {}
        for number, entry in enumerate(entries):
            here = f"{path}[{number}]"
            rule = _seen_before(entry, self.limits) or _OneRule(self, here).parse(entry)
            if rule is None:
                continue
            first = seen.setdefault(rule if self.by_description else rule.identity, here)
            if first != here and not self.accepts_duplicates:
                self.mistakes.append(Mistake(here, f"is the same rule as {first} {self._why_the_same()}"))
            rules.append(rule)
        if are_out_of_order(entries):
            self.warnings.append(f"{path}: the order of the list counts, and the positions in the rules differ from it")
        return tuple(rules)

    def _why_the_same(self) -> str:
        if self.by_description:
            return "(a different spelling makes no difference)"
        return "(it is not clear which of the two descriptions is meant)"


def _seen_before(entry: Any, limits: Limits) -> Rule | None:
    """Return the rule from the cache, if it has no mistakes. The groups of a fleet have many rules in common."""
    # Other types are not cached, because equal values may differ in meaning: True equals 1.
    if isinstance(entry, dict) and {type(value) for value in entry.values()} <= {str, int}:
        return _without_remarks(tuple(entry.items()), limits)
    return None


@functools.lru_cache(maxsize=CACHE_SIZE)
def _without_remarks(items: tuple[tuple[Any, Any], ...], limits: Limits) -> Rule | None:
    reader = RuleReader(limits)
    rule = _OneRule(reader, "").parse(dict(items))
    return None if reader.mistakes or reader.unsupported or reader.warnings else rule


class _OneRule:
    """Reads one entry of a list of rules, and records its mistakes in the reader of the list."""

    def __init__(self, reader: RuleReader, path: str) -> None:
        self.path = path
        self.reader = reader
        self.limits = reader.limits
        self.mistakes = reader.mistakes
        self.given: dict[str, str] = {}
        self.empty: list[str] = []
        self.unsupported: list[Mistake] = []
        self.from_response = False

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
        template = self._identifier("service_template")
        description = self._description()
        if len(self.mistakes) == before:
            self._check_family(protocol, peer)
        if len(self.mistakes) > before:
            self.mistakes += self.unsupported
            return None
        rule = Rule(action, protocol, port, peer, address, template, description)
        if self.unsupported and entry != rule.to_dict():
            self.mistakes += self.unsupported
            return None
        self.reader.unsupported += [UnsupportedRule(rule, mistake) for mistake in self.unsupported]
        return rule

    def _wrong(self, name: str, message: str) -> None:
        self.mistakes.append(Mistake(f"{self.path}.{name}" if name else self.path, message))

    def _collect(self, entry: Mapping[Any, Any]) -> None:
        """Sort the members into ``given``, under their canonical names, and ``empty``."""
        self.from_response = is_response(entry)
        spelled: dict[str, str] = {}
        for key, value in entry.items():
            name = NAMES.get(key)
            if key in TEMPLATE_OBJECTS and isinstance(value, Mapping):
                value = self._template_id(str(key), value)
            if name is None:
                if not is_ignored(key, self.from_response):
                    self._wrong(str(key), unknown_field(str(key)))
            elif value is None or (isinstance(value, str) and not value.strip()):
                self.empty.append(name)
            elif name in spelled:
                self._wrong(str(key), f"is another name for {spelled[name]}, which is also given")
            else:
                spelled[name] = str(key)
                self.given[name] = self._text(name, value)

    def _text(self, name: str, value: Any) -> str:
        """Return the value as text, or "" and a mistake if it is not one value."""
        if isinstance(value, list):
            self._wrong(name, _instead_of_list(name, value))
        elif isinstance(value, bool) or not isinstance(value, (str, int)):
            self._wrong(name, f"has to be text, not {value!r}")
        elif isinstance(value, str) and not is_unicode(value):
            self._wrong(name, UNPAIRED_SURROGATE)
        elif isinstance(value, str) and value.strip().startswith(_OMITTED):
            self._wrong(name, "is the placeholder of omit, which has no effect here; leave the field out")
        else:
            return str(value).strip()
        return ""

    def _template_id(self, key: str, given: Mapping[Any, Any]) -> Any:
        """Return the ID in a template object of API 3.0, or both IDs. An object without an ID is empty."""
        known = TEMPLATE_OBJECTS[key].values()
        for member in given:
            if member not in known:
                self._wrong(f"{key}.{member}", f"is not a member of {key}; the members are {' and '.join(known)}")
        return ",".join(str(given[member]) for member in known if given.get(member))

    def _value(self, name: str, canonical: Callable[[str], str]) -> str:
        text = self.given.get(name)
        try:
            return canonical(text) if text else ""
        except ValueError as error:
            self._wrong(name, str(error))
            return ""

    def _keyword(self, name: str, choices: tuple[str, ...]) -> str:
        text = canonical_keyword(self.given.get(name, ""))
        if text and text not in choices:
            self._wrong(name, f"{self.given[name]!r} is not one of {', '.join(choices)}")
            return ""
        return text

    def _identifier(self, name: str) -> str:
        text, prefixes = self.given.get(name, ""), ID_PREFIXES[name]
        # A rule may have a template and a group of templates.
        parts = [part.strip() for part in text.split(",")] if len(prefixes) > 1 else [text]
        mistake = _wrong_identifiers(parts, prefixes) if text else ""
        if mistake:
            self._wrong(name, f"{text!r} {mistake}")
            return ""
        if len(parts) > 1 and not self.limits.two_templates:
            self._unsupported(name, "two templates in one rule cannot be expressed")
        return ",".join(sorted(parts, key=_prefix))

    def _service(self) -> tuple[str, str]:
        if "service_template" in self.given:
            self._refuse_service_beside_template()
            return "", ""
        named = self._keyword("protocol", PROTOCOLS)
        protocol = named or ANY
        port = self._value("port", canonical_port) or ANY
        if port != ANY:
            self._check_port(named)
        self._refuse_empty_service(protocol)
        if protocol not in self.limits.protocols:
            self._unsupported("protocol", f"{protocol} cannot be expressed")
        return protocol, port

    def _refuse_service_beside_template(self) -> None:
        for name in ("protocol", "port"):
            if name in self.given and not (self.from_response and self.given[name].lower() == ANY):
                self._wrong(name, "cannot be given together with service_template, which includes both")

    def _check_port(self, protocol: str) -> None:
        """Refuse a port without a protocol that has ports. A misspelled or empty protocol is reported separately."""
        is_known = bool(protocol) or not ("protocol" in self.given or "protocol" in self.empty)
        if is_known and protocol not in ("tcp", "udp"):
            aside = f", not with {protocol}" if protocol else ""
            self._wrong("port", f"can only be given with protocol tcp or udp{aside}")

    def _refuse_empty_service(self, protocol: str) -> None:
        if "protocol" not in self.given and "protocol" in self.empty:
            self._wrong("protocol", _EMPTY_PROTOCOL)
        elif "protocol" not in self.given and "service_template" in self.empty:
            self._wrong("service_template", _EMPTY_SERVICE)
        elif protocol in ("tcp", "udp") and "port" not in self.given and "port" in self.empty:
            self._wrong("port", _EMPTY_PORT)

    def _peer(self) -> tuple[str, str]:
        given = [name for name in PEERS if name in self.given]
        if not given:
            self._refuse_empty_peer()
            return "cidr", ANY_IPV4
        if len(given) > 1:
            self._wrong("", f"has more than one peer: {' and '.join(given)}; give at most one")
        addresses = [self._address(name) for name in given]
        if "ipv6_cidr" in given and not self.limits.ipv6:
            self._unsupported("ipv6_cidr", "an IPv6 network cannot be expressed")
        return given[0], addresses[0]

    def _refuse_empty_peer(self) -> None:
        empty = [name for name in PEERS if name in self.empty]
        if empty:
            self._wrong(empty[0], _EMPTY_PEER)

    def _address(self, peer: str) -> str:
        if peer == "cidr":
            return self._value(peer, self._ipv4)
        if peer == "ipv6_cidr":
            return self._value(peer, self._ipv6)
        return self._identifier(peer)

    def _ipv4(self, text: str) -> str:
        _refuse_other_values(text)
        if ":" in text:
            raise ValueError(f"{text!r} looks like IPv6; use ipv6_cidr for it")
        return canonical_cidr(self._network(text))

    def _ipv6(self, text: str) -> str:
        _refuse_other_values(text)
        if "." in text and ":" not in text:
            raise ValueError(f"{text!r} looks like IPv4; use cidr for it")
        return canonical_ipv6_cidr(self._network(text))

    def _network(self, text: str) -> str:
        """Return the network of an address in a response, which may have host bits; the text of a user's own rule."""
        return without_host_bits(text) if self.from_response else text

    def _description(self) -> str:
        text = self.given.get("description", "")
        if text != one_line(text):
            self._wrong("description", "contains a line break or another control character; write it on one line")
        longest = self.limits.description_length
        if longest is not None and len(text) > longest:
            self._unsupported("description", f"has {len(text)} characters; more than {longest} cannot be expressed")
        return text

    def _check_family(self, protocol: str, peer: str) -> None:
        if protocol == "icmp" and peer == "ipv6_cidr":
            self._wrong("protocol", "icmp is for IPv4 only; with ipv6_cidr use icmpv6")
        if protocol == "icmpv6" and peer == "cidr":
            warning = "icmpv6 never comes from or goes to an IPv4 address; give an ipv6_cidr"
            self.reader.warnings.append(f"{self.path}: {warning}")

    def _unsupported(self, name: str, what: str) -> None:
        """Record a value that is valid, but that this API does not support."""
        if not any(mistake.path == f"{self.path}.{name}" for mistake in self.mistakes):
            self.unsupported.append(
                Mistake(f"{self.path}.{name}", f"{what} with {self.limits.api}; {self.limits.remedy}")
            )


def _instead_of_list(name: str, values: list[Any]) -> str:
    """Return how to write a value that was given as a list."""
    if name == "port":
        ports = ",".join(str(value) for value in values)
        return f"has to be one text, not the list {values!r}" + (f"; write {ports!r}" if ports else "")
    remedy = f"write {values[0]!r}" if len(values) == 1 else "write a rule for each of the values"
    return f"has to be one value, not the list {values!r}; {remedy}"


def _refuse_other_values(text: str) -> None:
    """Raise ValueError if this is not meant to be a network, and say where it belongs."""
    if "://" in text:
        raise ValueError(f"{text!r} is a URL; write the address or network itself")
    for name, prefixes in ID_PREFIXES.items():
        if _is_identifier(text, prefixes):
            raise ValueError(f"{text!r} is an ID; use {name} for it")
    address, colon, port = text.strip("[]").rpartition(":")
    bracketed = text.startswith("[")
    if colon and port.isdigit() and ("." in address and ":" not in address or bracketed and "]" in address):
        raise ValueError(f"{text!r} has a port in it; write the port as port: {port}")


def _wrong_identifiers(parts: list[str], prefixes: tuple[str, ...]) -> str:
    """Return what is wrong with the IDs of one field, of which there may be one of each prefix; "" if nothing is."""
    kinds = [f"{prefix}-..." for prefix in prefixes]
    if not all(_is_identifier(part, prefixes) for part in parts):
        return f"is not an ID like {' or '.join(kinds)}"
    if len({_prefix(part) for part in parts}) < len(parts):
        return f"names two of one kind; a rule can have one {' and one '.join(kinds)}"
    return ""


def _prefix(identifier: str) -> str:
    return identifier.partition("-")[0]


def _is_identifier(text: str, prefixes: tuple[str, ...]) -> bool:
    prefix, dummy, rest = text.partition("-")
    return prefix in prefixes and rest.isascii() and rest.isalnum()
