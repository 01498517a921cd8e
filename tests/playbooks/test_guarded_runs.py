# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The four runs of ``test_four_runs`` with policies, which are derived from the impact of the change itself.

If the policies protect what the change opens and forbid what it closes, the runs are the same as without them. The
other way around, the change fails and nothing is written. So impact and policies agree, and policies do not disturb a
change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.playbooks.test_four_runs import APIS, IPV6, SCENARIOS, hold
from tests.support.four_runs import four_runs
from tests.support.module_runner import Result, run_module
from tests.support.worlds import ACCEPTING, DROPPING, WEB, aliyun_options, tencent_options, writes

WAYS = pytest.mark.parametrize("check", [True, False])
GUARDED = {**SCENARIOS, "replaced, IPv6 and newer protocols": ("replaced", IPV6)}
CASES = [(name, api) for name in GUARDED for api in APIS if "IPv6" not in name or api == "3.0"]


def flows(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries as flows of a policy, without those that a flow cannot express."""
    fields = ("direction", "protocol", "port", "peer")
    return [
        {name: entry[name] for name in fields}
        for entry in entries
        if set(entry) == {*fields, "because"} and entry["protocol"] != "other"
    ]


def policies_of(preview: Result, protected: str, forbidden: str) -> dict[str, Any]:
    """Policies for the traffic that the preview of a change opens and closes."""
    impact = preview["impact"]
    assert preview["changed"] and impact["complete"]
    return {"protect": flows(impact[protected]), "forbid": flows(impact[forbidden])}


def test_most_changes_have_something_to_say(clouds: Harness) -> None:
    """Without any flow, the tests below would test nothing."""
    told = 0
    for state, scenario in GUARDED.values():
        task = tencent_options(clouds.url, security_group_id=scenario.group, state=state, **scenario.options)
        impact = run_module("tencent_sg_rules", task, check=True)["impact"]
        told += bool(flows(impact["newly_allowed"]) + flows(impact["newly_denied"]))
    assert told > len(GUARDED) * 2 / 3


@pytest.mark.parametrize(("name", "api"), CASES)
def test_tencent(clouds: Harness, name: str, api: str) -> None:
    state, scenario = GUARDED[name]
    options = {"security_group_id": scenario.group, "state": state, **scenario.options, **APIS[api]}
    task = tencent_options(clouds.url, **options)
    preview = run_module("tencent_sg_rules", task, check=True)
    refused(clouds, "tencent_sg_rules", task, policies_of(preview, "newly_denied", "newly_allowed"))
    clouds.clear_journal()
    hold(clouds, scenario, state=state, **APIS[api], **policies_of(preview, "newly_allowed", "newly_denied"))


@pytest.mark.parametrize(("group", "desired"), [(ACCEPTING, "drop"), (DROPPING, "accept")])
def test_aliyun(clouds: Harness, group: str, desired: str) -> None:
    task = aliyun_options(clouds.url, security_group_id=group, inner_access_policy=desired)
    preview = run_module("aliyun_sg_policy", task, check=True)
    refused(clouds, "aliyun_sg_policy", task, policies_of(preview, "newly_denied", "newly_allowed"))
    clouds.clear_journal()
    four_runs(clouds, "aliyun_sg_policy", {**task, **policies_of(preview, "newly_allowed", "newly_denied")})
    assert clouds.group("aliyun", group)["inner_access_policy"] == desired.capitalize()


def refused(clouds: Harness, module: str, task: Mapping[str, Any], policies: dict[str, list[dict[str, Any]]]) -> None:
    """Each of the policies is certainly violated by this change, in check mode and in a real run."""
    named = {f"{kind}[{index}]" for kind, each in policies.items() for index in range(len(each))}
    if not named:
        return
    state = clouds.state()
    for check in (True, False):
        result = run_module(module, {**task, **policies}, check=check)
        assert result["failure"]["kind"] == "policy"
        violations = result["failure"]["violations"]
        assert {violation["policy"] for violation in violations} == named
        assert {violation["change"] for violation in violations} == {"worse"}
        assert not result["changed"]
    assert writes(clouds) == []
    assert clouds.state() == state


@WAYS
@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_a_group_of_the_internet_that_is_only_narrowed(clouds: Harness, check: bool, api: str) -> None:
    """Policies that the group violates before and after only cause warnings, whatever the change narrows."""
    clouds.foreign_write("tencent", WEB, ingress=[{"Action": "ACCEPT", "CidrBlock": "0.0.0.0/0"}])
    rules = [{"action": "accept", "protocol": "tcp"}, {"action": "accept", "protocol": "udp", "cidr": "10.0.0.0/8"}]
    names = ["world_open_admin_ports", "world_open_databases", "any_any"]
    task = tencent_options(clouds.url, security_group_id=WEB, api_version=api, ingress=rules, forbid=names)
    result = run_module("tencent_sg_rules", task, check=check)
    assert result["changed"], result["msg"]
    assert [any(f'"{name}"' in warning for warning in result["warnings"]) for name in names] == [True, True, True]
    assert bool(writes(clouds)) is not check
