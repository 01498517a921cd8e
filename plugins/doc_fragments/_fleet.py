# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that can bring several security groups to what is wanted in one task."""

    DOCUMENTATION = r"""
options:
  groups:
    description:
      - Several security groups in one task, instead of O(security_group_id).
      - >-
        Each entry has its own O(groups[].security_group_id), and may have the other options that describe a group; what
        an entry leaves out comes from the options of the task.
      - The failure of one group does not stop the others. The task then fails at the end and returns them all.
      - The record of the options that Ansible keeps beside a result has only the ids of these groups.
      - >-
        The text of a JSON list will do as well, for instance what P(ansible.builtin.file#lookup) reads from a file.
        Hundreds of groups are best given so, because Ansible looks at each value of a list, which takes it longer than
        all the rest.
    type: list
    elements: dict
  max_concurrency:
    description: How many groups of O(groups) are worked on at the same time.
    type: int
    default: 8
  return_unchanged:
    description:
      - With V(false), the entries of RV(groups) that did not change leave out what was there before and after, and the
        API calls, and their diff is empty. This keeps the result of a large fleet small.
    type: bool
    default: true
  expected_fingerprint:
    description:
      - The RV(fingerprint) that an earlier run returned, usually one in check mode that somebody has approved.
      - >-
        The task fails, and writes nothing, if what it would do now is another change than that one, because the group
        or the task has changed since.
    type: str
  progress_file:
    description:
      - A file on the host that runs the module, to which a line of JSON is added for each group that is done, with
        C(done), C(total), C(security_group_id), C(changed) and C(failed). It is never emptied.
      - >-
        Ansible shows nothing of a task before it ends. C(tail -f) on this file shows how far a long one is, and so
        does a task with C(async) and C(poll: 0) that a later one looks after.
    type: path
"""
