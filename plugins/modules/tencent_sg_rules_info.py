#!/usr/bin/python
# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tencent_sg_rules_info
short_description: Read the rules of Tencent Cloud security groups
version_added: 1.0.0
description:
  - Lists the security groups of a region, with their rules in order.
  - >-
    All pages of the list are read, however short they are. If the service lists fewer security groups than it reports,
    the task fails with C(failure.kind=protocol).
  - >-
    An entry is valid input for O(cnclouds.security_groups.tencent_sg_rules#module:groups) of
    M(cnclouds.security_groups.tencent_sg_rules), which then changes nothing. So the result is a backup of the rules
    that can be restored later.
  - >-
    Two kinds of rules are returned as they are and cannot be restored: a rule that is exactly the same as another one
    in its direction, which only API 2.0 stores, and with O(api_version=2.0) a rule of a kind that only API 3.0 can
    write. An entry with such rules is accepted while the group has them.
author:
  - The cnclouds.security_groups contributors (@cnclouds)
extends_documentation_fragment:
  - cnclouds.security_groups._attributes
  - cnclouds.security_groups._tencent
  - cnclouds.security_groups._transport
attributes:
  check_mode:
    support: full
    details: It never changes anything.
  diff_mode:
    support: N/A
    details: It never changes anything.
  idempotent:
    support: full
  action:
    support: full
    details: See C(docs/direct_execution.md) of the collection for the conditions and how to switch it off.
  action_group:
    support: full
    membership:
      - cnclouds.security_groups.tencent
      - cnclouds.security_groups.all
options:
  security_group_ids:
    description:
      - The IDs of the security groups to return, in this order. If empty or not given, all groups that match the
        O(filters) are returned, sorted by ID. A list that contains only empty text is a mistake.
      - The task fails if an ID does not exist, and names it. RV(security_groups) still contains the groups that exist.
    type: list
    elements: str
  filters:
    description: Conditions for the returned groups. A group must match all of them.
    type: dict
    suboptions:
      name:
        description: The complete name of the group.
        type: str
      project_id:
        description: The ID of the project that the group belongs to; V(0) is the default project.
        type: str
      tags:
        description: Tags of the group. An empty value matches any value. Only with O(api_version=3.0).
        type: dict
  max_concurrency:
    description: How many groups to read at the same time.
    type: int
    default: 8
seealso:
  - module: cnclouds.security_groups.tencent_sg_rules
"""

EXAMPLES = r"""
- name: Save the rules of two groups
  cnclouds.security_groups.tencent_sg_rules_info:
    region: ap-guangzhou
    security_group_ids:
      - sg-33ocnj9n
      - sg-5xk2mq8a
  register: saved

- name: Restore them
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    groups: "{{ saved.security_groups }}"

- name: Return all groups that are tagged for production
  cnclouds.security_groups.tencent_sg_rules_info:
    region: ap-guangzhou
    filters:
      tags:
        env: production
"""

RETURN = r"""
region:
  description: The region of the groups.
  returned: always
  type: str
  sample: ap-guangzhou
security_groups:
  description: The security groups.
  returned: always
  type: list
  elements: dict
  contains:
    security_group_id:
      description: The ID of the group.
      type: str
      returned: always
      sample: sg-33ocnj9n
    name:
      description: The name of the group.
      type: str
      returned: always
      sample: web
    description:
      description: The description of the group.
      type: str
      returned: always
      sample: Web servers
    project_id:
      description: The ID of the project; V(0) is the default project.
      type: str
      returned: always
      sample: "0"
    is_default:
      description: Whether it is the default group of its project. Null on API 2.0, which does not return it.
      type: bool
      returned: always
      sample: false
    tags:
      description: The tags of the group. Empty on API 2.0, which does not return them.
      type: dict
      returned: always
      sample: {env: production}
    version:
      description:
        - The version of the rules, which grows by one with each write.
        - Null if the API returns none for the group, as API 2.0 may do.
      type: str
      returned: always
      sample: "3"
    ingress:
      description: >-
        The rules for incoming traffic in order, as M(cnclouds.security_groups.tencent_sg_rules) accepts and returns
        them.
      type: list
      elements: dict
      returned: always
      sample: [{action: accept, protocol: tcp, port: "22", cidr: 203.0.113.0/24}]
    egress:
      description: The rules for outgoing traffic.
      type: list
      elements: dict
      returned: always
      sample: []
actions:
  description:
    - The API calls that obtained temporary keys, or asked which account a key belongs to.
    - As M(cnclouds.security_groups.tencent_sg_rules) returns them.
  returned: when such calls were made
  type: list
  elements: dict
failure:
  description: Why the task failed, as M(cnclouds.security_groups.tencent_sg_rules) returns it.
  returned: on failure
  type: dict
"""

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import (
    info_spec,
    transport_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.info import run_info
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.module import SecurityGroupModule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.arguments import tencent_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules_info import RulesInfoModule


def main() -> None:
    module = SecurityGroupModule({**info_spec(), **tencent_spec(), **transport_spec()})
    module.finish(run_info(module.params, RulesInfoModule(module.params["api_version"]), module.mistakes))


if __name__ == "__main__":
    main()
