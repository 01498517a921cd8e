# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a module returns is documented under its return values."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.cloud_simulator.harness import Harness
from tests.support.module_runner import COLLECTION, Result, run_module
from tests.support.worlds import ACCEPTING, ENTERPRISE, WEB, aliyun_options, tencent_options

RULE = {"action": "accept", "protocol": "tcp", "port": 22}
CHANGE = {"ingress": [RULE, {**RULE, "description": "again"}], "forbid": ["world_open_databases"]}
VIOLATION = {"ingress": [RULE], "forbid": ["world_open_admin_ports"]}
DROP = {"inner_access_policy": "drop"}
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "aliyun_sg_policy": [
        {"security_group_id": ACCEPTING, **DROP},
        {"security_group_id": ENTERPRISE, **DROP},
        {"security_group_id": "none", **DROP},
        {"groups": [{"security_group_id": ACCEPTING}, {"security_group_id": ENTERPRISE}], **DROP},
    ],
    "aliyun_sg_policy_info": [{}, {"security_group_ids": ["sg-bp1nosuchgroup"]}, {"filters": {"nam": "x"}}],
    "tencent_sg_rules": [
        {"security_group_id": WEB, **CHANGE},
        {"security_group_id": WEB, **VIOLATION},
        {"security_group_id": WEB},
        {"groups": [{"security_group_id": WEB}, {"security_group_id": "sg-nosuchgr"}], **CHANGE},
    ],
    "tencent_sg_rules_check": [
        {"security_group_id": WEB, **CHANGE},
        {"security_group_id": WEB, **VIOLATION},
        {"security_group_id": WEB},
        {"groups": [{"security_group_id": WEB}], **CHANGE},
    ],
    "tencent_sg_rules_info": [{}, {"security_group_ids": ["sg-nosuchgr"]}, {"filters": {"nam": "x"}}],
}
CASES = [(module, number) for module, listed in OPTIONS.items() for number in range(len(listed))]
# ansible-core documents these for all modules.
COMMON = {"changed", "failed", "msg", "warnings", "invocation", "diff"}


def undocumented(value: Any, contains: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the paths of the keys that the documentation lacks, at any depth that it describes."""
    for each in value if isinstance(value, list) else [value]:
        for key, inner in each.items() if isinstance(each, dict) else ():
            if key not in contains:
                yield f"{path}{key}"
            elif "contains" in contains[key]:
                yield from undocumented(inner, contains[key]["contains"], f"{path}{key}.")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("module", "number"), CASES)
def test_every_key_of_a_result_is_documented(clouds: Harness, module: str, number: int, check: bool) -> None:
    options = OPTIONS[module][number]
    if module != "tencent_sg_rules_check":
        options = (aliyun_options if module.startswith("aliyun") else tencent_options)(clouds.url, **options)
    result: Result = run_module(module, options, check=check)
    source = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{module}").RETURN
    documented = {**dict.fromkeys(COMMON, {}), **yaml.safe_load(source)}
    for entry in [result, *result.get("groups", [])]:
        assert list(undocumented(entry, documented, "")) == []
