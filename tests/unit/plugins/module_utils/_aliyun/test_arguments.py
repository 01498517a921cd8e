# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.arguments import aliyun_spec, ecs_access
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import ServiceAccess
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from tests.unit.plugins.task_clients import TaskTalk, empty_machine, task_talk, write_files

KEY: dict[str, Any] = {"access_key_id": "LTAIexample", "access_key_secret": "example-secret"}
ARN = "acs:ram::1:role/x"


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty_machine(monkeypatch, tmp_path)


def access(talk: TaskTalk | None = None, **given: Any) -> tuple[ServiceAccess, list[str]]:
    """The access, and the paths of the mistakes."""
    usual = {"region": "cn-hangzhou", "network": "public", "signature_version": "v3"}
    options = Options({**usual, **given}, "", [])
    found = ecs_access(options, (talk or task_talk()).client)
    return found, [mistake.path for mistake in options.mistakes]


@pytest.mark.parametrize("name", ["access_key_secret", "security_token"])
def test_secrets_are_never_logged(name: str) -> None:
    assert aliyun_spec()[name]["no_log"] is True


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "https://ecs.cn-hangzhou.aliyuncs.com/"),
        ({"network": "vpc"}, "https://ecs-vpc.cn-hangzhou.aliyuncs.com/"),
        ({"endpoint": "http://own.example:8080/gw"}, "http://own.example:8080/gw/"),
    ],
)
def test_a_given_key_leads_to_the_ecs_of_the_region(given: dict[str, Any], url: str) -> None:
    found, mistakes = access(**KEY, **given)
    assert mistakes == []
    assert found.account_label() == f"LTAIexample at {url}"
    assert found.service
    assert found.service.request("X", {}).url == f"{url}?RegionId=cn-hangzhou"


@pytest.mark.parametrize(("version", "header"), [("v3", True), ("v1", False)])
def test_the_signature_version(version: str, header: bool) -> None:
    found, dummy = access(**KEY, signature_version=version)
    assert found.service
    assert ("authorization" in found.service.request("X", {}).headers) is header


def test_a_secret_is_recorded() -> None:
    talk = task_talk()
    access(talk, **KEY, security_token="temporary")
    assert set(talk.client.secrets) == {"example-secret", "temporary"}


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({**KEY, "region": ""}, ["region"]),
        ({**KEY, "region": "cn hangzhou"}, ["region", "endpoint"]),
        ({**KEY, "endpoint": "user@host"}, ["endpoint"]),
        ({**KEY, "sts_endpoint": "ftp://sts.example"}, ["sts_endpoint"]),
        ({**KEY, "profile": "p"}, ["profile"]),
        ({**KEY, "assume_role": {"external_id": "x"}}, ["assume_role.role_arn"]),
        ({"access_key_secret": "s", "endpoint": "a b", "region": ""}, ["access_key_id", "region", "endpoint"]),
    ],
)
def test_every_mistake_is_recorded_and_nothing_is_sent(given: dict[str, Any], paths: list[str]) -> None:
    talk = task_talk()
    dummy, mistakes = access(talk, **given)
    assert mistakes == paths
    assert talk.transport.requests == []


def test_after_a_mistake_there_is_no_service() -> None:
    found, dummy = access(access_key_id="LTAIexample")
    assert (found.service, found.account_label()) == (None, "")


def test_without_a_key_the_other_places_are_searched_later() -> None:
    found, mistakes = access()
    assert mistakes == []
    options = Options({}, "", [])
    options.wrong("ingress", "is required")  # so that no metadata is requested
    found.find_key(options)
    assert [mistake.path for mistake in options.mistakes] == ["ingress", "access_key_id", "access_key_secret"]


def test_the_region_may_be_that_of_a_profile(tmp_path: Path) -> None:
    write_files(tmp_path, [(".alibabacloud/credentials.ini", "[default]\nregion_id = cn-beijing\n")])
    found, mistakes = access(**KEY, region=None)
    assert mistakes == []
    assert found.service
    assert "RegionId=cn-beijing" in found.service.request("X", {}).url


@pytest.mark.parametrize("variable", ["", ARN])
def test_the_account_is_requested_from_sts(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv("ALICLOUD_ASSUME_ROLE_ARN", variable)
    parts = ("AccessKeyId", "AccessKeySecret", "SecurityToken")
    credentials = {**dict.fromkeys(parts, "tmp"), "Expiration": "2026-01-01T01:00:00Z"}
    assumed = {"Credentials": credentials, "RequestId": "r-0"}
    whose = {"AccountId": "100", "RequestId": "r-1"}
    talk = task_talk(*([assumed, whose] if variable else [whose]))
    found, dummy = access(talk, **KEY)
    found.check_account("100")
    actions = [request.headers["x-acs-action"] for request in talk.transport.requests]
    assert actions == (["AssumeRole"] if variable else []) + ["GetCallerIdentity"]
