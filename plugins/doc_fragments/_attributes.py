# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of the modules. Each module adds its C(support)."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changes it would make, without making them.
  diff_mode:
    description: Returns what changed, or would change in C(check_mode), for C(--diff).
  idempotent:
    description: When run again with the same options, it writes nothing and reports no change.
  action:
    description: >-
      Has an action plugin that runs the module in Ansible's worker process if the result is the same.
  action_group:
    description: Defaults for all modules of an action group can be set with C(module_defaults).
"""
