# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts that only API 3.0 has: its calls, responses, hosts and limits."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.filters import Filters
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.edits import (
    Delete,
    Edit,
    Insert,
    Reset,
    Update,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.signing import TC3
from tests.unit.plugins.fakes import talk

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")


DNS = Rule("accept", "udp", "53", "cidr", "10.0.0.0/8")


SEVEN = RuleSet((), (), "7")


SSH_3_0 = {"Action": "ACCEPT", "Protocol": "TCP", "Port": "22", "CidrBlock": "10.0.0.0/8"}


DNS_3_0 = {"Action": "ACCEPT", "Protocol": "UDP", "Port": "53", "CidrBlock": "10.0.0.0/8"}


def answer_3_0(ingress: Any, egress: Any, version: Any = "7") -> dict[str, Any]:
    return {"SecurityGroupPolicySet": {"Ingress": ingress, "Egress": egress, "Version": version}, "RequestId": "r"}


# An edit of a group with version 7, its call of API 3.0, and the rules in that call.
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


@pytest.mark.parametrize(("edit", "action", "policy_set"), CALLS_3_0)
def test_call_of_api_3_0(edit: Edit, action: str, policy_set: dict[str, Any]) -> None:
    expected: dict[str, Any] = {"SecurityGroupId": "sg-1", "SecurityGroupPolicySet": policy_set}
    if isinstance(edit, Reset) and policy_set != {"Version": "0"}:
        expected["SortPolicys"] = True
    assert Api30().call("sg-1", edit, SEVEN) == (action, expected)


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
    # Positions in a later state are counted from the same number.
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
    with pytest.raises(CloudError, match="omits some of the group's rules") as caught:
        Api30().parse(answer_3_0(ingress, egress))
    assert caught.value.kind == "protocol"
    assert "use api_version 3.0" not in caught.value.reason


def test_without_positions_the_order_of_the_list_is_the_order() -> None:
    assert Api30().parse(answer_3_0([DNS_3_0, SSH_3_0], None)) == RuleSet((DNS, SSH), (), "7")


@pytest.mark.parametrize(("told", "version"), [("7", "7"), (7, "7"), ("0", "0"), (0, "0"), ("", None), (None, None)])
def test_version_of_api_3_0(told: Any, version: str | None) -> None:
    assert Api30().parse(answer_3_0([], [], told)).version == version


def test_the_documented_rates() -> None:
    """The page of each action, including reads, documents 100 calls per second."""
    verbs = {"Modify": "ies", "Create": "ies", "Delete": "ies", "Describe": "ies", "Replace": "y"}
    assert {f"{verb}SecurityGroupPolic{ending}": 100.0 for verb, ending in verbs.items()} == Api30.rates


def options(**given: Any) -> Options:
    return Options(given, "", [])


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENCENTCLOUD_ENDPOINT_VPC", raising=False)


@pytest.mark.parametrize(
    ("given", "region", "host"),
    [
        ({"network": "public"}, "ap-guangzhou", "vpc.tencentcloudapi.com"),
        ({"network": "vpc"}, "ap-guangzhou", "vpc.internal.tencentcloudapi.com"),
        ({"network": "public"}, "ap-shanghai-fsi", "vpc.ap-shanghai-fsi.tencentcloudapi.com"),
        ({"network": "vpc", "endpoint": "own.example:8443"}, "ap-shanghai-fsi", "own.example:8443"),
    ],
)
def test_the_host_follows_from_region_and_network(given: dict[str, Any], region: str, host: str) -> None:
    endpoint = Api30().endpoint(options(**given), region)
    assert endpoint
    assert endpoint.host == host


def test_the_variable_of_the_endpoint_is_for_this_api_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_ENDPOINT_VPC", "http://variable.example")
    monkeypatch.setenv("TENCENTCLOUD_ENDPOINT_DFW", "http://other.example")
    endpoint, own = (Api30().endpoint(options(**given), "x") for given in ({}, {"endpoint": "own.example"}))
    assert endpoint
    assert own
    assert (endpoint.host, own.host) == ("variable.example", "own.example")


@pytest.mark.parametrize(
    ("given", "path"),
    [({"network": "vpc"}, "network"), ({"network": "public", "endpoint": "user@host"}, "endpoint")],
)
def test_an_invalid_address_is_a_mistake(given: dict[str, Any], path: str) -> None:
    found = options(**given)
    assert Api30().endpoint(found, "ap-shanghai-fsi") is None
    assert [mistake.path for mistake in found.mistakes] == [path]


@pytest.mark.parametrize(("method", "wrong"), [("", False), (TC3, False), ("HmacSHA1", True), ("HmacSHA256", True)])
def test_only_tc3_signs(method: str, wrong: bool) -> None:
    found = options(signature_method=method)
    assert Api30().signature_method(found) == TC3
    assert [mistake.path for mistake in found.mistakes] == (["signature_method"] if wrong else [])


def test_it_has_every_filter() -> None:
    found = options(filters={"tags": {"env": "prod"}})
    Api30().check_filters(Filters(found, ("name", "project_id", "tags")), found)
    assert found.mistakes == []


def test_an_entry_has_plain_values() -> None:
    group = {"SecurityGroupId": "sg-1", "ProjectId": 7, "IsDefault": True, "TagSet": [{"Key": "env", "Value": "prod"}]}
    client = talk([{"SecurityGroupSet": [group], "TotalCount": 1}]).client
    (entry,) = Api30().groups(client, ["sg-1"], Filters(options(), ("name",)))
    assert entry == {
        "security_group_id": "sg-1",
        "name": "",
        "description": "",
        "project_id": "7",
        "is_default": True,
        "tags": {"env": "prod"},
    }
