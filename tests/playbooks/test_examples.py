# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example in the documentation of the modules runs unchanged."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

import yaml

from tests.cloud_simulator.harness import running_simulator
from tests.support.ansible_commands import ROOT, Ansible
from tests.support.module_runner import COLLECTION
from tests.support.worlds import (
    ALIYUN_KEY_ID,
    ALIYUN_REGION,
    ALIYUN_SECRET,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    aliyun_seed,
    tencent_seed,
)

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
GROUP = re.compile(r"\bsg-[0-9a-z]+")
VPC = re.compile(r"\bvpc-[0-9a-z]+")


def examples(module: str) -> list[dict[str, Any]]:
    documented = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{module}").EXAMPLES
    tasks: list[dict[str, Any]] = yaml.safe_load(documented)
    return tasks


def named(cloud: str, pattern: re.Pattern[str]) -> list[str]:
    """Return the names in the examples of a cloud's modules, once each."""
    text = json.dumps([examples(module) for module in MODULES if module.startswith(cloud)])
    return sorted(set(pattern.findall(text)))


def seed() -> dict[str, Any]:
    """Clouds with every group that the examples name."""
    (vpc,) = named("aliyun", VPC) or [""]
    aliyun: list[dict[str, Any]] = [
        # The example for the other type of group has the type in the ID.
        {"id": name, "region": ALIYUN_REGION, "vpc_id": vpc, "type": "enterprise" if "advan" in name else "normal"}
        for name in named("aliyun", GROUP)
    ]
    tencent = [{"id": name, "region": TENCENT_REGION} for name in named("tencent", GROUP)]
    return {
        "aliyun": {**aliyun_seed(), "security_groups": aliyun},
        "tencent": {**tencent_seed(), "security_groups": tencent},
    }


def test_examples_run(ansible: Ansible) -> None:
    tasks = [task for module in MODULES for task in examples(module)]
    names = [task["name"] for task in tasks]
    assert len(set(names)) == len(names)
    with running_simulator(seed()) as clouds:
        environment = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_KEY_ID,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_SECRET,
            "ALIBABA_CLOUD_ENDPOINT_ECS": clouds.url,
            "TENCENTCLOUD_SECRET_ID": TENCENT_ID,
            "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY,
            "TENCENTCLOUD_ENDPOINT_VPC": clouds.url,
            "TENCENTCLOUD_ENDPOINT_DFW": clouds.url,
        }
        run = ansible.tasks(tasks, environment=environment)
    assert run.status == 0, run.stdout
    # One example drops an IPv4 address before it allows any address, which the lint reports.
    warned = [line for line in run.stdout.splitlines() + run.stderr.splitlines() if "WARNING" in line]
    assert all("any IPv6 address can reach" in line for line in warned), warned
    assert [(each.task, each.status) for each in run.tasks] == [(name, "ok") for name in names]
    for module in MODULES:
        results = [run.result(task["name"]) for task in examples(module) if f"{COLLECTION}.{module}" in task]
        assert results, f"no example of {module} uses it"
        assert module.endswith(("_info", "_check")) or any(result["changed"] for result in results)
    listed = [each.result for each in run.tasks if "security_groups" in each.result]
    assert any(result["security_groups"] for result in listed), "the examples that list groups found none"
