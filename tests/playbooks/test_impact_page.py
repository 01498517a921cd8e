# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output that docs/impact.md prints is what the module returns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.module_runner import run_module

PAGE = Path(__file__).parents[2] / "docs/impact.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```\n\n```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) == 8


@pytest.mark.parametrize(("task", "printed"), EXAMPLES)
def test_an_example_prints_what_the_page_says(task: str, printed: str) -> None:
    options = yaml.safe_load(task)
    present, desired = options.pop("present"), options.pop("desired")
    rules = {"security_group_id": "sg-33ocnj9n", "present": {"ingress": present}, "ingress": desired}
    result = run_module("tencent_sg_rules_check", {**rules, **options})
    lines = [*result["impact"]["text"], *(f"[WARNING]: {warning}" for warning in result["warnings"])]
    assert printed.splitlines() == ([result["msg"]] if "failure" in result else lines)
