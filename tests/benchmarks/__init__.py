# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: the cost of the modules, as ratios within one run, written to docs/performance.md."""
