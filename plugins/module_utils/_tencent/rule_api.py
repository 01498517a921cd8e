# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The rule operations of both APIs behind one interface: reading a group's rules, and the call that an edit takes.

Sources: the vpc 2017-03-12 actions on security group policies, and the dfw actions of the legacy API.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Protocol

from .._http.errors import CloudError
from .dialects import API_2_0, API_3_0, Dialect
from .rule_set import Delete, Edit, Insert, Reset, Rules, RuleSet

Call = tuple[str, dict[str, Any]]


class RuleApi(Protocol):
    """One of the two APIs."""

    reset_can_empty: bool  # whether one call can take all rules of both directions away
    read_action: str

    def read_parameters(self, group: str) -> dict[str, Any]:
        """The parameters of the read action."""

    def parse(self, body: Mapping[str, Any]) -> RuleSet:
        """The rules in the answer of the read action. Raises CloudError of kind protocol."""

    def locks(self, edit: Edit, version: str | None) -> bool:
        """Whether the call for this edit is refused if the group no longer has this version."""

    def call(self, group: str, edit: Edit, state: RuleSet) -> Call:
        """The call for one edit of a group that is in this state."""


def _lockable(edit: Edit, version: str | None) -> bool:
    # A group that was never edited has the version "0", and for a reset that value means: wipe everything.
    return not isinstance(edit, Reset) and version not in (None, "0")


class Api30:
    """C(vpc), version 2017-03-12."""

    reset_can_empty = True
    read_action = "DescribeSecurityGroupPolicies"

    def read_parameters(self, group: str) -> dict[str, Any]:
        return {"SecurityGroupId": group}

    def parse(self, body: Mapping[str, Any]) -> RuleSet:
        listed = body.get("SecurityGroupPolicySet")
        if not isinstance(listed, Mapping):
            raise _no_rules(self.read_action)
        directions = [listed.get("Ingress"), listed.get("Egress")]
        # On API 2.0 this could be a first rule that is left out.
        first = 1 if any(directions) and all(_begins_at_1(entries) for entries in directions if entries) else 0
        ingress, egress = (_rules(API_3_0, entries, "PolicyIndex", self.read_action, first) for entries in directions)
        return RuleSet(ingress, egress, _version(listed.get("Version")), first_index=first)

    def locks(self, edit: Edit, version: str | None) -> bool:
        # No vendor page promises that ModifySecurityGroupPolicies refuses a stale version.
        return _lockable(edit, version)

    def call(self, group: str, edit: Edit, state: RuleSet) -> Call:
        first = state.first_index
        if isinstance(edit, Reset):
            return "ModifySecurityGroupPolicies", {"SecurityGroupId": group, **_reset_30(edit)}
        if isinstance(edit, Insert):
            place = {"PolicyIndex": first} if edit.at_top else {}
            action, entries = "CreateSecurityGroupPolicies", [{**API_3_0.to_api(r), **place} for r in edit.rules]
        elif isinstance(edit, Delete):
            action, entries = "DeleteSecurityGroupPolicies", [{"PolicyIndex": first + at} for at in edit.indexes]
        else:
            place = {"PolicyIndex": first + edit.index}
            action, entries = "ReplaceSecurityGroupPolicy", [{**API_3_0.to_api(edit.rule), **place}]
        lock = {"Version": state.version} if self.locks(edit, state.version) else {}
        listed = {**lock, edit.direction.capitalize(): entries}
        return action, {"SecurityGroupId": group, "SecurityGroupPolicySet": listed}


def _reset_30(edit: Reset) -> dict[str, Any]:
    """A reset never carries a version, but for the one that means that both directions shall end empty.

    A direction that is to stay empty is left out: what a service makes of an empty list is not known.
    """
    given = {"Ingress": edit.ingress, "Egress": edit.egress}
    listed: dict[str, Any] = {name: [API_3_0.to_api(rule) for rule in rules] for name, rules in given.items() if rules}
    if not listed:
        return {"SecurityGroupPolicySet": {"Version": "0"}}
    return {"SecurityGroupPolicySet": listed, "SortPolicys": True}


class Api20:
    """C(dfw), the legacy API."""

    reset_can_empty = False
    read_action = "DescribeSecurityGroupPolicys"

    def read_parameters(self, group: str) -> dict[str, Any]:
        return {"sgId": group}

    def parse(self, body: Mapping[str, Any]) -> RuleSet:
        data = body.get("data")
        if data == []:  # how this API spells an object with nothing in it
            data = {}
        if not isinstance(data, Mapping):
            raise _no_rules(self.read_action)
        ingress = _rules(API_2_0, data.get("ingress"), "index", self.read_action)
        egress = _rules(API_2_0, data.get("egress"), "index", self.read_action)
        whole = "version" in data
        version = data["version"] if whole else _version_of_a_rule(data)
        return RuleSet(ingress, egress, _version(version), whole)

    def locks(self, edit: Edit, version: str | None) -> bool:
        return _lockable(edit, version)

    def call(self, group: str, edit: Edit, state: RuleSet) -> Call:
        if isinstance(edit, Reset):
            return "ModifySecurityGroupPolicys", {"sgId": group, **_listed_20(edit)}
        parameters: dict[str, Any] = {"sgId": group, "direction": edit.direction}
        if isinstance(edit, Insert):
            action = "CreateSecurityGroupPolicy"
            parameters["index"] = -1 if not edit.length else 0 if edit.at_top else edit.length
            parameters["policys"] = [API_2_0.to_api(rule) for rule in edit.rules]
        elif isinstance(edit, Delete):
            action = "DeleteSecurityGroupPolicy"
            parameters["indexes"] = list(edit.indexes)
        else:
            action = "ModifySingleSecurityGroupPolicy"
            parameters.update(index=edit.index, policys=API_2_0.to_api(edit.rule))
        if self.locks(edit, state.version):
            parameters["version"] = state.version
        return action, parameters


def _listed_20(edit: Reset) -> dict[str, Any]:
    given = {"ingress": edit.ingress, "egress": edit.egress}
    return {name: [API_2_0.to_api(rule) for rule in rules] for name, rules in given.items()}


def _begins_at_1(entries: Any) -> bool:
    """Whether the positions of these rules are 1, 2, 3 and so on."""
    if not isinstance(entries, list):
        return False
    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
        return sorted(int(entry["PolicyIndex"]) for entry in entries) == list(range(1, len(entries) + 1))
    return False


def _rules(dialect: Dialect, entries: Any, index: str, action: str, first: int = 0) -> Rules:
    if entries is None:
        return ()
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise _no_rules(action)
    # Without positions, the order of the list is the order.
    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
        placed = {int(entry[index]): entry for entry in entries}
        if sorted(placed) != list(range(first, first + len(entries))):
            raise _left_out(action)
        entries = [placed[position] for position in sorted(placed)]
    return tuple(dialect.from_api(entry) for entry in entries)


def _version(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _version_of_a_rule(data: Mapping[str, Any]) -> Any:
    """The page lists the version among the members of a rule; clients read it beside the lists."""
    for name in ("ingress", "egress"):
        for entry in data.get(name) or []:
            if isinstance(entry, Mapping) and "version" in entry:
                return entry["version"]
    return None


def _left_out(action: str) -> CloudError:
    """Positions that are missing are rules that the API does not tell of, as API 2.0 may do with newer kinds."""
    reason = (
        f"the response to {action} omits some of the group's rules, so the positions of the others are unknown; "
        "use api_version 3.0"
    )
    return CloudError("unsupported", reason, action=action)


def _no_rules(action: str) -> CloudError:
    return CloudError("protocol", f"the answer to {action} holds no lists of rules", action=action)
