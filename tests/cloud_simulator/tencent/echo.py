# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How stored values are returned: the spellings of tencent_sg.md 1.6 and 2.5, with every echo switch."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import Any

from .rules import Settings, StoredRule, canonical_ports
from .state import Group

ABSENT = object()
LETTERS: dict[str, Callable[[str], str]] = {
    "observed": str,
    "upper": str.upper,
    "lower": str.lower,
    "swapped": str.swapcase,
}


def echoed_address(text: str, setting: Settings) -> str:
    """Return an IPv4 address or network as the service does."""
    if not text:
        return ""
    style = setting("address_echo")
    network = ipaddress.ip_network(text, strict=False)
    if style == "canonical":
        return str(network)
    if style == "mask_added" and "/" not in text:
        return f"{text}/{network.max_prefixlen}"
    if style == "mask_dropped":
        return text.removesuffix(f"/{network.max_prefixlen}")
    return text


def echoed_ipv6(text: str, setting: Settings) -> str:
    """Return an IPv6 address or network as the service does."""
    address, slash, mask = echoed_address(text, setting).partition("/")
    if not address:
        return ""
    spellings = {
        "as_written": address,
        "compressed": str(ipaddress.IPv6Address(address)),
        "exploded": ipaddress.IPv6Address(address).exploded,
        "upper": address.upper(),
    }
    return spellings[setting("ipv6_echo")] + slash + mask


def echoed_port(text: str, setting: Settings) -> str:
    """Return ports as the service does."""
    style = setting("port_echo")
    if not text[:1].isdigit() or style == "as_written":
        return text
    if style == "sorted":
        return canonical_ports(text)
    return ",".join(part if "-" in part else f"{part}-{part}" for part in text.split(","))


def with_unset(members: dict[str, Any], setting: Settings) -> dict[str, Any]:
    """Return members whose value is "" in the form that the switch sets, without ABSENT ones."""
    style = setting("unset_members")
    unset = {"empty": "", "null": None, "absent": ABSENT}[style]
    shown = {name: unset if value == "" else value for name, value in members.items()}
    return {name: value for name, value in shown.items() if value is not ABSENT}


def echoed_template(first: tuple[str, str], second: tuple[str, str], setting: Settings) -> object:
    """Return a template object from its two (name, value) halves."""
    halves = dict((first, second))
    style = setting("template_unset")
    if style in ("null", "absent") and not any(halves.values()):
        return None if style == "null" else ABSENT
    if style == "absent":
        return {name: value for name, value in halves.items() if value}
    empty = "" if style == "empty_halves" else None
    return {name: value or empty for name, value in halves.items()}


def echoed_any(text: str, beside_service: bool, setting: Settings) -> object:
    """Return a protocol or port of an API 3.0 rule; "" if a service template replaces it."""
    if beside_service and setting("service_rule_any") == "unset":
        return ""
    if text not in ("ALL", ""):
        return LETTERS[setting("letter_case")](text)
    style = setting("any_value")
    if style in ("empty", "absent"):
        return "" if style == "empty" else ABSENT
    return LETTERS[setting("letter_case")](style)


def vpc_rule(rule: StoredRule, index: int, setting: Settings) -> dict[str, Any]:
    """Return a rule in the form of API 3.0."""
    service = bool(rule.service_id or rule.service_group_id)
    recent = {"Priority": index + 1, "Diff": False} if setting("era") == "2025" else {}
    members = {
        "PolicyIndex": index + int(setting("first_position")),
        "Protocol": echoed_any(rule.protocol, service, setting),
        "Port": echoed_any(echoed_port(rule.port, setting), service, setting),
        "ServiceTemplate": echoed_template(
            ("ServiceId", rule.service_id), ("ServiceGroupId", rule.service_group_id), setting
        ),
        "CidrBlock": echoed_address(rule.cidr, setting),
        "Ipv6CidrBlock": echoed_ipv6(rule.ipv6, setting),
        "SecurityGroupId": rule.group,
        "AddressTemplate": echoed_template(
            ("AddressId", rule.address_id), ("AddressGroupId", rule.address_group_id), setting
        ),
        "Action": LETTERS[setting("letter_case")](rule.action),
        "PolicyDescription": rule.description,
        "ModifyTime": rule.modified,
        **recent,
    }
    shown = with_unset(members, setting)
    # "any" has a separate switch, so "" stays "".
    for name in ("Protocol", "Port"):
        if members[name] == "" and not service:
            shown[name] = ""
    return shown


def dfw_rule(rule: StoredRule, index: int, setting: Settings) -> dict[str, Any] | None:
    """Return a rule in the form of API 2.0, or None if API 2.0 does not return it."""
    foreign = bool(rule.ipv6) or rule.protocol in ("icmpv6", "gre")
    if foreign and setting("v2_new_protocols") == "hidden":
        return None
    explicit = setting("v2_any") == "explicit"
    hide = foreign and setting("v2_new_protocols") == "unset"
    service = bool(rule.service_id or rule.service_group_id)
    address = rule.address_id or rule.address_group_id
    cidr = "" if hide and rule.ipv6 else echoed_address(rule.cidr, setting) or echoed_ipv6(rule.ipv6, setting)
    if cidr in ("", "0.0.0.0/0") and not (rule.group or address or rule.ipv6):
        cidr = "0.0.0.0/0" if explicit else ""
    letters = LETTERS[setting("letter_case")]
    members = {
        "ipProtocol": letters("" if hide and not rule.ipv6 else _v2_any(rule.protocol, explicit and not service)),
        "cidrIp": cidr,
        "sgId": rule.group,
        "addressModule": address,
        "serviceModule": rule.service_id or rule.service_group_id,
        "portRange": letters(_v2_any(echoed_port(rule.port, setting), explicit and not service)),
        "desc": rule.description,
        "action": letters(rule.action),
    }
    unset = {"empty": "", "null": None}.get(setting("v2_any"), ABSENT)
    shown = {name: value or unset for name, value in members.items()}
    return {"index": index, **{name: value for name, value in shown.items() if value is not ABSENT}}


def _v2_any(text: str, explicit: bool) -> str:
    if text in ("ALL", ""):
        return "ALL" if explicit else ""
    return text


def version_value(group: Group, documented_text: bool, setting: Settings) -> str | int:
    """Return a group's version: a text in API 3.0, a number in 2.0, unless switched."""
    as_text = documented_text == (setting("version_type") == "documented")
    return str(group.version) if as_text else group.version


def body(value: dict[str, Any], setting: Settings) -> bytes:
    """Return a whole response as bytes, with the switches for all responses."""
    shown = _embellished(value, setting("numbers") == "strings", setting("extra_members") == "yes")
    indent = 2 if setting("layout") == "pretty" else None
    separators = (",", ":") if indent is None else None
    text = json.dumps(shown, ensure_ascii=False, indent=indent, separators=separators)
    return (text.replace("/", "\\/") if setting("slash_escapes") == "yes" else text).encode()


def _embellished(value: Any, strings: bool, extra: bool) -> Any:
    if isinstance(value, list):
        return [_embellished(item, strings, extra) for item in value]
    if isinstance(value, dict):
        # The result code of API 2.0 stays a number, because clients compare it first.
        shown = {name: item if name == "code" else _embellished(item, strings, extra) for name, item in value.items()}
        return {**shown, "NewMember": {"NewList": [None]}} if extra else shown
    if strings and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
