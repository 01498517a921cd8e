# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence under everything that the vendors' pages leave open, that networks do and that other writers do."""
