# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fingerprints of changes: an approval names the fingerprint of the preview that was approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from .contract import Group
from .plan import Plan
from .state import S


def fingerprint(group: Group[S], plan: Plan[S], before: S | None = None) -> str:
    """Identify exactly this change: the group, and its state before and after. 64 hexadecimal digits.

    ``before`` is the state before the first write, if the plan was only made after it.

    The version of the rules is not part of it, so a change that was undone after the preview makes no difference.
    """
    first = plan.before if before is None else before
    return _digest([group.region, group.security_group_id, first.diff_text(), plan.after.diff_text()])


def fleet_fingerprint(fingerprints: Iterable[str]) -> str:
    """Identify the changes of several groups, in their order."""
    return _digest(list(fingerprints))


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
