# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client tokens."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.client_token import (
    check_client_token,
    new_client_token,
)


def test_new_tokens_are_accepted_and_never_the_same() -> None:
    tokens = {new_client_token() for dummy in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        check_client_token(token)


@pytest.mark.parametrize("token", ["x", "x" * 64, "a b~!", "123e4567-e89b-12d3-a456-426655440000"])
def test_tokens_that_ecs_accepts(token: str) -> None:
    check_client_token(token)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "0 characters"),
        ("x" * 65, "65 characters"),
        ("tökén", "ASCII"),
        ("a\nb", "printable"),
        ("a\x7f", "printable"),
        ("令牌", "ASCII"),
    ],
)
def test_tokens_that_it_refuses(token: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_client_token(token)
