# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import KeySearch
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_options import GivenKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent import credentials as module
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.credentials import (
    other_keys,
    profile_region,
)
from tests.support.loopback import as_json, as_text, serving
from tests.unit.plugins.task_clients import empty_machine, task_talk, write_files

INI, CLI, OIDC = ".tencentcloud/credentials", ".tccli/default.credential", "token"
FILES = {
    INI: "[default]\nsecret_id = ini-id\nsecret_key = ini-secret\nregion = ap-ini\n[other]\nsecret_id = other-id\n"
    "secret_key = other-secret\nregion = ap-other\n",
    CLI: json.dumps({"secretId": "cli-id", "secretKey": "cli-secret"}),
    ".tccli/default.configure": json.dumps({"_sys_param": {"region": "ap-cli"}}),
    OIDC: "identity",
}
NOT_GIVEN = GivenKey(None, False)


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty_machine(monkeypatch, tmp_path)
    monkeypatch.setattr(module, "INI_FILES", ("~/.tencentcloud/credentials",))  # the machine may have the other one


def search(given: GivenKey = NOT_GIVEN, ask_remote: bool = False, **options: Any) -> tuple[KeySearch, list[str]]:
    """The search of a task with these options after it has run, and its mistakes."""
    found = Options(options, "", [])
    dummy, searched = other_keys(found, given, task_talk().client)
    assert searched
    searched.run(found, ask_remote)
    return searched, [f"{mistake.path}: {mistake.message}" for mistake in found.mistakes]


@pytest.mark.parametrize(
    ("files", "key_id"), [([INI, CLI], "ini-id"), ([INI], "ini-id"), ([CLI], "cli-id")], ids=["both", "ini", "cli"]
)
def test_the_files_of_the_libraries_come_before_those_of_the_tool(
    tmp_path: Path, files: list[str], key_id: str
) -> None:
    write_files(tmp_path, [(name, FILES[name]) for name in files])
    found, mistakes = search()
    assert (found.account_label(), mistakes) == (key_id, [])


@pytest.mark.parametrize("variable", ["TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"])
def test_a_variable_names_the_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    write_files(tmp_path, FILES.items())
    monkeypatch.setenv(variable, "other")
    assert search()[0].account_label() == "other-id"


def test_a_variable_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_files(tmp_path, [("own.ini", "[default]\nsecret_id = own-id\nsecret_key = s\n"), (INI, FILES[INI])])
    monkeypatch.setenv("TENCENTCLOUD_CREDENTIALS_FILE", str(tmp_path / "own.ini"))
    assert search()[0].account_label() == "own-id"


def test_the_option_profile_only_searches_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_files(tmp_path, FILES.items())
    monkeypatch.setenv("TENCENTCLOUD_PROFILE", "default")
    assert search(profile="other")[0].account_label() == "other-id"
    dummy, (mistake,) = search(profile="missing", ask_remote=True)
    assert mistake.startswith("profile: there is no profile missing")
    assert "metadata" not in mistake


def test_an_identity_of_a_cluster_is_used_after_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_files(tmp_path, [(OIDC, FILES[OIDC])])
    for name, value in zip(
        ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"),
        ("ap-x", "provider", str(tmp_path / OIDC), "qcs::cam::uin/1:roleName/x"),
        strict=True,
    ):
        monkeypatch.setenv(name, value)
    assert search()[0].account_label() == "qcs::cam::uin/1:roleName/x"
    (tmp_path / OIDC).write_text(" ")
    assert "does not exist or is empty" in search()[1][0]
    write_files(tmp_path, [(INI, FILES[INI])])
    assert search()[0].account_label() == "ini-id"


@pytest.mark.parametrize("ask_remote", [True, False])
def test_metadata_comes_last_and_only_without_mistakes(monkeypatch: pytest.MonkeyPatch, ask_remote: bool) -> None:
    key = {"TmpSecretId": "role-id", "TmpSecretKey": "s", "Token": "t", "ExpiredTime": 1_767_300_000}
    with serving(lambda request: as_text("WebRole") if request.path.endswith("/") else as_json(key)) as loopback:
        monkeypatch.setenv("CNCLOUDS_TENCENT_METADATA_ENDPOINT", loopback.url)
        found, mistakes = search(ask_remote=ask_remote)
    assert bool(loopback.paths) is ask_remote
    if ask_remote:
        assert (found.account_label(), mistakes) == ("role-id", [])
    else:
        assert "instance metadata: only asked if all options are valid" in mistakes[0]


def test_a_failure_of_the_metadata_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda request: as_text("no", 404)) as loopback:
        monkeypatch.setenv("CNCLOUDS_TENCENT_METADATA_ENDPOINT", loopback.url)
        assert "this machine has no role" in search(ask_remote=True)[1][0]


def test_a_given_key_is_not_searched_for_and_may_assume_a_role() -> None:
    given = GivenKey(StaticKey(Key("id", "secret")), True)
    keys, searched = other_keys(Options({}, "", []), given, task_talk().client)
    assert (keys, searched) == (given.source, None)
    role = {"role_arn": "qcs::cam::uin/1:roleName/x"}
    keys, searched = other_keys(Options({"assume_role": role}, "", []), given, task_talk().client)
    assert keys
    assert (keys.account_label(), searched) == (role["role_arn"], None)


def test_after_a_mistake_in_the_key_there_are_no_keys() -> None:
    role = {"role_arn": "qcs::cam::uin/1:roleName/x"}
    options = Options({"assume_role": role}, "", [])
    assert other_keys(options, GivenKey(None, True), task_talk().client) == (None, None)


@pytest.mark.parametrize(
    ("files", "profile", "region"),
    [
        ([INI, CLI, ".tccli/default.configure"], "", "ap-ini"),
        ([INI], "other", "ap-other"),
        ([".tccli/default.configure"], "", "ap-cli"),
        ([], "", ""),
    ],
)
def test_the_region_of_the_profile(tmp_path: Path, files: list[str], profile: str, region: str) -> None:
    write_files(tmp_path, [(name, FILES[name]) for name in files])
    found, searched = profile_region(Options({"profile": profile}, "", []), task_talk().client)
    assert found == region
    assert bool(searched) is not bool(region)
