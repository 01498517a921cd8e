#!/usr/bin/python
# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: aliyun_sg_policy
short_description: Set the inner access policy of Alibaba Cloud security groups
version_added: 1.0.0
description:
  - Controls whether the members of a basic ECS security group can reach each other over the internal network.
  - >-
    With V(accept) they can, and that outranks all rules of the group for traffic between members. With V(drop) they are
    isolated, except for traffic that rules of the group allow.
  - >-
    The group is read first, and only written if its policy differs, with a client token that makes a repeated request
    harmless. Afterwards it is read back.
author:
  - The cnclouds.security_groups contributors (@cnclouds)
extends_documentation_fragment:
  - cnclouds.security_groups._attributes
  - cnclouds.security_groups._aliyun
  - cnclouds.security_groups._transport
  - cnclouds.security_groups._fleet
  - cnclouds.security_groups._policies
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
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
  security_group_id:
    description: The ID of the security group. Required unless O(groups) is given.
    type: str
    aliases: [sg_id, SecurityGroupId]
  inner_access_policy:
    description:
      - V(accept) allows the members of the group to reach each other, V(drop) isolates them. In any letter case.
      - Required, unless every entry of O(groups) has one.
    type: str
    aliases: [policy, InnerAccessPolicy]
  client_token:
    description:
      - The idempotency token of the write, 1 to 64 printable ASCII characters. By default the module makes a new one
        for each write, which is right for nearly all tasks.
      - >-
        Never give the same token to two different changes. ECS repeats its response to the first one and changes
        nothing; the module detects that when it reads the group back, and fails.
      - With O(groups), give one in each entry.
    type: str
  groups:
    suboptions:
      security_group_id:
        description: The ID of the security group.
        type: str
        required: true
        aliases: [sg_id, SecurityGroupId]
      inner_access_policy:
        description: The policy of this group, instead of that of the task.
        type: str
        aliases: [policy, InnerAccessPolicy]
      client_token:
        description: The idempotency token of this group's write.
        type: str
      protect:
        description: The traffic that has to stay allowed in this group, instead of O(protect) of the task.
        type: list
        elements: dict
      forbid:
        description: The traffic that must not become allowed in this group, instead of O(forbid) of the task.
        type: list
        elements: raw
      override:
        description: The overridden policies of this group, instead of O(override) of the task.
        type: dict
      known_members:
        description: What groups and templates contain, instead of O(known_members) of the task.
        type: dict
notes:
  - >-
    The policy of an advanced (enterprise) security group cannot be changed, and neither can that of a group that is
    managed by a cloud product. The module refuses such a change before it writes, also in check mode. An advanced
    group that already has the desired policy is reported as unchanged.
  - >-
    It requires the permissions C(ecs:DescribeSecurityGroupAttribute) and, for a change, C(ecs:DescribeSecurityGroups)
    and C(ecs:ModifySecurityGroupPolicy).
seealso:
  - module: cnclouds.security_groups.aliyun_sg_policy_info
  - module: cnclouds.security_groups.tencent_sg_rules
  - name: ModifySecurityGroupPolicy
    description: The page of the vendor's API reference.
    link: https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-modifysecuritygrouppolicy
"""

EXAMPLES = r"""
- name: Isolate the members of a security group from each other
  cnclouds.security_groups.aliyun_sg_policy:
    region: cn-hangzhou
    security_group_id: sg-bp67acfmxazb4phdemo1
    inner_access_policy: drop

- name: Manage several groups in one task, one of them with its own policy
  cnclouds.security_groups.aliyun_sg_policy:
    region: cn-hangzhou
    inner_access_policy: drop
    groups:
      - security_group_id: sg-bp67acfmxazb4phdemo1
      - security_group_id: sg-bp67acfmxazb4phdemo2
        inner_access_policy: accept

- name: Accept that the policy of an advanced security group cannot be changed
  cnclouds.security_groups.aliyun_sg_policy:
    region: cn-hangzhou
    security_group_id: sg-bp67acfmxazb4phadvan
    inner_access_policy: accept
  register: result
  failed_when: result.failed and result.failure.kind != "unsupported"
"""

RETURN = r"""
changed:
  description:
    - Whether anything was written, even if the task failed afterwards. In check mode, whether it would be written.
  returned: always
  type: bool
  sample: true
security_group_id:
  description: The security group.
  returned: when O(groups) is not given
  type: str
  sample: sg-bp67acfmxazb4phdemo1
region:
  description: The region of the security group.
  returned: always
  type: str
  sample: cn-hangzhou
before:
  description: The inner access policy when the group was read. Null if it could not be read.
  returned: when O(groups) is not given
  type: dict
  contains:
    inner_access_policy:
      description: V(accept) or V(drop).
      type: str
      returned: always
      sample: accept
after:
  description:
    - The inner access policy at the end, as read back from the service. In check mode, the prediction.
  returned: when O(groups) is not given
  type: dict
  contains:
    inner_access_policy:
      description: V(accept) or V(drop).
      type: str
      returned: always
      sample: drop
client_token:
  description: The idempotency token of the write that was made or planned.
  returned: when a write was made or planned, and O(groups) is not given
  type: str
  sample: 123e4567-e89b-12d3-a456-426655440000
diff:
  description:
    - What C(--diff) shows. With O(groups) a list, with one entry for each changed group.
  returned: always
  type: dict
  sample:
    before_header: sg-bp67acfmxazb4phdemo1 (cn-hangzhou)
    after_header: sg-bp67acfmxazb4phdemo1 (cn-hangzhou)
    before: {inner_access_policy: accept}
    after: {inner_access_policy: drop}
# begin impact
impact:
  description:
    - >-
      What the change means for traffic: which traffic the rules of this group allow before and after it. Other groups
      of an instance, network ACLs, routes and existing connections are not considered.
    - Null if the group could not be read.
  returned: when O(groups) is not given
  type: dict
  contains:
    effect:
      description: V(none), V(opens), V(closes), V(opens_and_closes), or V(unknown) if the rules could not be read.
      type: str
      returned: always
      sample: opens
    newly_allowed:
      description: Traffic that becomes allowed. The union of the entries is exactly that traffic; they may overlap.
      type: list
      elements: dict
      returned: always
      contains:
        direction:
          description: V(ingress) or V(egress).
          type: str
          returned: always
        protocol:
          description: V(tcp), V(udp), V(icmp), V(icmpv6), V(gre), V(all), or V(other) for what only V(all) matches.
          type: str
          returned: always
        port:
          description: Ports and ranges, or V(all).
          type: str
          returned: always
        peer:
          description: A network, an address, or the ID of a group or template.
          type: str
          returned: always
        within:
          description: A network that the address is in as well.
          type: str
          returned: if needed
        also:
          description: Further IDs that the address belongs to.
          type: list
          elements: str
          returned: if needed
        service_template:
          description: The template that the service is in.
          type: str
          returned: if needed
        except:
          description:
            - What the entry does not include.
            - Each item has any of C(peer), C(protocol), C(port), C(service_template) and C(also).
          type: list
          elements: dict
          returned: if needed
        because:
          description: The IDs of the deciding rules, or V(inner_access_policy); null where no rule matches.
          type: dict
          returned: always
    newly_denied:
      description: Traffic that becomes denied. The union of the entries is exactly that traffic; they may overlap.
      type: list
      elements: dict
      returned: always
      contains:
        direction:
          description: V(ingress) or V(egress).
          type: str
          returned: always
        protocol:
          description: V(tcp), V(udp), V(icmp), V(icmpv6), V(gre), V(all), or V(other) for what only V(all) matches.
          type: str
          returned: always
        port:
          description: Ports and ranges, or V(all).
          type: str
          returned: always
        peer:
          description: A network, an address, or the ID of a group or template.
          type: str
          returned: always
        within:
          description: A network that the address is in as well.
          type: str
          returned: if needed
        also:
          description: Further IDs that the address belongs to.
          type: list
          elements: str
          returned: if needed
        service_template:
          description: The template that the service is in.
          type: str
          returned: if needed
        except:
          description:
            - What the entry does not include.
            - Each item has any of C(peer), C(protocol), C(port), C(service_template) and C(also).
          type: list
          elements: dict
          returned: if needed
        because:
          description: The IDs of the deciding rules, or V(inner_access_policy); null where no rule matches.
          type: dict
          returned: always
    complete:
      description: Whether the lists have all entries. They are cut at 500; RV(impact.effect) is still correct.
      type: bool
      returned: always
      sample: true
    total:
      description: The numbers of entries, RV(impact.total.newly_allowed) and RV(impact.total.newly_denied).
      type: dict
      returned: always
      contains:
        newly_allowed:
          description: The number of entries of RV(impact.newly_allowed).
          type: int
          returned: always
          sample: 1
        newly_denied:
          description: The number of entries of RV(impact.newly_denied).
          type: int
          returned: always
          sample: 0
    text:
      description: The lines that C(--diff) shows below the diff.
      type: list
      elements: str
      returned: always
      sample: ["+ newly allowed: ingress tcp 8443 from any IPv4 address  (now ingress[2])"]
# end impact
    overridden_rules:
      description: The IDs of the rules that V(accept) outranks and that decided some of this traffic before.
      type: list
      elements: str
      returned: always
      sample: [sgr-bp1dropssh]
# begin policies
policies:
  description: The policies that were checked.
  returned: when O(groups) is not given
  type: dict
  contains:
    checked:
      description: Their names.
      type: list
      elements: str
      returned: always
      sample: [our way in, world_open_admin_ports]
    overridden:
      description: The names of the policies that would have failed without O(override).
      type: list
      elements: str
      returned: always
      sample: []
    override_reason:
      description: The reason given with O(override); null without it.
      type: str
      returned: always
      sample: null
# end policies
lint:
  description: Always empty, because the lint only checks the rules of Tencent Cloud groups.
  returned: when O(groups) is not given
  type: list
  elements: dict
# begin fingerprint
fingerprint:
  description:
    - Identifies exactly this change by the state of the group before and after it. The version is not part of it.
    - With O(groups) it identifies the changes of all groups together.
  returned: when the groups could be read
  type: str
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
# end fingerprint
# begin actions
actions:
  description:
    - The API calls in order, including those that were planned and not made.
    - >-
      With O(groups), the calls made once for the whole task: to obtain temporary keys and to ask which account a key
      belongs to.
  returned: when O(groups) is not given, or such calls were made
  type: list
  elements: dict
  contains:
    action:
      description: The name of the API call.
      type: str
      returned: always
      sample: ModifySecurityGroupPolicy
    effect:
      description: V(read) or V(write).
      type: str
      returned: always
      sample: write
    status:
      description: >-
        V(done), V(failed), V(planned) for what check mode would write, or V(not_run) for what came after a failure.
      type: str
      returned: always
      sample: done
    request_id:
      description: The ID that the service gave the request; null without a response.
      type: str
      returned: always
      sample: CEF72CEB-54B6-4AE8-B225-F876FF7BA984
    attempts:
      description: How many times the request was sent.
      type: int
      returned: always
      sample: 1
# end actions
# begin groups
groups:
  description: >-
    The results of the entries of O(groups), in their order. Each has the keys that a task for one group returns,
    and C(failed).
  returned: when O(groups) is given
  type: list
  elements: dict
# end groups
# begin failure
failure:
  description: Why the task failed, for playbooks to branch on. With O(groups), why the first of the failed groups did.
  returned: on failure
  type: dict
  contains:
    kind:
      description: >-
        V(invalid_input), V(auth), V(permission), V(not_found), V(unsupported), V(conflict), V(quota), V(throttled),
        V(unavailable), V(timeout), V(outcome_unknown), V(protocol) or V(policy).
      type: str
      returned: always
      sample: not_found
    code:
      description: The vendor's error code.
      type: str
      returned: always
      sample: InvalidSecurityGroupId.NotFound
    message:
      description: The vendor's error message.
      type: str
      returned: always
      sample: The specified SecurityGroupId does not exist.
    http_status:
      description: The HTTP status of the response.
      type: int
      returned: always
      sample: 404
    request_id:
      description: The ID that the service gave the request.
      type: str
      returned: always
      sample: CEF72CEB-54B6-4AE8-B225-F876FF7BA984
    action:
      description: The API call that failed.
      type: str
      returned: always
      sample: DescribeSecurityGroupAttribute
    errors:
      description: Every mistake in the options, with the path of the option or field it is in.
      type: list
      elements: dict
      returned: when RV(failure.kind=invalid_input)
      sample: [{path: "inner_access_policy", message: "'allow' is not accept or drop"}]
    violations:
      description: Every violated policy.
      type: list
      elements: dict
      returned: when RV(failure.kind=policy)
      contains:
        policy:
          description: The name of the policy.
          type: str
          returned: always
        kind:
          description: V(protect) or V(forbid).
          type: str
          returned: always
        state:
          description: V(allowed), V(denied) or V(depends), after the change.
          type: str
          returned: always
        change:
          description: V(worse), or V(maybe_worse) if that depends on what a group or template contains.
          type: str
          returned: always
        before:
          description: What decided the example before; null if no rule did.
          type: raw
          returned: always
        after:
          description: What decides the example after the change; null if no rule does.
          type: raw
          returned: always
        depends_on:
          description: The IDs of the groups and templates that the verdict depends on.
          type: list
          elements: str
          returned: always
        example:
          description: One packet, as C(direction), C(protocol), C(port) and C(peer).
          type: dict
          returned: always
        remedy:
          description:
            - A rule whose insertion satisfies the policy, as C(direction), C(position) and C(rule).
            - Null if no single rule can do so without harming another policy.
          type: dict
          returned: always
        message:
          description: The violation as a sentence.
          type: str
          returned: always
    account_id:
      description: The account that the key belongs to.
      type: str
      returned: when it is not O(expected_account_id)
    expected_account_id:
      description: The value of O(expected_account_id).
      type: str
      returned: when the key belongs to another account
    base:
      description: The state that the plan was made from.
      type: dict
      returned: when RV(failure.kind=conflict) and the group was read
    theirs:
      description: The current state.
      type: dict
      returned: when RV(failure.kind=conflict) and the group was read
    ours:
      description: The desired state.
      type: dict
      returned: when RV(failure.kind=conflict) and the group was read
# end failure
"""

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.arguments import aliyun_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sg_policy import (
    PolicyModule,
    inner_access_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import (
    fleet_spec,
    transport_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.module import SecurityGroupModule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.run import run


def main() -> None:
    module = SecurityGroupModule({**inner_access_spec(), **aliyun_spec(), **transport_spec(), **fleet_spec()})
    module.finish(run(module, PolicyModule()))


if __name__ == "__main__":
    main()
