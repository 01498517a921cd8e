# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of DescribeSecurityGroups of ECS, in every documented form."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sg_policy_info import (
    PolicyInfoModule,
    PolicyListing,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http import paging
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.filters import Filters
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from tests.unit.plugins.fakes import Answer, Talk, talk

KNOWN = ("name", "vpc_id", "type", "tags")


def page(*ids: str, token: Any = "", **members: Any) -> dict[str, Any]:
    groups = [{"SecurityGroupId": identifier, **members} for identifier in ids]
    return {"SecurityGroups": {"SecurityGroup": groups}, "NextToken": token}


def listing(ids: list[str] | None = None, **filters: Any) -> PolicyListing:
    return PolicyListing(ids or [], Filters(Options({"filters": filters}, "", []), KNOWN))


def listed(*answers: Answer, ids: list[str] | None = None, **filters: Any) -> tuple[list[str], Talk]:
    spoken = talk(answers)
    entries = listing(ids, **filters).entries(spoken.client)
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


# Lists that might be incomplete: the pages, and the message of the failure.
NOT_WHOLE: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a token that leads to itself": ([page("a", token="t1"), page("b", token="t1")], "leads back"),
    "tokens in a circle": ([page("a", token="t1"), page("b", token="t2"), page("c", token="t1")], "leads back"),
    "fewer than told": (
        [{**page("a", token="t1"), "TotalCount": 3}, {**page("b"), "TotalCount": 3}],
        "lists 2 security groups and reports that there are 3",
    ),
    "fewer than told, as text": (
        [{**page("a", token="t1")}, {**page("b"), "TotalCount": "3"}],
        "reports that there are 3",
    ),
    "no pages by number either": (
        [{**page("a", "b"), "TotalCount": 3}, {"refusal": "no numbers"}],
        "lists 2 security groups and reports that there are 3",
    ),
    "an empty page by number": (
        [{**page("a", "b"), "TotalCount": 3}, {**page("a", "b"), "TotalCount": 3}, {**page(), "TotalCount": 3}],
        "lists 2 security groups and reports that there are 3",
    ),
    "the same page by any number": (
        [{**page("a", "b"), "TotalCount": 5}] * 99,
        "lists 2 security groups and reports that there are 5",
    ),
}
REFUSALS = {"no numbers": CloudError("invalid_input", "NotSupported.PageNumberAndPageSize: no")}


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_a_list_that_is_not_whole_is_a_failure(name: str) -> None:
    answers, told = NOT_WHOLE[name]
    with pytest.raises(CloudError, match=told) as caught:
        listing().entries(talk(answers, refusals=REFUSALS).client)
    assert (caught.value.kind, caught.value.action) == ("protocol", "DescribeSecurityGroups")


def test_pages_without_end() -> None:
    endless = (page(f"sg-{number}", token=f"t{number}") for number in range(100))
    spoken = talk(endless)
    with mock.patch.object(paging, "MOST_PAGES", 7), pytest.raises(CloudError, match="does not end") as caught:
        listing().entries(spoken.client)
    assert (caught.value.kind, len(asked(spoken))) == ("protocol", 7)


@pytest.mark.parametrize("total", [0, "0", 2, "2", None, "many", True])
def test_a_total_that_is_reached_or_none(total: Any) -> None:
    assert listed({**page("a", "b"), "TotalCount": total})[0] == ["a", "b"]


def test_pages_by_number_of_a_service_without_tokens() -> None:
    ids = [f"sg-{number:03}" for number in range(130)]
    first = {**page(*ids[:10]), "TotalCount": 130}
    numbered = [{**page(*ids[start : start + 50]), "TotalCount": 130} for start in (0, 50, 100)]
    for body in (first, *numbered):
        del body["NextToken"]
    found, spoken = listed(first, *numbered, name="web")
    assert found == ids
    paging_of = [{n: v for n, v in each.items() if n != "SecurityGroupName"} for each in asked(spoken)]
    assert paging_of[0] == {"MaxResults": "100"}
    assert paging_of[1:] == [{"PageNumber": str(number), "PageSize": "50"} for number in (1, 2, 3)]
    assert {each["SecurityGroupName"] for each in asked(spoken)} == {"web"}


def test_pages_by_number_of_a_service_that_reports_no_total() -> None:
    ids = [f"sg-{number:03}" for number in range(70)]
    answers = [{**page(*ids[start:end]), "PageNumber": 1} for start, end in ((0, 10), (0, 50), (50, 70), (70, 70))]
    for body in answers:
        del body["NextToken"]
    assert listed(*answers)[0] == ids


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
    assert listing().entries(talk([answer]).client) == [
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
    entries = [listing().entries(talk([answer]).client)[0] for answer in answers]
    empty = {"name": "", "description": "", "vpc_id": "", "type": "normal", "service_managed": False, "tags": {}}
    assert entries == [{"security_group_id": "a", **empty}] * 2


@pytest.mark.parametrize("tags", [{"Tag": "env"}, {"Tag": ["env"]}, {"Tag": {"TagKey": "env"}}, {"Tag": 5}])
def test_invalid_tags(tags: Any) -> None:
    with pytest.raises(CloudError) as caught:
        listed(page("a", Tags=tags))
    assert caught.value.kind == "protocol"


def test_an_invalid_page_after_a_valid_one() -> None:
    """The first page alone is not the complete list."""
    with pytest.raises(CloudError) as caught:
        listed(page("a", token="t1"), {"NextToken": ""})
    assert caught.value.kind == "protocol"


def test_detail_adds_the_policy() -> None:
    spoken = talk([{"InnerAccessPolicy": "Drop"}])
    detail = listing().detail(spoken.client, {"security_group_id": "a", "name": "web"})
    assert detail == {"security_group_id": "a", "name": "web", "inner_access_policy": "drop"}


@pytest.mark.parametrize(
    ("returned", "managed"), [(True, True), ("true", True), ("True", True), (False, False), ("false", False)]
)
def test_a_group_of_a_cloud_product(returned: Any, managed: bool) -> None:
    (entry,) = listing().entries(talk([page("a", ServiceManaged=returned)]).client)
    assert entry["service_managed"] is managed


@pytest.mark.parametrize(
    ("kind", "paths"),
    [("", []), ("normal", []), ("Enterprise", []), ("basic", ["filters.type"])],
)
def test_only_an_existing_type_can_be_a_filter(kind: str, paths: list[str]) -> None:
    options = Options({"filters": {"type": kind}}, "", [])
    PolicyInfoModule().listing([], Filters(options, KNOWN), options)
    assert [mistake.path for mistake in options.mistakes] == paths
