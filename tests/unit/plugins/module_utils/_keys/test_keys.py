# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys, and the secrets that a task collects."""

from __future__ import annotations

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.keys import Key, NoKey, Secrets, StaticKey


def test_a_static_key() -> None:
    key = Key("id", "secret", "token")
    source = StaticKey(key)
    assert source.current() is source.current() is key
    assert source.account_label() == "id"


def test_no_key() -> None:
    assert NoKey().current() == Key("", "")
    assert NoKey().account_label() == ""


def test_a_key_does_not_show_its_secrets() -> None:
    assert "s3cret" not in repr(Key("id", "s3cret", "s3cret"))


def test_secrets_without_empty_text() -> None:
    secrets = Secrets()
    secrets.add("a", "", "b", "a")
    assert sorted(secrets) == ["a", "b"]


def test_secrets_may_be_added_while_they_are_read() -> None:
    secrets = Secrets()
    secrets.add("one")
    reading = iter(secrets)
    secrets.add("two")
    assert list(reading) == ["one"]
    assert set(secrets) == {"one", "two"}
