# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""How the two APIs write a rule and a group's rules: tables from the fields of a rule to API members and back.

Sources: SecurityGroupPolicy and SecurityGroupPolicySet of API 3.0, ModifySecurityGroupPolicys and
DescribeSecurityGroupPolicys of API 2.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._http.errors import CloudError
from .rule_fields import ADDRESS_HALVES, SERVICE_HALVES
from .rules import ANY, ANY_IPV4, Rule, canonical_keyword, observed_network, observed_port, one_line


@dataclass(frozen=True)
class Dialect:
    """C(members) maps fields of a rule to API members; C(halves) says which are template objects.

    C(any_port) is sent for any port (nothing if empty) with the protocols in C(any_port_with).
    """

    members: Mapping[str, str]
    halves: Mapping[str, Mapping[str, str]]
    any_protocol: str
    any_port: str
    any_port_with: tuple[str, ...]

    def to_api(self, rule: Rule) -> dict[str, Any]:
        """The rule as a request carries it; what is not set is left out."""
        fields = {
            "action": rule.action.upper(),
            "protocol": self.any_protocol if rule.protocol == ANY else rule.protocol.upper(),
            "port": rule.port,
            rule.peer: rule.address,
            "service_template": rule.service_template,
            "description": rule.description,
        }
        if rule.port == ANY:
            fields["port"] = self.any_port if rule.protocol in self.any_port_with else ""
        if rule.peer not in self.members:
            # Only a rule that was read can get here; what a user gives was checked before.
            reason = (
                f"it holds a rule for {rule.address}, which API 2.0 would not write back; use API 3.0 for this group"
            )
            raise CloudError("unsupported", reason)
        return {self.members[name]: self._encode(name, text) for name, text in fields.items() if text}

    def _encode(self, name: str, text: str) -> Any:
        halves = self.halves.get(name)
        if halves is None:
            return text
        return {halves.get(part.partition("-")[0], next(iter(halves.values()))): part for part in text.split(",")}

    def from_api(self, entry: Mapping[str, Any]) -> Rule:
        """The rule that an answer tells of. Absent, null, "" and, for protocol and port, ALL are one value."""
        fields: dict[str, str] = {}
        for name, member in self.members.items():
            value = entry.get(member)
            if value is not None and value != "":
                fields[name] = self._template(name, value) if name in self.halves else str(value)
        service = fields.get("service_template", "")
        peer, address = _peer(fields)
        return Rule(
            action=canonical_keyword(fields.get("action", "")),
            protocol="" if service else canonical_keyword(fields.get("protocol", ANY)),
            port="" if service else observed_port(fields.get("port", ANY)),
            peer=peer,
            address=address,
            service_template=service,
            description=one_line(fields.get("description", "")),
        )

    def _template(self, name: str, value: Any) -> str:
        if not isinstance(value, Mapping):
            return ""
        return ",".join(str(value[half]) for half in self.halves[name].values() if value.get(half))


def _peer(fields: Mapping[str, str]) -> tuple[str, str]:
    for name in ("address_template", "security_group_id"):
        if fields.get(name):
            return name, fields[name]
    network = fields.get("ipv6_cidr") or fields.get("cidr")
    return observed_network(network) if network else ("cidr", ANY_IPV4)


API_3_0 = Dialect(
    members={
        "action": "Action",
        "protocol": "Protocol",
        "port": "Port",
        "cidr": "CidrBlock",
        "ipv6_cidr": "Ipv6CidrBlock",
        "security_group_id": "SecurityGroupId",
        "address_template": "AddressTemplate",
        "service_template": "ServiceTemplate",
        "description": "PolicyDescription",
    },
    halves={"address_template": ADDRESS_HALVES, "service_template": SERVICE_HALVES},
    any_protocol="ALL",
    any_port="ALL",
    # A port is an error with icmp, icmpv6 and gre, and has to be ALL with ALL.
    any_port_with=("tcp", "udp", "all"),
)

API_2_0 = Dialect(
    members={
        "action": "action",
        "protocol": "ipProtocol",
        "port": "portRange",
        "cidr": "cidrIp",
        "security_group_id": "sgId",
        "address_template": "addressModule",
        "service_template": "serviceModule",
        "description": "desc",
    },
    halves={},
    # Any protocol and any port are said by leaving them out.
    any_protocol="",
    any_port="",
    any_port_with=(),
)
