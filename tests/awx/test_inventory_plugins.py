# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugins aliyun_sg and tencent_sg, through ``ansible-inventory``."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
import yaml

from tests.awx.descriptions import cloud_environment
from tests.cloud_simulator.harness import Harness
from tests.support import aliyun_keys, tencent_keys
from tests.support.ansible_commands import Ansible, Run
from tests.support.loopback import serving
from tests.support.module_runner import run_module
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_REGION,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    ALIYUN_TOKEN,
    DROPPING,
    ENTERPRISE,
    TENCENT_ID,
    TENCENT_REGION,
    TENCENT_TEMPORARY_ID,
    TENCENT_TEMPORARY_KEY,
    TENCENT_TOKEN,
    WEB,
    aliyun_options,
    assert_no_secret,
    calls,
    tencent_options,
)

ALIYUN = {"plugin": "cnclouds.security_groups.aliyun_sg", "regions": [ALIYUN_REGION]}
TENCENT = {"plugin": "cnclouds.security_groups.tencent_sg", "region": TENCENT_REGION}


def listed(
    ansible: Ansible, clouds: Harness, *sources: dict[str, Any], environment: dict[str, str] | None = None
) -> Run:
    """The output of ``ansible-inventory --list`` with these sources, none of which may fail."""
    arguments = []
    for source in sources:
        path = ansible.folder / f"{source['plugin'].rpartition('.')[2]}.yml"
        path.write_text(yaml.safe_dump(source), encoding="utf-8")
        arguments += ["-i", str(path)]
    run = ansible.command(
        *("ansible-inventory", "--list", *arguments),
        environment={
            **cloud_environment(clouds),
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            **(environment or {}),
        },
    )
    assert_no_secret(run.stdout + run.stderr)
    return run


def inventory(run: Run) -> dict[str, Any]:
    """The listed inventory."""
    assert run.status == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_every_group_of_both_clouds_is_a_host(ansible: Ansible, clouds: Harness) -> None:
    found = inventory(listed(ansible, clouds, ALIYUN, TENCENT))
    read = {
        "aliyun": run_module("aliyun_sg_policy_info", aliyun_options(clouds.url)),
        "tencent": run_module("tencent_sg_rules_info", tencent_options(clouds.url)),
    }
    expected = {
        f"{cloud}_{result['region']}_{group['security_group_id']}": {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "security_group": {"cloud": cloud, "region": result["region"], **group},
        }
        for cloud, result in read.items()
        for group in result["security_groups"]
    }
    assert len(expected) == 9
    assert found["_meta"]["hostvars"] == expected
    assert sorted(found["security_groups"]["children"]) == ["aliyun_security_groups", "tencent_security_groups"]
    hosts = found["aliyun_security_groups"]["hosts"] + found["tencent_security_groups"]["hosts"]
    assert sorted(hosts) == sorted(expected)


@pytest.mark.parametrize(
    "options",
    [
        {"region": f" {TENCENT_REGION} "},
        {"region": "", "regions": [f"{TENCENT_REGION} "]},
        {"security_group_ids": "", "secret_key": "", "profile": ""},
    ],
)
def test_blanks_and_empty_texts_make_no_difference(ansible: Ansible, clouds: Harness, options: dict[str, Any]) -> None:
    """A region with a blank would match no entry of the role, which would then silently skip the group."""
    expected = inventory(listed(ansible, clouds, TENCENT))
    assert inventory(listed(ansible, clouds, {**TENCENT, **options})) == expected


def test_a_list_of_empty_ids_does_not_mean_all(ansible: Ansible, clouds: Harness) -> None:
    run = listed(ansible, clouds, {**TENCENT, "security_group_ids": [""]})
    assert run.status != 0
    assert "security_group_ids[0]: is empty" in run.stderr.replace("\n", " ")


def test_filters_groups_and_composed_variables(ansible: Ansible, clouds: Harness) -> None:
    aliyun = {
        **ALIYUN,
        "filters": {"type": "normal"},
        "keyed_groups": [{"key": "security_group.inner_access_policy", "prefix": "inner"}],
        "compose": {"place": "security_group.region"},
    }
    tencent = {
        **TENCENT,
        "security_group_ids": [WEB],
        "groups": {"tcp": "security_group.ingress | selectattr('protocol', 'eq', 'tcp') | list | length > 0"},
        "strict": True,
    }
    del tencent["region"]
    found = inventory(listed(ansible, clouds, aliyun, tencent, environment={"TENCENTCLOUD_REGION": TENCENT_REGION}))
    assert f"aliyun_{ALIYUN_REGION}_{ENTERPRISE}" not in found["aliyun_security_groups"]["hosts"]
    assert found["inner_drop"]["hosts"] == [f"aliyun_{ALIYUN_REGION}_{DROPPING}"]
    assert found["_meta"]["hostvars"][f"aliyun_{ALIYUN_REGION}_{ACCEPTING}"]["place"] == ALIYUN_REGION
    web = f"tencent_{TENCENT_REGION}_{WEB}"
    assert found["tencent_security_groups"]["hosts"] == found["tcp"]["hosts"] == [web]


def test_without_details_single_groups_are_not_read(ansible: Ansible, clouds: Harness) -> None:
    found = inventory(listed(ansible, clouds, {**ALIYUN, "details": False}, {**TENCENT, "details": False}))
    assert calls(clouds) == ["DescribeSecurityGroups", "DescribeSecurityGroups"]
    web = found["_meta"]["hostvars"][f"tencent_{TENCENT_REGION}_{WEB}"]["security_group"]
    assert "name" in web and "ingress" not in web


def cache_in(ansible: Ansible) -> dict[str, Any]:
    """The options of a cache in the test's folder."""
    folder = str(ansible.folder / "c")
    return {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": folder}


def test_the_cache_serves_only_the_same_options(ansible: Ansible, clouds: Harness) -> None:
    cache = cache_in(ansible)
    first = inventory(listed(ansible, clouds, {**TENCENT, **cache}))
    clouds.clear_journal()
    assert inventory(listed(ansible, clouds, {**TENCENT, **cache})) == first
    assert calls(clouds) == []
    other = inventory(listed(ansible, clouds, {**TENCENT, **cache, "filters": {"name": "none such"}}))
    assert "tencent_security_groups" not in other
    assert calls(clouds) != []
    for folder, _folders, names in os.walk(ansible.folder / "c"):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                assert_no_secret(name + file.read())


def test_the_cache_serves_no_other_inventory(ansible: Ansible, clouds: Harness) -> None:
    """Another key, role or endpoint gets new results.

    It can come from the environment or from files, and has its own cached results.
    """
    sources = [{**source, **cache_in(ansible), "details": False} for source in (ALIYUN, TENCENT)]
    temporary = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_TEMPORARY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_TEMPORARY_SECRET,
        "ALIBABA_CLOUD_SECURITY_TOKEN": ALIYUN_TOKEN,
        "TENCENTCLOUD_SECRET_ID": TENCENT_TEMPORARY_ID,
        "TENCENTCLOUD_SECRET_KEY": TENCENT_TEMPORARY_KEY,
        "TENCENTCLOUD_TOKEN": TENCENT_TOKEN,
    }
    with (
        serving(aliyun_keys.Sts().answer) as aliyun_sts,
        serving(tencent_keys.Sts().answer) as tencent_sts,
        serving(aliyun_keys.InstanceMetadata().answer) as aliyun_metadata,
        serving(tencent_keys.InstanceMetadata().answer) as tencent_metadata,
    ):
        roles = {
            "ALICLOUD_ASSUME_ROLE_ARN": aliyun_keys.ROLE_ARN,
            "TENCENTCLOUD_ASSUME_ROLE_ARN": tencent_keys.ROLE_ARN,
            "ALIBABA_CLOUD_ENDPOINT_STS": aliyun_sts.url,
            "TENCENTCLOUD_ENDPOINT_STS": tencent_sts.url,
        }
        instance = {
            **dict.fromkeys(temporary, ""),
            "CNCLOUDS_ALIYUN_METADATA_ENDPOINT": aliyun_metadata.url,
            "CNCLOUDS_TENCENT_METADATA_ENDPOINT": tencent_metadata.url,
        }
        elsewhere = clouds.url.replace("127.0.0.1", "localhost")
        places = {"ALIBABA_CLOUD_ENDPOINT_ECS": elsewhere, "TENCENTCLOUD_ENDPOINT_VPC": elsewhere}
        for environment in ({}, temporary, roles, places):
            clouds.clear_journal()
            assert listed(ansible, clouds, *sources, environment=environment).status == 0
            assert calls(clouds) == ["DescribeSecurityGroups", "DescribeSecurityGroups"], environment
        for environment in ({}, temporary, roles, places, instance):  # the instance has the temporary key
            clouds.clear_journal()
            assert listed(ansible, clouds, *sources, environment=environment).status == 0
            assert calls(clouds) == [], environment


def test_texts_of_the_cloud_are_never_templates(ansible: Ansible, clouds: Harness) -> None:
    hostile = ["{{ 6 * 7 }}", "{% if 1 %}42{% endif %}", "#jinja2: variable_start_string: '[['\n[[ 6 * 7 ]]"]
    state = clouds.state()
    groups = state["tencent"]["security_groups"]
    for group, text in zip(groups, hostile, strict=False):
        group["name"] = text
    clouds.set_state(state)
    (ansible.folder / "tencent_sg.yml").write_text(yaml.safe_dump({**TENCENT, "details": False}), encoding="utf-8")
    task = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ security_group.name }}"}}
    run = ansible.tasks([task], "-i", "tencent_sg.yml", hosts="all", environment=cloud_environment(clouds))
    assert run.status == 0, run.stdout
    shown = [str(each.result["msg"]) for each in run.tasks if each.task == "Show"]
    assert len(shown) == len(groups)
    assert {text for text in shown if text} == set(hostile)


@pytest.mark.parametrize(
    ("source", "environment", "message"),
    [
        ({**TENCENT, "fliters": {}}, {}, "fliters: no such option"),
        ({**TENCENT, "security_group_ids": ["sg-00000000"]}, {}, "sg-00000000"),
        ({**TENCENT, "region": ""}, {"TENCENTCLOUD_REGION": ""}, "region: is required"),
        ({**TENCENT, "secret_id": TENCENT_ID, "secret_key": "wrong"}, {}, "AuthFailure.SignatureFailure"),
    ],
    ids=["unknown option", "no such group", "no region", "wrong key"],
)
def test_mistakes(
    ansible: Ansible, clouds: Harness, source: dict[str, Any], environment: dict[str, str], message: str
) -> None:
    run = listed(ansible, clouds, source, environment=environment)
    assert run.status != 0
    assert message in " ".join(run.stderr.split())


MISPLACED = "Xk3PqLmZ8vTnRb2YsWdHc6FuJgAe0N1o"


@pytest.mark.parametrize("source", [ALIYUN, TENCENT], ids=["aliyun", "tencent"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": f"https://u:{MISPLACED}@gateway.example"},
        {"sts_endpoint": f"https://u:{MISPLACED}@gateway.example"},
        {"region": MISPLACED, "regions": []},
        {"regions": [MISPLACED]},
        {"profile": MISPLACED},
        {"expected_account_id": MISPLACED},
        {"assume_role": {"role_arn": "x", "secret_key": MISPLACED}},
        {"security_group_ids": [MISPLACED]},
        {"secret_id": MISPLACED, "secret_key": "x", "access_key_id": MISPLACED, "access_key_secret": "x"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_secret_in_the_wrong_option(
    ansible: Ansible, clouds: Harness, source: dict[str, Any], wrong: dict[str, Any]
) -> None:
    known = ("access_key_id", "access_key_secret") if source is ALIYUN else ("secret_id", "secret_key")
    key = ("access_key_id", "access_key_secret", "secret_id", "secret_key")
    given = {name: value for name, value in wrong.items() if name not in key or name in known}
    run = listed(ansible, clouds, {**source, **given}, environment={"ANSIBLE_VERBOSITY": "4"})
    assert MISPLACED not in run.stdout + run.stderr
    assert run.status != 0
