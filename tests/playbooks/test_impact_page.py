# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output that docs/impact.md prints is what the module returns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import Result, run_module
from tests.support.worlds import DROPPING, aliyun_options

PAGE = Path(__file__).parents[2] / "docs/impact.md"
EVERY = re.findall(r"```yaml\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
EXAMPLES = [example for example in EVERY if example[0].startswith("present:")]
ALIYUN_EXAMPLES = [example for example in EVERY if example[0].startswith("rules:")]


def test_the_page_has_its_examples() -> None:
    assert (len(EXAMPLES), len(ALIYUN_EXAMPLES)) == (12, 1)
    assert len(EVERY) == 13


@pytest.mark.parametrize(("task", "printed"), EXAMPLES)
def test_an_example_prints_what_the_page_says(task: str, printed: str) -> None:
    options = yaml.safe_load(task)
    present, desired = options.pop("present"), options.pop("desired")
    rules = {"security_group_id": "sg-33ocnj9n", "present": {"ingress": present}, "ingress": desired}
    result = run_module("tencent_sg_rules_check", {**rules, **options})
    lines = [*result["impact"]["text"], *(f"[WARNING]: {warning}" for warning in result["warnings"])]
    assert printed.splitlines() == ([result["msg"]] if "failure" in result else lines)


DEMO_GROUP = "sg-bp67acfmxazb4phdemo1"


def explained(clouds: Harness, task: str) -> Result:
    """The preview of a change of the inner access policy, for a group with the rules of the task."""
    given = yaml.safe_load(task.replace(DEMO_GROUP, DROPPING))
    assert given["before"] == "drop"
    rules = [
        {
            "SecurityGroupRuleId": rule["id"],
            "Policy": rule["policy"].capitalize(),
            "IpProtocol": rule["protocol"].upper(),
            "PortRange": rule["port"],
            "SourceGroupId": rule["peer"],
        }
        for rule in given["rules"]
    ]
    clouds.foreign_write("aliyun", DROPPING, rules=rules)
    options = aliyun_options(clouds.url, security_group_id=DROPPING, inner_access_policy=given["after"])
    return run_module("aliyun_sg_policy", options, check=True)


@pytest.mark.parametrize(("task", "printed"), ALIYUN_EXAMPLES)
def test_an_example_of_alibaba_cloud(clouds: Harness, task: str, printed: str) -> None:
    impact = explained(clouds, task)["impact"]
    lines = [*impact["text"], f"overridden_rules: [{', '.join(impact['overridden_rules'])}]"]
    assert printed.splitlines() == [line.replace(DROPPING, DEMO_GROUP) for line in lines]
