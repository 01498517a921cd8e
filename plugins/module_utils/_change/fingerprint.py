# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What was previewed and approved, in a few characters: of a group, what is there and what it is to become."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from .plan import Group, Plan, S


def fingerprint(group: Group[S], plan: Plan[S]) -> str:
    """The same for the same change of the same group, whoever plans it and whenever. Hex, 64 characters.

    It is of what a preview shows, which the version of the rules is no part of: a change that was taken back is none.
    """
    return _digest([group.region, group.security_group_id, plan.before.shown(), plan.after.shown()])


def fleet_fingerprint(fingerprints: Iterable[str]) -> str:
    """One for several groups, in their order."""
    return _digest(list(fingerprints))


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
