# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places where a key may be, looked at in their order."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import (
    KeyPlace,
    Unusable,
    first_found,
    key_from,
    read_text,
    unset,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, KeySource, StaticKey


def test_the_first_place_with_a_key_wins_and_no_other_is_looked_at() -> None:
    looked: list[str] = []

    def place(name: str, keys: KeySource | str) -> KeyPlace:
        def look() -> KeySource | str:
            looked.append(name)
            return keys

        return KeyPlace(name, look)

    key = StaticKey(Key("id", "secret"))
    places = [place("a", "empty"), place("b", key), place("c", StaticKey(Key("other", "key")))]
    assert first_found(places) == (key, "")
    assert looked == ["a", "b"]
    assert first_found([places[0], place("d", "no such file")]) == (None, "a: empty; d: no such file")


def test_a_key_of_a_profile() -> None:
    assert key_from("x", [("id", " a "), ("secret", "b\n")], 5.0) == Key("a", "b", "", 5.0)
    assert key_from("x", [("id", "a"), ("secret", "b"), ("token", "c")]) == Key("a", "b", "c")
    assert key_from("x", [("id", ""), ("secret", None)]) is None


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ([("id", "a"), ("secret", " ")], "the file has no secret"),
        ([("id", None), ("secret", "b")], "the file has no id"),
        ([("id", "a"), ("secret", "b"), ("token", "")], "the file has no token"),
        ([("id", "a"), ("secret", "b\nb")], "secret in the file holds a blank"),
    ],
)
def test_half_a_key_of_a_profile(named: list[tuple[str, object]], told: str) -> None:
    with pytest.raises(Unusable, match=told):
        key_from("the file", named)


def test_variables_that_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FULL", "x")
    monkeypatch.setenv("BLANK", " ")
    assert unset(["FULL"]) == ""
    assert unset(["FULL", "BLANK"]) == "BLANK is not set, or empty"
    assert unset(["FULL", "BLANK", "ABSENT"]) == "BLANK, ABSENT are not set, or empty"


def test_files(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("text", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert read_text(str(tmp_path / "there")) == "text"
    assert read_text(str(tmp_path / "not there")) is None
    assert read_text(str(tmp_path / "there" / "below a file")) is None
    for name in ("binary", "."):
        with pytest.raises(Unusable, match="cannot be read"):
            read_text(str(tmp_path / name))
