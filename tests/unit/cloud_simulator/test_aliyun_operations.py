# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three ECS operations, under every switch that concerns them."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest

from tests.unit.cloud_simulator.aliyun_requests import Caller, caller

REGION = {"RegionId": "cn-hangzhou"}


def ids(answer: dict[str, Any]) -> list[str]:
    """The IDs in a response of DescribeSecurityGroups, in its order."""
    return [group["SecurityGroupId"] for group in answer["SecurityGroups"]["SecurityGroup"]]


def listed(sender: Caller, **filters: str) -> list[str]:
    """The IDs that DescribeSecurityGroups finds in cn-hangzhou."""
    return ids(sender.ask("DescribeSecurityGroups", **REGION, **filters))


def many(count: int) -> Caller:
    """A caller of a cloud with this many groups: sg-000 and so on."""
    sender = caller()
    seed = sender.cloud.dump()
    seed["security_groups"] = [{"id": f"sg-{index:03}", "region": "cn-hangzhou"} for index in range(count)]
    sender.cloud.load(seed)
    return sender


def all_pages(sender: Caller, **parameters: str) -> list[list[str]]:
    """Every page by NextToken."""
    pages: list[list[str]] = []
    token = ""
    while True:
        more = {"NextToken": token} if token else {}
        answer = sender.ask("DescribeSecurityGroups", **REGION, **parameters, **more)
        assert "TotalCount" not in answer
        pages.append(ids(answer))
        token = answer["NextToken"]
        if not token:
            return pages


# ModifySecurityGroupPolicy


@pytest.mark.parametrize(
    ("given", "after"), [("Drop", "Drop"), ("drop", "Drop"), ("DROP", "Drop"), ("ACCEPT", "Accept")]
)
def test_policy_is_set_in_any_case_and_returned_capitalised(given: str, after: str) -> None:
    sender = caller()
    assert sender.set_policy("sg-basic", given) == (200, "")
    assert sender.policy("sg-basic") == after


def test_a_success_returns_only_the_request_id() -> None:
    answer = caller().ask("ModifySecurityGroupPolicy", **REGION, SecurityGroupId="sg-basic", InnerAccessPolicy="Drop")
    assert list(answer) == ["RequestId"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"RegionId": ""}, (400, "MissingParamter.RegionId")),
        ({"RegionId": "cn-nowhere"}, (404, "InvalidRegionId.NotFound")),
        ({"SecurityGroupId": ""}, (400, "MissingParameter")),
        ({"InnerAccessPolicy": ""}, (400, "MissingParameter")),
        ({"InnerAccessPolicy": "Allow"}, (400, "InvalidPolicy.Malformed")),
        ({"InnerAccessPolicy": "Drop "}, (400, "InvalidPolicy.Malformed")),
        ({"SecurityGroupId": "basic"}, (400, "InvalidSecurityGroupId.Malformed")),
        ({"SecurityGroupId": "sg-" + "a" * 98}, (400, "InvalidSecurityGroupId.Malformed")),
        ({"SecurityGroupId": "sg-" + "a" * 97}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"SecurityGroupId": "sg-far"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"SecurityGroupId": "sg-managed"}, (403, "InvalidOperation.ResourceManagedByCloudProduct")),
        ({"SecurityGroupId": "sg-advanced"}, (404, "InvalidParameter.InnerAccessPolicy")),
    ],
)
def test_refusals_change_nothing(parameters: dict[str, str], expected: tuple[int, str]) -> None:
    sender = caller()
    before = sender.cloud.dump()
    request = {**REGION, "SecurityGroupId": "sg-basic", "InnerAccessPolicy": "Drop", **parameters}
    assert sender.refusal("ModifySecurityGroupPolicy", **request) == expected
    assert sender.cloud.dump() == before


@pytest.mark.parametrize(
    ("switch", "value", "group", "policy", "expected"),
    [
        ("policy_accepted_case", "capitalised", "sg-basic", "drop", (400, "InvalidPolicy.Malformed")),
        ("policy_accepted_case", "capitalised", "sg-basic", "Drop", (200, "")),
        ("same_value_write", "success", "sg-basic", "Accept", (200, "")),
        ("same_value_write", "OperationConflict", "sg-basic", "Accept", (409, "OperationConflict")),
        ("same_value_write", "OperationConflict", "sg-basic", "Drop", (200, "")),
        ("enterprise_drop", "success", "sg-advanced", "drop", (200, "")),
        ("enterprise_drop", "success", "sg-advanced", "Accept", (404, "InvalidParameter.InnerAccessPolicy")),
        ("missing_parameter_code", "MissingParameter.Name", "", "Drop", (400, "MissingParameter.SecurityGroupId")),
        ("missing_parameter_code", "MissingName", "sg-basic", "", (400, "MissingInnerAccessPolicy")),
        (
            "unknown_group_code",
            "Forbidden.SecurityGroupNotFound",
            "sg-gone",
            "Drop",
            (404, "Forbidden.SecurityGroupNotFound"),
        ),
        ("check_order", "value_existence_managed_type", "sg-gone", "x", (400, "InvalidPolicy.Malformed")),
        ("check_order", "existence_managed_type_value", "sg-gone", "x", (404, "InvalidSecurityGroupId.NotFound")),
        (
            "check_order",
            "existence_type_managed_value",
            "sg-advanced",
            "x",
            (404, "InvalidParameter.InnerAccessPolicy"),
        ),
    ],
)
def test_modify_as_switched(switch: str, value: str, group: str, policy: str, expected: tuple[int, str]) -> None:
    sender = caller()
    sender.cloud.set_switch(switch, value)
    assert sender.set_policy(group, policy) == expected


def test_check_order_between_managed_and_type() -> None:
    sender = caller()
    sender.cloud.foreign_write("sg-managed", {"type": "enterprise"})
    assert sender.set_policy("sg-managed", "Drop")[1] == "InvalidOperation.ResourceManagedByCloudProduct"
    sender.cloud.set_switch("check_order", "existence_type_managed_value")
    assert sender.set_policy("sg-managed", "Drop")[1] == "InvalidParameter.InnerAccessPolicy"


@pytest.mark.parametrize(("value", "message"), [("empty", ""), ("placeholder", "%s")])
def test_managed_group_message(value: str, message: str) -> None:
    sender = caller()
    sender.cloud.set_switch("managed_group_message", value)
    request = {**REGION, "SecurityGroupId": "sg-managed", "InnerAccessPolicy": "Drop"}
    assert json.loads(sender.reply("ModifySecurityGroupPolicy", **request).body)["Message"] == message


# DescribeSecurityGroupAttribute


def test_attribute_answer() -> None:
    answer = caller().ask("DescribeSecurityGroupAttribute", **REGION, SecurityGroupId="sg-basic")
    del answer["RequestId"]
    assert answer == {
        "RegionId": "cn-hangzhou",
        "SecurityGroupId": "sg-basic",
        "SecurityGroupName": "basic",
        "Description": "a basic group",
        "VpcId": "vpc-1",
        "InnerAccessPolicy": "Accept",
        "NextToken": "",
        "Permissions": {"Permission": []},
    }


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"RegionId": ""}, (400, "MissingParameter.RegionId")),
        ({"RegionId": "cn-nowhere"}, (404, "InvalidRegionId.NotFound")),
        ({"SecurityGroupId": "sg-gone"}, (404, "InvalidSecurityGroupId.NotFound")),
        ({"SecurityGroupId": "sg gone"}, (400, "InvalidSecurityGroupId.Malformed")),
        ({"NicType": "wifi"}, (400, "InvalidNicType.ValueNotSupported")),
        ({"Direction": "up"}, (400, "InvalidParamter")),
        ({"NextToken": "x"}, (400, "InvalidParamter")),
        ({"Attribute": "x"}, (400, "InvalidParameter.AttributeNotSupported")),
        ({"MaxResults": "9"}, (400, "InvalidParameter")),
    ],
)
def test_attribute_refusals(parameters: dict[str, str], expected: tuple[int, str]) -> None:
    request = {**REGION, "SecurityGroupId": "sg-basic", **parameters}
    assert caller().refusal("DescribeSecurityGroupAttribute", **request) == expected


RULES = [
    {"Direction": ("ingress", "egress")[number % 2], "IpProtocol": "TCP", "PortRange": f"{number}/{number}"}
    for number in range(25)
]


def rule_pages(sender: Caller, **parameters: str) -> list[dict[str, Any]]:
    """Every page of the rules of sg-basic."""
    request = {**REGION, "SecurityGroupId": "sg-basic", "MaxResults": "10", **parameters}
    pages = [sender.ask("DescribeSecurityGroupAttribute", **request)]
    while pages[-1]["NextToken"]:
        pages.append(sender.ask("DescribeSecurityGroupAttribute", **request, NextToken=pages[-1]["NextToken"]))
    return pages


@pytest.mark.parametrize("header", ["every", "first"])
def test_rules_come_in_pages(header: str) -> None:
    sender = caller()
    sender.cloud.foreign_write("sg-basic", {"rules": RULES})
    sender.cloud.set_switch("rule_page_header", header)
    pages = rule_pages(sender)
    rules = [rule for each in pages for rule in each["Permissions"]["Permission"]]
    assert [rule["PortRange"] for rule in rules] == [f"{number}/{number}" for number in range(25)]
    assert len({rule["SecurityGroupRuleId"] for rule in rules}) == 25
    assert [len(each["Permissions"]["Permission"]) for each in pages] == [10, 10, 5]
    assert ["InnerAccessPolicy" in each for each in pages] == [True, header == "every", header == "every"]
    egress = [rule for each in rule_pages(sender, Direction="egress") for rule in each["Permissions"]["Permission"]]
    assert [rule["Direction"] for rule in egress] == ["egress"] * 12


@pytest.mark.parametrize(("value", "priority"), [("text", "1"), ("number", 1)])
def test_priority_of_a_rule(value: str, priority: Any) -> None:
    sender = caller()
    sender.cloud.foreign_write("sg-basic", {"rules": RULES[:1]})
    sender.cloud.set_switch("priority_type", value)
    (answer,) = rule_pages(sender)
    (rule,) = answer["Permissions"]["Permission"]
    assert rule["Priority"] == priority
    assert rule["Policy"] == "Accept"
    assert rule["SourceCidrIp"] == rule["DestGroupId"] == ""


@pytest.mark.parametrize(("value", "told"), [("lower", "accept"), ("upper", "ACCEPT"), ("capitalised", "Accept")])
def test_policy_returned_case(value: str, told: str) -> None:
    sender = caller()
    sender.cloud.set_switch("policy_returned_case", value)
    assert sender.policy("sg-basic") == told


# DescribeSecurityGroups


def test_listed_group() -> None:
    answer = caller().ask("DescribeSecurityGroups", **REGION, SecurityGroupId="sg-managed")
    (group,) = answer["SecurityGroups"]["SecurityGroup"]
    assert (answer["RegionId"], answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == (
        "cn-hangzhou",
        1,
        1,
        10,
    )
    assert "InnerAccessPolicy" not in group
    assert (group["SecurityGroupType"], group["ServiceManaged"], group["ServiceID"]) == ("normal", True, 1234567890)
    assert group["Tags"] == {"Tag": []}
    (tagged,) = caller().ask("DescribeSecurityGroups", **REGION, SecurityGroupId="sg-basic")["SecurityGroups"][
        "SecurityGroup"
    ]
    assert tagged["Tags"]["Tag"] == [{"TagKey": "env", "TagValue": "test"}, {"TagKey": "team", "TagValue": "net"}]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"SecurityGroupId": "sg-basic"}, ["sg-basic"]),
        ({"SecurityGroupId": "sg-gone"}, []),
        ({"SecurityGroupId": "sg-far"}, []),
        ({"SecurityGroupIds": '["sg-basic","sg-gone","sg-classic"]'}, ["sg-classic", "sg-basic"]),
        ({"SecurityGroupIds": '["sg-basic"]', "SecurityGroupId": "sg-classic"}, []),
        ({"SecurityGroupName": "basic"}, ["sg-basic"]),
        ({"SecurityGroupName": "bas"}, []),
        ({"SecurityGroupName": "bas", "FuzzyQuery": "True"}, ["sg-basic"]),
        ({"SecurityGroupType": "enterprise"}, ["sg-advanced"]),
        ({"VpcId": "vpc-1"}, ["sg-basic", "sg-advanced"]),
        ({"NetworkType": "classic"}, ["sg-classic"]),
        ({"ServiceManaged": "True"}, ["sg-managed"]),
        ({"ServiceManaged": "false", "VpcId": "vpc-2"}, []),
        ({"Tag.1.Key": "env"}, ["sg-basic"]),
        ({"Tag.1.Key": "env", "Tag.1.Value": "test", "Tag.2.Key": "team", "Tag.2.Value": "net"}, ["sg-basic"]),
        ({"Tag.1.Key": "env", "Tag.1.Value": "prod"}, []),
        ({"Tag.1.key": "env", "Tag.1.value": "test"}, ["sg-basic"]),
        ({"ResourceGroupId": "rg-1"}, []),
        ({"VpcId": ""}, ["sg-managed", "sg-classic", "sg-basic", "sg-advanced"]),
    ],
)
def test_filters(filters: dict[str, str], found: list[str]) -> None:
    assert listed(caller(), **filters) == found


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"RegionId": ""}, "MissingParameter.RegionId"),
        ({"MaxResults": "10", "PageSize": "10"}, "NotSupported.PageNumberAndPageSize"),
        ({"NextToken": "x", "PageNumber": "1"}, "NotSupported.PageNumberAndPageSize"),
        ({"NextToken": "x"}, "InValidParameter.NextToken"),
        ({"NextToken": "WyJhIiwgMCwgIngiXQ=="}, "InValidParameter.NextToken"),
        ({"MaxResults": "101"}, "InvalidParameter"),
        ({"MaxResults": "0"}, "InvalidParameter"),
        ({"MaxResults": "ten"}, "InvalidParameter"),
        ({"PageSize": "51"}, "InvalidParameter"),
        ({"PageNumber": "0"}, "InvalidParameter"),
        ({"SecurityGroupType": "advanced"}, "InvalidParameter.SecurityGroupType"),
        ({"NetworkType": "wan"}, "InvalidParameter"),
        ({"ServiceManaged": "yes"}, "InvalidParameter"),
        ({"SecurityGroupId": "basic"}, "InvalidSecurityGroupId.Malformed"),
        ({"SecurityGroupIds": "sg-basic"}, "InvalidSecurityGroupId.Malformed"),
        ({"SecurityGroupIds": "[]"}, "InvalidSecurityGroupId.Malformed"),
        ({"SecurityGroupIds": '["x"]'}, "InvalidSecurityGroupId.Malformed"),
        ({"SecurityGroupIds": json.dumps(["sg-a"] * 101)}, "InvalidSecurityGroupId.Malformed"),
        ({"Tag.1.Value": "test"}, "InvalidParameter"),
        ({"Tag.21.Key": "env"}, "UnsupportedParameter"),
        ({"Tag.0.Key": "env"}, "UnsupportedParameter"),
        ({"Tags.1.Key": "env"}, "UnsupportedParameter"),
        ({"DryRun": "true"}, "DryRunOperation"),
    ],
)
def test_listing_refusals(parameters: dict[str, str], code: str) -> None:
    assert caller().refusal("DescribeSecurityGroups", **{**REGION, **parameters}) == (400, code)


def test_ten_groups_by_default() -> None:
    sender = many(25)
    assert listed(sender) == [f"sg-{index:03}" for index in range(24, 14, -1)]
    assert [len(page) for page in all_pages(sender, MaxResults="10")] == [10, 10, 5]


def test_pages_by_number() -> None:
    sender = many(25)
    assert len(listed(sender, PageSize="20")) == 20
    assert len(listed(sender, PageSize="20", PageNumber="2")) == 5
    assert listed(sender, PageNumber="9") == []
    sender.cloud.set_switch("page_number_paging", "refused")
    assert sender.refusal("DescribeSecurityGroups", **REGION, PageSize="20")[1] == "NotSupported.PageNumberAndPageSize"
    assert len(listed(sender)) == 10


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
@pytest.mark.parametrize("filling", ["full", "short", "some_empty"])
@pytest.mark.parametrize("order", ["ascending", "descending", "seed"])
def test_pages_by_token_are_complete(count: int, filling: str, order: str) -> None:
    sender = many(count)
    sender.cloud.set_switch("page_filling", filling)
    sender.cloud.set_switch("group_order", order)
    pages = all_pages(sender, MaxResults="100")
    everything = [f"sg-{index:03}" for index in range(count)]
    found = [group for page in pages for group in page]
    assert found == (everything[::-1] if order == "descending" else everything)
    assert filling != "full" or len(pages) == max(1, -(-count // 100))
    assert filling != "short" or all(len(page) <= 3 for page in pages)
    assert filling != "some_empty" or count <= 100 or [] in pages[:-1]


def test_token_belongs_to_its_filters() -> None:
    sender = many(5)
    token = sender.ask("DescribeSecurityGroups", **REGION, MaxResults="2")["NextToken"]
    assert listed(sender, NextToken=token, MaxResults="1") == ["sg-002"]
    with_filter = {"NextToken": token, "SecurityGroupType": "normal"}
    assert sender.refusal("DescribeSecurityGroups", **REGION, **with_filter)[1] == "InValidParameter.NextToken"


def test_page_size_out_of_range_may_be_clamped() -> None:
    sender = many(120)
    sender.cloud.set_switch("page_size_out_of_range", "clamped")
    assert len(listed(sender, MaxResults="500")) == 100
    assert len(listed(sender, PageSize="500")) == 50
    assert len(listed(sender, MaxResults="-1")) == 1


# The form of responses


def test_unset_fields_may_be_null_or_absent() -> None:
    sender = caller()
    request = {**REGION, "SecurityGroupId": "sg-classic"}
    unset = {"VpcId", "Description", "ResourceGroupId", "Tags", "ServiceID"}
    sender.cloud.set_switch("unset_fields", "null")
    (group,) = sender.ask("DescribeSecurityGroups", **request)["SecurityGroups"]["SecurityGroup"]
    assert {name for name, value in group.items() if value is None} == unset
    assert group["ServiceManaged"] is False
    sender.cloud.set_switch("unset_fields", "absent")
    answer = sender.ask("DescribeSecurityGroups", **request)
    assert not unset & set(answer["SecurityGroups"]["SecurityGroup"][0])
    assert "NextToken" not in answer
    assert sender.ask("DescribeSecurityGroups", **REGION, SecurityGroupId="sg-gone")["SecurityGroups"] == {
        "SecurityGroup": []
    }
    attribute = sender.ask("DescribeSecurityGroupAttribute", **request)
    assert "VpcId" not in attribute
    assert attribute["InnerAccessPolicy"] == "Drop"


def test_extra_fields_are_everywhere() -> None:
    sender = caller()
    sender.cloud.set_switch("extra_fields", "unknown")
    answer = sender.ask("DescribeSecurityGroups", **REGION)
    assert "AddedLater" in answer
    assert all("AddedLater" in group for group in answer["SecurityGroups"]["SecurityGroup"])
    assert "AddedLater" in json.loads(sender.reply("DescribeSecurityGroups").body)


def test_numbers_may_be_strings() -> None:
    sender = caller()
    sender.cloud.set_switch("number_fields", "string")
    answer = sender.ask("DescribeSecurityGroups", **REGION)
    assert (answer["TotalCount"], answer["PageNumber"], answer["PageSize"]) == ("4", "1", "10")
    assert {group["ServiceID"] for group in answer["SecurityGroups"]["SecurityGroup"]} >= {"0"}
    assert answer["SecurityGroups"]["SecurityGroup"][0]["ServiceManaged"] is True
    sender.cloud.set_switch("unset_fields", "null")
    (group,) = sender.ask("DescribeSecurityGroups", **REGION, SecurityGroupId="sg-basic")["SecurityGroups"][
        "SecurityGroup"
    ]
    assert group["ServiceID"] is None


def test_json_may_be_escaped() -> None:
    sender = caller()
    plain = sender.ask("DescribeSecurityGroups", **REGION)
    sender.cloud.set_switch("json_spelling", "escaped")
    assert sender.ask("DescribeSecurityGroups", **REGION) == {**plain, "RequestId": mock.ANY}
    text = sender.reply("DescribeSecurityGroups", RegionId="cn-nowhere").body
    assert b"https:\\/\\/api.aliyun.com" in text
    assert text.count(b"\n") > 3


def test_booleans_may_be_strings() -> None:
    sender = caller()
    sender.cloud.set_switch("boolean_fields", "string")
    (group,) = sender.ask("DescribeSecurityGroups", **REGION, SecurityGroupId="sg-managed")["SecurityGroups"][
        "SecurityGroup"
    ]
    assert group["ServiceManaged"] == "true"
