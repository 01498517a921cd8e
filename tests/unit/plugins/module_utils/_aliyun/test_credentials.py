# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.credentials import (
    other_keys,
    profile_region,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import KeySearch
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_options import GivenKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from tests.support.loopback import as_json, as_text, serving
from tests.unit.plugins.task_clients import empty_machine, task_talk, write_files

CLI, INI, OLD_INI = ".aliyun/config.json", ".alibabacloud/credentials.ini", ".alibabacloud/credentials"
ARN = "acs:ram::1:role/x"


def ini(name: str, more: str = "") -> str:
    return f"[default]\naccess_key_id = {name}\naccess_key_secret = s\n{more}"


FILES = {
    CLI: json.dumps(
        {
            "current": "web",
            "profiles": [
                {"name": "web", "access_key_id": "cli-id", "access_key_secret": "s", "region_id": "cn-cli"},
                {"name": "other", "access_key_id": "other-id", "access_key_secret": "s"},
            ],
        }
    ),
    INI: ini("ini-id", "region = cn-ini\n"),
    OLD_INI: ini("old-id"),
}
KEY = {
    "AccessKeyId": "role-id",
    "AccessKeySecret": "s",
    "SecurityToken": "t",
    "Expiration": "2026-01-01T01:00:00Z",
    "Code": "Success",
}


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty_machine(monkeypatch, tmp_path)


def search(ask_remote: bool = False, **options: Any) -> tuple[KeySearch, list[str]]:
    """The search of a task with these options after it has run, and its mistakes."""
    found = Options(options, "", [])
    dummy, searched = other_keys(found, GivenKey(None, False), task_talk().client)
    assert searched
    searched.run(found, ask_remote)
    return searched, [f"{mistake.path}: {mistake.message}" for mistake in found.mistakes]


@pytest.mark.parametrize(
    ("files", "key_id"),
    [([CLI, INI, OLD_INI], "cli-id"), ([INI, OLD_INI], "ini-id"), ([OLD_INI], "old-id")],
    ids=["all", "ini", "old ini"],
)
def test_the_file_of_the_tool_comes_before_those_of_the_libraries(
    tmp_path: Path, files: list[str], key_id: str
) -> None:
    write_files(tmp_path, [(name, FILES[name]) for name in files])
    found, mistakes = search()
    assert (found.account_label(), mistakes) == (key_id, [])


@pytest.mark.parametrize("variable", ["ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"])
def test_a_variable_names_the_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    write_files(tmp_path, FILES.items())
    monkeypatch.setenv(variable, "other")
    assert search()[0].account_label() == "other-id"


def test_the_file_of_the_tool_can_be_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_files(tmp_path, FILES.items())
    monkeypatch.setenv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "TRUE")
    assert search()[0].account_label() == "ini-id"
    assert profile_region(Options({}, "", []), task_talk().client) == ("cn-ini", "")
    assert "ALIBABA_CLOUD_CLI_PROFILE_DISABLED is set" in search(profile="missing")[1][0]


def test_a_variable_names_the_file_of_the_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_files(tmp_path, [("own.ini", ini("own-id")), (INI, FILES[INI])])
    monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", str(tmp_path / "own.ini"))
    assert search()[0].account_label() == "own-id"


def test_an_identity_of_a_cluster_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_files(tmp_path, [*FILES.items(), ("token", "identity")])
    names = ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE")
    for name, value in zip(names, (ARN, "provider", str(tmp_path / "token")), strict=True):
        assert search()[0].account_label() == "cli-id"  # until all three are set
        monkeypatch.setenv(name, value)
    assert search()[0].account_label() == ARN
    (tmp_path / "token").write_text(" ")
    assert "does not exist or is empty" in search()[1][0]


def test_the_option_profile_only_searches_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_files(tmp_path, FILES.items())
    assert search(profile="other")[0].account_label() == "other-id"
    dummy, (mistake,) = search(profile="missing", ask_remote=True)
    assert mistake.startswith("profile: there is no profile missing")
    assert "metadata" not in mistake


@pytest.mark.parametrize("files", [[], [INI]])
def test_a_credentials_uri_comes_after_the_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: list[str]
) -> None:
    write_files(tmp_path, [(name, FILES[name]) for name in files])
    with serving(lambda request: as_json(KEY)) as loopback:
        monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_URI", f"{loopback.url}/key")
        assert search()[0].account_label() == ("ini-id" if files else "role-id")


@pytest.mark.parametrize(
    ("ask_remote", "disabled", "found"),
    [
        (True, "", "role-id"),
        (False, "", "instance metadata: only asked if all options are valid"),
        (True, "true", "ALIBABA_CLOUD_ECS_METADATA_DISABLED is set"),
    ],
)
def test_metadata_comes_last(monkeypatch: pytest.MonkeyPatch, ask_remote: bool, disabled: str, found: str) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", disabled)
    with serving(lambda request: as_text("WebRole") if request.path.endswith("/") else as_json(KEY)) as loopback:
        monkeypatch.setenv("CNCLOUDS_ALIYUN_METADATA_ENDPOINT", loopback.url)
        searched, mistakes = search(ask_remote)
    assert bool(loopback.paths) is (found == "role-id")
    if found == "role-id":
        assert (searched.account_label(), mistakes) == ("role-id", [])
    else:
        assert found in mistakes[0]


def test_a_given_key_is_not_searched_for_and_may_assume_a_role() -> None:
    given = GivenKey(StaticKey(Key("id", "secret")), True)
    assert other_keys(Options({}, "", []), given, task_talk().client) == (given.source, None)
    options = Options({"assume_role": {"role_arn": ARN}}, "", [])
    keys, searched = other_keys(options, given, task_talk().client)
    assert keys
    assert (keys.account_label(), searched) == (ARN, None)


@pytest.mark.parametrize(("seconds", "paths"), [("900", []), ("899", ["assume_role.duration_seconds"])])
def test_a_session_lasts_900_seconds_at_least(seconds: str, paths: list[str]) -> None:
    options = Options({"assume_role": {"role_arn": ARN, "duration_seconds": seconds}}, "", [])
    other_keys(options, GivenKey(StaticKey(Key("id", "secret")), True), task_talk().client)
    assert [mistake.path for mistake in options.mistakes] == paths


@pytest.mark.parametrize(
    ("files", "profile", "region"),
    [([CLI, INI], "", "cn-cli"), ([INI], "", "cn-ini"), ([CLI], "other", ""), ([], "", "")],
)
def test_the_region_of_the_profile(tmp_path: Path, files: list[str], profile: str, region: str) -> None:
    write_files(tmp_path, [(name, FILES[name]) for name in files])
    found, searched = profile_region(Options({"profile": profile}, "", []), task_talk().client)
    assert found == region
    assert bool(searched) is not bool(region)
