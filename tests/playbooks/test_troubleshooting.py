# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of docs/troubleshooting.md list all kinds of failures, and the right kind for each code."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
import yaml

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import ROOT
from tests.support.module_runner import COLLECTION, run_module, without_waiting
from tests.support.pages import section, table
from tests.support.worlds import ACCEPTING, WEB, aliyun_options, tencent_options

PAGE = ROOT / "docs/troubleshooting.md"
TENCENT: dict[str, Any] = {"security_group_id": WEB, "ingress": []}
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "Alibaba Cloud": ("aliyun_sg_policy", {"security_group_id": ACCEPTING, "inner_access_policy": "drop"}),
    "Tencent Cloud, API 3.0": ("tencent_sg_rules", TENCENT),
    "Tencent Cloud, API 2.0": ("tencent_sg_rules", {**TENCENT, "api_version": "2.0"}),
}
ROWS = [
    (heading, code, kind)
    for heading in TASKS
    for code, kind, _advice in table(section(PAGE.read_text("utf-8"), heading), "Code")
]


def test_the_kinds_are_those_of_the_modules() -> None:
    returned = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.tencent_sg_rules").RETURN
    documented = yaml.safe_load(returned)["failure"]["contains"]["kind"]["description"]
    kinds = re.findall(r"V\((\w+)\)", " ".join([documented] if isinstance(documented, str) else documented))
    assert [kind for kind, *_rest in table(PAGE.read_text("utf-8"), "`failure.kind`")] == kinds
    assert {kind for _heading, _code, kind in ROWS} <= set(kinds)


@pytest.mark.parametrize(("heading", "code", "kind"), ROWS)
def test_a_code_is_of_the_kind_on_the_page(clouds: Harness, heading: str, code: str, kind: str) -> None:
    module, options = TASKS[heading]
    clouds.fault("error", code=code, times=10_000)
    access = aliyun_options(clouds.url) if module.startswith("aliyun") else tencent_options(clouds.url)
    with without_waiting():
        failure = run_module(module, {**access, **options})["failure"]
    assert (failure["code"], failure["kind"]) == (code, kind)
