# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret in the wrong option appears in no result, message, invocation or log, at any verbosity."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible
from tests.support.module_runner import Result, logged_invocations, run_module, without_waiting
from tests.support.worlds import ACCEPTING, WEB, aliyun_options, spellings, tencent_options

PASSWORD = "hunter2/hunter2"
ALIYUN_LIKE = "Zq4XwVb9KdZq4XwVb9KdZq4XwVb9Kd"  # 30 letters and digits
TENCENT_LIKE = "Lm2PqWs8UjLm2PqWs8UjLm2PqWs8UjLm"  # 32
HIDDEN = (PASSWORD, "hunter2", ALIYUN_LIKE, TENCENT_LIKE)
ENDPOINTS = (
    f"https://robot:{PASSWORD}@ecs.example",
    f"https://{PASSWORD}@ecs.example:8443/path",
    f"robot:{PASSWORD}@ecs.example",
    "https://robot:hunter2",
    "https://robot:hunter2%40ecs.example",
    f"https://ecs.example/?secret={ALIYUN_LIKE}",
    f"https://ecs.example/#{ALIYUN_LIKE}",
    f"{ALIYUN_LIKE}://ecs.example",
    f"ecs.example {ALIYUN_LIKE}",
)
ROLE = {"role_arn": "acs:ram::1234567890123456:role/r"}
# For each module, options with a misplaced secret.
MISPLACED: dict[str, list[dict[str, Any]]] = {
    "aliyun_sg_policy": [
        *({"endpoint": endpoint} for endpoint in ENDPOINTS),
        *({"sts_endpoint": endpoint} for endpoint in ENDPOINTS),
        {"assume_role": {**ROLE, "secret_key": ALIYUN_LIKE}},
        {"assume_role": {**ROLE, "credentials": {"secret": ALIYUN_LIKE}}},
        {"assume_role": ALIYUN_LIKE},
        {"assume_role": [ALIYUN_LIKE]},
        {"access_key_id": ALIYUN_LIKE},
        {"access_key_id": f" {ALIYUN_LIKE}\n"},
        {"access_key_id": ALIYUN_LIKE, "assume_role": ROLE},
        {"access_key_id": PASSWORD},
        {"access_key_id": f"two words {ALIYUN_LIKE}"},
        {"secret_key": ALIYUN_LIKE},
        {"alicloud_secret_key": ALIYUN_LIKE},
        {"token": {"value": ALIYUN_LIKE}},
        {"groups": [{"security_group_id": ACCEPTING, "access_key_secret": ALIYUN_LIKE}], "security_group_id": ""},
        {"groups": [{"security_group_id": ACCEPTING}], "security_group_id": "", "secretkey": ALIYUN_LIKE},
    ],
    "tencent_sg_rules": [
        *({"endpoint": endpoint} for endpoint in ENDPOINTS),
        *({"endpoint": endpoint, "api_version": "2.0"} for endpoint in ENDPOINTS),
        {"assume_role": {"role_arn": "qcs::cam::uin/1:roleName/r", "secret_key": TENCENT_LIKE}},
        {"secret_id": TENCENT_LIKE},
        {"secret_id": TENCENT_LIKE, "api_version": "2.0"},
        {"secretKey": TENCENT_LIKE},
        {"security_token": TENCENT_LIKE},
        {"groups": [{"security_group_id": WEB, "secret_key": TENCENT_LIKE}], "security_group_id": ""},
        {"groups": {"security_group_id": WEB, "secret_key": TENCENT_LIKE}, "security_group_id": ""},
        {"ingress": [{"action": "accept", "secret_key": TENCENT_LIKE}]},
        {"ingress": {"action": "accept", "secret_key": TENCENT_LIKE}},
        {"protect": [{"protocol": "tcp", "token": TENCENT_LIKE}]},
        {"override": {"reason": "moving out", "secret_key": TENCENT_LIKE}},
        {"state": TENCENT_LIKE, "lint": ALIYUN_LIKE},
    ],
}
# Options whose values are short or simple, so that the form of a secret stands out.
PLAIN: list[dict[str, Any]] = [
    {"region": ALIYUN_LIKE},
    {"profile": TENCENT_LIKE, "access_key_id": "", "access_key_secret": "", "secret_id": "", "secret_key": ""},
    {"expected_account_id": ALIYUN_LIKE},
    {"security_group_id": TENCENT_LIKE},
    {"security_group_id": ALIYUN_LIKE, "timeout": "soon"},
    {"network": ALIYUN_LIKE},
    {"signature_version": ALIYUN_LIKE, "signature_method": ALIYUN_LIKE},
    {"assume_role": {"role_arn": TENCENT_LIKE}},
    {"groups": [{"security_group_id": ALIYUN_LIKE}], "security_group_id": ""},
]
KNOWN = {
    "aliyun_sg_policy": ("secret_id", "secret_key", "signature_method"),
    "tencent_sg_rules": ("access_key_id", "access_key_secret", "signature_version"),
}
for each_module, unknown in KNOWN.items():
    MISPLACED[each_module] += [{n: v for n, v in case.items() if n not in unknown} for case in PLAIN]
CASES = [(module, number) for module, options in MISPLACED.items() for number in range(len(options))]
TASKS: dict[str, dict[str, Any]] = {
    "aliyun_sg_policy": {"security_group_id": ACCEPTING, "inner_access_policy": "drop"},
    "tencent_sg_rules": {"security_group_id": WEB, "ingress": []},
}


def options_of(url: str, module: str, misplaced: dict[str, Any]) -> dict[str, Any]:
    access = aliyun_options(url) if module.startswith("aliyun") else tencent_options(url)
    return {**access, **TASKS.get(module, {}), **misplaced}


def assert_hidden(text: str) -> None:
    for secret in HIDDEN:
        for spelling in spellings(secret):
            assert spelling not in text, text


def run(clouds: Harness, module: str, misplaced: dict[str, Any], **environment: str) -> Result:
    with without_waiting(), logged_invocations() as log:
        result = run_module(module, options_of(clouds.url, module, misplaced), environment=environment)
    assert result["failed"]
    assert "invocation" in result
    assert_hidden(json.dumps(result, ensure_ascii=False))
    assert_hidden("\n".join(log))
    return result


@pytest.mark.parametrize(("module", "number"), CASES)
def test_a_secret_in_the_wrong_option(clouds: Harness, module: str, number: int) -> None:
    run(clouds, module, MISPLACED[module][number])


@pytest.mark.parametrize("module", ["aliyun_sg_policy_info", "tencent_sg_rules_info"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_same_in_the_info_modules(clouds: Harness, module: str, endpoint: str) -> None:
    run(clouds, module, {"endpoint": endpoint})
    key_id = "access_key_id" if module.startswith("aliyun") else "secret_id"
    run(clouds, module, {key_id: ALIYUN_LIKE})


def test_an_endpoint_from_the_environment(clouds: Harness) -> None:
    for variable in ("ALIBABA_CLOUD_ENDPOINT_ECS", "ALIBABA_CLOUD_ENDPOINT_STS"):
        run(clouds, "aliyun_sg_policy", {"endpoint": ""}, **{variable: ENDPOINTS[0]})
    for variable in ("TENCENTCLOUD_ENDPOINT_VPC", "TENCENTCLOUD_ENDPOINT_STS"):
        run(clouds, "tencent_sg_rules", {"endpoint": ""}, **{variable: ENDPOINTS[0]})


def test_a_swapped_id_and_secret_in_the_environment(clouds: Harness) -> None:
    """The service may echo the ID."""
    key = {"ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_LIKE, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "LTAI5tPermanentKeyIdOfTests"}
    clouds.fault("error", code="InvalidAccessKeyId.NotFound", message=f"{ALIYUN_LIKE} is not found", times=99)
    run(clouds, "aliyun_sg_policy", {"access_key_id": "", "access_key_secret": ""}, **key)


def test_other_values_are_shown(clouds: Harness) -> None:
    result = run_module("aliyun_sg_policy", options_of(clouds.url, "aliyun_sg_policy", {"assume_role": ROLE}))
    arguments = result["invocation"]["module_args"]
    assert arguments["endpoint"] == clouds.url
    assert arguments["access_key_id"].startswith("LTAI")
    assert arguments["assume_role"] == ROLE
    result = run_module("tencent_sg_rules", options_of(clouds.url, "tencent_sg_rules", {}))
    assert result["invocation"]["module_args"]["secret_id"].startswith("AKID")


def test_long_names_are_not_secrets(clouds: Harness) -> None:
    role = {
        "role_arn": "acs:ram::1:role/NetworkAdministratorsOfProduction2",
        "session_name": "NightlyRunOfTheNetworkTeam2024",
    }
    options = options_of(clouds.url, "aliyun_sg_policy", {"assume_role": role, "client_token": "aB3" * 15})
    arguments = run_module("aliyun_sg_policy", options)["invocation"]["module_args"]
    assert (arguments["assume_role"], arguments["client_token"]) == (role, options["client_token"])


def test_real_runs_at_the_highest_verbosity(clouds: Harness, ansible: Ansible) -> None:
    picked = {
        "aliyun_sg_policy": [MISPLACED["aliyun_sg_policy"][number] for number in (0, 4, 18, 22, 27)],
        "tencent_sg_rules": [MISPLACED["tencent_sg_rules"][number] for number in (0, 18, 19, 21)],
    }
    tasks = [
        {
            "name": f"{module} {number}",
            f"cnclouds.security_groups.{module}": {**options_of(clouds.url, module, misplaced), "deadline": 1},
            "ignore_errors": True,
        }
        for module, each in picked.items()
        for number, misplaced in enumerate(each)
    ]
    run_of = ansible.tasks(tasks, "-vvvv", "--diff")
    assert [each.status for each in run_of.tasks] == ["failed"] * len(tasks)
    assert_hidden(run_of.stdout + run_of.stderr)
    assert '"invocation"' in run_of.stdout


@pytest.mark.parametrize("cloud", ["aliyun", "tencent"])
def test_the_inventory_plugins(clouds: Harness, ansible: Ansible, cloud: str, tmp_path: Path) -> None:
    key_id = "access_key_id" if cloud == "aliyun" else "secret_id"
    wrong: list[dict[str, Any]] = [
        {"endpoint": ENDPOINTS[0]},
        {"endpoint": ENDPOINTS[4]},
        {key_id: ALIYUN_LIKE},
        {"assume_role": {"role_arn": "a", "secret_key": ALIYUN_LIKE}},
        {"assume_role": ALIYUN_LIKE},
        {"secret_access_key": ALIYUN_LIKE},
    ]
    for number, misplaced in enumerate(wrong):
        access = aliyun_options(clouds.url) if cloud == "aliyun" else tencent_options(clouds.url)
        source = {"plugin": f"cnclouds.security_groups.{cloud}_sg", **access, "deadline": 1, **misplaced}
        file = tmp_path / f"{number}_{cloud}_sg.yml"
        file.write_text(json.dumps(source), encoding="utf-8")
        told = ansible.command("ansible-inventory", "-i", str(file), "--list", "-vvvv")
        assert_hidden(told.stdout + told.stderr)
