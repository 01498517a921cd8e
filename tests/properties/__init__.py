# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every task, every answer and every secret, tried with random ones."""
