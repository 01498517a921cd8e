# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several groups in one task: order, isolation, defaults from the task, and the keys of the result."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.four_runs import succeeded
from tests.support.module_runner import Result, run_module
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_REGION,
    DROPPING,
    ENTERPRISE,
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

ALIYUN = "aliyun_sg_policy"
TENCENT = "tencent_sg_rules"
DNS = {"action": "accept", "protocol": "udp", "port": "53", "cidr": "10.1.2.3"}
ANY = {"action": "accept", "protocol": "all", "port": "all", "cidr": "0.0.0.0/0"}
SINGLE = {"changed", "security_group_id", "region", "before", "after", "diff", "actions"}


def fleet(count: int) -> list[dict[str, Any]]:
    return [{"id": f"sg-fleet{number:03}", "region": TENCENT_REGION, "version": 0} for number in range(count)]


def ids(result: Result) -> list[str]:
    return [group["security_group_id"] for group in result["groups"]]


def aliyun(clouds: Harness, *groups: dict[str, Any], **options: Any) -> dict[str, Any]:
    return aliyun_options(clouds.url, groups=list(groups), **options)


def tencent(clouds: Harness, *groups: dict[str, Any], **options: Any) -> dict[str, Any]:
    return tencent_options(clouds.url, groups=list(groups), **options)


@pytest.mark.parametrize("max_concurrency", [1, 8])
def test_order_and_four_runs(clouds: Harness, max_concurrency: int) -> None:
    """Results are in the order of the entries, whichever group is ready first."""
    groups = fleet(20)
    clouds.set_state({"tencent": {**clouds.state()["tencent"], "security_groups": groups}})
    clouds.fault("slow", group=groups[0]["id"], seconds=0.2)
    entries = [{"security_group_id": group["id"]} for group in reversed(groups)]
    options = tencent(clouds, *entries, ingress=[DNS], max_concurrency=max_concurrency)
    expected = [entry["security_group_id"] for entry in entries]
    previews = []
    for check, changed in ((True, True), (False, True), (True, False), (False, False)):
        result = succeeded(clouds, TENCENT, options, check=check)
        assert ids(result) == expected
        assert [group["changed"] for group in result["groups"]] == [changed] * 20
        assert result["changed"] is changed
        assert [diff["after_header"].split()[0] for diff in result["diff"]] == (expected if changed else [])
        previews.append([(group["before"], group["after"], group["diff"]) for group in result["groups"]])
        assert (not writes(clouds)) is (not changed or check)
        if not check:
            clouds.clear_journal()
    assert previews[0] == previews[1]
    assert previews[2] == previews[3]


@pytest.mark.parametrize("max_concurrency", [1, 3, 8])
def test_the_number_of_concurrent_calls(clouds: Harness, max_concurrency: int) -> None:
    groups = fleet(16)
    clouds.set_state({"tencent": {**clouds.state()["tencent"], "security_groups": groups}})
    clouds.simulator.latency = 0.05
    entries = [{"security_group_id": group["id"]} for group in groups]
    succeeded(clouds, TENCENT, tencent(clouds, *entries, ingress=[], max_concurrency=max_concurrency))
    in_flight = {call["in_flight"] for call in clouds.journal()}
    assert max(in_flight) <= max_concurrency
    assert (in_flight == {1}) is (max_concurrency == 1)
    assert len(clouds.journal()) == 16


def test_keys_of_the_result(clouds: Harness) -> None:
    entries = [
        {"security_group_id": ACCEPTING},
        {"security_group_id": DROPPING},
        {"security_group_id": "sg-bp1nosuchgroup00000"},
    ]
    result = run_module(ALIYUN, aliyun(clouds, *entries, inner_access_policy="drop"))
    changed, unchanged, failed = result["groups"]
    assert set(unchanged) >= SINGLE | {"failed"}
    assert set(changed) == set(unchanged) | {"client_token"}
    assert set(failed) >= SINGLE | {"failed", "msg", "failure"}
    assert {"msg", "failure"}.isdisjoint(unchanged)
    assert [group["failed"] for group in result["groups"]] == [False, False, True]
    assert {group["region"] for group in result["groups"]} == {ALIYUN_REGION}
    assert {"changed", "region", "groups", "diff", "failed", "msg", "failure"} <= set(result)
    assert "security_group_id" not in result and "before" not in result
    single = run_module(ALIYUN, aliyun_options(clouds.url, security_group_id=DROPPING, inner_access_policy="drop"))
    for name in SINGLE - {"actions"}:
        assert single[name] == unchanged[name]


@pytest.mark.parametrize("max_concurrency", [1, 8])
def test_a_failure_does_not_affect_other_groups(clouds: Harness, max_concurrency: int) -> None:
    missing = "sg-bp1nosuchgroup00000"
    entries = [
        {"security_group_id": missing},
        {"security_group_id": ACCEPTING},
        {"security_group_id": ENTERPRISE, "inner_access_policy": "accept"},
        {"security_group_id": DROPPING, "inner_access_policy": "accept"},
    ]
    options = aliyun(clouds, *entries, inner_access_policy="drop", max_concurrency=max_concurrency)
    result = run_module(ALIYUN, options)
    assert_clean(result)
    assert result["failed"] and result["changed"]
    assert "2 of 4" in result["msg"] and missing in result["msg"] and ENTERPRISE in result["msg"]
    assert ACCEPTING not in result["msg"]
    assert ids(result) == [missing, ACCEPTING, ENTERPRISE, DROPPING]
    kinds = [group.get("failure", {}).get("kind") for group in result["groups"]]
    assert kinds == ["not_found", None, "unsupported", None]
    assert clouds.group("aliyun", ACCEPTING)["inner_access_policy"] == "Drop"
    assert clouds.group("aliyun", DROPPING)["inner_access_policy"] == "Accept"
    assert [diff["before_header"].split()[0] for diff in result["diff"]] == [ACCEPTING, DROPPING]
    for group in result["groups"]:
        assert ("msg" in group) is group["failed"]
        if group["failed"]:
            assert group["security_group_id"] in group["msg"]


def test_every_group_fails(clouds: Harness) -> None:
    entries = [{"security_group_id": f"sg-nosuch{number:02}"} for number in range(3)]
    state = clouds.state()
    result = run_module(TENCENT, tencent(clouds, *entries, ingress=[]))
    assert result["failed"] and not result["changed"]
    assert "3 of 3" in result["msg"]
    assert result["diff"] == []
    assert clouds.state() == state


def test_an_omitted_option_of_an_entry_comes_from_the_task(clouds: Harness) -> None:
    entries: list[dict[str, Any]] = [
        {"security_group_id": WEB},
        {"sg_id": PEER, "egress": []},
        {"sgId": NEVER_EDITED, "ingress": [ANY], "state": "replaced"},
    ]
    result = succeeded(
        clouds, TENCENT, tencent(clouds, *entries, state="merged", position="top", ingress=[DNS], egress=[DNS])
    )
    web, peer, never_edited = (group["after"] for group in result["groups"])
    assert web["ingress"][0] == web["egress"][0] == DNS
    assert (len(web["ingress"]), len(web["egress"])) == (4, 2)
    assert (peer["ingress"], peer["egress"]) == ([DNS, ANY], [])
    assert (never_edited["ingress"], never_edited["egress"]) == ([ANY], [DNS])


def test_an_empty_value_of_an_entry_counts_as_not_given(clouds: Harness) -> None:
    entry = {"security_group_id": WEB, "state": "", "position": None, "egress": "", "expected_version": ""}
    result = succeeded(clouds, TENCENT, tencent(clouds, entry, state="merged", ingress=[], egress=[DNS]))
    assert result["groups"][0]["after"]["egress"] == [ANY, DNS]


def test_the_expected_version_of_each_group(clouds: Harness) -> None:
    entries: list[dict[str, Any]] = [
        {"security_group_id": WEB, "expected_version": "3"},
        {"security_group_id": PEER, "expected_version": 2},
    ]
    result = run_module(TENCENT, tencent(clouds, *entries, ingress=[DNS]))
    assert [group["changed"] for group in result["groups"]] == [True, False]
    assert result["groups"][1]["failure"]["kind"] == "conflict"


def test_the_expected_version_of_the_task(clouds: Harness) -> None:
    """An option that an entry omits comes from the options of the task, and so does this one."""
    entries = [{"security_group_id": WEB}, {"security_group_id": PEER, "expected_version": "1"}]
    result = succeeded(clouds, TENCENT, tencent(clouds, *entries, ingress=[DNS], expected_version="3"))
    assert [group["changed"] for group in result["groups"]] == [True, True]


@pytest.mark.parametrize("check", [True, False])
def test_unchanged_groups_can_be_shortened(clouds: Harness, check: bool) -> None:
    entries = [
        {"security_group_id": DROPPING},
        {"security_group_id": ACCEPTING},
        {"security_group_id": "sg-bp1nosuchgroup00000"},
    ]
    options = aliyun(clouds, *entries, inner_access_policy="drop", return_unchanged=False)
    unchanged, changed, failed = run_module(ALIYUN, options, check=check)["groups"]
    assert {"before", "after", "actions"}.isdisjoint(unchanged)
    assert unchanged["diff"] == {"before": "", "after": ""}
    assert (unchanged["security_group_id"], unchanged["changed"], unchanged["failed"]) == (DROPPING, False, False)
    for group in (changed, failed):
        assert {"before", "after", "actions", "diff"} <= set(group)


def test_one_entry_is_returned_as_a_list(clouds: Harness) -> None:
    result = succeeded(clouds, ALIYUN, aliyun(clouds, {"SecurityGroupId": ACCEPTING, "policy": "Drop"}))
    assert ids(result) == [ACCEPTING]
    assert result["changed"]
    assert len(result["diff"]) == 1


def test_an_empty_list_changes_nothing(clouds: Harness) -> None:
    result = succeeded(clouds, ALIYUN, aliyun(clouds, inner_access_policy="drop"))
    assert (result["changed"], result["groups"], result["diff"]) == (False, [], [])
    assert calls(clouds) == []


def test_too_many_entries(clouds: Harness) -> None:
    groups = fleet(100)
    clouds.set_state({"tencent": {**clouds.state()["tencent"], "security_groups": groups}})
    entries = [{"security_group_id": group["id"]} for group in groups]
    result = succeeded(clouds, TENCENT, tencent(clouds, *entries, egress=[{"action": "accept"}]))
    assert all(group["changed"] for group in result["groups"])
    assert len(writes(clouds)) == 100
