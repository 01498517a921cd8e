# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any task on any group converges, in any spelling of the options and of the responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.cloud_simulator.harness import Harness
from tests.properties.profile import cases
from tests.properties.shortcut import Shortcut
from tests.properties.tasks import Task, echoes, tasks
from tests.reliability.laboratory import reported
from tests.reliability.rules import Content, content
from tests.reliability.tally import Tally
from tests.support.four_runs import assert_prediction_held
from tests.support.module_runner import Pauses, Result, run_module
from tests.support.worlds import (
    ACCEPTING,
    DROPPING,
    WEB,
    aliyun_options,
    assert_clean,
    tencent_options,
    writes,
)

RULES = "tencent_sg_rules"


def prepared(way: Shortcut, pauses: Pauses, cloud: str, group: str, **members: Any) -> None:
    """The clouds in their initial state, with one additional group."""
    pauses.seconds.clear()
    way.requests.clear()
    way.clouds.reset()
    way.clouds.switch("tencent", mixed_port_list="accept")
    if members:
        way.clouds.foreign_write(cloud, group, **members)


def succeeded(module: str, options: Mapping[str, Any], *, check: bool = False) -> Result:
    """Return the result of a run, which must succeed."""
    result = run_module(module, options, check=check)
    assert not result.get("failed"), result["msg"]
    assert_clean(result)
    return result


def settled(clouds: Harness, module: str, options: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Check that there is nothing left to change, in check mode and in a real run."""
    clouds.clear_journal()
    for check in (True, False):
        result = succeeded(module, options, check=check)
        assert not result["changed"], result["diff"]
        assert result["before"] == result["after"] == after
    assert writes(clouds) == []


def options_of(clouds: Harness, task: Task, spelling: int) -> dict[str, Any]:
    """All options of the task, in one of the spellings."""
    return tencent_options(clouds.url, security_group_id=WEB, **task.options, **task.spelled[spelling])


def present(clouds: Harness) -> Content:
    """The current rules of the group."""
    group = clouds.group("tencent", WEB)
    return content(group["ingress"], group["egress"])


def converge(clouds: Harness, task: Task) -> Result:
    """A preview, the run that it approves in the other spelling, and two runs without changes.

    Returns the second result.
    """
    before = present(clouds)
    preview = succeeded(RULES, options_of(clouds, task, 0), check=True)
    assert writes(clouds) == []
    assert present(clouds) == before
    approved = {"expected_fingerprint": preview["fingerprint"]}
    applied = succeeded(RULES, {**options_of(clouds, task, 1), **approved})
    assert present(clouds) == task.after()
    assert applied["changed"] == preview["changed"] == (before != task.after())
    assert applied["fingerprint"] == preview["fingerprint"]
    if applied["changed"]:
        assert_prediction_held(preview, applied)
    settled(clouds, RULES, options_of(clouds, task, 0), applied["after"])
    return applied


def tried(way: Shortcut, pauses: Pauses, tally: Tally, task: Task) -> None:
    clouds = way.clouds
    prepared(way, pauses, "tencent", WEB, **task.before)
    clouds.switch("tencent", **task.switches)
    state = task.options["state"]
    applied = converge(clouds, task)
    event(f"{state}, {'changed' if applied['changed'] else 'unchanged'}, {len(applied['actions'])} calls")
    # The reported rules are valid input for a playbook.
    everything = {"ingress": applied["after"]["ingress"], "egress": applied["after"]["egress"], "state": "replaced"}
    settled(clouds, RULES, {**options_of(clouds, task, 0), **everything}, applied["after"])
    tally.count("properties", f"Tencent Cloud, API {task.api} | {state}", "converged")


@cases(50, 4000)
@given(task=tasks("3.0"))
def test_any_task_of_api_3(way: Shortcut, clouds: Harness, pauses: Pauses, tally: Tally, task: Task) -> None:
    tried(way, pauses, tally, task)


@cases(50, 3500)
@given(task=tasks("2.0"))
def test_any_task_of_api_2(way: Shortcut, clouds: Harness, pauses: Pauses, tally: Tally, task: Task) -> None:
    tried(way, pauses, tally, task)


@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_returned_values_can_be_requested(
    way: Shortcut, clouds: Harness, pauses: Pauses, tally: Tally, api: str
) -> None:
    """An entry of the info module changes nothing when it is passed to its sibling."""

    @cases(8, 250)
    @given(tasks(api))
    def check(task: Task) -> None:
        prepared(way, pauses, "tencent", WEB, **task.before)
        clouds.switch("tencent", **task.switches)
        access = tencent_options(clouds.url, api_version=api)
        (told,) = succeeded(f"{RULES}_info", {**access, "security_group_ids": [WEB]})["security_groups"]
        assert reported("tencent", told) == present(clouds)
        again = succeeded(RULES, {**access, "groups": [told]})
        assert not again["changed"], again["diff"]
        assert writes(clouds) == []
        tally.count("properties", f"Tencent Cloud, API {api} | read, then applied", "converged")

    check()


@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_emptied_groups_can_be_restored(way: Shortcut, clouds: Harness, pauses: Pauses, tally: Tally, api: str) -> None:
    """Emptying a group and applying ``before`` of the result restores the group."""

    @cases(15, 500)
    @given(tasks(api))
    def check(task: Task) -> None:
        prepared(way, pauses, "tencent", WEB, **task.before)
        clouds.switch("tencent", **task.switches)
        access = tencent_options(clouds.url, api_version=api, security_group_id=WEB)
        began = present(clouds)
        found = succeeded(RULES, {**access, "ingress": [], "egress": []})["before"]
        assert present(clouds) == {"ingress": (), "egress": ()}
        backup = {direction: found[direction] for direction in ("ingress", "egress")}
        put_back = succeeded(RULES, {**access, **backup})
        assert present(clouds) == began
        assert {direction: put_back["after"][direction] for direction in backup} == backup
        settled(clouds, RULES, {**access, **backup}, put_back["after"])
        tally.count("properties", f"Tencent Cloud, API {api} | emptied, then restored", "converged")

    check()


POLICY = "aliyun_sg_policy"


@cases(20, 500)
@given(
    group=st.sampled_from([ACCEPTING, DROPPING]),
    policy=st.sampled_from(["accept", "drop"]),
    spell=st.lists(st.sampled_from([str.upper, str.lower, str.capitalize, "  {} ".format]), min_size=2, max_size=2),
    options=st.fixed_dictionaries(
        {"signature_version": st.sampled_from(["v3", "v1"])},
        optional={"client_token": st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=64)},
    ),
    switches=echoes("aliyun"),
)
def test_any_task_of_alibaba_cloud(
    way: Shortcut,
    clouds: Harness,
    pauses: Pauses,
    tally: Tally,
    group: str,
    policy: str,
    spell: list[Any],
    options: dict[str, Any],
    switches: dict[str, str],
) -> None:
    prepared(way, pauses, "aliyun", group)
    clouds.switch("aliyun", **switches)
    access = aliyun_options(clouds.url, security_group_id=group, **options)
    one, other = ({**access, "inner_access_policy": each(policy)} for each in spell)
    preview = succeeded(POLICY, one, check=True)
    assert writes(clouds) == []
    applied = succeeded(POLICY, {**other, "expected_fingerprint": preview["fingerprint"]})
    assert clouds.group("aliyun", group).get("inner_access_policy", "Accept").lower() == policy
    assert applied["changed"] == preview["changed"] == (policy != {ACCEPTING: "accept", DROPPING: "drop"}[group])
    if applied["changed"]:
        assert_prediction_held(preview, applied)
    settled(clouds, POLICY, one, {"inner_access_policy": policy})
    access = aliyun_options(clouds.url, signature_version=options["signature_version"])
    (told,) = succeeded(f"{POLICY}_info", {**access, "security_group_ids": [group]})["security_groups"]
    again = succeeded(POLICY, {**access, "groups": [told]})
    assert not again["changed"], again["diff"]
    tally.count("properties", "Alibaba Cloud | inner access policy", "converged")
