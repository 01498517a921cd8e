# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of the fields of a rule, and hints about names that are not fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._options.text import did_you_mean

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
# The template objects of API 3.0: for each prefix of an ID, the member that contains it.
ADDRESS_TEMPLATE_MEMBERS = {"ipm": "AddressId", "ipmg": "AddressGroupId"}
SERVICE_TEMPLATE_MEMBERS = {"ppm": "ServiceId", "ppmg": "ServiceGroupId"}
TEMPLATE_OBJECTS = {"AddressTemplate": ADDRESS_TEMPLATE_MEMBERS, "ServiceTemplate": SERVICE_TEMPLATE_MEMBERS}
# How the IDs in these fields begin.
ID_PREFIXES = {
    "security_group_id": ("sg",),
    "address_template": tuple(ADDRESS_TEMPLATE_MEMBERS),
    "service_template": tuple(SERVICE_TEMPLATE_MEMBERS),
}
NAMES: Mapping[Any, str] = {
    **{spelling: name for name, aliases in ALIASES.items() for spelling in (name, *aliases)},
    "AddressTemplate": "address_template",
    "ServiceTemplate": "service_template",
}

# Members that only responses have. Every rule of API 3.0 has PolicyIndex and ModifyTime, every rule of API 2.0 has
# index. The others are only ignored together with these, because a user who writes Priority expects an effect.
_POSITION_MARKS = ("PolicyIndex", "ModifyTime", "index")
_RESPONSE_ONLY = frozenset((*_POSITION_MARKS, "Priority", "Diff", "PolicyStatistics", "version", "modifyTime"))

_BY_LIST = "is not a field of a rule; a rule's direction is the list that it is in, ingress or egress"
_BY_ORDER = "is not a field of a rule; the order of the list decides, so put the rule above those that it must outrank"
# The names that other tools use.
_NAMES_OF_OTHER_TOOLS = {
    "policy": "did you mean action?",
    "cidr_ipv6": "did you mean ipv6_cidr?",
    "ipv6_cidr_block": "did you mean ipv6_cidr?",
    "cidr_ip": "did you mean cidr?",
    "cidr_ipv4": "did you mean cidr?",
    "cidr_block": "did you mean cidr?",
    "source_security_id": "did you mean security_group_id?",
    "source_sgid": "did you mean security_group_id?",
    "source_group_id": "did you mean security_group_id?",
    "source_security_group_id": "did you mean security_group_id?",
    "remote_group_id": "did you mean security_group_id?",
    "ip_protocol": "did you mean protocol?",
    "proto": "did you mean protocol?",
    "port_range": "did you mean port?",
    "ports": "did you mean port?",
    "from_port": "write the range as port, such as 8000-8010",
    "to_port": "write the range as port, such as 8000-8010",
    "remote_ip_prefix": "write cidr for an IPv4 network, or ipv6_cidr for an IPv6 network",
    "source_cidr_ip": "write cidr",
    "dest_cidr_ip": "write cidr; in egress it is the destination",
    "nic_type": "leave it out; Tencent Cloud has one network type only",
}
_HINTS = {
    "type": _BY_LIST,
    "direction": _BY_LIST,
    "priority": _BY_ORDER,
    "policy_index": _BY_ORDER,
    **{name: f"is not a field of a rule; {hint}" for name, hint in _NAMES_OF_OTHER_TOOLS.items() if "?" not in hint},
    **{name: f"is not a field of a rule ({hint})" for name, hint in _NAMES_OF_OTHER_TOOLS.items() if "?" in hint},
}


def is_response(entry: Mapping[Any, Any]) -> bool:
    """Return whether the entry is a rule as an API returns it."""
    return any(mark in entry for mark in _POSITION_MARKS)


def are_out_of_order(entries: Sequence[Any]) -> bool:
    """Return whether rules of a response are not in the order of their positions, which is the order in the group."""
    rules = [entry for entry in entries if isinstance(entry, Mapping)]
    places = [[str(rule[mark]) for rule in rules if mark in rule] for mark in ("PolicyIndex", "index")]
    numbers = [[int(text) for text in texts if re.fullmatch("[0-9]{1,9}", text)] for texts in places]
    return any(listed != sorted(listed) for listed in numbers)


def is_ignored(key: Any, from_response: bool) -> bool:
    """Return whether the member of a response is unrelated to what the rule matches and does."""
    return from_response and key in _RESPONSE_ONLY


def unknown_field(key: str) -> str:
    """Return the message for a key that is not a field, with the field that was probably meant."""
    return _HINTS.get(key.lower()) or f"is not a field of a rule{_suggestion(key)}"


def _suggestion(key: str) -> str:
    folded = {str(spelling).lower(): name for spelling, name in NAMES.items()}
    begun = [spelling for spelling in folded if len(key) > 2 and spelling.startswith(key.lower())]
    if begun:
        return f" (did you mean {folded[begun[0]]}?)"
    return did_you_mean(key.lower(), folded) or f"; the fields are {', '.join(ALIASES)}"
