# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of both APIs, and what is read out of their answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import Api20
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.edits import (
    Delete,
    Edit,
    Insert,
    Reset,
    Update,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_api import RuleApi
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import Rules, RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from tests.unit.plugins.rule_services import echoes_2_0, echoes_3_0
from tests.unit.plugins.strategies import rule_lists

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")
DNS = Rule("accept", "udp", "53", "cidr", "10.0.0.0/8")
SSH_3_0 = {"Action": "ACCEPT", "Protocol": "TCP", "Port": "22", "CidrBlock": "10.0.0.0/8"}
DNS_3_0 = {"Action": "ACCEPT", "Protocol": "UDP", "Port": "53", "CidrBlock": "10.0.0.0/8"}
SSH_2_0 = {"action": "ACCEPT", "ipProtocol": "TCP", "portRange": "22", "cidrIp": "10.0.0.0/8"}
DNS_2_0 = {"action": "ACCEPT", "ipProtocol": "UDP", "portRange": "53", "cidrIp": "10.0.0.0/8"}

SEVEN = RuleSet((), (), "7")
# An edit of a group with version 7, the call of API 3.0 that it takes, and what that call says of the rules.
CALLS_3_0: list[tuple[Edit, str, dict[str, Any]]] = [
    (
        Insert("ingress", (SSH, DNS), at_top=True, length=3),
        "CreateSecurityGroupPolicies",
        {"Version": "7", "Ingress": [SSH_3_0 | {"PolicyIndex": 0}, DNS_3_0 | {"PolicyIndex": 0}]},
    ),
    (
        Insert("egress", (SSH,), at_top=False, length=3),
        "CreateSecurityGroupPolicies",
        {"Version": "7", "Egress": [SSH_3_0]},
    ),
    (
        Delete("ingress", (0, 2)),
        "DeleteSecurityGroupPolicies",
        {"Version": "7", "Ingress": [{"PolicyIndex": 0}, {"PolicyIndex": 2}]},
    ),
    (
        Update("egress", 1, DNS),
        "ReplaceSecurityGroupPolicy",
        {"Version": "7", "Egress": [DNS_3_0 | {"PolicyIndex": 1}]},
    ),
    (Reset((SSH,), (DNS,)), "ModifySecurityGroupPolicies", {"Ingress": [SSH_3_0], "Egress": [DNS_3_0]}),
    (Reset((), (DNS,)), "ModifySecurityGroupPolicies", {"Egress": [DNS_3_0]}),
    (Reset((), ()), "ModifySecurityGroupPolicies", {"Version": "0"}),
]
# The same for API 2.0.
CALLS_2_0: list[tuple[Edit, str, dict[str, Any]]] = [
    (
        Insert("ingress", (SSH, DNS), at_top=True, length=3),
        "CreateSecurityGroupPolicy",
        {"direction": "ingress", "index": 0, "policys": [SSH_2_0, DNS_2_0], "version": "7"},
    ),
    (
        Insert("egress", (SSH,), at_top=False, length=3),
        "CreateSecurityGroupPolicy",
        {"direction": "egress", "index": 3, "policys": [SSH_2_0], "version": "7"},
    ),
    (
        Insert("egress", (SSH,), at_top=True, length=0),
        "CreateSecurityGroupPolicy",
        {"direction": "egress", "index": -1, "policys": [SSH_2_0], "version": "7"},
    ),
    (
        Delete("ingress", (0, 2)),
        "DeleteSecurityGroupPolicy",
        {"direction": "ingress", "indexes": [0, 2], "version": "7"},
    ),
    (
        Update("egress", 1, DNS),
        "ModifySingleSecurityGroupPolicy",
        {"direction": "egress", "index": 1, "policys": DNS_2_0, "version": "7"},
    ),
    (Reset((SSH,), (DNS,)), "ModifySecurityGroupPolicys", {"ingress": [SSH_2_0], "egress": [DNS_2_0]}),
]
EDITS = [Insert("ingress", (SSH,), True, 1), Delete("ingress", (0,)), Update("ingress", 0, SSH)]
APIS: list[RuleApi] = [Api30(), Api20()]


@pytest.mark.parametrize(("edit", "action", "policy_set"), CALLS_3_0)
def test_call_of_api_3_0(edit: Edit, action: str, policy_set: dict[str, Any]) -> None:
    expected: dict[str, Any] = {"SecurityGroupId": "sg-1", "SecurityGroupPolicySet": policy_set}
    if isinstance(edit, Reset) and policy_set != {"Version": "0"}:
        expected["SortPolicys"] = True
    assert Api30().call("sg-1", edit, SEVEN) == (action, expected)


@pytest.mark.parametrize(("edit", "action", "parameters"), CALLS_2_0)
def test_call_of_api_2_0(edit: Edit, action: str, parameters: dict[str, Any]) -> None:
    assert Api20().call("sg-1", edit, SEVEN) == (action, {"sgId": "sg-1", **parameters})


def _version_in(parameters: dict[str, Any]) -> Any:
    return parameters.get("version", parameters.get("SecurityGroupPolicySet", {}).get("Version"))


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("version", [None, "0"])
def test_no_version_and_version_0_lock_nothing(api: RuleApi, edit: Edit, version: str | None) -> None:
    assert not api.locks(edit, version)
    assert _version_in(api.call("sg-1", edit, RuleSet((), (), version))[1]) is None


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("edit", EDITS)
def test_any_other_version_is_a_lock(api: RuleApi, edit: Edit) -> None:
    assert api.locks(edit, "7")
    assert _version_in(api.call("sg-1", edit, SEVEN)[1]) == "7"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("version", [None, "0", "7"])
def test_a_reset_has_no_lock_and_carries_no_version(api: RuleApi, version: str | None) -> None:
    edit = Reset((SSH,), ())
    assert not api.locks(edit, version)
    assert _version_in(api.call("sg-1", edit, RuleSet((), (), version))[1]) is None


def answer_3_0(ingress: Any, egress: Any, version: Any = "7") -> dict[str, Any]:
    return {"SecurityGroupPolicySet": {"Ingress": ingress, "Egress": egress, "Version": version}, "RequestId": "r"}


@st.composite
def answers(draw: st.DrawFn, api: str) -> tuple[Rules, Rules, dict[str, Any]]:
    """Rules of both directions, and an answer that lists them with positions, out of order."""
    echo, index = (echoes_3_0, "PolicyIndex") if api == "3.0" else (echoes_2_0, "index")
    lists: list[Any] = []
    expected: list[Rules] = []
    for _direction in range(2):
        rules = draw(rule_lists(api, max_size=3))
        kind = draw(st.sampled_from([int, str]))
        told = [draw(echo(rule)) | {index: kind(number)} for number, rule in enumerate(rules)]
        lists.append(draw(st.permutations(told)))
        expected.append(rules)
    body = answer_3_0(*lists) if api == "3.0" else {"code": 0, "data": {"ingress": lists[0], "egress": lists[1]}}
    return expected[0], expected[1], body


@given(answers("3.0"))
def test_api_3_0_is_read_in_the_order_of_positions(answer: tuple[Rules, Rules, dict[str, Any]]) -> None:
    ingress, egress, body = answer
    assert Api30().parse(body) == RuleSet(ingress, egress, "7")


@given(answers("2.0"))
def test_api_2_0_is_read_in_the_order_of_positions(answer: tuple[Rules, Rules, dict[str, Any]]) -> None:
    ingress, egress, body = answer
    assert Api20().parse(body).matches(RuleSet(ingress, egress, None))


def test_eleven_positions_are_numbers_and_not_text() -> None:
    entries = [{**SSH_3_0, "Port": str(1000 + number), "PolicyIndex": str(number)} for number in range(11)]
    ports = [rule.port for rule in Api30().parse(answer_3_0(sorted(entries, key=str), [])).ingress]
    assert ports == [str(1000 + number) for number in range(11)]


def test_positions_of_api_3_0_may_begin_at_1() -> None:
    first, second = {**SSH_3_0, "PolicyIndex": "1"}, {**DNS_3_0, "PolicyIndex": 2}
    state = Api30().parse(answer_3_0([second, first], [{**DNS_3_0, "PolicyIndex": 1}]))
    assert (state.ingress, state.egress) == ((SSH, DNS), (DNS,))
    place = "SecurityGroupPolicySet"
    dummy, deletion = Api30().call("sg-1", Delete("ingress", (0, 1)), state)
    assert [entry["PolicyIndex"] for entry in deletion[place]["Ingress"]] == [1, 2]
    dummy, update = Api30().call("sg-1", Update("ingress", 1, SSH), state)
    assert update[place]["Ingress"][0]["PolicyIndex"] == 2
    dummy, insertion = Api30().call("sg-1", Insert("egress", (SSH,), True, 1), state)
    assert insertion[place]["Egress"][0]["PolicyIndex"] == 1
    # A later state on the way counts from the same position.
    assert Delete("ingress", (0,)).apply(state).next_version().first_index == 1


@pytest.mark.parametrize(
    ("ingress", "egress"),
    [
        ([{**SSH_3_0, "PolicyIndex": 1}], [{**DNS_3_0, "PolicyIndex": 0}]),
        ([{**SSH_3_0, "PolicyIndex": 2}], []),
        ([{**SSH_3_0, "PolicyIndex": 1}, {**DNS_3_0, "PolicyIndex": 3}], []),
    ],
)
def test_positions_with_a_gap_are_refused(ingress: Any, egress: Any) -> None:
    with pytest.raises(CloudError, match="omits some of the group's rules"):
        Api30().parse(answer_3_0(ingress, egress))


def test_api_2_0_may_omit_the_first_rule_so_its_positions_begin_at_0() -> None:
    with pytest.raises(CloudError, match="omits some of the group's rules"):
        Api20().parse({"data": {"version": 3, "ingress": [{**SSH_2_0, "index": 1}]}})


def test_without_positions_the_order_of_the_list_is_the_order() -> None:
    assert Api30().parse(answer_3_0([DNS_3_0, SSH_3_0], None)) == RuleSet((DNS, SSH), (), "7")


@pytest.mark.parametrize(("told", "version"), [("7", "7"), (7, "7"), ("0", "0"), (0, "0"), ("", None), (None, None)])
def test_version_of_api_3_0(told: Any, version: str | None) -> None:
    assert Api30().parse(answer_3_0([], [], told)).version == version


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], RuleSet((), (), None)),
        ({}, RuleSet((), (), None)),
        ({"ingress": [], "egress": None, "version": 3}, RuleSet((), (), "3")),
        ({"ingress": [SSH_2_0], "version": 0}, RuleSet((SSH,), (), "0")),
        ({"egress": [{**SSH_2_0, "version": 5}]}, RuleSet((), (SSH,), "5")),
        ({"ingress": [], "egress": [{**SSH_2_0, "version": 5}]}, RuleSet((), (SSH,), "5")),
    ],
)
def test_answer_of_api_2_0(data: Any, expected: RuleSet) -> None:
    found = Api20().parse({"code": 0, "data": data})
    assert found.matches(expected)
    assert found.version == expected.version


UNUSABLE_3_0: list[Any] = [
    {},
    {"SecurityGroupPolicySet": None},
    {"SecurityGroupPolicySet": []},
    answer_3_0("none", []),
    answer_3_0({}, []),
    answer_3_0([], ["rule"]),
]
UNUSABLE_2_0: list[Any] = [{}, {"data": None}, {"data": "x"}, {"data": [1]}, {"data": {"ingress": {"0": SSH_2_0}}}]


@pytest.mark.parametrize(
    ("api", "body"), [(Api30(), body) for body in UNUSABLE_3_0] + [(Api20(), body) for body in UNUSABLE_2_0]
)
def test_an_answer_without_lists_of_rules_is_never_taken_for_an_empty_group(api: RuleApi, body: Any) -> None:
    with pytest.raises(CloudError) as caught:
        api.parse(body)
    assert caught.value.kind == "protocol"
    assert api.read_action in caught.value.reason


@pytest.mark.parametrize(("data", "told"), [({"version": 5}, "5"), ({"ingress": [{**SSH_2_0, "version": 5}]}, None)])
def test_a_version_that_goes_with_the_last_rule_is_not_reported(data: dict[str, Any], told: str | None) -> None:
    rules = Api20().parse({"data": data})
    assert rules.version == "5"
    assert rules.as_result()["version"] == told
    assert rules.next_version().as_result()["version"] == (told and "6")
