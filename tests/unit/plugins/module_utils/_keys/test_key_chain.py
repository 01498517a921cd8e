# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places for a key, searched in their order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import (
    KeyPlace,
    KeySearch,
    UnusablePlace,
    key_from,
    read_text,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, KeySource, StaticKey
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options

NAMES = {"id": (("ID",),), "secret": (("SECRET",),), "token": (("TOKEN",),)}
KEY, OTHER = StaticKey(Key("id", "secret")), StaticKey(Key("other", "key"))


class Places:
    """Places with these results, each of which records that it was searched."""

    def __init__(self, **finds: KeySource | str | UnusablePlace) -> None:
        self.asked: list[str] = []
        self.places = [
            KeyPlace(name, partial(self._find, name, find), name == "remote") for name, find in finds.items()
        ]

    def _find(self, name: str, find: KeySource | str | UnusablePlace) -> KeySource | str:
        self.asked.append(name)
        if isinstance(find, UnusablePlace):
            raise find
        return find

    def search(self, profile: str = "", ask_remote: bool = True) -> tuple[KeySearch, list[tuple[str, str]]]:
        options = Options({}, "", [])
        search = KeySearch(NAMES, profile, self.places)
        search.run(options, ask_remote)
        return search, [(mistake.path, mistake.message) for mistake in options.mistakes]


def test_the_first_place_with_a_key_wins_and_no_other_is_searched() -> None:
    places = Places(a="empty", b=KEY, c=OTHER, remote=OTHER)
    search, mistakes = places.search()
    assert (search.current(), search.account_label(), mistakes) == (KEY.key, "id", [])
    assert places.asked == ["a", "b"]


def test_no_place_has_a_key() -> None:
    search, mistakes = Places(a="empty", remote="no answer").search()
    assert [path for path, dummy in mistakes] == ["id", "secret"]
    assert "ID. No key was found elsewhere: a: empty; remote: no answer" in mistakes[0][1]
    with pytest.raises(RuntimeError):
        search.current()


def test_a_task_that_fails_anyway_makes_no_requests() -> None:
    places = Places(a="empty", remote=KEY)
    mistakes = places.search(ask_remote=False)[1]
    assert places.asked == ["a"]
    assert "remote: only asked if all options are valid" in mistakes[0][1]
    local = Places(a=KEY, remote=OTHER)
    assert local.search(ask_remote=False)[1] == []


def test_an_unusable_place_ends_the_search() -> None:
    places = Places(a=UnusablePlace("it is broken"), b=KEY)
    assert places.search()[1] == [("id", "no key is available: it is broken")]
    assert places.search(profile="p")[1] == [("profile", "no key is available: it is broken")]
    assert places.asked == ["a", "a"]


def test_a_profile_that_does_not_exist() -> None:
    assert Places(a="no profile p").search(profile="p")[1] == [("profile", "there is no profile p: a: no profile p")]


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
        ([("id", "a"), ("secret", "b\nb")], "secret in the file contains a blank"),
    ],
)
def test_half_a_key_of_a_profile(named: list[tuple[str, object]], told: str) -> None:
    with pytest.raises(UnusablePlace, match=told):
        key_from("the file", named)


def test_files(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("text", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert read_text(str(tmp_path / "there")) == "text"
    assert read_text(str(tmp_path / "not there")) is None
    assert read_text(str(tmp_path / "there" / "below a file")) is None
    for name in ("binary", "."):
        with pytest.raises(UnusablePlace, match="cannot be read"):
            read_text(str(tmp_path / name))
