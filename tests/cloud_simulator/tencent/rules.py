# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored rules, and the checks before a rule is stored (tencent_sg.md 1.7, 2.3, 2.5)."""

from __future__ import annotations

import html
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .errors import Kind, Refusal, invalid_value

PROTOCOLS = ("TCP", "UDP", "ICMP", "ICMPV6", "GRE", "ALL")
PEERS = ("CidrBlock", "Ipv6CidrBlock", "SecurityGroupId", "AddressTemplate")
GROUP_ID = re.compile(r"sg-[0-9a-z]{8}")
PORTS = re.compile(r"\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*")
# Excludes masks such as /255.0.0.0 and zone IDs, both of which the ipaddress module accepts.
IPV4 = re.compile(r"[0-9.]+(/\d{1,2})?")
IPV6 = re.compile(r"[0-9A-Fa-f:.]+(/\d{1,3})?")
PUBLIC_IP = "203.0.113.10"
PUBLIC_IPV6 = "2001:db8:ffff::10"
MAX_PORT = 65535

Settings = Callable[[str], str]
# Known changes of texts by services, by the value of a switch.
ALTERATIONS: dict[str, Callable[[str], str]] = {
    "as_written": str,
    "trimmed": str.strip,
    "one_line": lambda text: " ".join(text.split()),
    "no_emoji": lambda text: "".join(character for character in text if ord(character) < 0x10000),
    "escaped": html.escape,
    "cut": lambda text: text[:20],
}


@dataclass(frozen=True)
class StoredRule:
    """One stored rule. Unset is ""; ``protocol`` and ``port`` are "ALL" for any, and "" next to a service template."""

    action: str
    protocol: str = ""
    port: str = ""
    cidr: str = ""
    ipv6: str = ""
    group: str = ""
    address_id: str = ""
    address_group_id: str = ""
    service_id: str = ""
    service_group_id: str = ""
    description: str = ""
    modified: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The identity of a rule, without its description."""
        return (
            *(self.action, self.protocol, canonical_ports(self.port), canonical_address(self.cidr)),
            *(canonical_address(self.ipv6), self.group, self.address_id, self.address_group_id),
            *(self.service_id, self.service_group_id),
        )


def canonical_ports(text: str) -> str:
    """One spelling per set of ports."""
    parts = {tuple(int(number) for number in part.split("-")) for part in text.split(",") if part[:1].isdigit()}
    return ",".join(str(part[0]) if part[0] == part[-1] else f"{part[0]}-{part[1]}" for part in sorted(parts)) or text


def canonical_address(text: str) -> str:
    """One spelling per network; "" stays ""."""
    return str(ipaddress.ip_network(text, strict=False)) if text else ""


class RuleReader:
    """Converts a rule in API 3.0 member names to a stored one, or refuses it. ``setting`` returns switch values."""

    def __init__(self, setting: Settings, description_limit: str) -> None:
        self._setting = setting
        self._limit = description_limit

    def read(self, given: Mapping[str, Any], path: str) -> StoredRule:
        """Check one rule. Only the given members count: "" is a (wrong) value, not an absent one."""
        rule = StoredRule(action=self._action(given, path), description=self._description(given, path))
        rule = self._with_service(rule, given, path)
        rule = self._with_peer(rule, given, path)
        if rule.ipv6 and rule.protocol == "icmp":
            raise Refusal(Kind.VALUE, f"`{path}`: Ipv6CidrBlock does not go with ICMP, use ICMPV6.")
        return rule

    def _action(self, given: Mapping[str, Any], path: str) -> str:
        if not given.get("Action"):
            raise Refusal(Kind.EMPTY, f"The parameter `{path}.Action` must not be empty.")
        action = str(given["Action"]).upper()
        if action not in ("ACCEPT", "DROP"):
            raise invalid_value(f"{path}.Action", given["Action"])
        return action

    def _description(self, given: Mapping[str, Any], path: str) -> str:
        text = str(given.get("PolicyDescription", ""))
        if self._limit != "unlimited" and len(text) > int(self._limit):
            raise Refusal(Kind.TOO_LONG, f"The parameter `{path}.PolicyDescription` is longer than {self._limit}.")
        if not text and "MY_PUBLIC_IP" in (given.get("CidrBlock"), given.get("Ipv6CidrBlock")):
            return "Replaced-From-MY_PUBLIC_IP"
        return ALTERATIONS[self._setting("description_echo")](text)

    def _with_service(self, rule: StoredRule, given: Mapping[str, Any], path: str) -> StoredRule:
        if "ServiceTemplate" not in given:
            protocol = self._protocol(given, path)
            return replace(rule, protocol=protocol, port=self._port(given, protocol, path))
        if "Protocol" in given or "Port" in given:
            raise Refusal(Kind.COEXIST, f"`{path}`: ServiceTemplate excludes Protocol and Port.")
        one, several = self._template(given["ServiceTemplate"], ("ServiceId", "ServiceGroupId"), "ppm", path)
        return replace(rule, service_id=one, service_group_id=several)

    def _protocol(self, given: Mapping[str, Any], path: str) -> str:
        text = given.get("Protocol", "ALL")
        if text == "":
            raise Refusal(Kind.EMPTY, f"The parameter `{path}.Protocol` must not be empty.")
        if text.upper() not in PROTOCOLS:
            raise invalid_value(f"{path}.Protocol", text)
        return "ALL" if text.upper() == "ALL" else text.lower()

    def _port(self, given: Mapping[str, Any], protocol: str, path: str) -> str:
        text = given.get("Port", "ALL")
        if text.upper() == "ALL":
            return "ALL"
        if protocol not in ("tcp", "udp"):
            raise Refusal(Kind.VALUE, f"The parameter `{path}.Port` goes only with TCP or UDP.")
        if not PORTS.fullmatch(text) or not self._ports_make_sense(text):
            raise invalid_value(f"{path}.Port", text)
        return str(text)

    def _ports_make_sense(self, text: str) -> bool:
        parts = [[int(number) for number in part.split("-")] for part in text.split(",")]
        mixed = len(parts) > 1 and any(len(part) > 1 for part in parts)
        ordered = all(part[0] <= part[-1] <= MAX_PORT for part in parts)
        return ordered and (not mixed or self._setting("mixed_port_list") == "accept")

    def _with_peer(self, rule: StoredRule, given: Mapping[str, Any], path: str) -> StoredRule:
        peers = [name for name in PEERS if name in given]
        if len(peers) > 1:
            raise Refusal(Kind.COEXIST, f"`{path}`: {' and '.join(peers)} may not be given together.")
        if not peers:
            if self._setting("no_peer") == "refuse":
                raise Refusal(Kind.EMPTY, f"The parameter `{path}.CidrBlock` must not be empty.")
            return replace(rule, cidr="0.0.0.0/0" if self._setting("no_peer") == "any_ipv4" else "")
        value = given[peers[0]]
        if peers[0] == "AddressTemplate":
            one, several = self._template(value, ("AddressId", "AddressGroupId"), "ipm", path)
            return replace(rule, address_id=one, address_group_id=several)
        if peers[0] == "SecurityGroupId":
            return replace(rule, group=checked_group_id(value, f"{path}.SecurityGroupId"))
        if peers[0] == "CidrBlock":
            return replace(rule, cidr=self._with_host_bits(stored_ipv4(value, f"{path}.CidrBlock")))
        return replace(rule, ipv6=self._with_host_bits(stored_ipv6(value, f"{path}.Ipv6CidrBlock")))

    def _with_host_bits(self, text: str) -> str:
        """The network as it is stored: a mask beside host bits is what the switch is about."""
        if self._setting("host_bits") == "kept" or "/" not in text:
            return text
        return str(ipaddress.ip_network(text, strict=False))

    def _template(self, given: Mapping[str, str], halves: tuple[str, str], prefix: str, path: str) -> tuple[str, str]:
        values = given.get(halves[0], ""), given.get(halves[1], "")
        if values == ("", ""):
            raise Refusal(Kind.EMPTY, f"`{path}`: one of {' and '.join(halves)} must be given.")
        if all(values) and self._setting("template_both_halves") == "refuse":
            raise Refusal(Kind.COEXIST, f"`{path}`: {' and '.join(halves)} may not be given together.")
        for value, start in zip(values, (prefix, prefix + "g"), strict=True):
            if value and not re.fullmatch(rf"{start}-[0-9a-z]{{8}}", value):
                raise Refusal(Kind.MALFORMED, f"`{path}`: the template id `{value}` is malformed.")
        return values


def checked_group_id(value: str, path: str) -> str:
    """Return a group ID of the right form, or refuse it."""
    if not GROUP_ID.fullmatch(value):
        raise Refusal(Kind.MALFORMED_ID, f"The parameter `{path}`'s value `{value}` is malformed.")
    return value


def stored_ipv4(value: str, path: str) -> str:
    """Return an IPv4 address or network in its stored form: as written, except that 0.0.0.0/n is 0.0.0.0/0."""
    if value == "MY_PUBLIC_IP":
        return PUBLIC_IP
    try:
        if not IPV4.fullmatch(value):
            raise ValueError
        ipaddress.IPv4Network(value, strict=False)
    except ValueError:
        raise invalid_value(path, value) from None
    return "0.0.0.0/0" if value.startswith("0.0.0.0/") else value


def stored_ipv6(value: str, path: str) -> str:
    """Return an IPv6 address or network in its stored form: as written."""
    if value == "MY_PUBLIC_IP":
        return PUBLIC_IPV6
    try:
        if not IPV6.fullmatch(value):
            raise ValueError
        ipaddress.IPv6Network(value, strict=False)
    except ValueError:
        raise invalid_value(path, value) from None
    return value
