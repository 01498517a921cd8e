# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.traffic import (
    INNER_ACCESS,
    read_rules,
    situation,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from tests.unit.plugins.fakes import talk

SSH = {
    "Direction": "ingress",
    "Policy": "Accept",
    "IpProtocol": "TCP",
    "PortRange": "22/22",
    "SourceCidrIp": "10.0.0.0/8",
    "Priority": "1",
    "SecurityGroupRuleId": "sgr-1",
}


def lists(*rules: dict[str, Any], direction: str = "ingress", before: str = "drop", after: str = "drop") -> Any:
    return situation("sg-own", rules, before, after, None).lists[direction]


def only(**changed: Any) -> TrafficRule:
    """The SSH rule with these changes, in the terms of the engine."""
    (rule,) = lists({**SSH, **changed}).before.rules
    assert isinstance(rule, TrafficRule)
    return rule


def test_a_rule_in_the_terms_of_the_engine() -> None:
    assert only() == TrafficRule("accept", "tcp", "22-22", "10.0.0.0/8", position="sgr-1")


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"Policy": "Drop"}, "action", "drop"),
        ({"Policy": "Something"}, "action", "drop"),
        ({"IpProtocol": "ALL", "PortRange": "-1/-1"}, "protocol", "all"),
        ({"IpProtocol": ""}, "protocol", "all"),
        ({"PortRange": "8000/8010"}, "port", "8000-8010"),
        ({"PortRange": "1/65535"}, "port", "all"),
        ({"PortRange": "-1/-1"}, "port", "all"),
        ({"IpProtocol": "ICMP", "PortRange": "8/0"}, "port", "all"),
        ({"PortRange": "", "PortRangeListId": "prl-1"}, "port", "prl-1"),
        ({"SourceCidrIp": "", "Ipv6SourceCidrIp": "2001:db8::/32"}, "peer", "2001:db8::/32"),
        ({"SourceCidrIp": "", "SourceGroupId": "sg-2"}, "peer", "sg-2"),
        ({"SourceCidrIp": "", "SourcePrefixListId": "pl-1"}, "peer", "pl-1"),
        ({"SourceCidrIp": ""}, "peer", ""),
        ({"SourcePortRange": "1024/2048"}, "conditions", ("source port 1024/2048",)),
        ({"SourcePortRange": "-1/-1"}, "conditions", ()),
        ({"NicType": "internet"}, "conditions", ("internet network card",)),
        ({"NicType": "intranet"}, "conditions", ()),
        ({"DestCidrIp": "192.0.2.1"}, "conditions", ("own address 192.0.2.1",)),
        ({"DestCidrIp": "0.0.0.0/0"}, "conditions", ()),
    ],
)
def test_a_member_of_a_rule(changed: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(only(**changed), field) == value


def test_in_egress_the_other_side_is_the_destination() -> None:
    rule = {**SSH, "Direction": "egress", "DestCidrIp": "192.0.2.0/24"}
    (found,) = lists(rule, direction="egress").before.rules
    assert (found.peer, found.conditions) == ("192.0.2.0/24", ("own address 10.0.0.0/8",))
    assert lists(rule).before.rules == []


@pytest.mark.parametrize(
    ("rules", "order"),
    [
        ([("a", "100", "Accept"), ("b", "1", "Accept")], ["b", "a"]),
        ([("a", "9", "Accept"), ("b", "10", "Accept")], ["a", "b"]),
        ([("a", "1", "Accept"), ("b", "1", "Drop")], ["b", "a"]),
        ([("a", 1, "Accept"), ("b", 2, "Drop")], ["a", "b"]),
        ([("a", "2", "Accept"), ("b", None, "Accept"), ("c", "x", "Drop")], ["c", "b", "a"]),
    ],
)
def test_rules_are_in_the_order_of_their_priorities_and_drop_wins(
    rules: list[tuple[str, Any, str]], order: list[str]
) -> None:
    entries = [{**SSH, "SecurityGroupRuleId": name, "Priority": at, "Policy": policy} for name, at, policy in rules]
    assert [rule.position for rule in lists(*entries).before.rules] == order


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_policy_of_accept_comes_before_any_rule(direction: str) -> None:
    found = lists(SSH, direction=direction, before="drop", after="accept")
    assert found.after.rules[0] == TrafficRule("accept", peer="sg-own", position=INNER_ACCESS)
    assert found.after.rules[1:] == found.before.rules


@pytest.mark.parametrize(("direction", "allows"), [("ingress", False), ("egress", True)])
def test_what_no_rule_matches_may_only_leave(direction: str, allows: bool) -> None:
    assert lists(direction=direction).before == RuleList(direction, [], allows)


def test_a_remedy_cannot_be_inserted() -> None:
    found = situation("sg-own", (), "drop", "accept", None)
    assert (found.remedies, found.self_id) == (False, "sg-own")


def body(*rules: dict[str, Any], token: str = "", vpc: str = "vpc-1") -> dict[str, Any]:
    return {"Permissions": {"Permission": list(rules)}, "NextToken": token, "VpcId": vpc}


def numbered(number: int) -> dict[str, Any]:
    return {"SecurityGroupRuleId": f"sgr-{number}"}


def test_a_response_with_all_rules_is_not_read_again() -> None:
    spoken = talk([])
    rules = read_rules(spoken.client, "sg-1", body(numbered(1), numbered(2)))
    assert [rule["SecurityGroupRuleId"] for rule in rules] == ["sgr-1", "sgr-2"]


def test_otherwise_every_page_is_read_from_the_first() -> None:
    spoken = talk([body(numbered(1), token="t1"), body(token="t2"), body(numbered(2))])
    rules = read_rules(spoken.client, "sg-1", body(numbered(1), token="small"))
    assert [rule["SecurityGroupRuleId"] for rule in rules] == ["sgr-1", "sgr-2"]
    asked = [json.loads(request.body or b"")["parameters"] for request in spoken.transport.requests]
    assert [each.get("NextToken") for each in asked] == [None, "t1", "t2"]


@pytest.mark.parametrize(("vpc", "card"), [("vpc-1", ""), ("", "internet")])
def test_only_groups_of_the_classic_network_have_network_cards(vpc: str, card: str) -> None:
    (rule,) = read_rules(talk([]).client, "sg-1", body({**SSH, "NicType": "internet"}, vpc=vpc))
    assert rule["NicType"] == card


def test_a_list_that_does_not_end_is_an_error() -> None:
    with pytest.raises(CloudError, match="does not end") as caught:
        read_rules(talk([body(token="t")] * 3).client, "sg-1", body(token="t"))
    assert (caught.value.kind, caught.value.action) == ("protocol", "DescribeSecurityGroupAttribute")


@pytest.mark.parametrize(
    "permissions", [None, [], {}, {"Permission": None}, {"Permission": {}}, {"Permission": ["sgr-1"]}]
)
def test_a_response_without_a_list_of_rules_is_never_an_empty_group(permissions: Any) -> None:
    with pytest.raises(CloudError, match="has no list of rules") as caught:
        read_rules(talk([]).client, "sg-1", {"Permissions": permissions})
    assert caught.value.kind == "protocol"
