# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that is read through the ECS API, and which texts can be IDs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.ecs import (
    check_id,
    list_group,
    list_groups,
    read_policy,
    read_rules,
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


# The rules of a group.


def permission(identifier: str = "sgr-1", **fields: Any) -> dict[str, Any]:
    """A rule with the members that reading requires."""
    return {"SecurityGroupRuleId": identifier, "Direction": "ingress", "Policy": "Accept", "Priority": "1", **fields}


def page_of_rules(*rules: Any, token: Any = "", **members: Any) -> dict[str, Any]:
    return {"Permissions": {"Permission": list(rules)}, "VpcId": "vpc-1", "NextToken": token, **members}


def read_after(*pages: dict[str, Any]) -> tuple[list[str], Talk]:
    """The IDs of the rules that are read if the first page has been read already, and the calls."""
    spoken = talk(pages[1:])
    rules = read_rules(spoken.client, "sg-1", pages[0])
    return [rule["SecurityGroupRuleId"] for rule in rules], spoken


@pytest.mark.parametrize("token", ["", None])
def test_a_response_with_all_rules_is_not_read_again(token: Any) -> None:
    found, spoken = read_after(page_of_rules(permission("a"), permission("b"), token=token))
    assert (found, asked(spoken)) == (["a", "b"], [])


def test_a_response_without_the_member_has_all_rules() -> None:
    first = page_of_rules(permission("a"))
    del first["NextToken"]
    assert read_after(first)[0] == ["a"]


def test_pages_are_read_from_the_first_with_the_most_rules_each() -> None:
    """The response that has been read already was shorter, so its rules would be there twice."""
    whole = [
        page_of_rules(permission("a"), permission("b"), token="t1"),
        page_of_rules(token="t2"),
        page_of_rules(permission("c")),
    ]
    found, spoken = read_after(page_of_rules(permission("a"), token="t0"), *whole)
    assert found == ["a", "b", "c"]
    assert [parameters.get("NextToken") for parameters in asked(spoken)] == [None, "t1", "t2"]
    assert {parameters["MaxResults"] for parameters in asked(spoken)} == {"1000"}
    assert {parameters["SecurityGroupId"] for parameters in asked(spoken)} == {"sg-1"}


def test_a_token_that_leads_to_itself_is_an_error() -> None:
    first = page_of_rules(permission("a"), token="t1")
    with pytest.raises(CloudError, match="does not end") as caught:
        read_after(first, first, first, first)
    assert (caught.value.kind, caught.value.action) == ("protocol", "DescribeSecurityGroupAttribute")


def test_tokens_without_end_are_an_error() -> None:
    pages = [page_of_rules(permission("a"), token=f"t{number}") for number in range(1000)]
    with pytest.raises(CloudError, match="does not end"):
        read_after(*pages)


NO_RULES: dict[str, dict[str, Any]] = {
    "no member": {},
    "null": {"Permissions": None},
    "a list in its place": {"Permissions": []},
    "an empty mapping": {"Permissions": {}},
    "null within": {"Permissions": {"Permission": None}},
    "a rule that is none": {"Permissions": {"Permission": ["sgr-1"]}},
}


@pytest.mark.parametrize("name", NO_RULES)
def test_a_response_without_a_list_of_rules_is_an_error(name: str) -> None:
    """It must not look like a group without rules: every policy would hold."""
    body = {"VpcId": "vpc-1", **NO_RULES[name]}
    for pages in (
        [body],
        [page_of_rules(permission(), token="t1"), body],
        [page_of_rules(token="t1"), page_of_rules(token="t2"), body],
    ):
        with pytest.raises(CloudError, match="no list of rules") as caught:
            read_after(*pages)
        assert caught.value.kind == "protocol"


def test_a_group_without_rules() -> None:
    assert read_after(page_of_rules())[0] == []


UNREADABLE = [
    *({"Policy": value} for value in ("Reject", "", None, True)),
    *({"Direction": value} for value in ("", None, "all", 1)),
    *({"Priority": value} for value in ("high", "-1", "1.5", "\u00b2", "9" * 5000, [1])),
]


@pytest.mark.parametrize("fields", UNREADABLE)
def test_a_rule_that_cannot_be_read_is_not_guessed(fields: dict[str, Any]) -> None:
    """A guess would make the impact untrue; without one, it is reported as unknown."""
    with pytest.raises(CloudError, match="has a rule that cannot be read") as caught:
        read_after(page_of_rules(permission("fine"), permission("odd", **fields)))
    assert caught.value.kind == "protocol"
