# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys from files and services in real ``ansible-playbook`` runs: they work, and no verbosity shows a secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support import aliyun_keys, tencent_keys
from tests.support.ansible_commands import ROOT, Ansible, Run
from tests.support.loopback import serving
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_KEY_ID,
    ALIYUN_REGION,
    ALIYUN_SECRET,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    WEB,
    assert_no_secret,
    spellings,
)
from tests.tooling.isolation import COLLECTIONS

ALIYUN: dict[str, Any] = {"security_group_id": ACCEPTING, "inner_access_policy": "accept", "region": ALIYUN_REGION}
TENCENT: dict[str, Any] = {"security_group_id": WEB, "state": "merged", "ingress": [], "region": TENCENT_REGION}


def run(ansible: Ansible, module: str, options: dict[str, Any], environment: dict[str, str]) -> Run:
    task = {"name": "it", f"cnclouds.security_groups.{module}": options}
    done = ansible.tasks([task], "-vvvv", environment=environment)
    for text in (done.stdout, done.stderr, json.dumps([each.result for each in done.tasks])):
        assert_no_secret(text)
        for token in (aliyun_keys.IDENTITY_TOKEN, aliyun_keys.METADATA_TOKEN, tencent_keys.IDENTITY_TOKEN):
            assert not any(spelling in text for spelling in spellings(token))
    return done


def test_a_role_from_a_profile_of_alibaba_cloud(ansible: Ansible, clouds: Harness) -> None:
    profile = {"name": "prod", "mode": "RamRoleArn", "access_key_id": ALIYUN_KEY_ID, "access_key_secret": ALIYUN_SECRET}
    config = {"current": "", "profiles": [{**profile, "ram_role_arn": aliyun_keys.ROLE_ARN}]}
    (ansible.folder / ".aliyun").mkdir()
    (ansible.folder / ".aliyun" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    sts = aliyun_keys.Sts()
    with serving(sts.answer) as service:
        where = {"endpoint": clouds.url, "sts_endpoint": service.url, "profile": "prod"}
        done = run(ansible, "aliyun_sg_policy", {**ALIYUN, **where}, {})
    assert done.status == 0, done.stdout
    assert len(sts.calls) == 1


def test_a_token_that_alibaba_cloud_refuses(ansible: Ansible, clouds: Harness, tmp_path: Path) -> None:
    """The service echoes the whole request, including the token."""
    file = tmp_path / "token"
    file.write_text(aliyun_keys.IDENTITY_TOKEN, encoding="utf-8")
    sts = aliyun_keys.Sts(refusal="AuthenticationFail.OIDCToken.Expired")
    with serving(sts.answer) as service:
        environment = {
            "ALIBABA_CLOUD_ROLE_ARN": aliyun_keys.ROLE_ARN,
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": aliyun_keys.PROVIDER_ARN,
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(file),
            "ALIBABA_CLOUD_ENDPOINT_STS": service.url,
            "ALIBABA_CLOUD_ENDPOINT_ECS": clouds.url,
        }
        done = run(ansible, "aliyun_sg_policy", ALIYUN, environment)
    assert done.result("it")["failure"]["code"] == sts.refusal, done.stdout


def test_the_instance_role_of_alibaba_cloud(ansible: Ansible, clouds: Harness) -> None:
    with serving(aliyun_keys.InstanceMetadata().answer) as service:
        environment = {"CNCLOUDS_ALIYUN_METADATA_ENDPOINT": service.url, "ALIBABA_CLOUD_ENDPOINT_ECS": clouds.url}
        done = run(ansible, "aliyun_sg_policy_info", {"region": ALIYUN_REGION}, environment)
    assert done.status == 0, done.stdout


def test_a_role_from_options_of_tencent_cloud(ansible: Ansible, clouds: Harness) -> None:
    sts = tencent_keys.Sts()
    with serving(sts.answer) as service:
        where = {"endpoint": clouds.url, "sts_endpoint": service.url}
        key = {"secret_id": TENCENT_ID, "secret_key": TENCENT_KEY}
        role = {"assume_role": {"role_arn": tencent_keys.ROLE_ARN, "policy": '{"version": "2.0", "statement": []}'}}
        done = run(ansible, "tencent_sg_rules", {**TENCENT, **where, **key, **role}, {})
    assert done.status == 0, done.stdout
    assert sts.calls[0]["Policy"].startswith("%7B%22version%22%3A")


def test_the_instance_role_of_tencent_cloud(ansible: Ansible, clouds: Harness) -> None:
    with serving(tencent_keys.InstanceMetadata().answer) as service:
        environment = {"CNCLOUDS_TENCENT_METADATA_ENDPOINT": service.url, "TENCENTCLOUD_ENDPOINT_VPC": clouds.url}
        done = run(ansible, "tencent_sg_rules_info", {"region": TENCENT_REGION}, environment)
    assert done.status == 0, done.stdout


OPTIONS_OF: dict[str, dict[str, Any]] = {
    "aliyun_sg_policy": ALIYUN,
    "aliyun_sg_policy_info": {"region": ALIYUN_REGION},
    "tencent_sg_rules": TENCENT,
    "tencent_sg_rules_info": {"region": TENCENT_REGION},
}
KEY_OF = {
    "aliyun": {"access_key_id": "a-key", "access_key_secret": "a-secret"},
    "tencent": {"secret_id": "a-key", "secret_key": "a-secret"},
}
PREFIX_OF = {"aliyun": "ALIBABA_CLOUD", "tencent": "TENCENTCLOUD"}
LOADED = """
import json, sys
from tests.support.module_runner import run_module
result = run_module(sys.argv[1], json.loads(sys.argv[2]), environment=json.loads(sys.argv[3]))
assert result["failure"]["kind"] == "unavailable", result
print(json.dumps(list(sys.modules)))
"""


@pytest.mark.parametrize("source", ["options", "environment"])
@pytest.mark.parametrize("module", OPTIONS_OF)
def test_a_task_with_a_key_loads_nothing_that_searches_for_keys(module: str, source: str) -> None:
    """Neither code of the collection nor the libraries of the vendors, which are installed."""
    cloud = module.partition("_")[0]
    key = KEY_OF[cloud]
    variables = {f"{PREFIX_OF[cloud]}_{name.upper()}": value for name, value in key.items()}
    options = {**OPTIONS_OF[module], "endpoint": "http://127.0.0.1:1", "deadline": 1}
    given = (options | key, {}) if source == "options" else (options, variables)
    command = [sys.executable, "-c", LOADED, module, *map(json.dumps, given)]
    path = os.pathsep.join([str(ROOT), str(COLLECTIONS)])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True)
    names = json.loads(done.stdout)
    loaded = {name.rpartition(".")[2] for name in names if "security_groups.plugins.module_utils._" in name}
    assert {"keys", "arguments", "endpoints"} <= loaded
    chain = {"credentials", "profiles", "instance_role", "sts", "key_chain", "local_service", "renewal", "assumed_role"}
    assert not chain & loaded
    assert not {"alibabacloud_credentials", "tencentcloud"} & set(names)
