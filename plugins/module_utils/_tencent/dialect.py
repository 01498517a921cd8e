# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of a rule in an API: a table of the members for its fields, and the conversion in both directions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from .._http.errors import CloudError
from .rules import (
    ACTIONS,
    ANY,
    ANY_IPV4,
    PEERS,
    Rule,
    canonical_keyword,
    is_stored_as_any,
    observed_network,
    observed_port,
    one_line,
)

# Names of members that may narrow a rule, including those that an API does not have yet.
_CONDITION = re.compile("cidr|ipv?[46]|addr|prefix|group|peer|source|dest|template|module|service|proto|port", re.I)


class Dialect(NamedTuple):
    """``members`` maps the fields of a rule to members of the API.

    ``template_members`` has the fields that are objects: for each prefix of an ID, the member for it in that object.

    ``any_port`` is sent for any port (nothing if empty) with the protocols in ``any_port_with``.
    """

    members: Mapping[str, str]
    template_members: Mapping[str, Mapping[str, str]]
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
        self._refuse_unwritable(rule)
        return {self.members[name]: self._encode(name, text) for name, text in fields.items() if text}

    def _refuse_unwritable(self, rule: Rule) -> None:
        """Raise CloudError for a rule that was read and cannot be written. Those of the user have been validated."""
        why = ""
        if rule.peer not in self.members:
            why = "which API 2.0 cannot write; use API 3.0 for this group"
        elif is_stored_as_any(rule.address):
            why = (
                f"which the service would store as {ANY_IPV4}, any IPv4 address, if written again; "
                "replace the rules of its direction as well, without this rule"
            )
        if why:
            raise CloudError("unsupported", f"it has a rule for {rule.address}, {why}")

    def _encode(self, name: str, text: str) -> Any:
        known = self.template_members.get(name)
        if known is None:
            return text
        return {known.get(part.partition("-")[0], next(iter(known.values()))): part for part in text.split(",")}

    def from_api(self, entry: Mapping[str, Any]) -> Rule:
        """Return a rule of a response. A missing member, null, "" and, for protocol and port, ALL mean the same.

        Raises ValueError for a rule that could be mistaken for a wider one, or for one with the opposite action.
        """
        fields = self._texts(entry)
        action = canonical_keyword(fields.get("action", ""))
        if action not in ACTIONS:
            raise ValueError(f"its action is {fields.get('action')!r}")
        service = fields.get("service_template", "")
        self._refuse_unknown_conditions(entry, fields)
        peer, address = _peer(fields)
        return Rule(
            action=action,
            protocol="" if service else canonical_keyword(fields.get("protocol", ANY)),
            port="" if service else observed_port(fields.get("port", ANY)),
            peer=peer,
            address=address,
            service_template=service,
            description=one_line(fields.get("description", "")),
        )

    def _texts(self, entry: Mapping[str, Any]) -> dict[str, str]:
        """Return the fields that have a value, without surrounding blanks, like the values that users give."""
        texts: dict[str, str] = {}
        for name, member in self.members.items():
            value = entry.get(member)
            if name in self.template_members:
                texts[name] = self._template(name, value)
            elif isinstance(value, bool) or not isinstance(value, (str, int, type(None))):
                raise ValueError(f"its {member} is {value!r}")
            else:
                texts[name] = "" if value is None else str(value).strip()
        return {name: text for name, text in texts.items() if text}

    def _template(self, name: str, value: Any) -> str:
        """Return the IDs in a template object. Raises ValueError if they are not in the documented members."""
        if _is_empty(value):
            return ""
        known = self.template_members[name].values()
        texts = [str(value.get(member) or "").strip() for member in known] if isinstance(value, Mapping) else []
        parts = [text for text in texts if text]
        text = ",".join(parts)
        is_whole = len(self._encode(name, text)) == len(parts) if parts else _is_unset(value, known)
        if not is_whole:
            raise ValueError(f"its {self.members[name]} is {value!r}")
        return text

    def _refuse_unknown_conditions(self, entry: Mapping[str, Any], fields: Mapping[str, str]) -> None:
        """Raise ValueError if a rule that seems to match everything has a member that may say what it matches."""
        if not fields.keys().isdisjoint(PEERS) and not fields.keys().isdisjoint(("protocol", "service_template")):
            return
        others = entry.keys() - self.members.values()
        unknown = sorted(member for member in others if _CONDITION.search(member) and not _is_empty(entry[member]))
        if unknown:
            raise ValueError(f"the meaning of its {' and '.join(unknown)} is not known")


def _is_unset(template: Any, known: Collection[str]) -> bool:
    """Return whether an object has the members of a template without values, and no other member that may be an ID."""
    if not isinstance(template, Mapping) or not any(member in template for member in known):
        return False
    others = [name for name, value in template.items() if name not in known and not _is_empty(value)]
    return not any(_CONDITION.search(name) or name.endswith("Id") for name in others)


def _is_empty(value: Any) -> bool:
    """Return whether a member, or everything in it, has no value."""
    if isinstance(value, (Mapping, list)):
        return all(_is_empty(each) for each in (value.values() if isinstance(value, Mapping) else value))
    return value is None or value == ""


def _peer(fields: Mapping[str, str]) -> tuple[str, str]:
    for name in ("address_template", "security_group_id"):
        if fields.get(name):
            return name, fields[name]
    network = fields.get("ipv6_cidr") or fields.get("cidr")
    return observed_network(network) if network else ("cidr", ANY_IPV4)
