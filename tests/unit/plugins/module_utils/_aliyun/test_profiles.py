# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.profiles import Profiles
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sts import sts_access
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import UnusablePlace
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, KeySource
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from tests.unit.plugins.task_clients import TaskTalk, empty_machine, task_talk, write_files

KEY = {"access_key_id": "id", "access_key_secret": "secret"}
ARN = "acs:ram::1:role/x"
TEMPORARY = {
    "AccessKeyId": "tmp",
    "AccessKeySecret": "s",
    "SecurityToken": "t",
    "Expiration": "2026-01-01T01:00:00Z",
}
ASSUMED = {"Credentials": TEMPORARY, "RequestId": "r"}


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty_machine(monkeypatch, tmp_path)


def profiles(name: str = "", talk: TaskTalk | None = None) -> Profiles:
    options = Options({"region": "cn-x", "network": "public", "signature_version": "v3"}, "", [])
    return Profiles(name, sts_access(options, (talk or task_talk()).client))


def from_cli(home: Path, *listed: Any, name: str = "", current: str = "p", talk: TaskTalk | None = None) -> Any:
    """The result of the first of these profiles, which is named p by default, given the others."""
    entries = [{"name": "p", **entry} if isinstance(entry, dict) else entry for entry in listed]
    write_files(home, [(".aliyun/config.json", json.dumps({"current": current, "profiles": entries}))])
    return profiles(name, talk).from_cli()


def from_ini(home: Path, text: str, name: str = "", talk: TaskTalk | None = None) -> KeySource | str:
    write_files(home, [("credentials", text)])
    return profiles(name, talk).from_ini(str(home / "credentials"))


def asked(talk: TaskTalk) -> list[tuple[str, dict[str, str]]]:
    """The host of each request, and its parameters."""
    urls = [urlsplit(request.url) for request in talk.transport.requests]
    return [(url.netloc, dict(parse_qsl(url.query))) for url in urls]


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        (KEY, Key("id", "secret")),
        ({**KEY, "mode": "AK", "sts_token": "ignored"}, Key("id", "secret")),
        ({**KEY, "mode": "StsToken", "sts_token": "t"}, Key("id", "secret", "t")),
    ],
)
def test_a_key_of_the_tool(tmp_path: Path, profile: dict[str, str], key: Key) -> None:
    assert from_cli(tmp_path, profile).current() == key


def test_the_profile_is_the_one_named_or_the_current_one(tmp_path: Path) -> None:
    others = (KEY, {**KEY, "name": "web", "access_key_id": "web-id"})
    assert from_cli(tmp_path, *others).current().id == "id"
    assert from_cli(tmp_path, *others, name="web").current().id == "web-id"
    assert from_cli(tmp_path, *others, name="x") == "no profile x; there are p, web"
    assert from_cli(tmp_path, current="") == "no current profile; the file has no profiles"


def test_there_need_not_be_a_file(tmp_path: Path) -> None:
    assert profiles().from_cli() == "no such file"
    assert profiles().from_ini(str(tmp_path / "none")) == "no such file"


def test_a_role_of_the_tool_is_assumed_in_its_region(tmp_path: Path) -> None:
    talk = task_talk(ASSUMED)
    profile = {
        **KEY,
        "mode": "RamRoleArn",
        "ram_role_arn": ARN,
        "ram_session_name": "mine",
        "expired_seconds": 900,
        "external_id": "ext",
        "sts_region": "cn-beijing",
    }
    assert from_cli(tmp_path, profile, talk=talk).current().id == "tmp"
    ((host, parameters),) = asked(talk)
    assert host == "sts.cn-beijing.aliyuncs.com"
    expected = {"RoleArn": ARN, "RoleSessionName": "mine", "DurationSeconds": "900", "ExternalId": "ext"}
    assert parameters == expected


@pytest.mark.parametrize("seconds", ["soon", "\u00b2", "9" * 5000])
def test_a_duration_that_is_no_number_of_seconds_is_not_sent(tmp_path: Path, seconds: str) -> None:
    talk = task_talk(ASSUMED)
    profile = {**KEY, "mode": "RamRoleArn", "ram_role_arn": ARN, "expired_seconds": seconds}
    assert from_cli(tmp_path, profile, talk=talk).current().id == "tmp"
    assert "DurationSeconds" not in asked(talk)[0][1]


def test_a_chain_of_roles_is_assumed_one_after_the_other(tmp_path: Path) -> None:
    talk = task_talk(ASSUMED, ASSUMED)
    chained = {"mode": "ChainableRamRoleArn", "ram_role_arn": ARN}
    keys = from_cli(
        tmp_path,
        {**chained, "source_profile": "middle"},
        {**chained, "name": "middle", "ram_role_arn": f"{ARN}-middle", "source_profile": "base"},
        {**KEY, "name": "base"},
        talk=talk,
    )
    assert keys.current().id == "tmp"
    assert [parameters["RoleArn"] for _host, parameters in asked(talk)] == [f"{ARN}-middle", ARN]


@pytest.mark.parametrize("mode", ["EcsRamRole", "OIDC"])
def test_other_modes_need_no_key(tmp_path: Path, mode: str) -> None:
    more = {"oidc_provider_arn": "p", "oidc_token_file": "f", "ram_role_arn": ARN} if mode == "OIDC" else {}
    assert not isinstance(from_cli(tmp_path, {"mode": mode, **more}), str)


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ({"access_key_id": "id"}, "has no access_key_secret"),
        ({**KEY, "mode": "StsToken"}, "has no sts_token"),
        ({**KEY, "mode": "RamRoleArn"}, "has no ram_role_arn"),
        ({"mode": "OIDC", "oidc_provider_arn": "p"}, "has no oidc_token_file"),
        ({**KEY, "mode": "CloudSSO"}, "has the mode CloudSSO, which is not supported"),
        ({"mode": "ChainableRamRoleArn", "ram_role_arn": ARN}, "has no source_profile"),
        ({"mode": "ChainableRamRoleArn", "source_profile": "p"}, "is its own source_profile, through p"),
        ({"mode": "ChainableRamRoleArn", "source_profile": "x"}, "the source_profile of p, does not exist"),
        ("p", r"profiles\[0\] is not a profile with a name"),
        ({"name": ""}, r"profiles\[0\] is not a profile with a name"),
    ],
)
def test_a_profile_of_the_tool_that_cannot_be_used_ends_the_search(tmp_path: Path, profile: Any, why: str) -> None:
    with pytest.raises(UnusablePlace, match=why):
        from_cli(tmp_path, profile)


@pytest.mark.parametrize("mode", ["AK", "StsToken", "RamRoleArn"])
def test_a_profile_without_a_key_is_passed_over(tmp_path: Path, mode: str) -> None:
    assert from_cli(tmp_path, {"mode": mode, "ram_role_arn": ARN}) == "the profile p contains no key"


INI_KEY = "access_key_id = id\naccess_key_secret = secret\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"[default]\n{INI_KEY}", Key("id", "secret")),
        ("[default]\naccess_key_id = id # mine\naccess_key_secret = secret\n", Key("id", "secret")),
        (f"[default]\ntype = sts\n{INI_KEY}security_token = t\n", Key("id", "secret", "t")),
    ],
)
def test_a_key_of_the_libraries(tmp_path: Path, text: str, key: Key) -> None:
    found = from_ini(tmp_path, text)
    assert not isinstance(found, str)
    assert found.current() == key


def test_a_role_of_the_libraries_is_assumed(tmp_path: Path) -> None:
    talk = task_talk(ASSUMED)
    found = from_ini(tmp_path, f"[web]\ntype = ram_role_arn\n{INI_KEY}role_arn = {ARN}\n", "web", talk)
    assert not isinstance(found, str)
    assert found.current().id == "tmp"
    assert asked(talk)[0][1] == {"RoleArn": ARN, "RoleSessionName": "ansible-security-groups"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[default]\naccess_key_id = id\n", "has no access_key_secret"),
        (f"[default]\ntype = ram_role_arn\n{INI_KEY}", "has no role_arn"),
        ("[default]\ntype = oidc_role_arn\noidc_provider_arn = p\n", "has no oidc_token_file_path"),
        ("[default]\ntype = rsa_key_pair\n", "has the type rsa_key_pair, which is not supported"),
        ("access_key_id = id\n", "line 1 comes before any section"),
    ],
)
def test_a_profile_of_the_libraries_that_cannot_be_used_ends_the_search(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UnusablePlace, match=why):
        from_ini(tmp_path, text)


def test_a_section_without_a_key_and_a_missing_one_are_passed_over(tmp_path: Path) -> None:
    assert from_ini(tmp_path, "[default]\n") == "the profile default contains no key"
    assert from_ini(tmp_path, "[default]\n", "x") == "no profile x; there are default"


def test_the_secrets_of_a_profile_are_recorded(tmp_path: Path) -> None:
    talk = task_talk()
    from_cli(tmp_path, {**KEY, "mode": "StsToken", "sts_token": "temporary"}, talk=talk)
    assert set(talk.client.secrets) == {"secret", "temporary"}


@pytest.mark.parametrize(("name", "region"), [("", "cn-x"), ("p", "cn-x"), ("bare", ""), ("missing", "")])
def test_the_region_of_the_tool(tmp_path: Path, name: str, region: str) -> None:
    assert profiles(name).cli_region() == ""
    from_cli(tmp_path, {**KEY, "region_id": "cn-x"}, {**KEY, "name": "bare"})
    assert profiles(name).cli_region() == region


@pytest.mark.parametrize(("name", "region"), [("", "cn-x"), ("new", "cn-new"), ("bare", ""), ("missing", "")])
def test_the_region_of_the_libraries(tmp_path: Path, name: str, region: str) -> None:
    text = "[default]\nregion = cn-x\n[new]\nregion_id = cn-new\nregion = cn-old\n[bare]\n"
    write_files(tmp_path, [("ini", text)])
    assert profiles(name).ini_region(str(tmp_path / "ini")) == region
