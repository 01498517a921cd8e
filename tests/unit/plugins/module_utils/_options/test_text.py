# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that can be encoded, and text of a user in messages."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.text import (
    SHOWN_LENGTH,
    did_you_mean,
    is_unicode,
    not_a_list,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("plain", True),
        ("schlüssel", True),
        ("密钥", True),
        ("🔑", True),
        ("\ud83d", False),
        ("a\udd11", False),
    ],
)
def test_half_a_surrogate_pair_cannot_be_encoded(text: str, expected: bool) -> None:
    assert is_unicode(text) is expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("web", "has to be a list, not 'web'"),
        (22, "has to be a list, not 22"),
        ({"a": 1}, "has to be a list, not {'a': 1}"),
        ('[{"port": }]', "is not valid JSON: Expecting value: line 1 column 11 (char 10)"),
        ("\n[1,\n2", "is not valid JSON: Expecting ',' delimiter: line 3 column 2 (char 6)"),
        ("[" * 100_000, "is not valid JSON: "),
    ],
)
def test_what_is_wrong_with_a_value_that_is_no_list(value: Any, message: str) -> None:
    assert not_a_list(value).startswith(message)


@pytest.mark.parametrize("value", ["x" * 1_000_000, {"a": "x" * 1_000_000}, "[" + "1," * 1_000_000])
def test_a_file_in_the_wrong_place_is_not_repeated(value: Any) -> None:
    assert len(not_a_list(value)) < 2 * SHOWN_LENGTH


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("prot", " (did you mean port?)"),
        ("porrt", " (did you mean port?)"),
        ("Portt", " (did you mean port?)"),
        ("x", ""),
    ],
)
def test_a_similar_spelling_leads_to_the_name(word: str, hint: str) -> None:
    assert did_you_mean(word, {"port": "port", "Port": "port", "cidr": "cidr"}) == hint
