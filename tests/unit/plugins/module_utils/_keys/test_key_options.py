# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The key of the options and variables: all its parts come from one place."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_options import (
    GivenKey,
    KeyParts,
    given_key,
    key_parts,
    whole_key,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, Secrets
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options


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
def test_a_value_that_no_key_contains_is_a_mistake_that_does_not_show_it(name: str, value: str) -> None:
    found = options(**{name: value})
    key_parts(found, NAMES, environment=False)
    (mistake,) = found.mistakes
    assert mistake.path == name
    assert value not in mistake.message


# Options, variables, and the resulting key, which comes from one place, whatever else is set.
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
def test_all_parts_of_a_key_come_from_one_place(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], variables: dict[str, str], expected: KeyParts
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = options(**given)
    assert (key_parts(found, NAMES, environment=True), found.mistakes) == (expected, [])


def test_without_the_environment_no_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEW.items():
        monkeypatch.setenv(name, value)
    assert key_parts(options(), NAMES, environment=False) == KeyParts()


@pytest.mark.parametrize("name", ["NEW_ID", "NEW_SECRET", "NEW_TOKEN"])
def test_a_variable_that_contains_no_part_of_a_key(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
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
    (KeyParts("id", "", "x"), "secret", "because id is an option, NEW_SECRET or OLD_SECRET is not read"),
    (KeyParts("", "s", "x"), "id", "because secret is an option, NEW_ID or OLD_ID is not read"),
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


ALIYUN = {
    "access_key_id": (("NEW_ID",), ("OLD_ID",)),
    "access_key_secret": (("NEW_SECRET",), ("OLD_SECRET",)),
    "security_token": (("NEW_TOKEN",), ("OLD_TOKEN",)),
}
# Options, the resulting key, whether other places may be searched, and the paths of mistakes.
GIVEN: list[tuple[dict[str, Any], Key | None, bool, list[str]]] = [
    ({}, None, False, []),
    ({"profile": "p"}, None, False, []),
    ({"access_key_id": "a", "access_key_secret": "b"}, Key("a", "b"), True, []),
    ({"access_key_id": "a", "access_key_secret": "b", "security_token": "c"}, Key("a", "b", "c"), True, []),
    ({"access_key_id": "a"}, None, True, ["access_key_secret"]),
    ({"security_token": "c"}, None, True, ["security_token"]),
    ({"security_token": "c", "profile": "p"}, None, True, ["security_token"]),
    ({"access_key_id": "a", "access_key_secret": "b", "profile": "p"}, None, True, ["profile"]),
]


@pytest.mark.parametrize(("given", "key", "is_final", "paths"), GIVEN)
def test_a_given_key_wins(given: dict[str, Any], key: Key | None, is_final: bool, paths: list[str]) -> None:
    found, secrets = options(**given), Secrets()
    answer = given_key(found, ALIYUN, secrets)
    assert (answer.source.key if answer.source else None, answer.is_final) == (key, is_final)
    assert [mistake.path for mistake in found.mistakes] == paths
    assert set(secrets) == {value for name, value in given.items() if name in ("access_key_secret", "security_token")}


def test_with_a_profile_no_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEW.items():
        monkeypatch.setenv(name, value)
    assert given_key(options(profile="p"), ALIYUN, Secrets()) == GivenKey(None, False)
    source = given_key(options(), ALIYUN, Secrets()).source
    assert source is not None
    assert source.key == Key("new-id", "new-secret", "new-token")


def test_the_secret_in_place_of_the_id_is_a_secret() -> None:
    secrets = Secrets()
    given_key(options(access_key_id="k5Gz9sT0dL2qXw8rB1nVc7yM3pQe4u", access_key_secret="b"), ALIYUN, secrets)
    assert "k5Gz9sT0dL2qXw8rB1nVc7yM3pQe4u" in set(secrets)
