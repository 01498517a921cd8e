# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of users: ad-hoc commands, module defaults, --diff, and options in the form of job templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import ROOT, Ansible, Run
from tests.support.module_runner import run_module
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_KEY_ID,
    ALIYUN_REGION,
    ALIYUN_SECRET,
    DROPPING,
    PEER,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    WEB,
    aliyun_options,
    assert_clean,
    assert_no_secret,
    tencent_options,
    writes,
)

ALIYUN = "cnclouds.security_groups.aliyun_sg_policy"
TENCENT = "cnclouds.security_groups.tencent_sg_rules"


def environment(clouds: Harness) -> dict[str, str]:
    """The variables to connect to the clouds, and the empty variables that AWX sets for empty fields."""
    return {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_SECRET,
        "ALIBABA_CLOUD_SECURITY_TOKEN": "",
        "ALIBABA_CLOUD_REGION_ID": "",
        "ALIBABA_CLOUD_REGION": ALIYUN_REGION,
        "ALIBABA_CLOUD_ENDPOINT_ECS": clouds.url,
        "TENCENTCLOUD_SECRET_ID": TENCENT_ID,
        "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY,
        "TENCENTCLOUD_TOKEN": "",
        "TENCENTCLOUD_REGION": TENCENT_REGION,
        "TENCENTCLOUD_ENDPOINT_VPC": clouds.url,
        "TENCENTCLOUD_ENDPOINT_DFW": clouds.url,
    }


def adhoc(clouds: Harness, ansible: Ansible, module: str, arguments: str, *more: str) -> Run:
    command = ["localhost", "-m", module, "-a", arguments, *more]
    run = ansible.command("ansible", *command, environment=environment(clouds))
    assert run.stderr == ""
    assert_no_secret(run.stdout)
    return run


def test_adhoc_preview(clouds: Harness, ansible: Ansible) -> None:
    arguments = f"security_group_id={ACCEPTING} inner_access_policy=drop security_token="
    run = adhoc(clouds, ansible, ALIYUN, arguments, "--check", "--diff")
    assert run.status == 0
    assert "localhost | CHANGED => {" in run.stdout
    assert f"+++ after: {ACCEPTING} ({ALIYUN_REGION})" in run.stdout
    assert '-    "inner_access_policy": "accept"' in run.stdout
    assert '+    "inner_access_policy": "drop"' in run.stdout
    assert writes(clouds) == []


def test_adhoc_with_json(clouds: Harness, ansible: Ansible, tmp_path: Path) -> None:
    arguments = {"sgId": WEB, "ingress": [], "egress": [{"action": "drop", "port": 25, "ipProtocol": "tcp"}]}
    run = adhoc(clouds, ansible, TENCENT, json.dumps(arguments))
    assert run.status == 0
    result = run.tasks[0].result
    assert result["after"]["ingress"] == []
    assert result["after"]["egress"] == [{"action": "drop", "protocol": "tcp", "port": "25", "cidr": "0.0.0.0/0"}]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert_no_secret(path.read_text(encoding="utf-8", errors="replace"))


def test_adhoc_with_json_in_one_option(clouds: Harness, ansible: Ansible) -> None:
    rules = json.dumps([{"action": "accept", "protocol": "tcp", "port": "80,443"}, {"acton": "drop"}])
    run = adhoc(clouds, ansible, TENCENT, f"security_group_id={WEB} ingress='{rules}' api_version=2.0 state=merged")
    assert run.status == 2
    assert "localhost | FAILED! => {" in run.stdout
    assert "ingress[1].acton: is not a field of a rule (did you mean action?)" in run.stdout
    assert "Traceback" not in run.stdout
    assert {error["path"] for error in run.tasks[0].result["failure"]["errors"]} == {
        "ingress[1].acton",
        "ingress[1].action",
    }


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("tencent_sg_rules", {"ingress": '[{"action": "accept", "port": 22, "protocol": "tcp"}]', "egress": " []"}),
        ("tencent_sg_rules", {"ingress": '\n[\n {"action": "drop"}\n]\n'}),
    ],
)
def test_lists_as_json_text(clouds: Harness, module: str, options: dict[str, str]) -> None:
    """Surveys and extra variables can only pass text."""
    task = tencent_options(clouds.url, security_group_id=WEB)
    given = run_module(module, {**task, **options}, check=True)
    parsed = run_module(module, {**task, **{name: json.loads(text) for name, text in options.items()}}, check=True)
    assert "failure" not in given, given["msg"]
    for member in ("changed", "before", "after", "diff"):
        assert given[member] == parsed[member]


def test_groups_as_json_text(clouds: Harness) -> None:
    groups = json.dumps([{"security_group_id": ACCEPTING}, {"sg_id": DROPPING}])
    result = run_module("aliyun_sg_policy", aliyun_options(clouds.url, groups=groups, policy="drop"), check=True)
    assert [group["changed"] for group in result["groups"]] == [True, False]


def modules() -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")


def test_action_groups_contain_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    groups = {name: set(members) for name, members in runtime["action_groups"].items()}
    assert groups["all"] == set(modules())
    for cloud in ("aliyun", "tencent"):
        assert groups[cloud] == {name for name in modules() if name.startswith(cloud)}


@pytest.mark.parametrize("ansible", [True, False], ids=["direct", "process"], indirect=True)
def test_module_defaults(clouds: Harness, ansible: Ansible) -> None:
    rules = [{"action": "accept", "protocol": "tcp", "port": 443}]
    defaults = {
        "group/cnclouds.security_groups.all": {"timeout": 7, "deadline": 33},
        "group/cnclouds.security_groups.aliyun": {**aliyun_options(clouds.url), "signature_version": "v1"},
        "group/cnclouds.security_groups.tencent": {**tencent_options(clouds.url), "api_version": "2.0", "token": ""},
    }
    tasks = [
        {"name": "one", ALIYUN: {"security_group_id": ACCEPTING, "inner_access_policy": "drop", "security_token": ""}},
        {"name": "two", TENCENT: {"security_group_id": WEB, "ingress": "{{ rules }}", "timeout": 8}},
        {"name": "three", TENCENT: {"security_group_id": PEER, "egress": "{{ rules_as_text }}"}},
    ]
    variables = {"rules": rules, "rules_as_text": json.dumps(rules)}
    run = ansible.tasks(tasks, module_defaults=defaults, vars=variables)
    assert run.status == 0, run.stdout
    for task, timeout in (("one", 7), ("two", 8), ("three", 7)):
        result = run.result(task)
        assert result["changed"], task
        arguments = result["invocation"]["module_args"]
        assert (arguments["timeout"], arguments["deadline"]) == (timeout, 33)
        assert_clean(result)
    assert run.result("one")["invocation"]["module_args"]["signature_version"] == "v1"
    assert writes(clouds) == ["ModifySecurityGroupPolicy", *["ModifySecurityGroupPolicys"] * 2]


DIFF = f"""\
--- before: {WEB} ({TENCENT_REGION})
+++ after: {WEB} ({TENCENT_REGION})
@@ -1,6 +1,6 @@
 ingress:
+  - {{action: accept, protocol: tcp, port: "80,443", cidr: 0.0.0.0/0, description: "web"}}
   - {{action: accept, protocol: tcp, port: 22, cidr: 10.0.0.0/8, description: "ssh"}}
-  - {{action: accept, protocol: tcp, port: "80,443", cidr: 0.0.0.0/0, description: "web"}}
   - {{action: drop, protocol: udp, port: 8000-8010, cidr: 192.168.0.0/16}}
 egress:
   - {{action: accept, protocol: all, port: all, cidr: 0.0.0.0/0}}

"""


def diff_of(clouds: Harness, ansible: Ansible) -> str:
    ssh = {"action": "accept", "protocol": "tcp", "port": 22, "cidr": "10.0.0.0/8", "description": "ssh"}
    web = {"action": "accept", "protocol": "tcp", "port": "80,443", "description": "web"}
    udp = {"action": "drop", "protocol": "udp", "port": "8000-8010", "cidr": "192.168.0.0/16"}
    v6 = {"action": "accept", "protocol": "icmpv6", "ipv6_cidr": "::/0"}
    groups = [{"security_group_id": WEB, "ingress": [ssh, web, udp]}, {"security_group_id": PEER, "egress": [v6]}]
    tasks: list[dict[str, Any]] = [
        {TENCENT: {"security_group_id": WEB, "ingress": [web, ssh, udp]}},
        {TENCENT: {"groups": groups}},
    ]
    run = ansible.tasks(tasks, "--check", "--diff", environment=environment(clouds))
    assert run.status == 0, run.stdout
    return run.stdout


def test_diff_has_one_line_for_each_rule(clouds: Harness, ansible: Ansible) -> None:
    shown = diff_of(clouds, ansible)
    assert DIFF in shown
    assert f"+++ after: {PEER} ({TENCENT_REGION})\n" in shown
    # Both YAML and the module accept the line as a rule.
    line = '+  - {action: accept, protocol: icmpv6, port: all, ipv6_cidr: "::/0"}'
    assert line in shown.splitlines()
    assert shown.count("+++ after: ") == 2, "a group that does not change has no diff"
    (rule,) = yaml.safe_load(line[1:])
    task = tencent_options(clouds.url, security_group_id=PEER, egress=[rule])
    assert run_module("tencent_sg_rules", task, check=True)["after"]["egress"] == [rule]
