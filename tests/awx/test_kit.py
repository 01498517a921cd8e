# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``extensions/awx`` holds together, and AWX and its collection ``awx.awx`` would accept it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from tests.awx.awx_rules import OPTIONS, credential_type_mistakes, survey_mistakes
from tests.awx.controller import injected
from tests.awx.kit import KIT, PROJECT, configured, credential_types, load, settings, tasks
from tests.support import worlds
from tests.support.ansible_commands import Ansible

SURVEYED = {**configured("job_template"), **configured("workflow_job_template")}


def test_only_the_clouds_in_use_are_asked_for(ansible: Ansible) -> None:
    """Ansible itself is asked what it makes of the settings."""
    sources = configured("inventory_source")
    conditions = {
        name: next(each["when"] for each in tasks() if each.get("awx.awx.inventory_source") == source)
        for name, source in sources.items()
    }
    assert conditions == {name: f'"{name}" in awx_clouds' for name in credential_types()}
    (credentials,) = {each["credentials"] for each in configured("job_template").values()}
    for clouds in (settings()["awx_clouds"], ["Tencent Cloud"]):
        show = {"name": "show", "ansible.builtin.debug": {"msg": credentials}, "vars": {"awx_clouds": clouds}}
        assert ansible.tasks([show]).result("show")["msg"] == [f"Security groups: {cloud}" for cloud in clouds]
    assert settings()["awx_clouds"] == list(credential_types())


def test_every_task_uses_options_of_its_module() -> None:
    for task in tasks():
        (name,) = (key for key in task if key.startswith("awx.awx."))
        assert set(task[name]) <= OPTIONS[name.rpartition(".")[2]], task["name"]


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


def test_whatever_is_named_is_made() -> None:
    made = {module: configured(module) for module in OPTIONS if module != "credential_type"}
    credentials = {f"Security groups: {name}" for name in credential_types()}
    for template in made["job_template"].values():
        assert template["inventory"] in made["inventory"] and template["project"] in made["project"]
        assert template["execution_environment"] in made["execution_environment"]
        assert (PROJECT / template["playbook"]).is_file()
    for source in made["inventory_source"].values():
        assert source["credential"] in credentials and source["inventory"] in made["inventory"]
        assert (PROJECT / source["source_path"]).is_file()
    for schedule in made["schedule"].values():
        assert schedule["unified_job_template"] in made["job_template"]
        assert schedule["rrule"].startswith("DTSTART:") and "INTERVAL=" in schedule["rrule"]
    assert set(settings()) <= set((KIT / "configure.yml").read_text(encoding="utf-8").replace("}", " ").split())


def test_the_apply_comes_only_after_an_approval() -> None:
    (workflow,) = configured("workflow_job_template").values()
    nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
    follows = {
        name: [each["identifier"] for each in node.get("related", {}).get("success_nodes", [])]
        for name, node in nodes.items()
    }
    assert follows == {"preview": ["approve"], "approve": ["apply"], "apply": []}
    assert not any({"failure_nodes", "always_nodes"} & set(node.get("related", {})) for node in nodes.values())
    assert nodes["approve"]["unified_job_template"]["type"] == "workflow_approval"
    templates = configured("job_template")
    preview, apply = (templates[nodes[name]["unified_job_template"]["name"]] for name in ("preview", "apply"))
    assert (preview["job_type"], preview["diff_mode"]) == ("check", True)
    assert (apply["job_type"], apply["extra_vars"]) == ("run", {"security_groups_require_approval": True})


def test_the_example_of_a_project_follows_the_specification_of_the_role() -> None:
    specification = load(KIT.parents[1] / "roles/security_groups/meta/argument_specs.yml")["argument_specs"]["main"]
    groups = load(PROJECT / "groups.yml")
    assert set(groups) == set(specification["options"])
    for name, entries in groups.items():
        for entry in entries:
            assert set(entry) <= set(specification["options"][name]["options"])
    assert groups["security_groups_aliyun"][0]["region"] == worlds.ALIYUN_REGION
