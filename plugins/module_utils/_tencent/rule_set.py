# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ordered rules of a group as a value."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .rule_text import as_yaml
from .rules import DIRECTIONS, Rule

Rules = tuple[Rule, ...]


class RuleSet(NamedTuple):
    """Implements the State protocol. ``version`` is None if the API returned none.

    ``reportable`` is false for a version that is only returned beside each rule: it disappears with the last rule, so a
    preview cannot predict it. ``first_index`` is the position of the first rule of a direction in
    the service's responses.
    """

    ingress: Rules
    egress: Rules
    version: str | None
    reportable: bool = True
    first_index: int = 0

    def of(self, direction: str) -> Rules:
        """Return the rules of one direction."""
        return self.ingress if direction == "ingress" else self.egress

    def with_rules(self, direction: str, rules: Rules) -> RuleSet:
        """Return the same rule set with other rules in one direction."""
        return self._replace(ingress=rules) if direction == "ingress" else self._replace(egress=rules)

    def as_result(self) -> dict[str, Any]:
        listed: dict[str, Any] = {name: [rule.to_dict() for rule in self.of(name)] for name in DIRECTIONS}
        return {**listed, "version": self.version if self.reportable else None}

    def diff_text(self) -> str:
        """Return YAML with one rule per line, so that the lines of a diff can be pasted into a playbook."""
        return as_yaml(self.ingress, self.egress)

    def same_content(self, other: RuleSet) -> bool:
        return self.ingress == other.ingress and self.egress == other.egress

    def matches(self, other: RuleSet) -> bool:
        unknown = self.version is None or other.version is None
        return self.same_content(other) and (unknown or self.version == other.version)

    def discrepancy(self, found: RuleSet) -> str:
        texts = [_discrepancy(direction, self.of(direction), found.of(direction)) for direction in DIRECTIONS]
        return "; ".join(filter(None, texts))

    def version_number(self) -> int | None:
        version = self.version or ""
        return int(version) if re.fullmatch("[0-9]{1,18}", version) else None

    def next_version(self) -> RuleSet:
        """Return the same rules after a write. Each adds one to the version (SecurityGroupPolicySet.Version)."""
        number = self.version_number()
        return self if number is None else self._replace(version=str(number + 1))


def _discrepancy(direction: str, written: Rules, found: Rules) -> str:
    """Return the first difference between the rules of one direction that were written and those read back."""
    if written == found:
        return ""
    if len(written) != len(found):
        return f"{direction} has {len(found)} rules instead of {len(written)}"
    index = next(index for index, (one, other) in enumerate(zip(written, found)) if one != other)
    one, other = written[index].to_dict(), found[index].to_dict()
    names = [name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]
    fields = [
        f"{direction}[{index}].{name} was written as {one.get(name)!r} and read back as {other.get(name)!r}"
        for name in names
    ]
    return ", ".join(fields)
