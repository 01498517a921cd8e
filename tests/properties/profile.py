# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of cases of each test: a few in ``make test``, all of them in ``make test-long``."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, settings


@dataclass
class Profile:
    """``long`` is set before the test modules are imported."""

    long: bool = False


PROFILE = Profile()
# PROPERTIES_SEED=random generates new cases; without it, every machine tests the same ones.
_ALWAYS_THE_SAME = os.environ.get("PROPERTIES_SEED") != "random"


def cases(sample: int, long: int) -> settings:
    """A decorator that sets the number of random cases in the two profiles."""
    return settings(
        max_examples=long if PROFILE.long else sample,
        deadline=None,
        derandomize=_ALWAYS_THE_SAME,
        database=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
