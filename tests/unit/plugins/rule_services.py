# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of a call and the form of a rule in both Tencent Cloud APIs, as far as the tests of plans need them.

Where the vendor's pages are silent, the behaviour is an argument: ``absent`` is the effect of a reset on an omitted
direction (``keep`` or ``clear``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import DIALECT as API_2_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import DIALECT as API_3_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import Rules, RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule

Entry = Mapping[str, Any]


def carry_out_3_0(action: str, parameters: Entry, rules: RuleSet, absent: str = "keep") -> RuleSet:
    """Return the rules after a call of API 3.0. Raises AssertionError if the service would refuse the call."""
    given = dict(parameters["SecurityGroupPolicySet"])
    version = given.pop("Version", None)
    if action == "ModifySecurityGroupPolicies":
        if version is not None:
            assert version == "0", "a reset with a version is not dependable"
            return rules._replace(ingress=(), egress=()).next_version()
        assert parameters["SortPolicys"] is True, "else the order is not promised"
        assert all(given.values()), "what a reset makes of an empty list is not known"
        for direction in ("ingress", "egress"):
            listed = given.get(direction.capitalize())
            assert listed is None or not any("PolicyIndex" in entry for entry in listed)
            kept = rules.of(direction) if absent == "keep" else ()
            rules = rules.with_rules(direction, kept if listed is None else _read(API_3_0, listed))
        return rules.next_version()
    assert version in (None, rules.version), "the service's lock refuses it"
    ((name, entries),) = given.items()
    edited = _EDITS_3_0[action](rules.of(name.lower()), entries)
    return rules.with_rules(name.lower(), edited).next_version()


def _create_3_0(present: Rules, entries: list[Entry]) -> Rules:
    places = {entry.get("PolicyIndex", len(present)) for entry in entries}
    assert len(places) == 1, "PolicyIndex has to be the same in all rules"
    return _inserted(present, places.pop(), _read(API_3_0, entries))


def _delete_3_0(present: Rules, entries: list[Entry]) -> Rules:
    assert all(set(entry) == {"PolicyIndex"} for entry in entries), "by position or by content, not both"
    return _without(present, [entry["PolicyIndex"] for entry in entries])


def _replace_3_0(present: Rules, entries: list[Entry]) -> Rules:
    (entry,) = entries
    return _exchanged(present, entry["PolicyIndex"], API_3_0.from_api(entry))


_EDITS_3_0: dict[str, Callable[[Rules, list[Entry]], Rules]] = {
    "CreateSecurityGroupPolicies": _create_3_0,
    "DeleteSecurityGroupPolicies": _delete_3_0,
    "ReplaceSecurityGroupPolicy": _replace_3_0,
}


def carry_out_2_0(action: str, parameters: Entry, rules: RuleSet, absent: str = "keep") -> RuleSet:
    """Return the rules after a call of API 2.0, whose empty lists never reach the service."""
    if action == "ModifySecurityGroupPolicys":
        assert "version" not in parameters, "a reset has no such parameter"
        for direction in ("ingress", "egress"):
            listed = parameters[direction]
            kept = rules.of(direction) if absent == "keep" else ()
            rules = rules.with_rules(direction, _read(API_2_0, listed) if listed else kept)
        return rules.next_version()
    assert parameters.get("version") in (None, rules.version), "the service's lock refuses it"
    direction = parameters["direction"]
    present = rules.of(direction)
    if action == "CreateSecurityGroupPolicy":
        index = parameters["index"]
        assert index == -1 if not present else 0 <= index <= len(present)
        edited = _inserted(present, max(index, 0), _read(API_2_0, parameters["policys"]))
    elif action == "DeleteSecurityGroupPolicy":
        edited = _without(present, parameters["indexes"])
    else:
        assert action == "ModifySingleSecurityGroupPolicy"
        edited = _exchanged(present, parameters["index"], API_2_0.from_api(parameters["policys"]))
    return rules.with_rules(direction, edited).next_version()


def _read(dialect: Any, entries: list[Entry]) -> Rules:
    return tuple(dialect.from_api(entry) for entry in entries)


def _inserted(present: Rules, index: int, rules: Rules) -> Rules:
    return present[:index] + rules + present[index:]


def _without(present: Rules, indexes: list[int]) -> Rules:
    assert indexes
    assert sorted(set(indexes)) == indexes
    assert indexes[-1] < len(present)
    return tuple(rule for index, rule in enumerate(present) if index not in indexes)


def _exchanged(present: Rules, index: int, rule: Rule) -> Rules:
    assert 0 <= index < len(present)
    return (*present[:index], rule, *present[index + 1 :])


@st.composite
def echoes_3_0(draw: st.DrawFn, rule: Rule) -> dict[str, Any]:
    """One of the forms in which API 3.0 can return a rule."""
    sent = API_3_0.to_api(rule)
    told: dict[str, Any] = {"ModifyTime": "2026-01-02 03:04:05", "Priority": 1}
    for member in API_3_0.members.values():
        if member.endswith("Template"):
            told[member] = draw(_template(member, sent.get(member)))
        elif member in sent:
            told[member] = draw(_echo(member, sent[member]))
        elif member in ("Protocol", "Port") and "ServiceTemplate" not in sent:
            told[member] = draw(st.sampled_from([None, "", "ALL", "all"]))
        else:
            told[member] = draw(st.sampled_from([None, ""]))
    return {name: value for name, value in told.items() if value is not None or draw(st.booleans())}


@st.composite
def _template(draw: st.DrawFn, member: str, sent: Mapping[str, str] | None) -> dict[str, Any] | None:
    noun = member.removesuffix("Template")
    if sent is None and draw(st.booleans()):
        return None
    halves = {name: draw(st.sampled_from([None, "", ...])) for name in (f"{noun}Id", f"{noun}GroupId")}
    return {name: value for name, value in {**halves, **(sent or {})}.items() if value is not ...}


@st.composite
def echoes_2_0(draw: st.DrawFn, rule: Rule) -> dict[str, Any]:
    """One of the forms in which API 2.0 can return a rule."""
    sent = API_2_0.to_api(rule)
    told: dict[str, Any] = {}
    for member in API_2_0.members.values():
        if member in sent:
            told[member] = draw(_echo(member, sent[member]))
        elif member in ("ipProtocol", "portRange") and "serviceModule" not in sent:
            told[member] = draw(st.sampled_from([None, "", "ALL", "all"]))
        else:
            told[member] = draw(st.sampled_from([None, ""]))
    return {name: value for name, value in told.items() if value is not None or draw(st.booleans())}


@st.composite
def _echo(draw: st.DrawFn, member: str, value: str) -> Any:
    if member in ("Action", "action", "Protocol", "ipProtocol"):
        return draw(st.sampled_from([value, value.lower(), value.upper(), value.capitalize()]))
    if member in ("Port", "portRange"):
        return draw(st.sampled_from([value, int(value) if value.isdigit() else value.lower()]))
    if member in ("CidrBlock", "cidrIp") and "/" not in value:
        return draw(st.sampled_from([value, f"{value}/32"]))
    if member == "Ipv6CidrBlock":
        return draw(st.sampled_from([value, value.upper(), value if "/" in value else f"{value}/128"]))
    return value
