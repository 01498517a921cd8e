# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an API spells a rule: a table from the fields of a rule to API members, and the translation both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .._http.errors import CloudError
from .rules import ANY, ANY_IPV4, Rule, canonical_keyword, observed_network, observed_port, one_line


class Dialect(NamedTuple):
    """``members`` maps fields of a rule to API members; ``halves`` says which are template objects.

    ``any_port`` is sent for any port (nothing if empty) with the protocols in ``any_port_with``.
    """

    members: Mapping[str, str]
    halves: Mapping[str, Mapping[str, str]]
    any_protocol: str
    any_port: str
    any_port_with: tuple[str, ...]

    def to_api(self, rule: Rule) -> dict[str, Any]:
        """Return the rule as a request contains it, without fields that are not set. Raises CloudError."""
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
            # Only a rule that was read gets here, because the user's rules were validated before.
            reason = f"it has a rule for {rule.address}, which API 2.0 cannot write; use API 3.0 for this group"
            raise CloudError("unsupported", reason)
        return {self.members[name]: self._encode(name, text) for name, text in fields.items() if text}

    def _encode(self, name: str, text: str) -> Any:
        halves = self.halves.get(name)
        if halves is None:
            return text
        return {halves.get(part.partition("-")[0], next(iter(halves.values()))): part for part in text.split(",")}

    def from_api(self, entry: Mapping[str, Any]) -> Rule:
        """Return a rule of a response. Missing, null, "" and, for protocol and port, ALL are one value."""
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
