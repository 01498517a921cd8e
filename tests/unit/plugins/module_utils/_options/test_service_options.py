# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials, regions and endpoints, whatever the cloud."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.service_options import (
    KeyParts,
    account_option,
    endpoint_of,
    key_parts,
    lone_token,
    region_of,
    whole_key,
)


def options(**given: Any) -> Options:
    return Options(given, "", [])


NAMES = {
    "id": (("NEW_ID",), ("OLD_ID",)),
    "secret": (("NEW_SECRET",), ("OLD_SECRET",)),
    "token": (("NEW_TOKEN", "NEW_TOKEN_TOO"), ("OLD_TOKEN",)),
}
NEW = {"NEW_ID": "new-id", "NEW_SECRET": "new-secret", "NEW_TOKEN": "new-token"}
OLD = {"OLD_ID": "old-id", "OLD_SECRET": "old-secret", "OLD_TOKEN": "old-token"}


def test_parts_of_a_key_are_without_blanks_around_them() -> None:
    found = options(id=" AKIDexample\n")
    assert (key_parts(found, NAMES, environment=False), found.mistakes) == (KeyParts("AKIDexample"), [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["two words", "line\nbreak", "schlüssel", "密钥"])
def test_what_no_key_holds_is_a_mistake_that_does_not_show_it(name: str, value: str) -> None:
    found = options(**{name: value})
    key_parts(found, NAMES, environment=False)
    (mistake,) = found.mistakes
    assert mistake.path == name
    assert value not in mistake.message


# Options, variables, and the key that comes of them: each is from one place, whatever else is there.
PLACES: list[tuple[dict[str, Any], dict[str, str], KeyParts]] = [
    ({}, {}, KeyParts()),
    ({}, NEW, KeyParts("new-id", "new-secret", "new-token", 0)),
    ({}, OLD, KeyParts("old-id", "old-secret", "old-token", 1)),
    ({}, {**NEW, **OLD}, KeyParts("new-id", "new-secret", "new-token", 0)),
    ({}, {**NEW, **OLD, "NEW_TOKEN": " "}, KeyParts("new-id", "new-secret", "", 0)),
    ({}, {**OLD, "NEW_TOKEN": "left-over"}, KeyParts("old-id", "old-secret", "old-token", 1)),
    ({}, {**OLD, "OLD_TOKEN": "", "NEW_TOKEN": "left-over"}, KeyParts("old-id", "old-secret", "", 1)),
    ({}, {**OLD, "NEW_ID": "half"}, KeyParts("half", "", "", 0)),
    ({}, {**OLD, "NEW_SECRET": "half", "NEW_ID": "\n"}, KeyParts("", "half", "", 0)),
    ({}, {**NEW, "NEW_TOKEN": "", "NEW_TOKEN_TOO": "other-name"}, KeyParts("new-id", "new-secret", "other-name", 0)),
    ({}, {"NEW_TOKEN": "alone"}, KeyParts()),
    ({"id": "a", "secret": "b"}, {**NEW, **OLD}, KeyParts("a", "b")),
    ({"id": "a", "secret": "b", "token": "c"}, {**NEW, **OLD}, KeyParts("a", "b", "c")),
    ({"id": "a"}, {**NEW, **OLD}, KeyParts("a")),
    ({"secret": "b"}, {**NEW, **OLD}, KeyParts("", "b")),
    ({"id": "", "secret": " ", "token": ""}, NEW, KeyParts("new-id", "new-secret", "new-token", 0)),
    ({"token": "c"}, NEW, KeyParts("", "", "c")),
]


@pytest.mark.parametrize(("given", "variables", "expected"), PLACES)
def test_a_key_comes_from_one_place(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], variables: dict[str, str], expected: KeyParts
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = options(**given)
    assert (key_parts(found, NAMES, environment=True), found.mistakes) == (expected, [])


def test_without_the_environment_no_variable_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEW.items():
        monkeypatch.setenv(name, value)
    assert key_parts(options(), NAMES, environment=False) == KeyParts()


@pytest.mark.parametrize("name", ["NEW_ID", "NEW_SECRET", "NEW_TOKEN"])
def test_a_variable_that_holds_no_part_of_a_key(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable in NEW:
        monkeypatch.setenv(variable, "two words" if variable == name else "x")
    found = options()
    key_parts(found, NAMES, environment=True)
    (mistake,) = found.mistakes
    assert "two words" not in mistake.message


def test_a_whole_key() -> None:
    assert whole_key(options(), NAMES, KeyParts("id", "secret", "token")) == Key("id", "secret", "token")
    assert whole_key(options(), NAMES, KeyParts("id", "secret")) == Key("id", "secret")


HALVES = [
    (KeyParts("id", "", "x"), "secret", "because id is an option, NEW_SECRET or OLD_SECRET is not looked at"),
    (KeyParts("", "s", "x"), "id", "because secret is an option, NEW_ID or OLD_ID is not looked at"),
    (KeyParts("id", "", "", 0), "secret", "NEW_ID is set, and NEW_SECRET is not set, or empty"),
    (KeyParts("", "s", "", 1), "id", "OLD_SECRET is set, and OLD_ID is not set, or empty"),
]


@pytest.mark.parametrize(("parts", "name", "told"), HALVES)
def test_half_a_key_is_a_mistake_that_names_the_other_half(parts: KeyParts, name: str, told: str) -> None:
    found = options()
    assert whole_key(found, NAMES, parts) is None
    (mistake,) = found.mistakes
    assert mistake.path == name
    assert told in mistake.message


@pytest.mark.parametrize(
    ("parts", "alone"),
    [
        (KeyParts(token="c"), True),
        (KeyParts("a", "", "c"), False),
        (KeyParts("", "b", "c"), False),
        (KeyParts(), False),
    ],
)
def test_a_token_without_its_key_is_a_mistake(parts: KeyParts, alone: bool) -> None:
    found = options()
    assert lone_token(found, NAMES, parts) is alone
    assert [mistake.path for mistake in found.mistakes] == (["token"] if alone else [])


@pytest.mark.parametrize("account", ["", "1234567890123456", 100000000001])
def test_account(account: object) -> None:
    found = options(expected_account_id=account)
    assert (account_option(found), found.mistakes) == (str(account), [])


@pytest.mark.parametrize("account", ["12 34", "acs:ram::1234567890123456:root", "１２"])
def test_an_account_that_is_none_is_a_mistake(account: str) -> None:
    found = options(expected_account_id=account)
    account_option(found)
    assert [mistake.path for mistake in found.mistakes] == ["expected_account_id"]


def nowhere() -> tuple[str, str]:
    return "", "No profile has one: a file"


@pytest.mark.parametrize("region", ["cn-hangzhou", "ap-guangzhou", "gz", "cn-beijing-finance-1"])
def test_region(region: str) -> None:
    found = options(region=region)
    assert (region_of(found, ("REGION",), nowhere), found.mistakes) == (region, [])
    of_profile = options()
    assert (region_of(of_profile, ("REGION",), lambda: (region, "")), of_profile.mistakes) == (region, [])
    assert of_profile.text("region") == region


@pytest.mark.parametrize("region", ["", None, "evil.test/", "a.b", "cn--x", "-cn", "CN", "cn hangzhou", "cn\nx"])
def test_a_region_that_is_none_never_becomes_a_host(region: str | None) -> None:
    for found, of_profile in ((options(region=region), nowhere), (options(), lambda: (region or "", "nowhere"))):
        region_of(found, ("REGION",), of_profile)
        assert [mistake.path for mistake in found.mistakes] == ["region"]


def test_a_region_that_is_nowhere_says_where_it_was_looked_for() -> None:
    found = options()
    region_of(found, ("REGION", "OLD_REGION"), nowhere)
    (mistake,) = found.mistakes
    assert "set the environment variable REGION or OLD_REGION. No profile has one: a file" in mistake.message


def test_endpoint() -> None:
    found = options()
    endpoint = endpoint_of(found, "http://127.0.0.1:8000")
    assert endpoint is not None
    assert (endpoint.host, found.mistakes) == ("127.0.0.1:8000", [])
    assert endpoint_of(found, "ftp://x") is None
    assert [mistake.path for mistake in found.mistakes] == ["endpoint"]
