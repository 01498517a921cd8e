# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several test suites share: drivers for modules and Ansible commands, and the clouds they talk to."""
