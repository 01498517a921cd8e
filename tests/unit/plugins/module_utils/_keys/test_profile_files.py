# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration files of the vendors' tools, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.key_chain import UnusablePlace
from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.profile_files import (
    ini_file,
    json_file,
    named_profiles,
    no_profile,
)

SECRET = "hunter2hunter2"


def written(folder: Path, text: str) -> str:
    path = folder / "file"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_missing_file(tmp_path: Path) -> None:
    assert json_file(str(tmp_path / "none")) is None
    assert ini_file(str(tmp_path / "none")) is None


def test_json(tmp_path: Path) -> None:
    assert json_file(written(tmp_path, '{"current": "a"}')) == {"current": "a"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        (f'{{"a": {SECRET}}}', "line 1, column 7"),
        (f'["{SECRET}"]', "does not contain a JSON object"),
        (f'"{SECRET}"', "does not contain a JSON object"),
    ],
)
def test_invalid_json_is_not_quoted(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UnusablePlace, match=reason) as caught:
        json_file(written(tmp_path, text))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("profiles", "reason"),
    [
        (SECRET, "its profiles are not a list"),
        ([{"name": ""}], r"profiles\[0\]"),
        ([{"name": "a"}, SECRET], r"profiles\[1\]"),
    ],
)
def test_invalid_profiles(profiles: object, reason: str) -> None:
    with pytest.raises(UnusablePlace, match=reason) as caught:
        named_profiles("file", {"profiles": profiles})
    assert SECRET not in str(caught.value)


def test_profiles_by_name() -> None:
    assert named_profiles("file", {}) == {}
    assert list(named_profiles("file", {"profiles": [{"name": "a"}, {"name": "b", "x": 1}]})) == ["a", "b"]


def test_ini(tmp_path: Path) -> None:
    parser = ini_file(written(tmp_path, "[default]\nid = a % b # why\n"), comments="#")
    assert parser is not None
    assert parser["default"]["id"] == "a % b"
    plain = ini_file(written(tmp_path, "[default]\nid = a#b\n"))
    assert plain is not None
    assert plain["default"]["id"] == "a#b"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{SECRET}\n", "line 1 comes before any section"),
        (f"[a]\nx = {SECRET}\n[a]\n", "line 3 starts the section a a second time"),
        (f"[a]\nx = {SECRET}\nx = y\n", "line 3 sets x of the section a a second time"),
        (f"[a]\n{SECRET}\n", "line 2 is not a setting"),
    ],
)
def test_invalid_ini_is_not_quoted(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UnusablePlace, match=reason) as caught:
        ini_file(written(tmp_path, text))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "there", "sentence"),
    [
        ("x", ["a", "b"], "no profile x; there are a, b"),
        ("x", [], "no profile x; the file has no profiles"),
        ("", ["a"], "no current profile; there are a"),
    ],
)
def test_a_missing_profile(name: str, there: list[str], sentence: str) -> None:
    assert no_profile(name, there) == sentence
