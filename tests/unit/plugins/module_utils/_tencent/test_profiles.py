# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import UnusablePlace
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, KeySource
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.profiles import Profiles
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sts import sts_access
from tests.unit.plugins.task_clients import TaskTalk, empty_machine, task_talk, write_files

KEY = {"secretId": "id", "secretKey": "secret"}
ARN = "qcs::cam::uin/1:roleName/x"


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty_machine(monkeypatch, tmp_path)


def profiles(name: str = "default", talk: TaskTalk | None = None) -> Profiles:
    options = Options({"region": "ap-guangzhou", "network": "public"}, "", [])
    return Profiles(name, sts_access(options, (talk or task_talk()).client))


def from_cli(home: Path, profile: Any, talk: TaskTalk | None = None) -> KeySource | str:
    text = profile if isinstance(profile, str) else json.dumps(profile)
    write_files(home, [(".tccli/default.credential", text)])
    return profiles(talk=talk).from_cli()


def from_ini(home: Path, text: str, name: str = "default") -> KeySource | str:
    write_files(home, [("credentials", text)])
    return profiles(name).from_ini(str(home / "credentials"))


def key_of(found: KeySource | str) -> Key:
    assert not isinstance(found, str)
    return found.current()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[default]\nsecret_id = id\nsecret_key = secret\n", Key("id", "secret")),
        ("[default]\nsecret_id = id\nsecret_key = secret\ntoken = t\n", Key("id", "secret", "t")),
        ("[default]\nsecret_id = \"id\"\nsecret_key = 'secret'\n", Key("id", "secret")),
        ("[default]\nsecret_id = id\nsecret_key = a#b;c%d\n", Key("id", "a#b;c%d")),
    ],
)
def test_a_key_of_the_libraries(tmp_path: Path, text: str, key: Key) -> None:
    assert key_of(from_ini(tmp_path, text)) == key


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("[other]\nsecret_id = id\n", "default", "no profile default; there are other"),
        ("[default]\nregion = x\n", "default", "it contains no key"),
        ("", "x", "no profile x; the file has no profiles"),
    ],
)
def test_what_the_file_of_the_libraries_has_instead_of_a_key(tmp_path: Path, text: str, name: str, found: str) -> None:
    assert from_ini(tmp_path, text, name) == found


def test_there_need_not_be_a_file(tmp_path: Path) -> None:
    assert profiles().from_ini(str(tmp_path / "none")) == "no such file"
    assert profiles().from_cli() == "no such file"
    write_files(
        tmp_path, [(".tccli/web.credential", "{}"), (".tccli/db.credential", "{}"), (".tccli/web.configure", "")]
    )
    assert profiles().from_cli() == "no such file; there are db, web"


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        (KEY, Key("id", "secret")),
        ({**KEY, "token": "t"}, Key("id", "secret", "t")),
        ({**KEY, "token": "t", "expiresAt": 1_767_300_000}, Key("id", "secret", "t", 1_767_300_000.0)),
        ({**KEY, "token": "", "type": "default"}, Key("id", "secret")),
    ],
)
def test_a_key_of_the_tool(tmp_path: Path, profile: dict[str, Any], key: Key) -> None:
    assert key_of(from_cli(tmp_path, profile)) == key


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ({"secretId": "id"}, "has no secretKey"),
        ({"secretKey": "secret"}, "has no secretId"),
        ({**KEY, "secretKey": "two words"}, "contains a blank"),
        ({**KEY, "expiresAt": 1}, "has expired; log in again"),
        ("", "it is empty"),
        ("[]", "does not contain a JSON object"),
        ('{"secretKey": "hidden" "x"}', "line 1, column 24"),
    ],
)
def test_a_file_of_the_tool_that_cannot_be_used_ends_the_search(tmp_path: Path, profile: Any, why: str) -> None:
    with pytest.raises(UnusablePlace, match=why) as caught:
        from_cli(tmp_path, profile)
    assert "hidden" not in str(caught.value)


def test_an_empty_profile_of_the_tool_holds_no_key(tmp_path: Path) -> None:
    assert from_cli(tmp_path, {}) == "it contains no key"


def test_the_secrets_of_a_profile_are_recorded(tmp_path: Path) -> None:
    talk = task_talk()
    from_cli(tmp_path, {**KEY, "token": "temporary"}, talk)
    assert set(talk.client.secrets) == {"secret", "temporary"}


@pytest.mark.parametrize(
    ("more", "session"), [({"role-session-name": "mine"}, "mine"), ({}, "ansible-security-groups")]
)
def test_a_role_of_the_tool_is_assumed(tmp_path: Path, more: dict[str, str], session: str) -> None:
    credentials = {"TmpSecretId": "tmp", "TmpSecretKey": "s", "Token": "t"}
    talk = task_talk({"Response": {"Credentials": credentials, "ExpiredTime": 1_767_300_000, "RequestId": "r"}})
    found = from_cli(tmp_path, {**KEY, "role-arn": ARN, **more}, talk)
    assert key_of(found).id == "tmp"
    (request,) = talk.transport.requests
    assert json.loads(request.body or b"") == {"RoleArn": ARN, "RoleSessionName": session}


def test_the_role_of_an_instance_needs_no_key(tmp_path: Path) -> None:
    assert not isinstance(from_cli(tmp_path, {"type": "cvm-role"}), str)


@pytest.mark.parametrize(
    ("config", "region"),
    [
        ({"_sys_param": {"region": "ap-x", "output": "json"}}, "ap-x"),
        ({"region": " ap-old "}, "ap-old"),
        ({"_sys_param": {"region": "ap-x"}, "region": "ap-old"}, "ap-x"),
        ({"_sys_param": None}, ""),
        ({}, ""),
    ],
)
def test_the_region_of_the_tool(tmp_path: Path, config: dict[str, Any], region: str) -> None:
    assert profiles().cli_region() == ""
    write_files(tmp_path, [(".tccli/default.configure", json.dumps(config))])
    assert profiles().cli_region() == region


@pytest.mark.parametrize(("name", "region"), [("default", "ap-x"), ("bare", ""), ("missing", "")])
def test_the_region_of_the_libraries(tmp_path: Path, name: str, region: str) -> None:
    write_files(tmp_path, [("ini", "[default]\nregion = 'ap-x'\n[bare]\nsecret_id = id\n")])
    assert profiles(name).ini_region(str(tmp_path / "ini")) == region
