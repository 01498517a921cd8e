# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tencent_sg
short_description: Tencent Cloud security groups as hosts
version_added: 1.0.0
description:
  - >-
    Lists the security groups of regions as hosts of the inventory, so that a playbook manages each security group
    separately. Ansible's forks, C(serial) and the job slices of AWX then distribute the work, and each group is managed
    by one job only.
  - >-
    The name of a host consists of cloud, region and ID, such as C(tencent_ap-guangzhou_sg-33ocnj9n). Tasks for it run
    on the controller, with the Python of the playbook.
  - >-
    The variable C(security_group) of a host contains what M(cnclouds.security_groups.tencent_sg_rules_info) returns for
    the group, and C(cloud) and C(region). Its contents are never treated as templates.
  - The hosts are in the group C(tencent_security_groups), which is a child of C(security_groups).
  - The name of the file has to end with C(tencent_sg.yml) or C(tencent_sg.yaml).
author:
  - The cnclouds.security_groups contributors (@cnclouds)
extends_documentation_fragment:
  - cnclouds.security_groups._tencent
  - cnclouds.security_groups._transport
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [cnclouds.security_groups.tencent_sg]
  regions:
    description: The IDs of the regions to list. The default is O(region).
    type: list
    elements: str
    default: []
  security_group_ids:
    description:
      - The IDs of the security groups to list. If empty or not given, all groups that match the O(filters) are listed.
      - An ID that does not exist is an error, so give IDs for one region only.
    type: list
    elements: str
  filters:
    description: Conditions for the groups. A group must match all of them.
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
  details:
    description:
      - Whether to read the rules as well, which requires a call for each group. Playbooks do not need them, because the
        modules read them again.
    type: bool
    default: true
  max_concurrency:
    description: How many groups to read at the same time.
    type: int
    default: 8
notes:
  - The environment variables are those of the command that reads the inventory.
  - >-
    A cached result is only used again with the same key, role, endpoint and options. With temporary keys, such as those
    of an instance role, it is only used until the key is renewed.
  - >-
    Each cloud has its own plugin, because an inventory source of AWX has one credential, and because the clouds
    have different options and filters. Hosts, variables and groups have the same structure.
seealso:
  - plugin: cnclouds.security_groups.aliyun_sg
    plugin_type: inventory
  - module: cnclouds.security_groups.tencent_sg_rules_info
  - module: cnclouds.security_groups.tencent_sg_rules
"""

EXAMPLES = r"""
# inventory/tencent_sg.yml: all groups of two regions that are tagged for production
plugin: cnclouds.security_groups.tencent_sg
regions:
  - ap-guangzhou
  - ap-shanghai
filters:
  tags:
    env: production

---
# with groups like team_edge and project_0, and a cache for an hour
plugin: cnclouds.security_groups.tencent_sg
region: ap-guangzhou
keyed_groups:
  - {prefix: team, key: security_group.tags.team}
  - {prefix: project, key: security_group.project_id}
groups:
  open_to_all: security_group.ingress | selectattr("action", "eq", "accept") | selectattr("cidr", "defined")
    | selectattr("cidr", "eq", "0.0.0.0/0") | list | length > 0
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/security_groups
cache_timeout: 3600
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import Spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.arguments import tencent_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules_info import RulesInfoModule
from ansible_collections.cnclouds.security_groups.plugins.plugin_utils._security_group_inventory import (
    SecurityGroupInventory,
)


class InventoryModule(SecurityGroupInventory):
    """The security groups of Tencent Cloud."""

    NAME = "cnclouds.security_groups.tencent_sg"
    CLOUD = "tencent"

    def cloud_spec(self) -> Spec:
        return tencent_spec()

    def info_cloud(self, options: Mapping[str, Any]) -> RulesInfoModule:
        return RulesInfoModule(options["api_version"])
