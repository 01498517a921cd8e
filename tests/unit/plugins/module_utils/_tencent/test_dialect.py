# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules in requests and responses of both APIs, however an API represents unset members."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import DIALECT as API_2_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import DIALECT as API_3_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.dialect import Dialect
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from tests.unit.plugins.rule_services import echoes_2_0, echoes_3_0
from tests.unit.plugins.strategies import rules

ANY = "0.0.0.0/0"
# A rule for any address, as each API may return it.
API_3_0_RULE = {"Action": "ACCEPT", "Protocol": "tcp", "Port": "22", "CidrBlock": "", "SecurityGroupId": None}
API_2_0_RULE = {"action": "accept", "ipProtocol": "tcp", "portRange": "22"}
# A rule, and its form in the requests of each API.
WRITTEN: list[tuple[Rule, dict[str, Any], dict[str, Any]]] = [
    (
        Rule("accept", "tcp", "80,443", "cidr", "10.0.0.0/8", description="web"),
        {
            "Action": "ACCEPT",
            "Protocol": "TCP",
            "Port": "80,443",
            "CidrBlock": "10.0.0.0/8",
            "PolicyDescription": "web",
        },
        {"action": "ACCEPT", "ipProtocol": "TCP", "portRange": "80,443", "cidrIp": "10.0.0.0/8", "desc": "web"},
    ),
    (
        Rule("drop", "udp", "all", "cidr", ANY),
        {"Action": "DROP", "Protocol": "UDP", "Port": "ALL", "CidrBlock": ANY},
        {"action": "DROP", "ipProtocol": "UDP", "cidrIp": ANY},
    ),
    (
        Rule("drop", "all", "all", "cidr", ANY),
        {"Action": "DROP", "Protocol": "ALL", "Port": "ALL", "CidrBlock": ANY},
        {"action": "DROP", "cidrIp": ANY},
    ),
    (
        Rule("accept", "icmp", "all", "security_group_id", "sg-33ocnj9n"),
        {"Action": "ACCEPT", "Protocol": "ICMP", "SecurityGroupId": "sg-33ocnj9n"},
        {"action": "ACCEPT", "ipProtocol": "ICMP", "sgId": "sg-33ocnj9n"},
    ),
    (
        Rule("accept", "", "", "address_template", "ipm-1", "ppmg-2"),
        {
            "Action": "ACCEPT",
            "AddressTemplate": {"AddressId": "ipm-1"},
            "ServiceTemplate": {"ServiceGroupId": "ppmg-2"},
        },
        {"action": "ACCEPT", "addressModule": "ipm-1", "serviceModule": "ppmg-2"},
    ),
    (
        Rule("accept", "", "", "address_template", "ipmg-1", "ppm-2"),
        {
            "Action": "ACCEPT",
            "AddressTemplate": {"AddressGroupId": "ipmg-1"},
            "ServiceTemplate": {"ServiceId": "ppm-2"},
        },
        {"action": "ACCEPT", "addressModule": "ipmg-1", "serviceModule": "ppm-2"},
    ),
]


@pytest.mark.parametrize(("rule", "in_3_0", "in_2_0"), WRITTEN)
def test_a_rule_in_the_requests_of_each_api(rule: Rule, in_3_0: dict[str, Any], in_2_0: dict[str, Any]) -> None:
    assert API_3_0.to_api(rule) == in_3_0
    assert API_2_0.to_api(rule) == in_2_0


@pytest.mark.parametrize("protocol", ["icmpv6", "gre", "icmp"])
def test_no_port_goes_with_a_protocol_that_has_none(protocol: str) -> None:
    assert "Port" not in API_3_0.to_api(Rule("accept", protocol, "all", "ipv6_cidr", "::/0"))


def test_observed_responses_of_the_service() -> None:
    observed = {
        "PolicyIndex": 0,
        "Priority": 1,
        "Port": "ALL",
        "CidrBlock": ANY,
        "Ipv6CidrBlock": "",
        "SecurityGroupId": "",
        "Action": "ACCEPT",
        "ModifyTime": "2025-12-09 23:14:52",
        "PolicyDescription": "Allow all ingress",
        "Protocol": "ALL",
        "ServiceTemplate": {"ServiceId": "", "ServiceGroupId": ""},
        "AddressTemplate": {"AddressId": "", "AddressGroupId": ""},
        "Diff": False,
    }
    assert API_3_0.from_api(observed) == Rule("accept", "all", "all", "cidr", ANY, description="Allow all ingress")


@given(st.data())
def test_api_3_0_returns_the_written_rule(data: st.DataObject) -> None:
    rule = data.draw(rules("3.0"))
    assert API_3_0.from_api(API_3_0.to_api(rule)) == rule
    assert API_3_0.from_api(data.draw(echoes_3_0(rule))) == rule


@given(st.data())
def test_api_2_0_returns_the_written_rule(data: st.DataObject) -> None:
    rule = data.draw(rules("2.0"))
    assert API_2_0.from_api(API_2_0.to_api(rule)) == rule
    assert API_2_0.from_api(data.draw(echoes_2_0(rule))) == rule


@given(rules("3.0"))
def test_a_request_contains_no_empty_member_and_at_most_one_peer(rule: Rule) -> None:
    sent = API_3_0.to_api(rule)
    assert all(sent.values())
    assert len({"CidrBlock", "Ipv6CidrBlock", "SecurityGroupId", "AddressTemplate"} & set(sent)) == 1
    assert not ("ServiceTemplate" in sent and {"Protocol", "Port"} & set(sent))


@pytest.mark.parametrize("dialect", [API_3_0, API_2_0])
@pytest.mark.parametrize(("stored", "network"), [("10.9.89.9/25", "10.9.89.0/25"), ("2001:db8::1/32", "2001:db8::/32")])
def test_a_stored_network_with_host_bits_is_its_network(dialect: Dialect, stored: str, network: str) -> None:
    rule = dialect.from_api({dialect.members["action"]: "DROP", dialect.members["cidr"]: stored})
    assert rule.address == network


def test_both_halves_of_a_template_survive() -> None:
    both = {"Action": "DROP", "AddressTemplate": {"AddressId": "ipm-1", "AddressGroupId": "ipmg-2"}}
    sent = API_3_0.to_api(API_3_0.from_api(both))
    assert sent["AddressTemplate"] == both["AddressTemplate"]


def test_api_2_0_does_not_write_back_an_ipv6_rule() -> None:
    rule = API_2_0.from_api({"action": "ACCEPT", "cidrIp": "2001:db8::/32"})
    assert rule.peer == "ipv6_cidr"
    with pytest.raises(CloudError, match="API 2.0") as caught:
        API_2_0.to_api(rule)
    assert caught.value.kind == "unsupported"


@pytest.mark.parametrize("dialect", [API_3_0, API_2_0])
@pytest.mark.parametrize("stored", ["0.0.0.5/8", "0.0.0.1/31"])
def test_a_network_that_the_service_would_widen_is_not_written_back(dialect: Dialect, stored: str) -> None:
    rule = dialect.from_api({dialect.members["action"]: "ACCEPT", dialect.members["cidr"]: stored})
    with pytest.raises(CloudError, match="would store as 0.0.0.0/0") as caught:
        dialect.to_api(rule)
    assert caught.value.kind == "unsupported"


# Members of a response with blanks around their values, and the fields of the rule.
BLANKS: list[tuple[Dialect, dict[str, Any], dict[str, str]]] = [
    (API_3_0, {"CidrBlock": " 10.0.0.0/8 "}, {"address": "10.0.0.0/8"}),
    (API_2_0, {"cidrIp": "10.9.89.9/25\t"}, {"address": "10.9.89.0/25"}),
    (API_3_0, {"Ipv6CidrBlock": " 2001:DB8::1"}, {"peer": "ipv6_cidr", "address": "2001:db8::1"}),
    (API_3_0, {"SecurityGroupId": "sg-1 "}, {"peer": "security_group_id", "address": "sg-1"}),
    (
        API_3_0,
        {"AddressTemplate": {"AddressId": " ipm-1", "AddressGroupId": " "}},
        {"peer": "address_template", "address": "ipm-1"},
    ),
    (API_2_0, {"addressModule": "ipmg-1 "}, {"peer": "address_template", "address": "ipmg-1"}),
]


@pytest.mark.parametrize(("dialect", "members", "fields"), BLANKS)
def test_blanks_around_a_value_of_a_response_make_no_difference(
    dialect: Dialect, members: dict[str, Any], fields: dict[str, str]
) -> None:
    """Those of a user make none either, so a rule with blanks in it could be neither named nor given back."""
    rule = dialect.from_api({**(API_3_0_RULE if dialect is API_3_0 else API_2_0_RULE), **members})
    assert rule == Rule("accept", "tcp", "22", "cidr", ANY)._replace(**fields)


HOLES: list[tuple[Dialect, dict[str, Any], str]] = [
    *(
        (API_3_0, {**API_3_0_RULE, **fields}, word)
        for fields, word in (
            ({"AddressTemplate": "ipm-1"}, "AddressTemplate"),
            ({"AddressTemplate": ["ipm-1"]}, "AddressTemplate"),
            ({"AddressTemplate": {"TemplateId": "ipm-1"}}, "AddressTemplate"),
            ({"AddressTemplate": {"AddressId": "ipm-1", "AddressGroupId": "ipm-2"}}, "AddressTemplate"),
            ({"AddressTemplate": {"AddressId": "", "AddressGroupId": "", "SetId": "ips-1"}}, "AddressTemplate"),
            ({"AddressTemplate": {"AddressId": "", "Groups": ["ipmg-1"]}}, "AddressTemplate"),
            ({"ServiceTemplate": "ppm-1", "Protocol": "", "Port": ""}, "ServiceTemplate"),
            ({"ServiceTemplate": {"Id": "ppm-1"}, "Protocol": None, "Port": None}, "ServiceTemplate"),
            ({"PrefixListId": "pl-1"}, "PrefixListId"),
            ({"Ipv6AddressTemplate": {"Id": "", "GroupId": "ipm6-1"}}, "Ipv6AddressTemplate"),
            ({"CidrBlock": "10.0.0.0/8", "Protocol": "", "Port": "", "ProtocolNumber": 50}, "ProtocolNumber"),
            ({"CidrBlock": ["10.0.0.0/8"]}, "CidrBlock"),
            ({"CidrBlock": {"Cidr": "10.0.0.0/8"}}, "CidrBlock"),
            ({"Port": ["22"], "CidrBlock": "10.0.0.0/8"}, "Port"),
            ({"Action": ""}, "action"),
            ({"Action": None}, "action"),
            ({"Action": "REJECT"}, "action"),
            ({"Action": True}, "Action"),
        )
    ),
    (API_2_0, {**API_2_0_RULE, "ipv6CidrIp": "2001:db8::/32"}, "ipv6CidrIp"),
    (API_2_0, {**API_2_0_RULE, "addressModule": {"id": "ipm-1"}}, "addressModule"),
    (API_2_0, {**API_2_0_RULE, "action": ""}, "action"),
]


@pytest.mark.parametrize(("dialect", "entry", "word"), HOLES)
def test_a_rule_that_cannot_be_read_is_not_taken_for_a_wider_one(
    dialect: Dialect, entry: dict[str, Any], word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        dialect.from_api(entry)


@pytest.mark.parametrize(
    ("dialect", "entry"),
    [
        (API_3_0, {**API_3_0_RULE, "PrefixListId": ""}),
        (API_3_0, {**API_3_0_RULE, "AddressTemplate": {}, "ServiceTemplate": {"ServiceId": None}}),
        (API_3_0, {**API_3_0_RULE, "AddressTemplate": {"AddressId": "", "NewMember": {"NewList": [None]}}}),
        (API_3_0, {**API_3_0_RULE, "AddressTemplate": {"AddressGroupId": None, "Name": "", "Note": "text"}}),
        (API_3_0, {**API_3_0_RULE, "Sources": [{"Cidr": ""}, None]}),
        (API_3_0, {**API_3_0_RULE, "AddressTemplate": "", "Ipv6AddressTemplate": {"Id": ""}}),
        (API_3_0, {**API_3_0_RULE, "PolicyIndex": 0, "ModifyTime": "2020-01-01", "Priority": 1, "RuleId": "r-1"}),
        (API_3_0, {**API_3_0_RULE, "CidrBlock": "0.0.0.0/0", "SourceRegion": "anything"}),
        (API_2_0, {**API_2_0_RULE, "index": 0, "version": 3}),
    ],
)
def test_members_without_a_meaning_for_the_rule_are_ignored(dialect: Dialect, entry: dict[str, Any]) -> None:
    assert dialect.from_api(entry) == Rule("accept", "tcp", "22", "cidr", ANY)
