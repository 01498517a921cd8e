# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that manage several security groups in one task."""

    DOCUMENTATION = r"""
options:
  groups:
    description:
      - Several security groups in one task, instead of O(security_group_id).
      - >-
        Each entry has its own O(groups[].security_group_id), and may have the other options that describe a group. What
        an entry omits comes from the options of the task.
      - >-
        The failure of one group does not stop the others. The task then fails at the end, with the results of all
        groups.
      - The invocation that Ansible returns with a result contains only the IDs of these groups.
      - >-
        The text of a JSON list is accepted as well, for instance one that P(ansible.builtin.file#lookup) reads. This is
        the faster form for hundreds of groups, because Ansible templates each value of a list.
    type: list
    elements: dict
  max_concurrency:
    description: How many of the O(groups) are processed at the same time.
    type: int
    default: 8
  return_unchanged:
    description:
      - With V(false), the entries of RV(groups) that did not change have no C(before), C(after) and C(actions), and an
        empty C(diff). This keeps the result of a large fleet small.
    type: bool
    default: true
  expected_fingerprint:
    description:
      - The RV(fingerprint) that an earlier run returned, usually one in check mode whose changes were approved.
      - >-
        The task fails, and writes nothing, if it would now make another change, because the group or the task has
        changed since.
    type: str
  progress_file:
    description:
      - A file on the host that runs the module, to which a line of JSON is appended for each finished group, with
        C(done), C(total), C(security_group_id), C(changed) and C(failed). The file is never truncated.
      - >-
        Ansible shows no output of a task before it ends. C(tail -f) on this file shows the progress of a long one.
    type: path
"""
