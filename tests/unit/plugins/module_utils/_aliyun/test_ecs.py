# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The read operations of ECS, and which texts can be IDs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.ecs import (
    check_id,
    list_group,
    list_groups,
    read_policy,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from tests.unit.plugins.fakes import Talk, talk


def page(*groups: Any) -> dict[str, Any]:
    return {"SecurityGroups": {"SecurityGroup": list(groups)}}


def test_requests_of_reads() -> None:
    spoken = talk([{"InnerAccessPolicy": "Drop"}])
    read_policy(spoken.client, "sg-1")
    (request,) = spoken.transport.requests
    assert b'"DescribeSecurityGroupAttribute"' in request.body
    assert b'"SecurityGroupId": "sg-1"' in request.body


NO_LIST: list[dict[str, Any]] = [
    {},
    {"SecurityGroups": None},
    {"SecurityGroups": []},
    {"SecurityGroups": {}},
    {"SecurityGroups": {"SecurityGroup": None}},
    {"SecurityGroups": {"SecurityGroup": {}}},
    {"SecurityGroups": {"SecurityGroup": "sg-1"}},
    page("sg-1"),
    page({"SecurityGroupId": "sg-1"}, None),
    page({"SecurityGroupName": "web"}),
    page({"SecurityGroupId": None}),
]


@pytest.mark.parametrize("body", NO_LIST)
def test_a_page_without_a_list_of_groups(body: dict[str, Any]) -> None:
    with pytest.raises(CloudError) as caught:
        list_groups(talk([body]).client, {})
    assert (caught.value.kind, caught.value.action) == ("protocol", "DescribeSecurityGroups")


def test_an_empty_page_is_a_page() -> None:
    assert list_groups(talk([page()]).client, {}) == []


def asked(spoken: Talk) -> list[dict[str, Any]]:
    """The parameters of each call."""
    return [json.loads(request.body or b"")["parameters"] for request in spoken.transport.requests]


@pytest.mark.parametrize("identifier", ["sg-bp67acfmxa", "sg-1", "sg_1", "G", "a" * 100])
def test_texts_that_can_be_ids(identifier: str) -> None:
    check_id(identifier)


@pytest.mark.parametrize("identifier", ["sg-1 ", "sg-1,sg-2", "sg-1/x", "内网", "a" * 101])
def test_texts_that_cannot_be_ids(identifier: str) -> None:
    with pytest.raises(ValueError, match="not the ID of a security group"):
        check_id(identifier)


@pytest.mark.parametrize(("returned", "policy"), [("Accept", "accept"), ("drop", "drop")])
def test_a_policy_comes_with_the_whole_response(returned: str, policy: str) -> None:
    body = {"InnerAccessPolicy": returned, "Permissions": {"Permission": []}}
    assert read_policy(talk([body]).client, "sg-1") == (policy, body)


@pytest.mark.parametrize("returned", [None, "", "Reject", ["Drop"]])
def test_another_policy_is_an_error(returned: Any) -> None:
    with pytest.raises(CloudError, match="returned the inner access policy") as caught:
        read_policy(talk([{"InnerAccessPolicy": returned}]).client, "sg-1")
    assert (caught.value.kind, caught.value.action) == ("protocol", "DescribeSecurityGroupAttribute")


def test_one_group_is_found_among_others_and_on_any_page() -> None:
    wanted = {"SecurityGroupId": "sg-1", "VpcId": "vpc-1"}
    pages = [{**page({"SecurityGroupId": "sg-10"}), "NextToken": "t1"}, {**page(), "NextToken": "t2"}, page(wanted)]
    spoken = talk(pages)
    assert list_group(spoken.client, "sg-1", "cn-x") == wanted
    assert [each.get("NextToken") for each in asked(spoken)] == [None, "t1", "t2"]


@pytest.mark.parametrize("pages", [[page()], [page({"SecurityGroupId": "sg-10"})], [{**page(), "NextToken": "t"}] * 2])
def test_an_unknown_id_is_not_found(pages: list[dict[str, Any]]) -> None:
    with pytest.raises(CloudError, match="does not list it in cn-x") as caught:
        list_group(talk(pages).client, "sg-1", "cn-x")
    assert caught.value.kind == "not_found"


def test_every_page_of_groups_is_read_with_the_conditions() -> None:
    spoken = talk([{**page({"SecurityGroupId": "a"}), "NextToken": "t1"}, page({"SecurityGroupId": "b"})])
    groups = list_groups(spoken.client, {"VpcId": "vpc-1"})
    assert [group["SecurityGroupId"] for group in groups] == ["a", "b"]
    assert [each["VpcId"] for each in asked(spoken)] == ["vpc-1"] * 2


def test_fewer_groups_than_ecs_counts_are_an_error() -> None:
    body = {**page({"SecurityGroupId": "a"}), "TotalCount": 2}
    with pytest.raises(CloudError) as caught:
        list_groups(talk([body] * 20).client, {})
    assert caught.value.kind == "protocol"
