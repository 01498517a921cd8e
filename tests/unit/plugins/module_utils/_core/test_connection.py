# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials, regions and endpoints, whatever the cloud."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.connection import (
    account_option,
    endpoint_of,
    key_parts,
    region_of,
    whole_key,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.keys import Key
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.options import Options


def options(**given: Any) -> Options:
    return Options(given, "", [])


NAMES = {"id": ("NEW_ID", "OLD_ID"), "secret": ("SECRET",), "token": ()}


def test_parts_of_a_key_are_without_blanks_around_them() -> None:
    found = options(id=" AKIDexample\n")
    assert (key_parts(found, NAMES, environment=False), found.mistakes) == (["AKIDexample", "", ""], [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["two words", "line\nbreak", "schlüssel", "密钥"])
def test_what_no_key_holds_is_a_mistake_that_does_not_show_it(name: str, value: str) -> None:
    found = options(**{name: value})
    key_parts(found, NAMES, environment=False)
    (mistake,) = found.mistakes
    assert mistake.path == name
    assert value not in mistake.message


def test_variables_stand_in_for_options_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_ID", " ")
    monkeypatch.setenv("OLD_ID", "old")
    monkeypatch.setenv("SECRET", "from the environment")
    assert key_parts(options(secret="given"), NAMES, environment=True) == ["old", "given", ""]
    assert key_parts(options(secret="given"), NAMES, environment=False) == ["", "given", ""]


def test_a_whole_key() -> None:
    assert whole_key(options(), NAMES, ["id", "secret", "token"]) == Key("id", "secret", "token")
    assert whole_key(options(), NAMES, ["id", "secret", ""]) == Key("id", "secret")


def test_half_a_key_is_a_mistake_that_names_the_other_half_and_its_variables() -> None:
    for parts, name, variables in ((["id", "", "x"], "secret", "SECRET"), (["", "s", "x"], "id", "NEW_ID or OLD_ID")):
        found = options()
        assert whole_key(found, NAMES, parts) is None
        (mistake,) = found.mistakes
        assert mistake.path == name
        assert variables in mistake.message


@pytest.mark.parametrize("account", ["", "1234567890123456", 100000000001])
def test_account(account: object) -> None:
    found = options(expected_account_id=account)
    assert (account_option(found), found.mistakes) == (str(account), [])


@pytest.mark.parametrize("account", ["12 34", "acs:ram::1234567890123456:root", "１２"])
def test_an_account_that_is_none_is_a_mistake(account: str) -> None:
    found = options(expected_account_id=account)
    account_option(found)
    assert [mistake.path for mistake in found.mistakes] == ["expected_account_id"]


@pytest.mark.parametrize("region", ["cn-hangzhou", "ap-guangzhou", "gz", "cn-beijing-finance-1"])
def test_region(region: str) -> None:
    found = options(region=region)
    assert (region_of(found, ("REGION",)), found.mistakes) == (region, [])


@pytest.mark.parametrize("region", ["", None, "evil.test/", "a.b", "cn--x", "-cn", "CN", "cn hangzhou", "cn\nx"])
def test_a_region_that_is_none_never_becomes_a_host(region: str | None) -> None:
    found = options(region=region)
    region_of(found, ("REGION",))
    assert [mistake.path for mistake in found.mistakes] == ["region"]


def test_endpoint() -> None:
    found = options()
    endpoint = endpoint_of(found, "http://127.0.0.1:8000")
    assert endpoint is not None
    assert (endpoint.host, found.mistakes) == ("127.0.0.1:8000", [])
    assert endpoint_of(found, "ftp://x") is None
    assert [mistake.path for mistake in found.mistakes] == ["endpoint"]
