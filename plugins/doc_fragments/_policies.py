# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options for policies about the traffic that a change allows and denies."""

    DOCUMENTATION = r"""
options:
  protect:
    description:
      - Traffic that has to stay allowed, or to become allowed, such as your own access.
      - >-
        Checked before anything is written, and in check mode. The task fails with RV(failure.kind=policy) if some of
        the traffic would become denied, or if that depends on what a group or template contains.
      - Traffic that was denied before and still is causes a warning.
    type: list
    elements: dict
    suboptions: &flow
      name:
        description: >-
          The name of the policy in messages and in O(override). The default is its position, such as C(protect[0]).
        type: str
      direction:
        description: V(ingress), which is the default, or V(egress).
        type: str
      protocol:
        description: V(tcp), V(udp), V(icmp), V(icmpv6), V(gre) or V(all), which is the default.
        type: str
      port:
        description: Ports and ranges such as V(80,443,8000-8010), or V(all), which is the default.
        type: str
      peer:
        description:
          - A network, an address, the ID of a security group or template, or V(self) for the group itself.
          - A list of them is accepted as well. The default is any address.
        type: raw
      except:
        description: Peers that are not part of the flow, in the form of O(protect[].peer).
        type: raw
  forbid:
    description:
      - Traffic that must not become allowed.
      - >-
        Each entry is a dictionary like those of O(protect), V(world_open_admin_ports), V(world_open_databases) or
        V(any_any).
      - >-
        V(world_open_admin_ports) covers TCP 22, 23, 135, 139, 445, 2375, 2376, 3389, 5800, 5900, 5985, 5986 and
        10250, and UDP 137, 138 and 3389. V(world_open_databases) covers TCP 1433, 1521, 2379, 2380, 3306, 5432,
        5984, 6379, 9042, 9160, 9200, 9300, 11211 and 27017-27019, and UDP 1434 and 11211. V(any_any) covers
        protocols that no rule can name, and more than half of all TCP or UDP ports.
      - >-
        These policies forbid access to the ports from the world. The world is at least 2^25 public IPv4 addresses, as
        many as a /7 has, or 2^97 IPv6 addresses, in one rule or in many.
    type: list
    elements: raw
  override:
    description:
      - Policies that cause a warning with the reason instead of a failure.
    type: dict
    suboptions:
      reason:
        description: The reason. Required, and returned as RV(policies.override_reason).
        type: str
        required: true
      policies:
        description:
          - The names of the policies. If it is omitted, all are overridden. Null is a mistake.
          - With O(groups), a task can name policies that only some of the groups have.
        type: list
        elements: str
  known_members:
    description:
      - >-
        What security groups and templates contain. Each key is the ID of one, and each value a list of networks or,
        for a service template, of services such as V(tcp:80,443).
      - >-
        Without it, every statement is true whatever groups and templates contain, and a policy whose outcome depends on
        that fails.
    type: dict
"""
