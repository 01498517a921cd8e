# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that can be encoded."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.text import is_unicode


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
