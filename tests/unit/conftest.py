# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the property tests: the same examples on every machine, and nothing written to disk."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("repository", max_examples=40, deadline=None, derandomize=True, database=None)
settings.load_profile("repository")
