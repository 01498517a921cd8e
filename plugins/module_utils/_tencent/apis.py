# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Choose between the two APIs. No other file makes this choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .rule_api import RuleApi

API_VERSIONS = ("3.0", "2.0")  # the first is the default


def rule_api(version: str) -> RuleApi:
    """Return the API of that version, which is one of API_VERSIONS. Only that one is imported."""
    if version == "2.0":
        from .api_2_0 import Api20

        return Api20()
    from .api_3_0 import Api30

    return Api30()
