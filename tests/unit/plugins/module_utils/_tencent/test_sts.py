# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.assumed_role import AssumedRole
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sts import (
    Identity,
    read_key,
    sts_access,
)
from tests.unit.plugins.task_clients import TaskTalk, task_talk

BASE = StaticKey(Key("base", "secret"))
ARN = "qcs::cam::uin/1:roleName/x"
CREDENTIALS = {"TmpSecretId": "tmp", "TmpSecretKey": "tmp-secret", "Token": "tmp-token"}
ASSUMED = {"Response": {"Credentials": CREDENTIALS, "ExpiredTime": 1_767_300_000, "RequestId": "r"}}
WHOLE = {**CREDENTIALS, "ExpiredTime": 1_767_300_000}


def access(talk: TaskTalk, **given: str) -> Any:
    return sts_access(Options({"region": "ap-guangzhou", "network": "public", **given}, "", []), talk.client)


def sent(talk: TaskTalk) -> dict[str, Any]:
    """The parameters of the only request."""
    (request,) = talk.transport.requests
    parameters: dict[str, Any] = json.loads(request.body or b"")
    return parameters


def test_the_account_of_a_key() -> None:
    talk = task_talk({"Response": {"AccountId": "100", "Type": "CAMUser", "RequestId": "r"}})
    assert access(talk).account(BASE) == "100"
    (request,) = talk.transport.requests
    assert request.headers["x-tc-action"] == "GetCallerIdentity"
    assert request.headers["x-tc-version"] == "2018-08-13"
    assert "Credential=base/" in request.headers["authorization"]


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "https://sts.tencentcloudapi.com/"),
        ({"network": "vpc"}, "https://sts.internal.tencentcloudapi.com/"),
        ({"region": "ap-shanghai-fsi"}, "https://sts.ap-shanghai-fsi.tencentcloudapi.com/"),
        ({"sts_endpoint": "http://own.example:8080"}, "http://own.example:8080/"),
    ],
)
def test_the_address_of_sts(given: dict[str, str], url: str) -> None:
    talk = task_talk({"Response": {"AccountId": "100", "RequestId": "r"}})
    access(talk, **given).account(BASE)
    assert talk.transport.requests[0].url == url


@pytest.mark.parametrize(
    ("role", "parameters"),
    [
        (AssumedRole(ARN), {"RoleSessionName": "ansible-security-groups"}),
        (
            AssumedRole(ARN, "mine", 900, "ext", '{"version": "2.0"}'),
            {
                "RoleSessionName": "mine",
                "DurationSeconds": 900,
                "ExternalId": "ext",
                "Policy": "%7B%22version%22%3A+%222.0%22%7D",
            },
        ),
    ],
)
def test_a_role_is_assumed_with_its_members(role: AssumedRole, parameters: dict[str, Any]) -> None:
    talk = task_talk(ASSUMED)
    keys = access(talk).assume(BASE, role)
    assert talk.transport.requests == []
    assert keys.account_label() == ARN
    assert keys.current() == Key("tmp", "tmp-secret", "tmp-token", 1_767_300_000.0)
    assert sent(talk) == {"RoleArn": ARN, **parameters}
    assert {"tmp-secret", "tmp-token"} <= set(talk.client.secrets)


def test_an_identity_token_replaces_the_signature(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("identity\n")
    talk = task_talk(ASSUMED)
    identity = Identity("provider", str(tmp_path / "token"), "ap-cluster")
    keys = access(talk).assume_with_identity(identity, AssumedRole(ARN, "mine"))
    assert keys.current().id == "tmp"
    own = {"ProviderId": "provider", "WebIdentityToken": "identity"}
    assert sent(talk) == {"RoleArn": ARN, "RoleSessionName": "mine", **own}
    headers = talk.transport.requests[0].headers
    assert (headers["authorization"], headers["x-tc-region"]) == ("SKIP", "ap-cluster")
    assert headers["x-tc-action"] == "AssumeRoleWithWebIdentity"
    assert "identity" in set(talk.client.secrets)


def test_an_identity_token_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    identity = Identity("provider", str(tmp_path / "none"), "ap-cluster")
    with pytest.raises(CloudError, match="cannot be read") as caught:
        access(task_talk()).assume_with_identity(identity, AssumedRole(ARN)).current()
    assert caught.value.kind == "auth"


def test_a_missing_role_is_not_a_missing_group() -> None:
    error = {"Code": "ResourceNotFound.RoleNotExist", "Message": "no"}
    talk = task_talk({"Response": {"Error": error, "RequestId": "r"}})
    with pytest.raises(CloudError) as caught:
        access(talk).assume(BASE, AssumedRole(ARN)).current()
    assert (caught.value.kind, caught.value.had_no_effect) == ("auth", True)


@pytest.mark.parametrize("expires", [1_767_300_000, "1767300000"])
def test_a_temporary_key_has_four_parts(expires: Any) -> None:
    assert read_key({**WHOLE, "ExpiredTime": expires}, "it") == Key("tmp", "tmp-secret", "tmp-token", 1_767_300_000.0)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"TmpSecretId": ""}, "it has no valid TmpSecretId"),
        ({"TmpSecretKey": None}, "it has no valid TmpSecretKey"),
        ({"Token": "", "TmpSecretId": ""}, "it has no valid TmpSecretId and no valid Token"),
        ({"ExpiredTime": "2026-01-01T00:00:00Z"}, "it has no valid ExpiredTime"),
        ({"ExpiredTime": -1}, "it has no valid ExpiredTime"),
        ({"ExpiredTime": 0}, "it has no valid ExpiredTime"),
    ],
)
def test_an_incomplete_key_is_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(CloudError, match=f"^{told}$") as caught:
        read_key({**WHOLE, **changed}, "it")
    assert caught.value.kind == "protocol"
    assert "tmp-secret" not in caught.value.reason


@pytest.mark.parametrize("credentials", [None, [], "x"])
def test_a_response_without_credentials_is_an_error(credentials: Any) -> None:
    talk = task_talk({"Response": {"Credentials": credentials, "ExpiredTime": 1, "RequestId": "r"}})
    with pytest.raises(CloudError, match="the response to AssumeRole has no valid TmpSecretId"):
        access(talk).assume(BASE, AssumedRole(ARN)).current()
