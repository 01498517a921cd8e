# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convergence under undocumented vendor behaviour, network faults and changes by other writers."""
