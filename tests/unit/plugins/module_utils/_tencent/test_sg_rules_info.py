# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of DescribeSecurityGroups and DescribeSecurityGroupEx, in every documented form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http import paging
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpRequest
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.filters import Filters
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.apis import API_VERSIONS, rule_api
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules_info import RulesListing
from tests.unit.plugins.fakes import Answer, Talk, talk

REFUSALS = {
    "unknown": CloudError("not_found", "ResourceNotFound: no", "ResourceNotFound"),
    "forbidden": CloudError("permission", "UnauthorizedOperation: no", "UnauthorizedOperation"),
}
UNKNOWN = {"refusal": "unknown"}
both = pytest.mark.parametrize("api", API_VERSIONS)


def listing(api: str, ids: Iterable[str] = (), **filters: Any) -> RulesListing:
    conditions = Filters(Options({"filters": filters}, "", []), ("name", "project_id", "tags"))
    return RulesListing([*ids], conditions, rule_api(api))


def page(api: str, ids: Iterable[str], total: Any = None, **members: Any) -> dict[str, Any]:
    """A page; without a total, it is the whole list."""
    name = "SecurityGroupId" if api == "3.0" else "sgId"
    groups = [{name: identifier, **members} for identifier in ids]
    total = len(groups) if total is None else total
    if api == "3.0":
        return {"SecurityGroupSet": groups, "TotalCount": total}
    return {"code": 0, "data": {"detail": groups, "totalNum": total}}


def numbered(first: int, end: int) -> list[str]:
    return [f"sg-{number}" for number in range(first, end)]


def listed(api: str, *answers: Answer, ids: Iterable[str] = (), **filters: Any) -> tuple[list[str], Talk]:
    spoken = talk(answers, refusals=REFUSALS)
    entries = listing(api, ids, **filters).entries(spoken.client)
    return [entry["security_group_id"] for entry in entries], spoken


def asked(spoken: Talk) -> list[dict[str, Any]]:
    """The parameters of each call."""
    return [json.loads(request.body)["parameters"] for request in spoken.transport.requests]


UNTOLD = "untold"
# Sizes of pages and their totals: all pages are read, however short they are.
PAGES: dict[str, tuple[list[int], Any]] = {
    "full pages": ([100, 100, 5], 205),
    "a total as text": ([100, 5], "105"),
    "an end at a full page": ([100, 100], 200),
    "short pages": ([50, 50, 30], 130),
    "pages of one": ([1, 1, 1], 3),
    "uneven pages": ([100, 3, 100, 1], 204),
    "no total": ([100, 100, 5, 0], UNTOLD),
    "short pages, no total": ([50, 50, 30, 0], UNTOLD),
    "nothing": ([0], 0),
    "nothing, no total": ([0], UNTOLD),
}


def pages_of(api: str, sizes: list[int], total: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """The IDs on pages of these sizes, and the pages."""
    ids, pages = numbered(0, sum(sizes)), []
    for number, size in enumerate(sizes):
        start = sum(sizes[:number])
        pages.append(page(api, ids[start : start + size], total))
    return ids, pages


@both
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_read(api: str, name: str) -> None:
    sizes, total = PAGES[name]
    ids, pages = pages_of(api, sizes, total)
    found, spoken = listed(api, *pages)
    assert found == ids
    offset, limit = ("Offset", "Limit") if api == "3.0" else ("offsetLine", "limit")
    assert [int(each[offset]) for each in asked(spoken)] == [sum(sizes[:number]) for number in range(len(sizes))]
    assert {int(each[limit]) for each in asked(spoken)} == {100}


# Sizes of pages, the total, and the message of the failure.
NOT_WHOLE: dict[str, tuple[list[int], Any, str]] = {
    "an empty page too early": ([50, 50, 0], 130, "lists 100 security groups and reports that there are 130"),
    "nothing of something": ([0], 3, "lists 0 security groups and reports that there are 3"),
    "one less than told": ([100, 4, 0], 105, "lists 104 security groups and reports that there are 105"),
}


@both
@pytest.mark.parametrize("name", NOT_WHOLE)
def test_a_list_that_is_not_whole_is_a_failure(api: str, name: str) -> None:
    sizes, total, told = NOT_WHOLE[name]
    for ids in ([], ["sg-1"]):
        with pytest.raises(CloudError, match=told) as caught:
            listed(api, *pages_of(api, sizes, total)[1], ids=ids)
        assert caught.value.kind == "protocol"


@both
@pytest.mark.parametrize(("total", "told"), [(250, "lists 100 security groups"), (UNTOLD, "repeats the 100 security")])
def test_a_service_that_shows_the_first_page_again_and_again(api: str, total: Any, told: str) -> None:
    with pytest.raises(CloudError, match=told) as caught:
        listed(api, *[page(api, numbered(0, 100), total)] * 99)
    assert caught.value.kind == "protocol"


@both
def test_pages_without_end(api: str) -> None:
    endless = (page(api, numbered(100 * start, 100 * start + 100), UNTOLD) for start in range(100))
    with mock.patch.object(paging, "MOST_PAGES", 5), pytest.raises(CloudError, match="does not end") as caught:
        listed(api, *endless)
    assert caught.value.kind == "protocol"


@both
@pytest.mark.parametrize("change", ["one more in front", "one less in front", "one more at the end"])
def test_a_list_that_changes_while_it_is_read(api: str, change: str) -> None:
    """A group that moves to the previous page is on neither page, so only another listing finds it."""
    before = numbered(0, 150)
    after = {
        "one more in front": ["sg-new", *before],
        "one less in front": before[1:],
        "one more at the end": [*before, "sg-new"],
    }[change]
    asked_for: list[int] = []

    def answer(request: HttpRequest) -> dict[str, Any]:
        parameters = json.loads(request.body)["parameters"]
        start = int(parameters["Offset" if api == "3.0" else "offsetLine"])
        there = after if asked_for else before
        asked_for.append(start)
        return page(api, there[start : start + 100], len(there))

    found, _spoken = listed(api, *[answer] * 20)
    assert sorted(found) == sorted(after)


@both
def test_a_list_that_never_stops_changing_is_taken_if_nothing_is_missing(api: str) -> None:
    totals = iter(range(150, 200))

    def answer(request: HttpRequest) -> dict[str, Any]:
        parameters = json.loads(request.body)["parameters"]
        start, total = int(parameters["Offset" if api == "3.0" else "offsetLine"]), next(totals)
        return page(api, numbered(start, min(start + 100, total)), total)

    found, spoken = listed(api, *[answer] * 50)
    assert len(found) == len(set(found)) == 157
    assert len(asked(spoken)) == 8


def test_conditions_of_api_3_0() -> None:
    filters: dict[str, Any] = {"name": "web", "project_id": 0, "tags": {"env": "prod", "tier": ""}}
    found, spoken = listed("3.0", page("3.0", ["sg-1"], SecurityGroupName="web", TagSet=[]), **filters)
    (parameters,) = asked(spoken)
    given = {each["Name"]: each["Values"] for each in parameters["Filters"]}
    assert given == {"security-group-name": ["web"], "project-id": ["0"], "tag:env": ["prod"]}
    assert found == []  # the service returned it, but it does not have the tags


def test_conditions_of_api_2_0() -> None:
    """It also returns names that only contain the requested one."""
    groups = page("2.0", ["sg-1"], sgName="web", projectId=7)["data"]["detail"]
    groups += page("2.0", ["sg-2"], sgName="web 2", projectId=7)["data"]["detail"]
    found, spoken = listed("2.0", {"code": 0, "data": {"detail": groups, "totalNum": 2}}, name="web", project_id="7")
    assert found == ["sg-1"]
    (parameters,) = asked(spoken)
    assert (parameters["sgName"], parameters["projectId"]) == ("web", "7")


def test_ids_and_filters_are_not_sent_together() -> None:
    """API 3.0 refuses this, so the module applies the filters to the response."""
    groups = page("3.0", ["sg-1"], SecurityGroupName="web")["SecurityGroupSet"]
    groups += page("3.0", ["sg-2"], SecurityGroupName="db")["SecurityGroupSet"]
    found, spoken = listed("3.0", {"SecurityGroupSet": groups, "TotalCount": 2}, ids=["sg-1", "sg-2"], name="web")
    assert found == ["sg-1"]
    (parameters,) = asked(spoken)
    assert parameters["SecurityGroupIds"] == ["sg-1", "sg-2"]
    assert "Filters" not in parameters


@pytest.mark.parametrize("unknown", [[], [0], [63], [0, 1], [7, 31, 40], list(range(64))])
def test_unknown_ids_are_found_by_halving(unknown: list[int]) -> None:
    """The API refuses a whole list with an unknown ID."""
    ids = numbered(0, 64)
    missing = {ids[number] for number in unknown}

    def answer(request: HttpRequest) -> dict[str, Any]:
        wanted = json.loads(request.body)["parameters"]["SecurityGroupIds"]
        return UNKNOWN if missing & set(wanted) else page("3.0", wanted)

    found, spoken = listed("3.0", *[answer] * 200, ids=ids)
    assert found == [identifier for identifier in ids if identifier not in missing]
    assert len(asked(spoken)) <= max(1, 2 * len(missing) * 7)


def test_unknown_ids_of_api_2_0() -> None:
    answers = [page("2.0", ["sg-1"]), UNKNOWN, page("2.0", []), page("2.0", ["sg-4"])]
    found, spoken = listed("2.0", *answers, ids=["sg-1", "sg-2", "sg-3", "sg-4"])
    assert found == ["sg-1", "sg-4"]
    assert [each["sgId"] for each in asked(spoken)] == ["sg-1", "sg-2", "sg-3", "sg-4"]


@both
def test_another_refusal_is_a_failure(api: str) -> None:
    for ids in ([], ["sg-1", "sg-2"]):
        with pytest.raises(CloudError) as caught:
            listed(api, {"refusal": "forbidden"}, ids=ids)
        assert caught.value.kind == "permission"


def test_unknown_without_ids_is_a_failure() -> None:
    with pytest.raises(CloudError):
        listed("3.0", UNKNOWN)


NO_LISTS: dict[str, list[Any]] = {
    "3.0": [
        *({}, {"SecurityGroupSet": None}, {"SecurityGroupSet": {}}, {"SecurityGroupSet": "sg-1"}),
        *({"SecurityGroupSet": ["sg-1"]}, {"SecurityGroupSet": [{"SecurityGroupName": "web"}]}),
        {"SecurityGroupSet": [{"SecurityGroupId": None}]},
    ],
    "2.0": [
        *({}, {"data": None}, {"data": []}, {"data": {}}, {"data": {"detail": None}}, {"data": {"detail": {}}}),
        *({"data": {"detail": ["sg-1"]}}, {"data": {"detail": [{"sgName": "web"}]}}, {"data": [{"sgId": "sg-1"}]}),
    ],
}


@pytest.mark.parametrize(("api", "body"), [(api, body) for api, bodies in NO_LISTS.items() for body in bodies])
def test_a_page_without_a_list_of_groups(api: str, body: Any) -> None:
    """It is not treated as the end, neither as the first page nor as the second."""
    for before in ([], [page(api, numbered(0, 100), 200)]):
        with pytest.raises(CloudError) as caught:
            listed(api, *before, body)
        assert caught.value.kind == "protocol"
        assert f"response to {caught.value.action} " in caught.value.reason


def test_members_of_an_entry() -> None:
    tags = [{"Key": "env", "Value": "prod"}, {"Key": "x", "Value": None}]
    members = {"SecurityGroupName": "web", "SecurityGroupDesc": "d", "ProjectId": 7, "IsDefault": "true"}
    spoken = talk([page("3.0", ["sg-1"], **members, TagSet=tags)])
    assert listing("3.0").entries(spoken.client) == [
        {
            "security_group_id": "sg-1",
            "name": "web",
            "description": "d",
            "project_id": "7",
            "is_default": True,
            "tags": {"env": "prod", "x": ""},
        }
    ]


@pytest.mark.parametrize("unset", [None, "", ...])
def test_members_without_a_value(unset: Any) -> None:
    names_30 = ("SecurityGroupName", "SecurityGroupDesc", "ProjectId", "IsDefault", "TagSet")
    names_20 = ("sgName", "sgRemark", "projectId")
    for api, names, told in (("3.0", names_30, False), ("2.0", names_20, None)):
        members = {} if unset is ... else dict.fromkeys(names, unset)
        (entry,) = listing(api).entries(talk([page(api, ["sg-1"], **members)]).client)
        empty: dict[str, Any] = {"name": "", "description": "", "project_id": "0", "is_default": told, "tags": {}}
        assert entry == {"security_group_id": "sg-1", **empty}


@pytest.mark.parametrize("tags", ["env", ["env"], {"Key": "env"}, 5])
def test_invalid_tags(tags: Any) -> None:
    with pytest.raises(CloudError) as caught:
        listed("3.0", page("3.0", ["sg-1"], TagSet=tags))
    assert caught.value.kind == "protocol"
