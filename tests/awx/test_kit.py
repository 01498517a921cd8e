# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of ``extensions/awx`` that ``configure.yml`` reads, and the example of a project."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from tests.awx.awx_rules import credential_type_mistakes, survey_mistakes
from tests.awx.controller import injected
from tests.awx.kit import KIT, PROJECT, configured, credential_types, load, settings
from tests.support import worlds

SURVEYED = {**configured("job_template"), **configured("workflow_job_template")}


def test_every_setting_is_used_and_has_a_safe_default() -> None:
    text = (KIT / "configure.yml").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{name}\b", text) for name in settings())
    assert settings()["awx_clouds"] == list(credential_types())
    assert not any(value for name, value in settings().items() if name.endswith("_team") or "notification" in name)


@pytest.mark.parametrize("name", sorted(credential_types()))
def test_credential_types(name: str) -> None:
    kind = credential_types()[name]
    assert list(credential_type_mistakes(kind)) == []
    broken = copy.deepcopy(kind)
    broken["inputs"]["fields"].pop()
    broken["injectors"]["env"]["ANSIBLE_X"] = "{{ none_such }}"
    assert len(list(credential_type_mistakes(broken))) == 3


def test_every_secret_field_is_a_secret() -> None:
    for kind in credential_types().values():
        secret = {each["id"] for each in kind["inputs"]["fields"] if each.get("secret")}
        assert secret == {
            each["id"] for each in kind["inputs"]["fields"] if each["id"].endswith(("secret", "key", "token"))
        }


def test_each_field_reaches_a_variable_and_empty_ones_are_empty(tmp_path: Path) -> None:
    for name, kind in credential_types().items():
        inputs = {each["id"]: f"value of {each['id']}" for each in kind["inputs"]["fields"]}
        assert sorted(injected(name, inputs, tmp_path).values()) == sorted(inputs.values())
        assert set(injected(name, {}, tmp_path).values()) == {""}


def test_the_variables_are_those_that_the_modules_read() -> None:
    documented = "".join(
        path.read_text(encoding="utf-8") for path in (KIT.parents[1] / "plugins/doc_fragments").glob("*.py")
    )
    for kind in credential_types().values():
        for variable in kind["injectors"]["env"]:
            assert f"E({variable})" in documented


@pytest.mark.parametrize("name", sorted(name for name, each in SURVEYED.items() if "survey_spec" in each))
def test_surveys(name: str) -> None:
    survey: dict[str, Any] = SURVEYED[name]["survey_spec"]
    assert list(survey_mistakes(survey)) == []
    assert list(survey_mistakes({**survey, "spec": survey["spec"] * 2})) != []


def test_the_example_of_a_project_follows_the_specification_of_the_role() -> None:
    specification = load(KIT.parents[1] / "roles/security_groups/meta/argument_specs.yml")["argument_specs"]["main"]
    groups = load(PROJECT / "groups.yml")
    assert set(groups) <= set(specification["options"])
    for name in ("security_groups_aliyun", "security_groups_tencent"):
        for entry in groups[name]:
            assert set(entry) <= set(specification["options"][name]["options"])
    assert groups["security_groups_forbid"] == ["world_open_admin_ports", "world_open_databases"]
    assert groups["security_groups_aliyun"][0]["region"] == worlds.ALIYUN_REGION
