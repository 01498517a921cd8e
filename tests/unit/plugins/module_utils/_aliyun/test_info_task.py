# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of DescribeSecurityGroups of ECS, however they come."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun import info_task
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.info_task import PolicyListing
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.info import Filters
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.options import Options
from tests.unit.plugins.fakes import Answer, Talk, talk

KNOWN = ("name", "vpc_id", "type", "tags")


def page(*ids: str, token: Any = "", **members: Any) -> dict[str, Any]:
    groups = [{"SecurityGroupId": identifier, **members} for identifier in ids]
    return {"SecurityGroups": {"SecurityGroup": groups}, "NextToken": token}


def listing(ids: list[str] | None = None, **filters: Any) -> PolicyListing:
    return PolicyListing(ids or [], Filters(Options({"filters": filters}, "", []), KNOWN))


def listed(*answers: Answer, ids: list[str] | None = None, **filters: Any) -> tuple[list[str], Talk]:
    spoken = talk(answers)
    entries = listing(ids, **filters).entries(spoken.conversation)
    return [entry["security_group_id"] for entry in entries], spoken


def asked(spoken: Talk) -> list[dict[str, Any]]:
    """The parameters of each call."""
    return [json.loads(request.body)["parameters"] for request in spoken.transport.requests]


def test_pages_are_followed_by_their_tokens() -> None:
    found, spoken = listed(page("a", "b", token="t1"), page(token="t2"), page("c", token=3), page("d", token=None))
    assert found == ["a", "b", "c", "d"]
    tokens = [each.get("NextToken") for each in asked(spoken)]
    assert tokens == [None, "t1", "t2", "3"]
    assert {each["MaxResults"] for each in asked(spoken)} == {"100"}


def test_a_page_without_a_token_is_the_last() -> None:
    last = page("a")
    del last["NextToken"]
    assert listed(last)[0] == ["a"]


def test_a_token_that_leads_to_itself_ends_the_list() -> None:
    found, spoken = listed(page("a", token="t1"), page("b", token="t1"))
    assert found == ["a", "b"]
    assert len(asked(spoken)) == 2


def test_pages_without_end() -> None:
    endless = (page(f"sg-{number}", token=f"t{number}") for number in range(100))
    with mock.patch.object(info_task, "MOST_PAGES", 7):
        found, spoken = listed(*endless)
    assert len(found) == len(asked(spoken)) == 7


def test_conditions_go_with_every_page() -> None:
    filters: dict[str, Any] = {
        "name": "web",
        "vpc_id": "vpc-1",
        "type": "normal",
        "tags": {"env": "prod", "tier": "", "n": 5},
    }
    spoken = listed(page("a", token="t1"), page("b"), **filters)[1]
    for parameters in asked(spoken):
        parameters.pop("NextToken", None)
        assert parameters == {
            "MaxResults": "100",
            "SecurityGroupName": "web",
            "VpcId": "vpc-1",
            "SecurityGroupType": "normal",
            "Tag.1.Key": "env",
            "Tag.1.Value": "prod",
            "Tag.2.Key": "tier",
            "Tag.3.Key": "n",
            "Tag.3.Value": "5",
        }


def test_a_hundred_ids_in_a_call() -> None:
    ids = [f"sg-{number}" for number in range(201)]
    spoken = listed(page(), page(), page("x"), ids=ids, name="web")[1]
    lists = [json.loads(each["SecurityGroupIds"]) for each in asked(spoken)]
    assert lists == [ids[:100], ids[100:200], ids[200:]]
    assert {each["SecurityGroupName"] for each in asked(spoken)} == {"web"}


def test_members_of_an_entry() -> None:
    tags = {"Tag": [{"TagKey": "env", "TagValue": "prod"}, {"TagKey": "x", "TagValue": None}, {"TagKey": "y"}]}
    members = {"SecurityGroupName": "web", "Description": "d", "VpcId": "vpc-1", "ServiceManaged": "True"}
    answer = page("a", **members, SecurityGroupType="enterprise", Tags=tags)
    assert listing().entries(talk([answer]).conversation) == [
        {
            "security_group_id": "a",
            "name": "web",
            "description": "d",
            "type": "enterprise",
            "vpc_id": "vpc-1",
            "service_managed": True,
            "tags": {"env": "prod", "x": "", "y": ""},
        }
    ]


@pytest.mark.parametrize("tags", [None, {}, {"Tag": None}, {"Tag": []}, [], ""])
@pytest.mark.parametrize("unset", [None, ""])
def test_members_without_a_value(tags: Any, unset: Any) -> None:
    names = ("SecurityGroupName", "Description", "VpcId", "SecurityGroupType", "ServiceManaged")
    answers = [page("a", Tags=tags, **dict.fromkeys(names, unset)), page("a")]
    entries = [listing().entries(talk([answer]).conversation)[0] for answer in answers]
    empty = {"name": "", "description": "", "vpc_id": "", "type": "normal", "service_managed": False, "tags": {}}
    assert entries == [{"security_group_id": "a", **empty}] * 2


@pytest.mark.parametrize("tags", [{"Tag": "env"}, {"Tag": ["env"]}, {"Tag": {"TagKey": "env"}}, {"Tag": 5}])
def test_tags_that_are_none(tags: Any) -> None:
    with pytest.raises(CloudError) as caught:
        listed(page("a", Tags=tags))
    assert caught.value.kind == "protocol"


def test_a_page_that_is_none_after_one_that_is() -> None:
    """What was read before is not all there is."""
    with pytest.raises(CloudError) as caught:
        listed(page("a", token="t1"), {"NextToken": ""})
    assert caught.value.kind == "protocol"


def test_detail_adds_the_policy() -> None:
    spoken = talk([{"InnerAccessPolicy": "Drop"}])
    detail = listing().detail(spoken.conversation, {"security_group_id": "a", "name": "web"})
    assert detail == {"security_group_id": "a", "name": "web", "inner_access_policy": "drop"}
