# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Tencent Cloud half: API 3.0 ``vpc`` and API 2.0 ``dfw`` with a common state."""

from __future__ import annotations

from ..exchange import Clock
from .cloud import TencentCloud


def create(clock: Clock) -> TencentCloud:
    """Return an empty cloud that uses this clock."""
    return TencentCloud(clock)
