#!/usr/bin/python
# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tencent_sg_rules_info
short_description: Read the rules of Tencent Cloud security groups
version_added: 0.1.0
description:
  - Lists the security groups of a region, with their rules in order.
  - >-
    Every page of the answer is read, however short the pages are. If the service lists fewer security groups than it
    says there are, the task fails with C(failure.kind=protocol).
  - >-
    An entry can be given to M(cnclouds.security_groups.tencent_sg_rules) as it is, as an entry of its
    O(cnclouds.security_groups.tencent_sg_rules#module:groups), and nothing changes. What this module returns is so a
    copy of the rules that can be put back.
  - >-
    A group may hold what could not be written, such as a network with bits set behind the mask, or rules that differ in
    nothing but the description. They are returned as they are, and an entry with them is accepted as long as the group
    has just these rules in that direction. Once they are gone, it is a mistake to ask for them.
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
      - The ids of the security groups to return, in the order in which they are returned. Empty or not given, all that
        meet the O(filters) are returned, in the order of their ids.
      - An id that is not found is a failure that names it. What was found is in RV(security_groups) all the same.
    type: list
    elements: str
  filters:
    description: Conditions on the groups to return. All of them have to hold.
    type: dict
    suboptions:
      name:
        description: The name of the group, whole.
        type: str
      project_id:
        description: The id of the project that the group belongs to; V(0) is the default project.
        type: str
      tags:
        description: Tags that the group has. An empty value stands for any value. Only with O(api_version=3.0).
        type: dict
  max_concurrency:
    description: How many groups are read at the same time.
    type: int
    default: 8
seealso:
  - module: cnclouds.security_groups.tencent_sg_rules
"""

EXAMPLES = r"""
- name: The rules of two groups
  cnclouds.security_groups.tencent_sg_rules_info:
    region: ap-guangzhou
    security_group_ids:
      - sg-33ocnj9n
      - sg-5xk2mq8a
  register: saved

- name: Put them back
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    groups: "{{ saved.security_groups }}"

- name: All groups that are tagged for production
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
      description: The id of the group.
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
      description: The id of the project; V(0) is the default project.
      type: str
      returned: always
      sample: "0"
    is_default:
      description: Whether it is the default group of its project. Null on API 2.0, which does not tell.
      type: bool
      returned: always
      sample: false
    tags:
      description: The tags of the group. Empty on API 2.0, which does not tell them.
      type: dict
      returned: always
      sample: {env: production}
    version:
      description:
        - The version of the rules, which grows by one with each write.
        - Null where the API tells none for the group as a whole, as API 2.0 may do.
      type: str
      returned: always
      sample: "3"
    ingress:
      description: The rules for incoming traffic, in their order, as the sibling module takes and returns them.
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
    - The API calls that were made to get a key or to see whose it is.
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
