# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rules of ECS groups mean to the packet-space engine."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.ecs import read_rules
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.traffic import situation
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.impact import impact
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    RuleList,
    TrafficRule,
    parse_members,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair
from tests.unit.plugins.fakes import talk

GROUP = "sg-1"


EMPTY = {
    name: ""
    for side in ("Source", "Dest")
    for name in (f"{side}CidrIp", f"Ipv6{side}CidrIp", f"{side}GroupId", f"{side}PrefixListId")
}


def permission(identifier: str = "sgr-1", **fields: Any) -> dict[str, Any]:
    """A rule as ECS returns it: every field is there, most of them empty."""
    return {
        **EMPTY,
        "SecurityGroupRuleId": identifier,
        "Direction": "ingress",
        "Policy": "Accept",
        "Priority": "1",
        "IpProtocol": "TCP",
        "PortRange": "22/22",
        "SourcePortRange": "-1/-1",
        "NicType": "intranet",
        **fields,
    }


def page(*rules: Any, token: Any = "", **members: Any) -> dict[str, Any]:
    return {"Permissions": {"Permission": list(rules)}, "VpcId": "vpc-1", "NextToken": token, **members}


def ruled(*rules: dict[str, Any], direction: str = "ingress", policy: str = "drop", vpc: str = "vpc-1") -> RuleList:
    """The rules of one direction as the engine gets them."""
    read_ones = read_rules(talk([]).client, GROUP, page(*rules, VpcId=vpc))
    return situation(GROUP, read_ones, policy, policy, None).lists[direction].after


def opened(rule: TrafficRule) -> list[dict[str, Any]]:
    """What a rule opens in a group without any."""
    lists = ListPair(RuleList("ingress", []), RuleList("ingress", [rule]))
    entries: list[dict[str, Any]] = impact([lists])["newly_allowed"]
    return entries


def one(**fields: Any) -> TrafficRule:
    (rule,) = ruled(permission(**fields), direction=fields.get("Direction", "ingress")).rules
    return rule


# The order.


def test_rules_are_taken_by_priority_and_drop_before_accept() -> None:
    given = [
        permission("accept 100", Priority="100"),
        permission("accept 9", Priority="9"),
        permission("drop 100", Priority="100", Policy="Drop"),
        permission("accept 1", Priority=1),
        permission("drop 10", Priority=10, Policy="drop"),
        permission("drop 9", Priority="9", Policy="DROP"),
    ]
    expected = ["accept 1", "drop 9", "accept 9", "drop 10", "drop 100", "accept 100"]
    for order in itertools.islice(itertools.permutations(given), 0, 720, 97):
        assert [rule.position for rule in ruled(*order).rules] == expected


@pytest.mark.parametrize("priority", ["", None])
def test_a_rule_without_a_priority_has_the_priority_1(priority: Any) -> None:
    drop = permission("drop", Priority="1", Policy="Drop")
    rules = ruled(permission("two", Priority="2"), permission("none", Priority=priority), drop).rules
    assert [rule.position for rule in rules] == ["drop", "none", "two"]


@pytest.mark.parametrize("policy", ["Drop", "drop", "DROP"])
def test_only_accept_accepts(policy: Any) -> None:
    assert one(Policy=policy).action == "drop"
    assert one(Policy="ACCEPT").action == "accept"


def test_directions_are_apart_and_end_as_a_basic_group_does() -> None:
    rules = [permission("in", Direction="ingress"), permission("out", Direction="EGRESS")]
    inward, outward = (ruled(*rules, direction=name) for name in ("ingress", "egress"))
    assert ([rule.position for rule in inward.rules], inward.default_allows) == (["in"], False)
    assert ([rule.position for rule in outward.rules], outward.default_allows) == (["out"], True)


def test_an_inner_access_of_accept_comes_before_any_rule() -> None:
    drop = permission(Policy="Drop", Priority="1", SourceGroupId=GROUP)
    for direction in ("ingress", "egress"):
        rules = ruled({**drop, "Direction": direction}, direction=direction, policy="accept").rules
        assert rules[0] == TrafficRule("accept", peer=GROUP, position="inner_access_policy")
        assert [rule.position for rule in rules[1:]] == ["sgr-1"]


def test_the_change_of_the_policy_is_all_that_differs() -> None:
    rules = read_rules(talk([]).client, GROUP, page(permission(Policy="Drop", SourceGroupId=GROUP)))
    found = situation(GROUP, rules, "drop", "accept", None)
    explained = impact(found.lists.values())
    assert explained["effect"] == "opens"
    (entry,) = explained["newly_allowed"]
    assert (entry["direction"], entry["peer"]) == ("ingress", GROUP)
    assert entry["because"] == {"before": ["sgr-1", None], "after": ["inner_access_policy"]}
    assert not found.remedies


# One rule.


@pytest.mark.parametrize("protocol", ["TCP", "udp"])
@pytest.mark.parametrize(
    ("returned", "port"),
    [("22/22", "22-22"), ("8000/8010", "8000-8010"), *((text, "all") for text in ("", "-1/-1", "1/65535", "0/65535"))],
)
def test_ports(protocol: str, returned: str, port: str) -> None:
    rule = one(IpProtocol=protocol, PortRange=returned)
    assert (rule.protocol, rule.port) == (protocol.lower(), port)


@pytest.mark.parametrize(
    ("returned", "protocol"),
    [("ALL", "all"), ("", "all"), (None, "all"), ("ICMP", "icmp"), ("ICMPv6", "icmpv6"), ("GRE", "gre")],
)
def test_protocols_without_ports(returned: Any, protocol: str) -> None:
    rule = one(IpProtocol=returned, PortRange="-1/-1")
    assert (rule.protocol, rule.port) == (protocol, "all")


def test_a_port_list_may_hold_any_port_of_the_protocol() -> None:
    """What it holds is not looked up, so SSH may be open, and may not be."""
    rule = one(PortRange="", PortRangeListId="prl-1", SourceCidrIp="0.0.0.0/0")
    assert (rule.protocol, rule.port) == ("tcp", "prl-1")
    (entry,) = opened(rule)
    assert (entry["protocol"], entry["port"], entry["also"]) == ("tcp", "all", ["tcp port prl-1"])


PEERS = {
    "IPv4": ("{side}CidrIp", "10.0.0.0/8"),
    "IPv6": ("Ipv6{side}CidrIp", "2001:db8::/32"),
    "group": ("{side}GroupId", "sg-other"),
    "prefix list": ("{side}PrefixListId", "pl-1"),
}


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize(("direction", "there", "here"), [("ingress", "Source", "Dest"), ("egress", "Dest", "Source")])
def test_the_other_side_is_the_peer_and_this_side_a_condition(name: str, direction: str, there: str, here: str) -> None:
    field, value = PEERS[name]
    peer = one(Direction=direction, **{field.format(side=there): value})
    assert (peer.peer, peer.conditions) == (value, ())
    own = one(Direction=direction, **{field.format(side=here): value})
    assert (own.peer, own.conditions) == ("", (f"own address {value}",))


@pytest.mark.parametrize("field", ["DestCidrIp", "Ipv6DestCidrIp"])
@pytest.mark.parametrize("anywhere", ["0.0.0.0/0", "::/0", "", None])
def test_any_address_of_this_side_is_no_condition(field: str, anywhere: Any) -> None:
    assert one(**{field: anywhere}).conditions == ()


def test_a_rule_without_a_peer_is_for_both_families() -> None:
    assert [entry["peer"] for entry in opened(one())] == ["0.0.0.0/0", "::/0"]


@pytest.mark.parametrize("returned", ["", None, "-1/-1", "1/65535", "0/65535"])
def test_any_source_port_is_no_condition(returned: Any) -> None:
    assert one(SourcePortRange=returned).conditions == ()


def test_conditions_add_up() -> None:
    rule = permission(SourcePortRange="1024/2048", NicType="internet", DestCidrIp="10.1.0.0/16")
    (read_one,) = ruled(rule, vpc="").rules
    assert read_one.conditions == ("source port 1024/2048", "internet network card", "own address 10.1.0.0/16")


@pytest.mark.parametrize(
    ("vpc", "nic", "conditions"),
    [
        ("", "internet", ("internet network card",)),
        ("", "intranet", ()),
        ("", None, ()),
        ("vpc-1", "internet", ()),
        ("vpc-1", "intranet", ()),
    ],
)
def test_network_cards_count_in_the_classic_network_only(vpc: str, nic: Any, conditions: tuple[str, ...]) -> None:
    (rule,) = ruled(permission(NicType=nic), vpc=vpc).rules
    assert rule.conditions == conditions


def test_what_members_are_known_to_have_is_passed_on() -> None:
    members, mistakes = parse_members({"sg-other": ["10.0.0.7"]})
    assert not mistakes
    rules = read_rules(talk([]).client, GROUP, page(permission(SourceGroupId="sg-other")))
    assert situation(GROUP, rules, "drop", "drop", members).members == members
