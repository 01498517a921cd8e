# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sts import (
    Identity,
    StsAccess,
    read_key,
    sts_access,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.assumed_role import AssumedRole
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from tests.unit.plugins.task_clients import TaskTalk, empty_machine, far_east, task_talk

BASE = StaticKey(Key("base", "secret"))
ARN = "acs:ram::1:role/x"
EXPIRES = 1_767_229_200.0
TEMPORARY = {
    "AccessKeyId": "tmp",
    "AccessKeySecret": "tmp-secret",
    "SecurityToken": "tmp-token",
    "Expiration": "2026-01-01T01:00:00Z",
}
ASSUMED = {"Credentials": TEMPORARY, "RequestId": "r"}
WHOSE = {"AccountId": "100", "RequestId": "r"}


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty_machine(monkeypatch, tmp_path)


def access(talk: TaskTalk, **given: str) -> StsAccess:
    usual = {"region": "cn-x", "network": "public", "signature_version": "v3"}
    return sts_access(Options({**usual, **given}, "", []), talk.client)


def query(talk: TaskTalk) -> dict[str, str]:
    """The query of the only request."""
    (request,) = talk.transport.requests
    return dict(parse_qsl(urlsplit(request.url).query))


def test_the_account_of_a_key() -> None:
    talk = task_talk(WHOSE)
    assert access(talk).account(BASE) == "100"
    headers = talk.transport.requests[0].headers
    assert (headers["x-acs-action"], headers["x-acs-version"]) == ("GetCallerIdentity", "2015-04-01")
    assert "Credential=base," in headers["authorization"]
    assert query(talk) == {}


@pytest.mark.parametrize(
    ("given", "variables", "host"),
    [
        ({}, {}, "sts.aliyuncs.com"),
        ({"network": "vpc"}, {}, "sts-vpc.cn-x.aliyuncs.com"),
        ({}, {"ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED": "True"}, "sts-vpc.cn-x.aliyuncs.com"),
        ({}, {"ALIBABA_CLOUD_STS_REGION": "cn-y"}, "sts.cn-y.aliyuncs.com"),
        ({"network": "vpc"}, {"ALIBABA_CLOUD_STS_REGION": "cn-y"}, "sts-vpc.cn-y.aliyuncs.com"),
        ({"sts_endpoint": "own.example:8443", "network": "vpc"}, {}, "own.example:8443"),
    ],
)
def test_the_address_of_sts(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], variables: dict[str, str], host: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    talk = task_talk(WHOSE)
    access(talk, **given).account(BASE)
    assert urlsplit(talk.transport.requests[0].url).netloc == host


def test_the_region_of_a_profile_wins_over_that_of_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_STS_REGION", "cn-y")
    talk = task_talk(ASSUMED)
    access(talk).assume(BASE, AssumedRole(ARN), "cn-z").current()
    assert urlsplit(talk.transport.requests[0].url).netloc == "sts.cn-z.aliyuncs.com"


@pytest.mark.parametrize(
    ("role", "parameters"),
    [
        (AssumedRole(ARN), {"RoleSessionName": "ansible-security-groups"}),
        (
            AssumedRole(ARN, "mine", 900, "ext", '{"Version": "1"}'),
            {
                "RoleSessionName": "mine",
                "DurationSeconds": "900",
                "ExternalId": "ext",
                "Policy": '{"Version": "1"}',
            },
        ),
    ],
)
def test_a_role_is_assumed_with_its_members(role: AssumedRole, parameters: dict[str, str]) -> None:
    talk = task_talk(ASSUMED)
    keys = access(talk).assume(BASE, role)
    assert talk.transport.requests == []
    assert keys.account_label() == ARN
    assert keys.current() == Key("tmp", "tmp-secret", "tmp-token", EXPIRES)
    assert query(talk) == {"RoleArn": ARN, **parameters}
    assert {"tmp-secret", "tmp-token"} <= set(talk.client.secrets)


def test_an_identity_token_replaces_the_signature_and_is_in_the_body(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("identity\n")
    talk = task_talk(ASSUMED)
    keys = access(talk).assume_with_identity(Identity("provider", str(tmp_path / "token")), AssumedRole(ARN, "mine"))
    assert keys.current().id == "tmp"
    (request,) = talk.transport.requests
    assert "authorization" not in request.headers
    assert "identity" not in request.url
    assert (query(talk)["Action"], query(talk)["Version"]) == ("AssumeRoleWithOIDC", "2015-04-01")
    assert dict(parse_qsl((request.body or b"").decode())) == {
        "RoleArn": ARN,
        "RoleSessionName": "mine",
        "OIDCProviderArn": "provider",
        "OIDCToken": "identity",
    }
    assert "identity" in set(talk.client.secrets)


def test_an_identity_token_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    identity = Identity("provider", str(tmp_path / "none"))
    with pytest.raises(CloudError, match="cannot be read") as caught:
        access(task_talk()).assume_with_identity(identity, AssumedRole(ARN)).current()
    assert caught.value.kind == "auth"


def test_a_missing_role_is_not_a_missing_group() -> None:
    talk = task_talk({"Code": "EntityNotExist.Role", "Message": "no", "RequestId": "r"})
    with pytest.raises(CloudError) as caught:
        access(talk).assume(BASE, AssumedRole(ARN)).current()
    assert (caught.value.kind, caught.value.had_no_effect) == ("auth", True)


def test_a_temporary_key_has_four_parts_and_its_time_is_utc() -> None:
    with far_east():
        found = read_key(TEMPORARY, "it")
    assert found == Key("tmp", "tmp-secret", "tmp-token", EXPIRES)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({**TEMPORARY, "AccessKeyId": ""}, "it has no valid AccessKeyId"),
        ({**TEMPORARY, "AccessKeySecret": None}, "it has no valid AccessKeySecret"),
        (
            {**TEMPORARY, "SecurityToken": "", "Expiration": "soon"},
            "it has no valid SecurityToken and no valid Expiration",
        ),
        ({**TEMPORARY, "Expiration": "2026-01-01 01:00:00"}, "it has no valid Expiration"),
        (None, "it has no valid AccessKeyId and no valid AccessKeySecret and .*"),
        ([], "it has no valid AccessKeyId and no valid AccessKeySecret and .*"),
    ],
)
def test_an_incomplete_key_is_refused(given: Any, told: str) -> None:
    with pytest.raises(CloudError, match=f"^{told}$") as caught:
        read_key(given, "it")
    assert caught.value.kind == "protocol"
    assert "tmp-secret" not in caught.value.reason
