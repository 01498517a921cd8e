# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environment variables. An empty one counts as not set, because AWX sets those of unfilled credential fields to ""."""

from __future__ import annotations

import os
from collections.abc import Sequence


def from_variables(variables: Sequence[str]) -> str:
    """Return the value of the first variable that is not empty or blank, or "" if there is none."""
    return next(filter(None, (os.environ.get(name, "").strip() for name in variables)), "")


def unset_variables(variables: Sequence[str]) -> str:
    """Return a sentence that names the variables that are missing or empty; "" if none is."""
    missing = [name for name in variables if not os.environ.get(name, "").strip()]
    return f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} not set, or empty" if missing else ""
