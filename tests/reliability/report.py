# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/reliability.md``."""

from __future__ import annotations

from tests.reliability.tally import Tally


def written(tally: Tally) -> str:
    """The whole page."""
    return str(tally.cases)
