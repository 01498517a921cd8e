# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of docs/permissions.md allow exactly the calls of the modules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import ROOT, Ansible
from tests.support.module_runner import run_module
from tests.support.pages import blocks, section, table
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_REGION,
    TENCENT_REGION,
    WEB,
    aliyun_options,
    calls,
    tencent_options,
    variables,
    writes,
)

PAGE = (ROOT / "docs/permissions.md").read_text("utf-8")
DNS = {"action": "accept", "protocol": "udp", "port": 53, "cidr": "10.1.2.3"}
SSH = {"action": "accept", "protocol": "tcp", "port": 22, "cidr": "10.0.0.0/8", "description": "ssh"}
# Changes that make the module use all of its calls, by state.
CHANGES: dict[str, list[dict[str, Any]]] = {
    "replaced": [{"ingress": [DNS]}, {"ingress": [], "egress": [DNS]}, {"ingress": [], "egress": []}],
    "merged": [{"ingress": [DNS]}, {"ingress": [DNS], "position": "top"}, {"ingress": [{**SSH, "description": "new"}]}],
    "deleted": [{"ingress": [SSH]}, {"ingress": [SSH], "egress": [{"action": "accept"}]}],
}
Options = dict[str, Any]


def allowed(heading: str) -> set[str]:
    """The actions of the policy below this heading, without the prefix of the service."""
    (text,) = blocks(section(PAGE, heading), "json")
    policy = {key.lower(): value for key, value in json.loads(text).items()}
    statements = [{key.lower(): value for key, value in each.items()} for each in policy["statement"]]
    assert {each["effect"].lower() for each in statements} == {"allow"}
    return {action.partition(":")[2] for each in statements for action in each["action"]}


def tencent_changes(api: str) -> Iterator[tuple[str, Options]]:
    for state, changes in CHANGES.items():
        for change in changes:
            yield state, {"security_group_id": WEB, "api_version": api, "state": state, **change}


def seen(clouds: Harness, module: str, options: Options, *, check: bool = False) -> set[str]:
    """The actions that a successful task calls, starting from the seed."""
    clouds.reset()
    access = aliyun_options(clouds.url) if module.startswith("aliyun") else tencent_options(clouds.url)
    result = run_module(module, {**access, **options}, check=check)
    assert "failure" not in result, result["msg"]
    return set(calls(clouds))


def inventory(clouds: Harness, ansible: Ansible, plugin: str) -> set[str]:
    """The actions that an inventory plugin calls."""
    cloud, region = ("aliyun", ALIYUN_REGION) if plugin == "aliyun_sg" else ("tencent", TENCENT_REGION)
    source = ansible.folder / f"{plugin}.yml"
    source.write_text(f"plugin: cnclouds.security_groups.{plugin}\nregions: [{region}]\n", encoding="utf-8")
    clouds.reset()
    run = ansible.command("ansible-inventory", "-i", str(source), "--list", environment=variables(clouds.url))
    assert f"{cloud}_{region}_" in run.stdout, run.stderr
    return set(calls(clouds))


ALIYUN_CHANGE = {"security_group_id": ACCEPTING, "inner_access_policy": "drop", "forbid": ["any_any"]}


def test_alibaba_cloud(clouds: Harness, ansible: Ansible) -> None:
    change = seen(clouds, "aliyun_sg_policy", ALIYUN_CHANGE)
    reads = seen(clouds, "aliyun_sg_policy_info", {}) | inventory(clouds, ansible, "aliyun_sg")
    reads |= seen(clouds, "aliyun_sg_policy", ALIYUN_CHANGE, check=True)
    assert allowed("Alibaba Cloud: read") == reads
    assert allowed("Alibaba Cloud: change") == change


@pytest.mark.parametrize("api", ["3.0", "2.0"])
def test_tencent_cloud(clouds: Harness, ansible: Ansible, api: str) -> None:
    reads, changes = seen(clouds, "tencent_sg_rules_info", {"api_version": api}), set()
    for _state, options in tencent_changes(api):
        reads |= seen(clouds, "tencent_sg_rules", options, check=True)
        changes |= seen(clouds, "tencent_sg_rules", options)
    if api == "3.0":
        reads |= inventory(clouds, ansible, "tencent_sg")
    assert allowed(f"Tencent Cloud, API {api}: read") == reads
    assert allowed(f"Tencent Cloud, API {api}: change") == changes


def test_the_writing_actions_of_each_state(clouds: Harness) -> None:
    used: dict[str, set[str]] = {state: set() for state in CHANGES}
    for state, options in tencent_changes("3.0"):
        seen(clouds, "tencent_sg_rules", options)
        used[state] |= set(writes(clouds))
    every = allowed("Tencent Cloud, API 3.0: change")
    documented = {state: {name for name in every if name in text} for state, text in table(PAGE, "`state`")}
    assert documented == used
