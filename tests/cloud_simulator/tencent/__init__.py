# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Tencent half: API 3.0 ``vpc`` and API 2.0 ``dfw`` over one state."""

from __future__ import annotations

from ..exchange import Clock
from .cloud import TencentCloud


def create(clock: Clock) -> TencentCloud:
    """An empty Tencent cloud whose time is the clock's."""
    return TencentCloud(clock)
