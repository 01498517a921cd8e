# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by several test suites: drivers for modules and Ansible commands, and the simulated clouds."""
