# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info modules: pages, filters, order, missing groups, and results as input of the modules that write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.cloud_simulator.exchange import Reply, Request
from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible
from tests.support.four_runs import succeeded
from tests.support.module_runner import Result, run_module, without_waiting
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_REGION,
    DROPPING,
    ENTERPRISE,
    MANAGED,
    NEVER_EDITED,
    PEER,
    TENCENT_REGION,
    WEB,
    aliyun_options,
    assert_clean,
    calls,
    tencent_options,
    writes,
)


@dataclass(frozen=True)
class Dialect:
    """One API and the two modules that use it."""

    cloud: str
    api: dict[str, str]
    listing: str  # the action that lists groups
    detail: str  # the action that returns one
    unknown: str  # the code for a missing group

    @property
    def sibling(self) -> str:
        """The module that writes to groups."""
        return "aliyun_sg_policy" if self.cloud == "aliyun" else "tencent_sg_rules"

    def options(self, clouds: Harness, **options: Any) -> dict[str, Any]:
        """The options to connect to the simulator, and these."""
        access = aliyun_options(clouds.url) if self.cloud == "aliyun" else tencent_options(clouds.url)
        return {**access, **self.api, **options}

    def info(self, clouds: Harness, *, check: bool = False, **options: Any) -> Result:
        """Return the result of the info module, which must not change anything."""
        state = clouds.state()
        result = run_module(f"{self.sibling}_info", self.options(clouds, **options), check=check)
        assert result["changed"] is False
        assert writes(clouds) == []
        assert clouds.state() == state
        assert_clean(result)
        assert result["region"] == (ALIYUN_REGION if self.cloud == "aliyun" else TENCENT_REGION)
        return result

    def found(self, clouds: Harness, **options: Any) -> list[str]:
        """Return the IDs in the result of a run, which must succeed."""
        result = self.info(clouds, **options)
        assert "failure" not in result, result["msg"]
        return ids(result)

    def seed(self, clouds: Harness, groups: Sequence[dict[str, Any]]) -> list[str]:
        """Replace the groups of the cloud, and return their IDs in order."""
        region = ALIYUN_REGION if self.cloud == "aliyun" else TENCENT_REGION
        seeded = [{"region": region, **group} for group in groups]
        clouds.set_state({self.cloud: {**clouds.state()[self.cloud], "security_groups": seeded}})
        return sorted(group["id"] for group in groups)

    def many(self, clouds: Harness, count: int) -> list[str]:
        """Create this many groups in a mixed order, and return their IDs in order."""
        numbers = [number * 37 % count for number in range(count)]
        assert len(set(numbers)) == count
        return self.seed(clouds, [{"id": f"sg-{number:08}", "name": f"group {number}"} for number in numbers])


ALIYUN = Dialect(
    "aliyun", {}, "DescribeSecurityGroups", "DescribeSecurityGroupAttribute", "InvalidSecurityGroupId.NotFound"
)
TENCENT = Dialect("tencent", {}, "DescribeSecurityGroups", "DescribeSecurityGroupPolicies", "ResourceNotFound")
OLD = Dialect("tencent", {"api_version": "2.0"}, "DescribeSecurityGroupEx", "DescribeSecurityGroupPolicys", "7001")
DIALECTS = {"aliyun": ALIYUN, "tencent 3.0": TENCENT, "tencent 2.0": OLD}
BOTH_HALVES = {"AddressId": "ipm-2uw6ujo6", "AddressGroupId": "ipmg-2uw6ujo6"}
dialects = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
WORLD = {
    "aliyun": sorted([ACCEPTING, DROPPING, ENTERPRISE, MANAGED]),
    "tencent": sorted([WEB, PEER, NEVER_EDITED, "sg-33ocnj9n", "sg-default1"]),
}


def ids(result: Result) -> list[str]:
    return [group["security_group_id"] for group in result["security_groups"]]


def test_all_fields_of_an_alibaba_cloud_group(clouds: Harness) -> None:
    (one,) = ALIYUN.seed(
        clouds,
        [
            {
                "id": "sg-bp1everything00000",
                "name": "web",
                "description": "Web servers",
                "type": "enterprise",
                "vpc_id": "vpc-bp1",
                "service_managed": True,
                "tags": {"env": "test", "owner": ""},
            }
        ],
    )
    assert ALIYUN.info(clouds)["security_groups"] == [
        {
            "security_group_id": one,
            "name": "web",
            "description": "Web servers",
            "type": "enterprise",
            "vpc_id": "vpc-bp1",
            "service_managed": True,
            "tags": {"env": "test", "owner": ""},
            "inner_access_policy": "drop",
        }
    ]
    assert calls(clouds) == [ALIYUN.listing, ALIYUN.detail]


RULES = {
    "ingress": [
        {
            "Action": "ACCEPT",
            "Protocol": "tcp",
            "Port": "443,80",
            "CidrBlock": "10.0.0.0/8",
            "PolicyDescription": "web",
        },
        {"Action": "DROP"},
    ],
    "egress": [{"Action": "ACCEPT", "Protocol": "udp", "Port": "53", "SecurityGroupId": "sg-every000"}],
}


@pytest.mark.parametrize("dialect", [TENCENT, OLD], ids=["3.0", "2.0"])
def test_all_fields_of_a_tencent_cloud_group(clouds: Harness, dialect: Dialect) -> None:
    (one,) = dialect.seed(
        clouds,
        [
            {
                "id": "sg-every000",
                "name": "web",
                "description": "Web servers",
                "project_id": 7,
                "is_default": True,
                "version": 5,
                "tags": {"env": "test", "owner": ""},
                **RULES,
            }
        ],
    )
    told_by_30 = {"is_default": True, "tags": {"env": "test", "owner": ""}}
    assert dialect.info(clouds)["security_groups"] == [
        {
            "security_group_id": one,
            "name": "web",
            "description": "Web servers",
            "project_id": "7",
            "version": "5",
            **(told_by_30 if dialect is TENCENT else {"is_default": None, "tags": {}}),
            "ingress": [
                {"action": "accept", "protocol": "tcp", "port": "80,443", "cidr": "10.0.0.0/8", "description": "web"},
                {"action": "drop", "protocol": "all", "port": "all", "cidr": "0.0.0.0/0"},
            ],
            "egress": [{"action": "accept", "protocol": "udp", "port": "53", "security_group_id": one}],
        }
    ]
    assert calls(clouds) == [dialect.listing, dialect.detail]


@pytest.mark.parametrize("fields", ["null", "absent"])
def test_unset_members_of_a_group(clouds: Harness, fields: str) -> None:
    """However the service represents a missing value, the entry has the same members."""
    usual = ALIYUN.info(clouds)["security_groups"]
    clouds.switch("aliyun", unset_fields=fields, boolean_fields="string", policy_returned_case="upper")
    assert ALIYUN.info(clouds)["security_groups"] == usual
    assert {group["vpc_id"] for group in usual} == {"", "vpc-bp1tests"}
    assert [group["service_managed"] for group in usual].count(True) == 1


@dialects
@pytest.mark.parametrize("more", [{}, {"security_group_ids": []}, {"security_group_ids": ""}, {"filters": {}}])
def test_all_groups_by_id(clouds: Harness, dialect: Dialect, more: dict[str, Any]) -> None:
    assert dialect.found(clouds, **more) == WORLD[dialect.cloud]


@dialects
@pytest.mark.parametrize("check", [True, False])
def test_check_mode_reads_the_same(clouds: Harness, dialect: Dialect, check: bool) -> None:
    result = dialect.info(clouds, check=check)
    assert result["security_groups"] == dialect.info(clouds)["security_groups"] != []


@dialects
def test_more_groups_than_fit_on_a_page(clouds: Harness, dialect: Dialect) -> None:
    """Three pages, the last one not full: every group is returned once, in whatever order the service lists them."""
    expected = dialect.many(clouds, 205)
    with without_waiting():
        assert dialect.found(clouds) == expected
    assert calls(clouds).count(dialect.listing) == 3
    assert calls(clouds).count(dialect.detail) == 205


@dialects
@pytest.mark.parametrize("count", [99, 100, 101])
def test_the_end_of_a_page(clouds: Harness, dialect: Dialect, count: int) -> None:
    expected = dialect.many(clouds, count)
    with without_waiting():
        assert dialect.found(clouds) == expected


@pytest.mark.parametrize("filling", ["short", "some_empty"])
@pytest.mark.parametrize("order", ["descending", "seed"])
def test_pages_need_not_be_full(clouds: Harness, filling: str, order: str) -> None:
    """Only the token shows whether there are more pages: a page can be short or empty before the last one."""
    expected = ALIYUN.many(clouds, 110)
    clouds.switch("aliyun", page_filling=filling, group_order=order)
    assert ALIYUN.found(clouds) == expected
    listed = calls(clouds).count(ALIYUN.listing)
    assert listed == (37 if filling == "short" else 3)


@dialects
@pytest.mark.parametrize("filling", ["full", "short"])
@pytest.mark.parametrize("count", ["told", "absent"])
def test_short_pages_of_every_service(clouds: Harness, dialect: Dialect, filling: str, count: str) -> None:
    expected = dialect.many(clouds, 23)
    more = {"group_count": count} if dialect.cloud == "tencent" else {"number_fields": "string"}
    clouds.switch(dialect.cloud, page_filling=filling, **more)
    with without_waiting():
        assert dialect.found(clouds) == expected
        assert dialect.found(clouds, security_group_ids=expected[:7]) == expected[:7]
        assert dialect.found(clouds, filters={"name": "group 1"}) == ["sg-00000001"]


@pytest.mark.parametrize("filling", ["full", "short"])
@pytest.mark.parametrize("numbers", ["number", "string"])
def test_a_service_without_page_tokens(clouds: Harness, filling: str, numbers: str) -> None:
    """It only supports page numbers, and its first response has ten groups."""
    expected = ALIYUN.many(clouds, 61)
    clouds.switch("aliyun", token_paging="unknown", page_filling=filling, number_fields=numbers)
    assert ALIYUN.found(clouds) == expected
    assert ALIYUN.found(clouds, security_group_ids=expected[::2]) == expected[::2]


@dialects
@pytest.mark.parametrize("ids", [[], ["sg-00000001", "sg-00000002"]])
def test_fewer_groups_than_the_service_counted(
    clouds: Harness, dialect: Dialect, monkeypatch: pytest.MonkeyPatch, ids: list[str]
) -> None:
    """The list is never incomplete, and the first page is not read repeatedly."""
    dialect.many(clouds, 5)
    clouds.switch("aliyun", token_paging="unknown")
    cloud = clouds.simulator.clouds[dialect.cloud]
    handle = cloud.handle

    def more_told(request: Request) -> Reply:
        reply = handle(request)
        body = reply.body
        for member in (b"TotalCount", b"totalNum"):
            body = re.sub(rb'("%s": ?)(\d+)' % member, lambda found: found[1] + b"%d" % (int(found[2]) + 1), body)
        return replace(reply, body=body)

    monkeypatch.setattr(cloud, "handle", more_told)
    with without_waiting():
        result = dialect.info(clouds, security_group_ids=ids)
    assert result["failure"]["kind"] == "protocol"
    assert "security groups and reports that there are" in result["msg"]


def test_pages_of_ids_need_not_be_full(clouds: Harness) -> None:
    expected = ALIYUN.many(clouds, 20)
    clouds.switch("aliyun", page_filling="short")
    wanted = expected[::-2]
    assert ALIYUN.found(clouds, security_group_ids=wanted) == wanted


@dialects
def test_groups_by_id(clouds: Harness, dialect: Dialect) -> None:
    """They are returned in the given order, once each, and no other group is read."""
    first, second, *rest = WORLD[dialect.cloud]
    asked = [rest[-1], first, rest[-1], "", f" {second} "]
    assert dialect.found(clouds, security_group_ids=asked) == [rest[-1], first, second]
    read = [call["group"] for call in clouds.journal(action=dialect.detail)]
    assert sorted(read) == sorted([rest[-1], first, second])


@dialects
def test_more_ids_than_one_call_accepts(clouds: Harness, dialect: Dialect) -> None:
    expected = dialect.many(clouds, 230)
    asked = [*expected[::2], *expected[1::2]]
    with without_waiting():
        assert dialect.found(clouds, security_group_ids=asked) == asked
    listed = calls(clouds).count(dialect.listing)
    assert listed == 230 if dialect is OLD else listed <= 5


@dialects
@pytest.mark.parametrize("check", [True, False])
def test_unknown_ids_are_named(clouds: Harness, dialect: Dialect, check: bool) -> None:
    """Only those, and the groups that exist are still returned."""
    one, two = WORLD[dialect.cloud][:2]
    asked = ["sg-nosuch01", two, "sg-nosuch02", one]
    result = dialect.info(clouds, check=check, security_group_ids=asked)
    assert result["failed"]
    assert result["failure"]["kind"] == "not_found"
    assert ids(result) == [two, one]
    assert [name in result["msg"] for name in asked] == [True, False, True, False]


@dialects
def test_only_unknown_ids(clouds: Harness, dialect: Dialect) -> None:
    result = dialect.info(clouds, security_group_ids=["sg-nosuch01", "sg-nosuch02"])
    assert (result["failure"]["kind"], result["security_groups"]) == ("not_found", [])
    assert "sg-nosuch01" in result["msg"] and "sg-nosuch02" in result["msg"]
    assert dialect.detail not in calls(clouds)


@pytest.mark.parametrize("code", ["ResourceNotFound", "InvalidSecurityGroupID.NotFound"])
def test_a_few_unknown_ids_among_many(clouds: Harness, code: str) -> None:
    """API 3.0 refuses the whole list for one unknown ID, and does not name it."""
    known = TENCENT.many(clouds, 150)
    clouds.switch("tencent", unknown_group=code)
    asked = [*known[:70], "sg-nosuch01", *known[70:], "sg-nosuch02"]
    with without_waiting():
        result = TENCENT.info(clouds, security_group_ids=asked)
    assert ids(result) == known
    assert result["failure"]["kind"] == "not_found"
    assert "sg-nosuch01 or sg-nosuch02" in result["msg"]
    # Fewer calls than one for each ID.
    assert calls(clouds).count(TENCENT.listing) < 40


@dialects
def test_a_group_that_is_deleted_after_it_was_listed(clouds: Harness, dialect: Dialect) -> None:
    """A list of all groups omits it; a list of IDs reports it as missing."""
    gone, *left = WORLD[dialect.cloud]
    clouds.fault("error", action=dialect.detail, group=gone, times=9, code=dialect.unknown)
    assert dialect.found(clouds) == left
    result = dialect.info(clouds, security_group_ids=[gone, left[0]])
    assert result["failure"]["kind"] == "not_found"
    assert gone in result["msg"] and left[0] not in result["msg"]
    assert ids(result) == [left[0]]


@dialects
def test_another_failure_of_one_group(clouds: Harness, dialect: Dialect) -> None:
    code = {"aliyun": "Forbidden.RAM", "tencent 3.0": "UnauthorizedOperation", "tencent 2.0": "4102"}
    name = next(name for name, each in DIALECTS.items() if each is dialect)
    clouds.fault("error", action=dialect.detail, group=WORLD[dialect.cloud][1], times=9, code=code[name])
    result = dialect.info(clouds)
    assert (result["failed"], result["failure"]["kind"]) == (True, "permission")
    assert result["failure"]["action"] == dialect.detail


TAGGED: list[dict[str, Any]] = [
    {"id": "sg-00000001", "name": "web", "tags": {"env": "prod", "tier": "front"}},
    {"id": "sg-00000002", "name": "web-1", "tags": {"env": "test"}},
    {"id": "sg-00000003", "name": "my web", "tags": {"env": ""}},
    {"id": "sg-00000004", "name": "web", "tags": {}},
    {"id": "sg-00000005", "name": "Web", "tags": {"tier": "front", "owner": "env"}},
]
FILTERS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "name": ({"name": "web"}, [1, 4]),
    "name, which is matched whole": ({"name": "we"}, []),
    "name of one": ({"name": "my web"}, [3]),
    "no name": ({"name": ""}, [1, 2, 3, 4, 5]),
    "null": ({"name": None, "tags": None}, [1, 2, 3, 4, 5]),
    "tag with a value": ({"tags": {"env": "prod"}}, [1]),
    "tag with any value": ({"tags": {"env": ""}}, [1, 2, 3]),
    "tag with null for any value": ({"tags": {"env": None}}, [1, 2, 3]),
    "tag with a value nobody has": ({"tags": {"env": "stage"}}, []),
    "two tags": ({"tags": {"env": "prod", "tier": "front"}}, [1]),
    "two tags, one of any value": ({"tags": {"tier": "front", "owner": ""}}, [5]),
    "two tags that no group has": ({"tags": {"env": "test", "tier": "front"}}, []),
    "name and tag": ({"name": "web", "tags": {"env": ""}}, [1]),
}


# API 2.0 returns no tags.
FILTERED = [
    pytest.param(dialect, name, id=f"{api}-{name}")
    for api, dialect in DIALECTS.items()
    for name, (filters, numbers) in FILTERS.items()
    if dialect is not OLD or not filters.get("tags")
]


@pytest.mark.parametrize(("dialect", "name"), FILTERED)
def test_filters(clouds: Harness, dialect: Dialect, name: str) -> None:
    filters, numbers = FILTERS[name]
    dialect.seed(clouds, TAGGED)
    assert dialect.found(clouds, filters=filters) == [f"sg-0000000{number}" for number in numbers]
    assert calls(clouds).count(dialect.detail) == len(numbers)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"type": "normal"}, ["sg-bp1a", "sg-bp1c"]),
        ({"type": "enterprise"}, ["sg-bp1b", "sg-bp1d"]),
        ({"type": "Enterprise"}, ["sg-bp1b", "sg-bp1d"]),
        ({"vpc_id": "vpc-1"}, ["sg-bp1b", "sg-bp1c"]),
        ({"vpc_id": "vpc-1", "type": "enterprise"}, ["sg-bp1b"]),
        ({"vpc_id": "vpc-9"}, []),
    ],
)
def test_filters_of_alibaba_cloud(clouds: Harness, filters: dict[str, Any], expected: list[str]) -> None:
    groups = [
        {"id": "sg-bp1a"},
        {"id": "sg-bp1b", "type": "enterprise", "vpc_id": "vpc-1"},
        {"id": "sg-bp1c", "vpc_id": "vpc-1"},
        {"id": "sg-bp1d", "type": "enterprise", "vpc_id": "vpc-2"},
    ]
    ALIYUN.seed(clouds, groups)
    assert ALIYUN.found(clouds, filters=filters) == expected


@pytest.mark.parametrize("dialect", [TENCENT, OLD], ids=["3.0", "2.0"])
@pytest.mark.parametrize(("project", "expected"), [(0, [1]), ("0", [1]), (7, [2, 3]), ("7", [2, 3]), ("8", [])])
def test_filter_by_project(clouds: Harness, dialect: Dialect, project: Any, expected: list[int]) -> None:
    groups = [{"id": f"sg-0000000{number}", "project_id": each} for number, each in ((1, 0), (2, 7), (3, 7))]
    dialect.seed(clouds, groups)
    found = dialect.found(clouds, filters={"project_id": project})
    assert found == [f"sg-0000000{number}" for number in expected]


@dialects
def test_filters_over_pages(clouds: Harness, dialect: Dialect) -> None:
    """Filters apply to every page, even if the service or the module evaluates them late."""
    groups = [{"id": f"sg-{number:08}", "name": f"kind {number % 2}"} for number in range(230)]
    dialect.seed(clouds, groups)
    with without_waiting():
        found = dialect.found(clouds, filters={"name": "kind 1"})
    assert found == [f"sg-{number:08}" for number in range(1, 230, 2)]


@dialects
def test_ids_and_filters(clouds: Harness, dialect: Dialect) -> None:
    """A group must be in the list and match the filters; a listed one that does not match is missing."""
    dialect.seed(clouds, TAGGED)
    asked = ["sg-00000004", "sg-00000001"]
    assert dialect.found(clouds, security_group_ids=asked, filters={"name": "web"}) == asked
    result = dialect.info(clouds, security_group_ids=["sg-00000002", *asked], filters={"name": "web"})
    assert result["failure"]["kind"] == "not_found"
    assert "sg-00000002" in result["msg"] and "filters" in result["msg"]
    assert ids(result) == asked


MISTAKES: dict[str, tuple[Dialect, dict[str, Any], list[str]]] = {
    "unknown": (ALIYUN, {"filters": {"nme": "web"}}, ["filters.nme"]),
    "two unknown": (TENCENT, {"filters": {"a": 1, "name": "web", "b": 2}}, ["filters.a", "filters.b"]),
    "the other cloud's": (TENCENT, {"filters": {"vpc_id": "vpc-1"}}, ["filters.vpc_id"]),
    "the other cloud's too": (ALIYUN, {"filters": {"project_id": "0"}}, ["filters.project_id"]),
    "type": (ALIYUN, {"filters": {"type": "basic"}}, ["filters.type"]),
    "tags of API 2.0": (OLD, {"filters": {"tags": {"env": "prod"}}}, ["filters.tags"]),
    "tags as a list": (TENCENT, {"filters": {"tags": ["env"]}}, ["filters.tags"]),
    "name as a list": (ALIYUN, {"filters": {"name": ["web"]}}, ["filters.name"]),
    "several": (ALIYUN, {"filters": {"x": 1, "type": "y"}, "timeout": 0}, ["timeout", "filters.x", "filters.type"]),
    "ids": (
        ALIYUN,
        {"security_group_ids": ["", DROPPING, "sg bp1", "x" * 101]},
        [f"security_group_ids[{n}]" for n in (2, 3)],
    ),
    "ids at Tencent": (TENCENT, {"security_group_ids": ["vpc-1", WEB]}, ["security_group_ids[0]"]),
    "half an id": (OLD, {"security_group_ids": ["sg-\ud800"]}, ["security_group_ids[0]"]),
    "nothing at once": (TENCENT, {"max_concurrency": 0}, ["max_concurrency"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_cost_no_call(clouds: Harness, name: str) -> None:
    dialect, options, paths = MISTAKES[name]
    result = dialect.info(clouds, **options)
    assert result["failure"]["kind"] == "invalid_input"
    assert [error["path"] for error in result["failure"]["errors"]] == paths
    assert all(error["message"] in result["msg"] for error in result["failure"]["errors"])
    assert calls(clouds) == []


def test_the_failure_for_an_unknown_filter_lists_the_known_ones(clouds: Harness) -> None:
    (error,) = ALIYUN.info(clouds, filters={"nme": "web"})["failure"]["errors"]
    assert "name, vpc_id, type, tags" in error["message"]


OWN = {"aliyun": ("inner_access_policy",), "tencent": ("ingress", "egress")}


@dialects
@pytest.mark.parametrize("check", [True, False])
def test_the_result_is_valid_input(clouds: Harness, dialect: Dialect, check: bool) -> None:
    """Unmodified as entries of ``groups``, and as the options of one group: nothing changes."""
    found = dialect.info(clouds)["security_groups"]
    assert len(found) == len(WORLD[dialect.cloud])
    together = succeeded(clouds, dialect.sibling, dialect.options(clouds, groups=found), check=check)
    assert not together["changed"]
    assert [group["security_group_id"] for group in together["groups"]] == WORLD[dialect.cloud]
    for entry in found:
        own = {name: entry[name] for name in ("security_group_id", *OWN[dialect.cloud])}
        assert not succeeded(clouds, dialect.sibling, dialect.options(clouds, **own), check=check)["changed"]
    assert writes(clouds) == []


@pytest.mark.parametrize("dialect", [TENCENT, OLD], ids=["3.0", "2.0"])
def test_every_form_of_a_rule_is_valid_input(clouds: Harness, dialect: Dialect) -> None:
    """Peers, templates, protocols and ports of every kind, as the service returns them and the module accepts them."""
    tcp = {"Action": "ACCEPT", "Protocol": "tcp"}
    rules: list[dict[str, Any]] = [
        {**tcp, "Port": "22", "CidrBlock": "10.0.0.1/32"},
        {**tcp, "Port": "443,80", "SecurityGroupId": "sg-00000001"},
        {**tcp, "Port": "ALL", "CidrBlock": "0.0.0.0/0", "PolicyDescription": '两个字, "quoted" & <more>'},
        {"Action": "DROP", "Protocol": "icmp", "CidrBlock": "192.168.0.0/16"},
        {"Action": "ACCEPT", "AddressTemplate": {"AddressId": "ipm-abcd1234"}, "Protocol": "udp", "Port": "1-65535"},
        {"Action": "ACCEPT", "ServiceTemplate": {"ServiceGroupId": "ppmg-abcd1234"}, "CidrBlock": "10.0.0.0/8"},
        {"Action": "DROP"},
    ]
    if dialect is TENCENT:
        rules += [
            {**tcp, "Port": "22", "Ipv6CidrBlock": "2001:DB8::/32"},
            {"Action": "ACCEPT", "Protocol": "icmpv6", "Ipv6CidrBlock": "::/0"},
            {"Action": "ACCEPT", "Protocol": "gre", "CidrBlock": "10.0.0.0/8"},
        ]
    dialect.seed(clouds, [{"id": "sg-00000001", "version": 3, "ingress": rules, "egress": rules[::-1]}])
    found = dialect.info(clouds)["security_groups"]
    assert [len(found[0][direction]) for direction in ("ingress", "egress")] == [len(rules)] * 2
    for state in ("replaced", "merged"):
        task = dialect.options(clouds, groups=found, state=state)
        assert not succeeded(clouds, dialect.sibling, task)["changed"]
    assert writes(clouds) == []


# Unusual rules that groups can have: the API to read them, and the rules of one direction.
TWINS = [{"Action": "ACCEPT", "PolicyDescription": text} for text in ("", "a", "b")]
MIXED_PORTS = {"Action": "ACCEPT", "Protocol": "tcp", "Port": "80,8000-8010,9000-9001"}
HOST_BITS = {"Action": "DROP", "CidrBlock": "10.9.89.9/25"}
ODD: dict[str, tuple[Dialect, list[dict[str, Any]]]] = {
    "host bits": (TENCENT, [HOST_BITS]),
    "host bits (2.0)": (OLD, [HOST_BITS]),
    "IPv6 host bits": (TENCENT, [{"Action": "DROP", "Ipv6CidrBlock": "2001:DB8::1/32"}]),
    "twins": (TENCENT, TWINS),
    "twins (2.0)": (OLD, TWINS),
    "mixed ports": (TENCENT, [MIXED_PORTS]),
    "mixed ports (2.0)": (OLD, [MIXED_PORTS]),
    "two templates": (TENCENT, [{"Action": "ACCEPT", "AddressTemplate": BOTH_HALVES}]),
    "description in lines": (TENCENT, [{"Action": "ACCEPT", "PolicyDescription": " two\n lines\t"}]),
}
# Rules that only API 3.0 can write.
BEYOND = [
    {"Action": "ACCEPT", "Protocol": "icmpv6", "Ipv6CidrBlock": "::/0"},
    {"Action": "ACCEPT", "Protocol": "gre", "CidrBlock": "10.0.0.0/8"},
    {"Action": "ACCEPT", "PolicyDescription": "x" * 51},
]
odd = pytest.mark.parametrize(("dialect", "rules"), ODD.values(), ids=ODD)


def odd_entry(clouds: Harness, dialect: Dialect, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the info module's entry of a group with these rules, and one rule in the other direction."""
    clouds.switch("tencent", mixed_port_list="accept", template_both_halves="accept")
    egress = [{"Action": "ACCEPT", "CidrBlock": "10.0.0.0/8"}]
    dialect.seed(clouds, [{"id": WEB, "version": 3, "ingress": rules, "egress": egress}])
    (entry,) = dialect.info(clouds)["security_groups"]
    assert len(entry["ingress"]) == len(rules)
    return dict(entry)


def ways_to_give(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rules of an info module's entry: as the entry, and as options of the task."""
    rules = {name: entry[name] for name in ("security_group_id", "ingress", "egress")}
    return [{"groups": [entry]}, {"groups": [rules]}, rules]


@pytest.mark.parametrize("state", ["replaced", "merged"])
@pytest.mark.parametrize(
    ("dialect", "rules"), [*ODD.values(), (OLD, BEYOND)], ids=[*ODD, "what API 2.0 cannot express"]
)
def test_unusual_rules_are_valid_input(
    clouds: Harness, dialect: Dialect, rules: list[dict[str, Any]], state: str
) -> None:
    entry = odd_entry(clouds, dialect, rules)
    for options in ways_to_give(entry):
        for check in (True, False):
            task = dialect.options(clouds, state=state, **options)
            if rules is TWINS and state == "merged":
                failure = run_module(dialect.sibling, task, check=check)["failure"]
                assert [error["path"].rpartition(".")[2] for error in failure["errors"]] == ["ingress[1]", "ingress[2]"]
                continue
            result = succeeded(clouds, dialect.sibling, task, check=check)
            assert not result["changed"]
            assert (result.get("groups") or [result])[0]["after"]["ingress"] == entry["ingress"]
    assert writes(clouds) == []


@odd
def test_a_backup_is_valid_after_the_rules_are_gone(
    clouds: Harness, dialect: Dialect, rules: list[dict[str, Any]]
) -> None:
    saved = odd_entry(clouds, dialect, rules)
    for options in ways_to_give(saved):
        emptied = dialect.options(clouds, security_group_id=WEB, ingress=[], egress=[])
        before = succeeded(clouds, dialect.sibling, emptied)["before"]
        assert {name: before[name] for name in ("ingress", "egress")} == {
            name: saved[name] for name in ("ingress", "egress")
        }
        result = succeeded(clouds, dialect.sibling, dialect.options(clouds, **options))
        assert result["changed"]
        clouds.clear_journal()
        (again,) = dialect.info(clouds)["security_groups"]
        assert {**again, "version": ""} == {**saved, "version": ""}


@odd
def test_stored_rules_can_be_named_to_delete_and_to_merge_them(
    clouds: Harness, dialect: Dialect, rules: list[dict[str, Any]]
) -> None:
    entry = odd_entry(clouds, dialect, rules)
    for rule in entry["ingress"]:
        options = dialect.options(clouds, security_group_id=WEB, ingress=[rule])
        assert not succeeded(clouds, dialect.sibling, {**options, "state": "merged"})["changed"]
    options = dialect.options(clouds, security_group_id=WEB, ingress=entry["ingress"], state="deleted")
    deleted = succeeded(clouds, dialect.sibling, options)
    assert deleted["changed"]
    assert deleted["after"]["ingress"] == clouds.group("tencent", WEB)["ingress"] == []
    assert not succeeded(clouds, dialect.sibling, options)["changed"]


@odd
def test_unusual_rules_stay_when_the_other_direction_changes(
    clouds: Harness, dialect: Dialect, rules: list[dict[str, Any]]
) -> None:
    entry = odd_entry(clouds, dialect, rules)
    result = succeeded(
        clouds, dialect.sibling, dialect.options(clouds, groups=[{**entry, "egress": [{"action": "drop"}]}])
    )
    assert result["changed"]
    after = result["groups"][0]["after"]
    assert after["ingress"] == entry["ingress"]
    assert [rule["action"] for rule in after["egress"]] == ["drop"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("dialect", [TENCENT, OLD], ids=["3.0", "2.0"])
def test_a_rule_that_would_be_stored_wider_is_not_written_again(clouds: Harness, dialect: Dialect, check: bool) -> None:
    """The service stores 0.0.0.0/n as any address, so such a rule in the other direction must stay as it is."""
    odd_entry(clouds, dialect, [{"Action": "ACCEPT", "CidrBlock": "0.0.0.5/8"}])
    task = dialect.options(clouds, security_group_id=WEB, egress=[{"action": "drop"}])
    failure = run_module(dialect.sibling, task, check=check)["failure"]
    assert (failure["kind"], writes(clouds)) == ("unsupported", [])
    assert succeeded(clouds, dialect.sibling, {**task, "state": "merged"}, check=check)["changed"]
    assert clouds.group("tencent", WEB)["ingress"][0]["CidrBlock"] == "0.0.0.5/8"
    assert succeeded(clouds, dialect.sibling, {**task, "ingress": []}, check=check)["after"]["ingress"] == []


@pytest.mark.parametrize("check", [True, False])
def test_unsupported_rules_are_a_mistake_where_api_2_0_would_write_them(clouds: Harness, check: bool) -> None:
    entry = odd_entry(clouds, OLD, BEYOND)
    changed = {**entry, "egress": [{"action": "drop"}]}
    clouds.clear_journal()
    result = run_module(OLD.sibling, OLD.options(clouds, groups=[changed]), check=check)
    failure = result["groups"][0]["failure"]
    assert failure["kind"] == "invalid_input"
    assert [error["path"] for error in failure["errors"]] == [
        "groups[0].ingress[0].protocol",
        "groups[0].ingress[0].ipv6_cidr",
        "groups[0].ingress[1].protocol",
        "groups[0].ingress[2].description",
    ]
    assert writes(clouds) == []


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"action": "drop", "cidr": "10.1.2.3/8"}, "cidr"),
        ({"action": "drop", "protocol": "all", "port": "all", "cidr": "10.1.2.3/8"}, "cidr"),
        ({"action": "allow", "protocol": "all", "port": "all", "cidr": "10.0.0.0/8"}, "action"),
        ({"action": "drop", "protocol": "all", "port": "all", "source": "10.0.0.0/8"}, "source"),
        ({"action": "drop", "protocol": "all", "port": "all", "cidr": ""}, "cidr"),
    ],
)
def test_a_manually_edited_entry_is_refused_before_any_call(clouds: Harness, rule: dict[str, Any], field: str) -> None:
    """The whole task fails, before another group is changed."""
    entries = TENCENT.info(clouds, security_group_ids=[WEB, PEER])["security_groups"]
    clouds.clear_journal()
    groups = [{**entries[0], "ingress": []}, {**entries[1], "ingress": [rule]}]
    failure = run_module(TENCENT.sibling, TENCENT.options(clouds, groups=groups))["failure"]
    assert [error["path"] for error in failure["errors"]] == [f"groups[1].ingress[0].{field}"]
    assert calls(clouds) == []


@dialects
def test_a_backup_can_be_restored(clouds: Harness, dialect: Dialect) -> None:
    """Changes by another user are undone with the rules that were read before."""
    change: dict[str, Any]
    if dialect.cloud == "aliyun":
        group, change = DROPPING, {"inner_access_policy": "Accept"}
    else:
        group, change = WEB, {"ingress": [{"Action": "DROP"}], "egress": []}
    saved = dialect.info(clouds, security_group_ids=[group])["security_groups"]
    clouds.foreign_write(dialect.cloud, group, **change)
    assert dialect.info(clouds, security_group_ids=[group])["security_groups"] != saved
    assert succeeded(clouds, dialect.sibling, dialect.options(clouds, groups=saved))["changed"]
    clouds.clear_journal()
    again = dialect.info(clouds, security_group_ids=[group])["security_groups"]
    assert [{**each, "version": ""} for each in again] == [{**each, "version": ""} for each in saved]


@dialects
def test_throttling_during_a_listing(clouds: Harness, dialect: Dialect) -> None:
    """The second page and the read of a group are refused a few times, and then everything is read."""
    expected = dialect.many(clouds, 130)
    clouds.fault("throttled", action=dialect.listing, nth=2, times=3)
    clouds.fault("throttled", action=dialect.detail, nth=50, times=4)
    with without_waiting() as pauses:
        assert dialect.found(clouds) == expected
    assert len(pauses.seconds) >= 7
    assert calls(clouds).count(dialect.listing) == 2 + 3
    assert calls(clouds).count(dialect.detail) == 130 + 4


@dialects
@pytest.mark.parametrize("fault", ["malformed", "truncated", "reset", "lost", "http"])
def test_a_lost_page_is_requested_again(clouds: Harness, dialect: Dialect, fault: str) -> None:
    expected = dialect.many(clouds, 130)
    clouds.fault(fault, action=dialect.listing, nth=2)
    with without_waiting():
        assert dialect.found(clouds) == expected
    assert calls(clouds).count(dialect.listing) == 3


@dialects
@pytest.mark.parametrize(("fault", "kind"), [("html", "protocol"), ("malformed", "protocol"), ("http", "unavailable")])
def test_a_page_that_is_always_lost_is_a_failure(clouds: Harness, dialect: Dialect, fault: str, kind: str) -> None:
    """The groups that were read before are not returned as the complete list."""
    dialect.many(clouds, 130)
    clouds.fault(fault, action=dialect.listing, nth=2, times=99)
    with without_waiting():
        result = dialect.info(clouds)
    assert (result["failed"], result["failure"]["kind"]) == (True, kind)
    assert result["failure"]["action"] == dialect.listing
    assert result["security_groups"] == []


def test_details_are_read_concurrently(clouds: Harness) -> None:
    expected = ALIYUN.many(clouds, 20)
    clouds.simulator.latency = 0.02
    assert ALIYUN.found(clouds, max_concurrency=4) == expected
    in_flight = [call["in_flight"] for call in clouds.journal(action=ALIYUN.detail)]
    assert 1 < max(in_flight) <= 4


def test_options_from_the_action_groups(clouds: Harness, ansible: Ansible) -> None:
    """A module uses the defaults of the action group of its cloud, and of the group of all modules."""
    asked = {dialect.sibling: WORLD[dialect.cloud][:2] for dialect in (ALIYUN, TENCENT)}
    tasks = [
        {"name": name, f"cnclouds.security_groups.{name}_info": {"security_group_ids": wanted}}
        for name, wanted in asked.items()
    ]
    defaults: dict[str, dict[str, Any]] = {"all": {"endpoint": clouds.url}}
    for dialect in (ALIYUN, TENCENT):
        options = dialect.options(clouds)
        del options["endpoint"]
        defaults[dialect.cloud] = options
    groups = {f"group/cnclouds.security_groups.{group}": options for group, options in defaults.items()}
    run = ansible.tasks(tasks, "--check", module_defaults=groups)
    for name, wanted in asked.items():
        assert ids(run.result(name)) == wanted
        assert run.result(name)["changed"] is False
    assert writes(clouds) == []
