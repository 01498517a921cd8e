# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of a group, in the member names of a response, and their pages (alibaba_ecs.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.cloud_simulator.exchange import SeedError

Rule = Mapping[str, str]
UNSET = (
    *("SourcePortRange", "SourceCidrIp", "Ipv6SourceCidrIp", "DestCidrIp", "Ipv6DestCidrIp"),
    *("SourceGroupId", "SourceGroupName", "SourceGroupOwnerAccount"),
    *("DestGroupId", "DestGroupName", "DestGroupOwnerAccount"),
    *("SourcePrefixListId", "SourcePrefixListName", "DestPrefixListId", "DestPrefixListName"),
    *("PortRangeListId", "PortRangeListName", "Description"),
)
DEFAULTS = {
    "SecurityGroupRuleId": "",
    "Direction": "ingress",
    "IpProtocol": "ALL",
    "PortRange": "-1/-1",
    "NicType": "intranet",
    "Policy": "Accept",
    "Priority": "1",
    "CreateTime": "2024-01-01T00:00:00Z",
    **dict.fromkeys(UNSET, ""),
}


def rules_from_seed(value: Any, where: str) -> tuple[Rule, ...]:
    """Return complete rules; omitted members get their defaults. Raises SeedError."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise SeedError(f"{where} must be a list of rules")
    rules = []
    for index, given in enumerate(value):
        unknown = sorted(set(given) - set(DEFAULTS)) if isinstance(given, Mapping) else [str(given)]
        if unknown:
            raise SeedError(f"{where}[{index}]: unknown member {unknown[0]!r}")
        texts = {name: str(member) for name, member in given.items()}
        rules.append({**DEFAULTS, "SecurityGroupRuleId": f"sgr-{where[-8:-1]}{index:04}", **texts})
    return tuple(rules)


def page(rules: Sequence[Rule], direction: str, token: str, size: int) -> tuple[list[Rule], str] | None:
    """Return one page of the rules of a direction (all if empty), and the next page's token.

    Returns None for a wrong token.
    """
    listed = [rule for rule in rules if direction in ("", "all", rule["Direction"])]
    start, dash, checked = token.partition("-")
    if token and not (start.isdigit() and dash and checked == str(size) and int(start) < len(listed)):
        return None
    end = int(start or 0) + size
    return listed[int(start or 0) : end], f"{end}-{size}" if end < len(listed) else ""
