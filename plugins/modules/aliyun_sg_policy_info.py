#!/usr/bin/python
# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: aliyun_sg_policy_info
short_description: Read the inner access policy of Alibaba Cloud security groups
version_added: 1.0.0
description:
  - Lists the security groups of a region, with their inner access policy, type and tags.
  - >-
    All pages of the list are read, however short they are. If the service lists fewer security groups than it reports,
    the task fails with C(failure.kind=protocol).
  - >-
    An entry is valid input for O(cnclouds.security_groups.aliyun_sg_policy#module:groups) of
    M(cnclouds.security_groups.aliyun_sg_policy), which then changes nothing.
author:
  - The cnclouds.security_groups contributors (@cnclouds)
extends_documentation_fragment:
  - cnclouds.security_groups._attributes
  - cnclouds.security_groups._aliyun
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
      - cnclouds.security_groups.aliyun
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
      vpc_id:
        description: The ID of the VPC that the group belongs to.
        type: str
      type:
        description: V(normal) for basic groups, V(enterprise) for advanced ones.
        type: str
      tags:
        description: Tags of the group. An empty value matches any value.
        type: dict
  max_concurrency:
    description: How many groups to read at the same time.
    type: int
    default: 8
seealso:
  - module: cnclouds.security_groups.aliyun_sg_policy
"""

EXAMPLES = r"""
- name: List all basic groups of a VPC
  cnclouds.security_groups.aliyun_sg_policy_info:
    region: cn-hangzhou
    filters:
      vpc_id: vpc-bp1opxu1zkhn00gzv26cn
      type: normal
  register: found

- name: Isolate the members of each of these groups
  cnclouds.security_groups.aliyun_sg_policy:
    region: cn-hangzhou
    groups: "{{ found.security_groups | map('combine', {'inner_access_policy': 'drop'}) }}"
"""

RETURN = r"""
region:
  description: The region of the groups.
  returned: always
  type: str
  sample: cn-hangzhou
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
      sample: sg-bp67acfmxazb4phdemo1
    name:
      description: The name of the group. Names are not unique.
      type: str
      returned: always
      sample: web
    description:
      description: The description of the group.
      type: str
      returned: always
      sample: Web servers
    type:
      description: V(normal) for a basic group, V(enterprise) for an advanced one.
      type: str
      returned: always
      sample: normal
    vpc_id:
      description: The ID of the VPC; empty for a group of the classic network.
      type: str
      returned: always
      sample: vpc-bp1opxu1zkhn00gzv26cn
    service_managed:
      description: Whether a cloud product manages the group. Only that product can change it then.
      type: bool
      returned: always
      sample: false
    tags:
      description: The tags of the group.
      type: dict
      returned: always
      sample: {env: production}
    inner_access_policy:
      description: V(accept) if the members of the group can reach each other, V(drop) if they are isolated.
      type: str
      returned: always
      sample: accept
actions:
  description:
    - The API calls that obtained temporary keys, or asked which account a key belongs to.
    - As M(cnclouds.security_groups.aliyun_sg_policy) returns them.
  returned: when such calls were made
  type: list
  elements: dict
failure:
  description: Why the task failed, as M(cnclouds.security_groups.aliyun_sg_policy) returns it.
  returned: on failure
  type: dict
"""

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.arguments import aliyun_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sg_policy_info import PolicyInfoModule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import (
    info_spec,
    transport_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.info import run_info
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.module import SecurityGroupModule


def main() -> None:
    module = SecurityGroupModule({**info_spec(), **aliyun_spec(), **transport_spec()})
    module.finish(run_info(module.params, PolicyInfoModule(), module.mistakes))


if __name__ == "__main__":
    main()
