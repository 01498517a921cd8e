# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""API 3.0 by rule: which rules are accepted, how they are returned, and the codes of refusals."""

from __future__ import annotations

from typing import Any

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from tests.cloud_simulator.harness import Harness
from tests.unit.cloud_simulator.tencent_clients import APP, EMPTY, WEB, Vpc

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ANY = {"Action": "ACCEPT"}
TOO_MANY = [{"Action": "ACCEPT", "CidrBlock": f"10.0.0.{number}"} for number in range(101)]
IPM = {"AddressId": "ipm-2uw6ujo6"}
PPMG = {"ServiceGroupId": "ppmg-f5n1f8da"}


@pytest.fixture
def vpc(simulator: Harness) -> Vpc:
    return Vpc(simulator)


def refusal(vpc: Vpc, verb: str, policies: Any, **more: Any) -> str:
    """The code of the refusal; a refused call changes nothing."""
    before = vpc.policies(more.get("group", WEB)) if more.get("group", WEB).startswith("sg-33") else None
    with pytest.raises(TencentCloudSDKException) as caught:
        vpc.write(verb, policies, **more)
    if before is not None:
        assert vpc.policies() == before
    return str(caught.value.code)


BAD_RULES = [
    ({}, "InvalidParameterValue.Empty"),
    ({"Action": "allow"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "SCTP"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": ""}, "InvalidParameterValue.Empty"),
    ({**ANY, "Port": "22"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "ALL", "Port": "22"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "ICMP", "Port": "22"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "GRE", "Port": "0"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "TCP", "Port": "65536"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "TCP", "Port": "30-20"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "TCP", "Port": "80,8000-8010"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "TCP", "Port": "80, 443"}, "InvalidParameterValue"),
    ({**ANY, "Protocol": "TCP", "Port": 22}, "InvalidParameter"),
    ({**ANY, "CidrBlock": "::/0"}, "InvalidParameterValue"),
    ({**ANY, "CidrBlock": ""}, "InvalidParameterValue"),
    ({**ANY, "CidrBlock": "10.0.0.0/255.0.0.0"}, "InvalidParameterValue"),
    ({**ANY, "CidrBlock": "10.0.0.0/33"}, "InvalidParameterValue"),
    ({**ANY, "Ipv6CidrBlock": "10.0.0.0/8"}, "InvalidParameterValue"),
    ({**ANY, "Ipv6CidrBlock": "fe80::1%eth0"}, "InvalidParameterValue"),
    ({**ANY, "Ipv6CidrBlock": "::/0", "Protocol": "ICMP"}, "InvalidParameterValue"),
    ({**ANY, "CidrBlock": "10.0.0.1", "Ipv6CidrBlock": ""}, "InvalidParameter.Coexist"),
    ({**ANY, "CidrBlock": "10.0.0.1", "SecurityGroupId": WEB}, "InvalidParameter.Coexist"),
    ({**ANY, "SecurityGroupId": WEB, "AddressTemplate": IPM}, "InvalidParameter.Coexist"),
    ({**ANY, "ServiceTemplate": PPMG, "Protocol": "TCP"}, "InvalidParameter.Coexist"),
    ({**ANY, "ServiceTemplate": PPMG, "Port": "ALL"}, "InvalidParameter.Coexist"),
    ({**ANY, "AddressTemplate": {"AddressId": "", "AddressGroupId": ""}}, "InvalidParameterValue.Empty"),
    ({**ANY, "AddressTemplate": {"AddressId": "ipmg-2uw6ujo6"}}, "InvalidParameterValue.Malformed"),
    ({**ANY, "AddressTemplate": {**IPM, "AddressGroupId": "ipmg-2uw6ujo6"}}, "InvalidParameter.Coexist"),
    ({**ANY, "SecurityGroupId": "web"}, "InvalidParameterValue.Malformed"),
    ({**ANY, "SecurityGroupId": "sg-00000000"}, "ResourceNotFound"),
    ({**ANY, "SecurityGroupId": "sg-project1"}, "ResourceNotFound"),
    ({**ANY, "SecurityGroupId": "sg-shangha1"}, "ResourceNotFound"),
    ({**ANY, "PolicyDescription": "x" * 101}, "InvalidParameterValue.TooLong"),
    ({**ANY, "Policydescription": "x"}, "UnknownParameter"),
    ({**ANY, "ModifyTime": "2025-01-01 00:00:00"}, "UnknownParameter"),
    ({**ANY, "CidrBlock": None}, "InvalidParameter"),
    ({**ANY, "PolicyIndex": 0}, "InvalidParameter"),
]


@pytest.mark.parametrize(("rule", "code"), BAD_RULES)
def test_bad_rule(vpc: Vpc, rule: dict[str, Any], code: str) -> None:
    assert refusal(vpc, "Modify", {"Ingress": [ANY], "Egress": [{"Action": "DROP"}, rule]}) == code


BAD_MODIFY: list[tuple[Any, dict[str, Any], str]] = [
    ({}, {}, "InvalidParameterValue.Empty"),
    ({"Ingress": [ANY, {"Action": "accept", "Protocol": "all"}]}, {}, "UnsupportedOperation.DuplicatePolicy"),
    ({"Ingress": TOO_MANY}, {}, "LimitExceeded"),
    ({"Ingress": [ANY]}, {"group": "sg-00000000"}, "ResourceNotFound"),
    ({"Ingress": [ANY]}, {"group": "sg-shangha1"}, "ResourceNotFound"),
    ({"Ingress": [ANY]}, {"group": "web"}, "InvalidParameterValue.Malformed"),
    ({"Ingress": [ANY]}, {"SortPolicies": True}, "UnknownParameter"),
    ({"Ingress": [ANY]}, {"SortPolicys": "yes"}, "InvalidParameter"),
    ({"Ingress": [ANY], "Version": 3}, {}, "InvalidParameter"),
    ({"ingress": [ANY]}, {}, "UnknownParameter"),
    ([], {}, "InvalidParameter"),
]


@pytest.mark.parametrize(("policies", "more", "code"), BAD_MODIFY)
def test_bad_modify(vpc: Vpc, policies: Any, more: dict[str, Any], code: str) -> None:
    assert refusal(vpc, "Modify", policies, **more) == code


def test_missing_parameters(vpc: Vpc) -> None:
    with pytest.raises(TencentCloudSDKException, match="MissingParameter"):
        vpc.call("ModifySecurityGroupPolicies", SecurityGroupId=WEB)
    with pytest.raises(TencentCloudSDKException, match="MissingParameter"):
        vpc.call("DescribeSecurityGroupPolicies")


READ_BACK = [
    ({"Action": "accept"}, ("ALL", "ALL", "0.0.0.0/0", "", "ACCEPT")),
    ({"Action": "Drop", "Protocol": "Tcp", "Port": "all"}, ("tcp", "ALL", "0.0.0.0/0", "", "DROP")),
    ({**ANY, "Protocol": "ALL", "Port": "ALL"}, ("ALL", "ALL", "0.0.0.0/0", "", "ACCEPT")),
    ({**ANY, "Protocol": "udp", "Port": "80,443"}, ("udp", "80,443", "0.0.0.0/0", "", "ACCEPT")),
    ({**ANY, "Protocol": "UDP", "Port": "80-90"}, ("udp", "80-90", "0.0.0.0/0", "", "ACCEPT")),
    ({**ANY, "Protocol": "icmp", "Port": "ALL"}, ("icmp", "ALL", "0.0.0.0/0", "", "ACCEPT")),
    ({**ANY, "CidrBlock": "10.0.2.1"}, ("ALL", "ALL", "10.0.2.1", "", "ACCEPT")),
    ({**ANY, "CidrBlock": "10.1.2.3/8"}, ("ALL", "ALL", "10.1.2.3/8", "", "ACCEPT")),
    ({**ANY, "CidrBlock": "0.0.0.0/8"}, ("ALL", "ALL", "0.0.0.0/0", "", "ACCEPT")),
    ({**ANY, "Protocol": "ICMPv6", "Ipv6CidrBlock": "FF05::B5"}, ("icmpv6", "ALL", "", "FF05::B5", "ACCEPT")),
]


@pytest.mark.parametrize(("rule", "shown"), READ_BACK)
def test_read_back(vpc: Vpc, rule: dict[str, Any], shown: tuple[str, ...]) -> None:
    vpc.write("Modify", {"Egress": [rule]})
    read = vpc.policies()["Egress"][0]
    members = ("Protocol", "Port", "CidrBlock", "Ipv6CidrBlock", "Action")
    assert tuple(read[name] for name in members) == shown
    assert set(read) == {"PolicyIndex", "Priority", "Diff", "ModifyTime", "PolicyDescription", "SecurityGroupId"} | {
        *members,
        "ServiceTemplate",
        "AddressTemplate",
    }


def test_my_public_ip(vpc: Vpc) -> None:
    vpc.write("Modify", {"Ingress": [{**ANY, "CidrBlock": "MY_PUBLIC_IP"}]})
    rule = vpc.policies()["Ingress"][0]
    assert (rule["CidrBlock"], rule["PolicyDescription"]) == ("203.0.113.10", "Replaced-From-MY_PUBLIC_IP")


def test_modify_replaces_what_it_names_and_version_zero_wipes(vpc: Vpc) -> None:
    vpc.write("Modify", {"Ingress": [{"Action": "DROP"}]})
    kept = vpc.policies()
    assert ([rule["Action"] for rule in kept["Ingress"]], len(kept["Egress"])) == (["DROP"], 1)
    vpc.write("Modify", {"Ingress": [ANY], "Egress": [ANY], "Version": "0"})
    wiped = vpc.policies()
    assert (wiped["Ingress"], wiped["Egress"], wiped["Version"]) == ([], [], "5")
    assert vpc.policies(EMPTY)["Version"] == "0"


def test_duplicates_may_differ_in_description(vpc: Vpc) -> None:
    vpc.write("Modify", {"Ingress": [ANY, {**ANY, "PolicyDescription": "twin"}]})
    assert len(vpc.policies()["Ingress"]) == 2


def ports(vpc: Vpc, group: str = WEB) -> list[str]:
    return [rule["Port"] for rule in vpc.policies(group)["Ingress"]]


def tcp(port: str, **more: Any) -> dict[str, Any]:
    return {"Protocol": "TCP", "Port": port, "CidrBlock": "0.0.0.0/0", "Action": "ACCEPT", **more}


def test_create(vpc: Vpc) -> None:
    vpc.write("Create", {"Ingress": [tcp("1"), tcp("2")], "Version": "3"})
    vpc.write("Create", {"Ingress": [tcp("3", PolicyIndex=0), tcp("4", PolicyIndex="0")]})
    assert ports(vpc) == ["3", "4", "22", "80,443", "ALL", "1", "2"]
    assert vpc.policies()["Version"] == "5"


def test_create_refusals(vpc: Vpc) -> None:
    both = {"Ingress": [tcp("1")], "Egress": [tcp("1")]}
    assert refusal(vpc, "Create", both) == "InvalidParameter.Coexist"
    assert refusal(vpc, "Create", {"Ingress": []}) == "InvalidParameterValue.Empty"
    assert refusal(vpc, "Create", {"Ingress": [tcp("1", PolicyIndex=0), tcp("2")]}) == "InvalidParameterValue"
    assert refusal(vpc, "Create", {"Ingress": [tcp("1", PolicyIndex=4)]}) == "InvalidParameterValue.Range"
    stale = {"Ingress": [tcp("1")], "Version": "2"}
    assert refusal(vpc, "Create", stale) == "UnsupportedOperation.VersionMismatch"
    twin = tcp("443,80", PolicyDescription="web")
    assert refusal(vpc, "Create", {"Ingress": [twin]}) == "UnsupportedOperation.DuplicatePolicy"
    assert refusal(vpc, "Create", {"Ingress": TOO_MANY[:98]}) == "LimitExceeded.SecurityGroupPolicySet"


def test_delete_by_index_and_by_content(vpc: Vpc) -> None:
    vpc.write("Delete", {"Ingress": [{"PolicyIndex": 0}, {"PolicyIndex": 2}], "Version": "3"})
    assert ports(vpc) == ["80,443"]
    assert refusal(vpc, "Delete", {"Ingress": [tcp("80,443")]}) == "ResourceNotFound"
    vpc.write("Delete", {"Ingress": [tcp("80,443", PolicyDescription="web")]})
    assert ports(vpc) == []
    assert vpc.policies()["Version"] == "5"


def test_delete_refusals(vpc: Vpc) -> None:
    mixed = {"Ingress": [{"PolicyIndex": 0}, tcp("80,443", PolicyDescription="web")]}
    assert refusal(vpc, "Delete", mixed) == "InvalidParameter.Coexist"
    assert refusal(vpc, "Delete", {"Ingress": [tcp("22", PolicyIndex=0)]}) == "InvalidParameter.Coexist"
    assert refusal(vpc, "Delete", {"Ingress": [{"PolicyIndex": 3}]}) == "InvalidParameterValue.Range"
    assert refusal(vpc, "Delete", {"Ingress": [{"PolicyIndex": 0}] * 2}) == "InvalidParameterValue"
    both = {"Ingress": [{"PolicyIndex": 0}], "Egress": [{"PolicyIndex": 0}]}
    assert refusal(vpc, "Delete", both) == "InvalidParameter.Coexist"
    stale = {"Ingress": [{"PolicyIndex": 0}], "Version": "4"}
    assert refusal(vpc, "Delete", stale) == "UnsupportedOperation.VersionMismatch"


def test_replace_one(vpc: Vpc) -> None:
    vpc.write("ReplaceOne", {"Ingress": [tcp("23", PolicyIndex=0)], "Version": "3"})
    assert ports(vpc) == ["23", "80,443", "ALL"]
    assert refusal(vpc, "ReplaceOne", {"Ingress": [tcp("9")]}) == "InvalidParameterValue.Empty"
    two = [tcp("9", PolicyIndex=0), tcp("8", PolicyIndex=1)]
    assert refusal(vpc, "ReplaceOne", {"Ingress": two}) == "InvalidParameterValue"
    twin = tcp("23", PolicyIndex=1)
    assert refusal(vpc, "ReplaceOne", {"Ingress": [twin]}) == "UnsupportedOperation.DuplicatePolicy"


def test_replace_several(vpc: Vpc) -> None:
    vpc.write("Replace", {"Ingress": [tcp("9", PolicyIndex=2), tcp("8", PolicyIndex=0)]})
    assert ports(vpc) == ["8", "80,443", "9"]
    original = {"Ingress": [tcp("8", PolicyIndex=0)]}
    moved = {"Ingress": [tcp("8", PolicyIndex=2)]}
    vpc.write("Replace", moved, OriginalSecurityGroupPolicySet=original, UpdateType="Priority")
    assert ports(vpc) == ["80,443", "9", "8"]
    both = {"Ingress": [tcp("7", PolicyIndex=0)]}
    original = {"Ingress": [tcp("8", PolicyIndex=2)]}
    vpc.write("Replace", both, OriginalSecurityGroupPolicySet=original, UpdateType="Both")
    assert ports(vpc) == ["7", "80,443", "9"]
    assert refusal(vpc, "Replace", both, UpdateType="Both") == "InvalidParameterValue"
    again = {"Ingress": [tcp("6", PolicyIndex=0)]}
    known = {"Ingress": [tcp("7", PolicyIndex=0)]}
    unknown = refusal(vpc, "Replace", again, OriginalSecurityGroupPolicySet=known, UpdateType="Order")
    assert unknown == "InvalidParameterValue"


def test_filters(vpc: Vpc) -> None:
    def shown(group: str, name: str, value: str) -> list[int]:
        read = vpc.policies(group, Filters=[{"Name": name, "Values": [value]}])
        return [rule["PolicyIndex"] for rule in read["Ingress"]] + [100 + r["PolicyIndex"] for r in read["Egress"]]

    assert shown(WEB, "direction", "INBOUND") == [0, 1, 2]
    assert shown(WEB, "direction", "OUTBOUND") == [100]
    assert shown(WEB, "port", "44") == [1]
    assert shown(WEB, "protocol-type", "TCP") == [0, 1]
    assert shown(APP, "poly", "DROP") == [2]
    assert shown(APP, "address-module", "ipmg-2uw6ujo6") == [2]
    with pytest.raises(TencentCloudSDKException, match="FilterInvalidKey"):
        shown(WEB, "colour", "red")


def test_describe_groups_pages_and_filters(vpc: Vpc) -> None:
    def page(**parameters: Any) -> tuple[list[str], int]:
        answer = vpc.call("DescribeSecurityGroups", **parameters)
        return [group["SecurityGroupId"] for group in answer["SecurityGroupSet"]], answer["TotalCount"]

    assert page(Offset="1", Limit="2") == ([APP, EMPTY], 5)
    assert page(OrderField="CreatedTime", OrderDirection="DESC", Limit="1") == (["sg-project1"], 5)
    assert page(SecurityGroupIds=[WEB]) == ([WEB], 1)
    assert page(Filters=[{"Name": "tag:env", "Values": ["test"]}]) == ([WEB, APP], 2)
    assert page(Filters=[{"Name": "project-id", "Values": ["1001"]}]) == (["sg-project1"], 1)
    assert page(Filters=[{"Name": "security-group-name", "Values": ["web"]}], Limit="1") == ([WEB], 1)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Limit": 20}, "InvalidParameter"),
        ({"Limit": "101"}, "InvalidParameterValue.Range"),
        ({"Offset": "-1"}, "InvalidParameterValue.Range"),
        ({"SecurityGroupIds": [WEB], "Filters": []}, "InvalidParameter.Coexist"),
        ({"SecurityGroupIds": ["sg-00000000"]}, "ResourceNotFound"),
        ({"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameter.FilterInvalidKey"),
        ({"Filters": [{"Values": ["red"]}]}, "InvalidParameter.FilterInvalidKey"),
        ({"Filters": [{"Name": "security-group-name"}]}, "InvalidParameter.FilterInvalidKey"),
        ({"SecurityGroupIds": [WEB] * 101}, "InvalidParameterValue.LimitExceeded"),
    ],
)
def test_describe_groups_refusals(vpc: Vpc, parameters: dict[str, Any], code: str) -> None:
    with pytest.raises(TencentCloudSDKException) as caught:
        vpc.call("DescribeSecurityGroups", **parameters)
    assert caught.value.code == code


def test_default_page_is_twenty(simulator: Harness, vpc: Vpc) -> None:
    state = simulator.state()["tencent"]
    groups = [{"id": f"sg-{number:08}", "region": "ap-guangzhou"} for number in range(25)]
    simulator.set_state({"tencent": {**state, "security_groups": groups}})
    answer = vpc.call("DescribeSecurityGroups")
    assert (len(answer["SecurityGroupSet"]), answer["TotalCount"]) == (20, 25)


def test_limits(vpc: Vpc) -> None:
    assert vpc.call("DescribeSecurityGroupLimits")["SecurityGroupLimitSet"]["SecurityGroupPolicyLimit"] == 100


def test_more_than_ten_peer_groups(simulator: Harness, vpc: Vpc) -> None:
    state = simulator.state()["tencent"]
    groups = [{"id": f"sg-{number:08}", "region": "ap-guangzhou"} for number in range(11)]
    simulator.set_state({"tencent": {**state, "security_groups": [*state["security_groups"], *groups]}})
    peers = [{**ANY, "SecurityGroupId": group["id"]} for group in groups]
    vpc.write("Modify", {"Ingress": peers[:10]})
    assert refusal(vpc, "Create", {"Egress": peers[10:]}) == "LimitExceeded"
