# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real playbooks, with --check and without; the fast driver of the other tests returns the same results."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible, Run
from tests.support.four_runs import assert_prediction_held
from tests.support.module_runner import Result, run_module
from tests.support.worlds import (
    ACCEPTING,
    NEVER_EDITED,
    PEER,
    VENDOR_EXAMPLE,
    WEB,
    aliyun_options,
    assert_clean,
    assert_no_secret,
    tencent_options,
    writes,
)

# The example in section 5 of the vendor's page on ModifySecurityGroupPolicys, as YAML with the names of that page.
VENDOR_TASK = """
sgId: sg-33ocnj9n
ingress:
  - ipProtocol: tcp
    cidrIp: 10.0.0.0/8
    action: ACCEPT
    portRange: 22
    desc: 内网入流量tcp协议22端口禁止访问
egress:
  - action: ACCEPT
    ipProtocol: tcp
    desc: 内网tcp出流量放通
    cidrIp: 10.0.0.0/8
"""
PLAY = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/cnclouds.security_groups.tencent:
      endpoint: {endpoint}
      api_version: "{api}"
  tasks:
"""
TASK = """
    - name: The example of the vendor's page
      check_mode: {check}
      cnclouds.security_groups.tencent_sg_rules:
"""
INGRESS = {
    "Protocol": "tcp",
    "Port": "22",
    "CidrBlock": "10.0.0.0/8",
    "Action": "ACCEPT",
    "PolicyDescription": "内网入流量tcp协议22端口禁止访问",
}
EGRESS = {
    "Protocol": "tcp",
    "Port": "ALL",
    "CidrBlock": "10.0.0.0/8",
    "Action": "ACCEPT",
    "PolicyDescription": "内网tcp出流量放通",
}


def vendor_playbook(endpoint: str, api: str) -> str:
    """The example as a preview, as a run, and again."""
    options = "".join(f"        {line}\n" for line in VENDOR_TASK.strip().splitlines())
    tasks = [TASK.format(check=check) + options for check in ("true", "false", "false")]
    return PLAY.format(endpoint=endpoint, api=api) + "".join(tasks)


def tasks_of(clouds: Harness) -> dict[str, tuple[str, dict[str, Any]]]:
    """Tasks by name, each for a different group: short module name and options."""

    def aliyun(**options: Any) -> tuple[str, dict[str, Any]]:
        return "aliyun_sg_policy", aliyun_options(clouds.url, **options)

    def tencent(**options: Any) -> tuple[str, dict[str, Any]]:
        return "tencent_sg_rules", tencent_options(clouds.url, **options)

    old = {"api_version": "2.0"}
    rule = {"action": "accept", "protocol": "tcp", "port": 443, "description": "TLS: # 'all' \"of\" {it}"}
    return {
        "isolate": aliyun(security_group_id=ACCEPTING, inner_access_policy="Drop"),
        "replace": tencent(security_group_id=WEB, ingress=[rule, {"action": "drop"}]),
        "replace on 2.0": tencent(security_group_id=PEER, egress=[rule], **old),
        "merge": tencent(security_group_id=NEVER_EDITED, state="merged", egress=[rule]),
    }


def play(clouds: Harness, ansible: Ansible, *arguments: str) -> Run:
    tasks = [
        {"name": name, f"cnclouds.security_groups.{module}": options}
        for name, (module, options) in tasks_of(clouds).items()
    ]
    return checked(ansible.tasks(tasks, *arguments))


def checked(run: Run) -> Run:
    """Return the run after asserting that it succeeded without a warning or a secret."""
    assert run.status == 0, run.stdout + run.stderr
    assert run.stderr == ""
    assert "WARNING" not in run.stdout
    assert_no_secret(run.stdout)
    for each in run.tasks:
        assert_clean(each.result)
    return run


def shown_diffs(run: Run) -> list[str]:
    return re.findall(r"^--- .*?(?=^$)", run.stdout, re.MULTILINE | re.DOTALL)


BOTH_WAYS = pytest.mark.parametrize("ansible", [True, False], ids=["direct", "process"], indirect=True)


@BOTH_WAYS
def test_check_run_check_run(clouds: Harness, ansible: Ansible) -> None:
    names = list(tasks_of(clouds))
    state = clouds.state()
    preview = play(clouds, ansible, "--check", "--diff")
    assert writes(clouds) == []
    assert clouds.state() == state

    applied = play(clouds, ansible, "--diff")
    assert len(shown_diffs(preview)) == len(names)
    assert shown_diffs(preview) == shown_diffs(applied)
    for name in names:
        assert preview.result(name)["changed"] and applied.result(name)["changed"], name
        assert_prediction_held(preview.result(name), applied.result(name))

    state = clouds.state()
    clouds.clear_journal()
    for arguments in (["--check", "--diff"], ["--diff"]):
        again = play(clouds, ansible, *arguments)
        assert not any(each.result["changed"] for each in again.tasks)
        assert shown_diffs(again) == []
    assert writes(clouds) == []
    assert clouds.state() == state


@BOTH_WAYS
def test_the_fast_driver_returns_what_a_playbook_returns(clouds: Harness, ansible: Ansible) -> None:
    """Every test that uses run_module depends on this."""
    mistaken = (
        "tencent_sg_rules",
        tencent_options(clouds.url, sgId="nonsense", ingress=[{"port": 22}, {"acton": "drop"}]),
    )
    unsupported = ("aliyun_sg_policy", aliyun_options(clouds.url, sg_id=ACCEPTING, police="drop"))
    warned = (
        "tencent_sg_rules",
        tencent_options(clouds.url, sgId=WEB, egress=[{"action": "drop", "cidr": "0.0.0.0/8"}]),
    )
    table = {**tasks_of(clouds), "mistaken": mistaken, "unsupported": unsupported, "warned": warned}
    play_tasks = [
        {"name": name, f"cnclouds.security_groups.{module}": options, "ignore_errors": True}
        for name, (module, options) in table.items()
    ]
    run = ansible.tasks(play_tasks)
    assert run.status == 0, run.stdout + run.stderr
    clouds.reset()
    for name, (module, options) in table.items():
        played = run.task(name)
        direct = run_module(module, options)
        assert comparable(direct) == comparable(played.result), name
        assert bool(direct.get("failed")) == (played.status == "failed"), name


def comparable(result: Result) -> Result:
    """Return the result without values that differ in each run or that the controller adds."""
    kept = {
        name: value
        for name, value in result.items()
        if not name.startswith("_ansible") and name not in ("client_token", "exception", "failed")
    }
    kept["actions"] = [{**action, "request_id": None} for action in result.get("actions", [])]
    kept["warnings"] = kept.get("warnings", [])
    kept.setdefault("changed", False)
    return kept


@pytest.mark.parametrize("api", ["2.0", "3.0"])
def test_the_example_of_the_vendors_page(clouds: Harness, ansible: Ansible, api: str) -> None:
    access = tencent_options(clouds.url)
    environment = {
        "TENCENTCLOUD_SECRET_ID": access["secret_id"],
        "TENCENTCLOUD_SECRET_KEY": access["secret_key"],
        "TENCENTCLOUD_REGION": access["region"],
    }
    run = checked(ansible.playbook(vendor_playbook(clouds.url, api), "--diff", environment=environment))
    preview, applied, again = (each.result for each in run.tasks)
    assert (preview["changed"], applied["changed"], again["changed"]) == (True, True, False)
    assert_prediction_held(preview, applied)
    group = clouds.group("tencent", VENDOR_EXAMPLE)
    for direction, rule in (("ingress", INGRESS), ("egress", EGRESS)):
        (held,) = group[direction]
        assert {name: value for name, value in held.items() if name != "ModifyTime"} == rule
    shown = "{action: accept, protocol: tcp, port: 22, cidr: 10.0.0.0/8, "
    line = f'''+  - {shown}description: "{INGRESS["PolicyDescription"]}"}}'''
    assert run.stdout.splitlines().count(line) == 2
