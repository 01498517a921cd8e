# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked examples of docs/migration.md: the YAML describes the state that the other tool leaves in the cloud."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cloud_simulator.harness import Harness, running_simulator
from tests.support.ansible_commands import ROOT, Ansible
from tests.support.module_runner import run_module
from tests.support.pages import blocks, table
from tests.support.worlds import (
    ALIYUN_KEY_ID,
    ALIYUN_REGION,
    ALIYUN_SECRET,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    aliyun_seed,
    tencent_seed,
    variables,
    writes,
)
from tests.tooling.environment import directory

PAGE = (ROOT / "docs/migration.md").read_text("utf-8")
ALIYUN_GROUP, TENCENT_GROUP = "sg-bp1migration0000web", "sg-migrate1"
# The members of API 3.0 that the provider fills from its attributes.
MEMBERS: dict[str, tuple[str, ...]] = {
    "action": ("Action",),
    "protocol": ("Protocol",),
    "port": ("Port",),
    "cidr_block": ("CidrBlock",),
    "ipv6_cidr_block": ("Ipv6CidrBlock",),
    "source_security_id": ("SecurityGroupId",),
    "address_template_id": ("AddressTemplate", "AddressId"),
    "address_template_group": ("AddressTemplate", "AddressGroupId"),
    "service_template_id": ("ServiceTemplate", "ServiceId"),
    "service_template_group": ("ServiceTemplate", "ServiceGroupId"),
    "description": ("PolicyDescription",),
}
TRAFFIC = ("ingress", "egress")
# A stub of their module, with the part of its interface that the page uses.
STUB = """
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule({"name": {"required": True}, "vpc_id": {}, "rules": {"type": "list", "elements": "dict"}})
module.exit_json(changed=True, group={"id": "sg-bp1migration0000web", "group_name": module.params["name"]})
"""


def terraform(direction: str) -> list[dict[str, str]]:
    """The attributes of each block of this direction in the page's example."""
    (code,) = blocks(PAGE, "hcl")
    bodies = re.findall(rf"^  {direction} {{\n(.*?)^  }}", code, re.M | re.S)
    return [dict(re.findall(r'^\s+(\w+)\s+= "(.*)"$', body, re.M)) for body in bodies]


def written_by_terraform(attributes: dict[str, str]) -> dict[str, Any]:
    """The rule that the provider creates from a block, in the form of the API."""
    rule: dict[str, Any] = {}
    for name, value in attributes.items():
        member, *half = MEMBERS[name]
        rule[member] = {half[0]: value} if half else value
    return rule


def seed() -> dict[str, Any]:
    """The groups of the page as Terraform leaves them."""
    rules = {direction: [written_by_terraform(each) for each in terraform(direction)] for direction in TRAFFIC}
    tencent = [{"id": name, "region": TENCENT_REGION} for name in (TENCENT_GROUP, "sg-monitor1")]
    aliyun = [{"id": ALIYUN_GROUP, "region": ALIYUN_REGION, "inner_access_policy": "Drop"}]
    return {
        "aliyun": {**aliyun_seed(), "security_groups": aliyun},
        "tencent": {**tencent_seed(), "security_groups": [{**tencent[0], "version": 1, **rules}, tencent[1]]},
    }


@pytest.fixture
def clouds() -> Iterator[Harness]:
    with running_simulator(seed()) as harness:
        yield harness


@pytest.fixture
def environment(clouds: Harness) -> dict[str, str]:
    """The variables of alibaba.alicloud instead of the newer ones of the vendor, as the page says."""
    kept = {name: value for name, value in variables(clouds.url).items() if "ACCESS_KEY" not in name}
    key = {"ALICLOUD_ACCESS_KEY": ALIYUN_KEY_ID, "ALICLOUD_SECRET_KEY": ALIYUN_SECRET}
    return {**kept, **key, "ALICLOUD_REGION": ALIYUN_REGION}


def page_yaml(name: str) -> str:
    """The YAML block that begins with the name of this file."""
    (text,) = [text for text in blocks(PAGE, "yaml") if text.startswith(f"# {name}\n")]
    return text


def test_the_variables_describe_what_terraform_leaves(
    clouds: Harness, ansible: Ansible, environment: dict[str, str]
) -> None:
    (ansible.folder / "groups.yml").write_text(page_yaml("groups.yml"), encoding="utf-8")
    drift = ("ansible-playbook", "cnclouds.security_groups.drift", "-e", "@groups.yml")
    found = ansible.command(*drift, environment=environment)
    assert found.status == 0, found.stdout
    assert writes(clouds) == []
    rules = clouds.group("tencent", TENCENT_GROUP)["ingress"]
    clouds.foreign_write("tencent", TENCENT_GROUP, ingress=[*rules[1:], rules[0]])
    assert ansible.command(*drift, environment=environment).status == 2


def test_the_import_finds_the_same(ansible: Ansible, environment: dict[str, str]) -> None:
    """The commands at the top of the page; the imported file has the groups of the page."""
    (commands,) = blocks(PAGE, "console")
    for line in commands.splitlines():
        program, *arguments = line.split()
        run = ansible.command(program, *arguments, environment=environment)
        assert run.status == 0, run.stdout
    imported = yaml.safe_load((ansible.folder / "groups.yml").read_text("utf-8"))
    (aliyun,) = imported["security_groups_aliyun"]
    (tencent,) = imported["security_groups_tencent"]
    assert [(each["security_group_id"], each["inner_access_policy"]) for each in aliyun["groups"]] == [
        (ALIYUN_GROUP, "drop")
    ]
    assert_same_rules({group["security_group_id"]: group for group in tencent["groups"]}[TENCENT_GROUP])


def assert_same_rules(given: dict[str, Any]) -> None:
    """Assert that replacing the page's rules with these would change nothing."""
    (group,) = yaml.safe_load(page_yaml("groups.yml"))["security_groups_tencent"][0]["groups"]
    rules = {direction: given[direction] for direction in TRAFFIC}
    present = {direction: group[direction] for direction in TRAFFIC}
    result = run_module("tencent_sg_rules_check", {"security_group_id": TENCENT_GROUP, **rules, "present": present})
    assert (result.get("msg"), result.get("requests")) == (None, []), result["diff"]


def test_the_table_of_attributes() -> None:
    """Each attribute of the provider has its field, and the table translates the example correctly."""
    fields = {attribute: field for attribute, field, _remarks in table(PAGE, "Attribute of")}
    assert set(fields) == set(MEMBERS)
    assert_same_rules(
        {
            direction: [{fields[name]: value for name, value in rule.items()} for rule in terraform(direction)]
            for direction in TRAFFIC
        }
    )


def test_beside_alibaba_alicloud(clouds: Harness, ansible: Ansible, environment: dict[str, str]) -> None:
    """Their module is not installed here, so a stub with the same name, options and result replaces it."""
    clouds.foreign_write("aliyun", ALIYUN_GROUP, inner_access_policy="Accept")
    modules = ansible.folder / "collections/ansible_collections/alibaba/alicloud/plugins/modules"
    modules.mkdir(parents=True)
    (modules / "ali_security_group.py").write_text(STUB, encoding="utf-8")
    both = f"{ROOT / '.cache/collections'}{os.pathsep}{ansible.folder / 'collections'}"
    environment = {**environment, "ANSIBLE_COLLECTIONS_PATH": both}
    run = ansible.playbook(page_yaml("group.yml"), environment=environment)
    assert run.status == 0, run.stdout
    assert run.result("Isolate the members of the group")["changed"]
    assert clouds.group("aliyun", ALIYUN_GROUP)["inner_access_policy"] == "Drop"


def tccli(clouds: Harness, folder: Path) -> None:
    """Run the page's script with the vendor's client, which connects to the simulator."""
    program = directory("tccli") / "bin/tccli"
    wrapper = folder / "bin/tccli"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {program} "$@" --endpoint {clouds.url}\n', encoding="utf-8")
    wrapper.chmod(0o755)
    variables = {"TENCENTCLOUD_SECRET_ID": TENCENT_ID, "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY, "HOME": str(folder)}
    path = os.pathsep.join([str(wrapper.parent), os.environ["PATH"]])
    command = ["bash", "-euc", blocks(PAGE, "sh")[0]]
    subprocess.run(command, cwd=folder, env={**variables, "PATH": path}, check=True, timeout=120)


def test_a_script_for_tccli(clouds: Harness, ansible: Ansible, environment: dict[str, str]) -> None:
    (rules,) = blocks(PAGE, "json")
    (ansible.folder / "rules.json").write_text(rules, encoding="utf-8")
    before = ansible.playbook(page_yaml("web.yml"), "--check", environment=environment)
    assert before.tasks[0].result["changed"], before.stdout
    tccli(clouds, ansible.folder)
    written = clouds.group("tencent", TENCENT_GROUP)
    assert [rule["PolicyDescription"] for rule in written["ingress"]] == ["web", "office"]
    clouds.clear_journal()
    after = ansible.playbook(page_yaml("web.yml"), environment=environment)
    assert (after.status, after.tasks[0].result["changed"]) == (0, False), after.stdout
    assert writes(clouds) == []


def test_the_table_of_calls() -> None:
    """The states on the page are those of the module."""
    documented = table(PAGE, "Call in the script")
    states = {found for _call, option in documented for found in re.findall(r"state: (\w+)", option)}
    assert states == {"replaced", "merged", "deleted"}
    assert json.loads(blocks(PAGE, "json")[0]).keys() == {"Ingress", "Egress"}
