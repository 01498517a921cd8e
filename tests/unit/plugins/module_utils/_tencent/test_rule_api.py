# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The common parts of both APIs: when a version is a lock, and how rules are read from a response."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import DIALECT, Api20
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.edits import (
    Delete,
    Edit,
    Insert,
    Reset,
    Update,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_api import (
    RuleApi,
    lockable,
    read_rules,
    version_of,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import Rules, RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from tests.unit.plugins.rule_services import echoes_2_0, echoes_3_0
from tests.unit.plugins.strategies import rule_lists

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")
DNS = Rule("accept", "udp", "53", "cidr", "10.0.0.0/8")
SSH_3_0 = {"Action": "ACCEPT", "Protocol": "TCP", "Port": "22", "CidrBlock": "10.0.0.0/8"}
DNS_3_0 = {"Action": "ACCEPT", "Protocol": "UDP", "Port": "53", "CidrBlock": "10.0.0.0/8"}
SSH_2_0 = {"action": "ACCEPT", "ipProtocol": "TCP", "portRange": "22", "cidrIp": "10.0.0.0/8"}

SEVEN = RuleSet((), (), "7")
EDITS = [Insert("ingress", (SSH,), True, 1), Delete("ingress", (0,)), Update("ingress", 0, SSH)]
APIS: list[RuleApi] = [Api30(), Api20()]


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
    """Rules of both directions, and a response that lists them with positions, in another order."""
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


@pytest.mark.parametrize(
    ("edit", "version", "locks"),
    [
        (EDITS[0], "7", True),
        (EDITS[1], "12345678901234567890", True),
        (EDITS[2], "0", False),
        (EDITS[0], None, False),
        (Reset((SSH,), ()), "7", False),
    ],
)
def test_a_version_may_be_sent_as_a_lock(edit: Edit, version: str | None, locks: bool) -> None:
    assert lockable(edit, version) is locks


@pytest.mark.parametrize(
    ("entries", "first", "rules"),
    [
        (None, 0, ()),
        ([], 0, ()),
        ([{**SSH_2_0, "index": 0}], 0, (SSH,)),
        ([{**SSH_2_0, "index": "1"}, {**SSH_2_0, "portRange": "53", "index": 0}], 0, (SSH._replace(port="53"), SSH)),
        ([{**SSH_2_0, "index": 1}], 1, (SSH,)),
        ([SSH_2_0], 0, (SSH,)),
        ([{**SSH_2_0, "index": 0}, SSH_2_0], 0, (SSH, SSH)),
        ([{**SSH_2_0, "index": "x"}], 0, (SSH,)),
    ],
)
def test_rules_are_in_the_order_of_their_positions(entries: Any, first: int, rules: Rules) -> None:
    assert read_rules(DIALECT, entries, "index", "Read", first) == rules


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        ({}, "protocol"),
        ("rules", "protocol"),
        ([SSH_2_0, None], "protocol"),
        ([{**SSH_2_0, "index": 1}], "protocol"),
        ([{**SSH_2_0, "index": 0}, {**SSH_2_0, "index": 2}], "protocol"),
        ([{**SSH_2_0, "index": 0}, {**SSH_2_0, "index": 0}], "protocol"),
    ],
)
def test_a_list_that_is_none_or_has_gaps_is_an_error_of_its_action(entries: Any, kind: str) -> None:
    with pytest.raises(CloudError, match="response to Read") as caught:
        read_rules(DIALECT, entries, "index", "Read")
    assert (caught.value.kind, caught.value.action) == (kind, "Read")


@pytest.mark.parametrize(("value", "version"), [(None, None), ("", None), (0, "0"), ("0", "0"), (7, "7")])
def test_a_version_is_text(value: Any, version: str | None) -> None:
    assert version_of(value) == version
