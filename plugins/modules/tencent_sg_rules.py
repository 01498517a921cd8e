#!/usr/bin/python
# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tencent_sg_rules
short_description: Set the ordered rules of Tencent Cloud security groups
version_added: 1.0.0
description:
  - >-
    Manages the ordered ingress and egress rules of a security group. The first rule that matches decides, and traffic
    that no rule matches is denied. That implicit last rule is never given and never returned.
  - >-
    Rules are compared by their meaning, not by their spelling. Port V(22-22) is V(22), V(443,80) is V(80,443),
    C(10.0.0.1/32) is C(10.0.0.1), a missing protocol is V(all), and IPv6 may have any spelling. A network that the
    service returns with host bits set, such as C(10.9.89.9/25), is treated as C(10.9.89.0/25).
  - >-
    An empty value never makes a rule match more. A rule whose peer fields are all empty is a mistake, and so are an
    empty protocol and, with V(tcp) and V(udp), an empty port. Leave the field out, or write C(0.0.0.0/0) or V(all), to
    match anything. A rule may list all fields if the necessary ones have values. A field with V(default(omit\)) is left
    out by Ansible, so a rule with such a peer matches any IPv4 address if the variable is not defined.
  - >-
    The rules that RV(before), RV(after) and M(cnclouds.security_groups.tencent_sg_rules_info) return are valid input,
    now and after the rules are gone. The rules of a response of the API, with C(PolicyIndex) and C(ModifyTime), are
    valid input as well. The order of the list counts, and there is a warning if that of C(PolicyIndex) differs.
  - >-
    The group is read first, and only written if its rules differ from the desired ones. After a write it is read back,
    and the task fails if its state is not the one that was written.
author:
  - The cnclouds.security_groups contributors (@cnclouds)
extends_documentation_fragment:
  - cnclouds.security_groups._attributes
  - cnclouds.security_groups._tencent
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
      - cnclouds.security_groups.tencent
      - cnclouds.security_groups.all
options:
  security_group_id:
    description: The ID of the security group. Required unless O(groups) is given.
    type: str
    aliases: [sg_id, sgId, SecurityGroupId]
  ingress:
    description:
      - The rules for incoming traffic.
      - >-
        At least one of O(ingress) and O(egress) is required. A direction that is not given is not changed. With
        O(state=replaced), V([]) deletes all rules of that direction, so that all its traffic is denied.
      - >-
        The same rule twice in one direction is a mistake. With O(state=replaced) and O(state=deleted), rules that
        differ only in their description are two rules; with O(state=merged) they are a mistake, because it is not clear
        which description is meant.
    type: list
    elements: dict
    suboptions:
      # begin rule_fields ingress
      action:
        description: What happens to matching traffic, V(accept) or V(drop), in any letter case.
        type: str
        required: true
        aliases: [Action]
      protocol:
        description:
          - V(tcp), V(udp), V(icmp), V(icmpv6), V(gre) or V(all), in any letter case. The default is V(all).
          - API 2.0 has no V(icmpv6) and no V(gre).
        type: str
        aliases: [ipProtocol, Protocol]
      port:
        description:
          - A port like V(22), a range like V(8000-8010), a list like V(80,443), or V(all), which is the default.
          - A list may contain ranges, because groups can have such lists. Whether the service accepts one is not known.
          - Only with the protocols V(tcp) and V(udp).
        type: str
        aliases: [portRange, Port]
      cidr:
        description:
          - An IPv4 address or network. Host bits must not be set.
          - >-
            C(0.0.0.0) with any mask except C(/0) is refused, because the service would store it as C(0.0.0.0/0), any
            address.
          - >-
            A rule has at most one of O(ingress[].cidr), O(ingress[].ipv6_cidr),
            O(ingress[].security_group_id) and O(ingress[].address_template).
            Without any of them it matches any IPv4 address.
        type: str
        aliases: [cidrIp, CidrBlock]
      ipv6_cidr:
        description: An IPv6 address or network. Not on API 2.0.
        type: str
        aliases: [Ipv6CidrBlock]
      security_group_id:
        description:
          - The ID of a peer security group in the same project.
          - It matches the private addresses of its members.
        type: str
        aliases: [sgId, SecurityGroupId]
      address_template:
        description: The ID of an address template (V(ipm-...)) or of a group of them (V(ipmg-...)).
        type: str
        aliases: [addressModule]
      service_template:
        description:
          - The ID of a protocol and port template (V(ppm-...)) or of a group of them (V(ppmg-...)).
          - It includes protocol and port, so O(ingress[].protocol) and O(ingress[].port) cannot be given with it.
        type: str
        aliases: [serviceModule]
      description:
        description: A description on one line, without blanks around it. At most 50 characters on API 2.0.
        type: str
        aliases: [desc, PolicyDescription]
      # end rule_fields
  egress:
    description: The rules for outgoing traffic, with the same fields as O(ingress).
    type: list
    elements: dict
    suboptions:
      # begin rule_fields egress
      action:
        description: What happens to matching traffic, V(accept) or V(drop), in any letter case.
        type: str
        required: true
        aliases: [Action]
      protocol:
        description:
          - V(tcp), V(udp), V(icmp), V(icmpv6), V(gre) or V(all), in any letter case. The default is V(all).
          - API 2.0 has no V(icmpv6) and no V(gre).
        type: str
        aliases: [ipProtocol, Protocol]
      port:
        description:
          - A port like V(22), a range like V(8000-8010), a list like V(80,443), or V(all), which is the default.
          - A list may contain ranges, because groups can have such lists. Whether the service accepts one is not known.
          - Only with the protocols V(tcp) and V(udp).
        type: str
        aliases: [portRange, Port]
      cidr:
        description:
          - An IPv4 address or network. Host bits must not be set.
          - >-
            C(0.0.0.0) with any mask except C(/0) is refused, because the service would store it as C(0.0.0.0/0), any
            address.
          - >-
            A rule has at most one of O(egress[].cidr), O(egress[].ipv6_cidr),
            O(egress[].security_group_id) and O(egress[].address_template).
            Without any of them it matches any IPv4 address.
        type: str
        aliases: [cidrIp, CidrBlock]
      ipv6_cidr:
        description: An IPv6 address or network. Not on API 2.0.
        type: str
        aliases: [Ipv6CidrBlock]
      security_group_id:
        description:
          - The ID of a peer security group in the same project.
          - It matches the private addresses of its members.
        type: str
        aliases: [sgId, SecurityGroupId]
      address_template:
        description: The ID of an address template (V(ipm-...)) or of a group of them (V(ipmg-...)).
        type: str
        aliases: [addressModule]
      service_template:
        description:
          - The ID of a protocol and port template (V(ppm-...)) or of a group of them (V(ppmg-...)).
          - It includes protocol and port, so O(egress[].protocol) and O(egress[].port) cannot be given with it.
        type: str
        aliases: [serviceModule]
      description:
        description: A description on one line, without blanks around it. At most 50 characters on API 2.0.
        type: str
        aliases: [desc, PolicyDescription]
      # end rule_fields
  state:
    description:
      - V(replaced) makes the rules of each given direction exactly the given list, in this order.
      - >-
        V(merged) makes sure that every given rule is present. A rule that is present with another description gets the
        new one. A rule given without a description keeps the present one. All other rules stay, in their order.
      - >-
        V(deleted) makes sure that no rule that matches a given one is present. The description only counts if the given
        rule has one.
    type: str
    choices: [replaced, merged, deleted]
    default: replaced
  position:
    description: Where O(state=merged) puts the missing rules, above or below all present rules.
    type: str
    choices: [top, bottom]
    default: bottom
  expected_version:
    description:
      - Fail, before anything is written, if the rules of the group have another version than this one, which an earlier
        task returned as RV(after.version).
      - Only with O(api_version=3.0).
    type: str
  lint:
    description:
      - >-
        What to do about desired rules that have no effect or allow more than intended. V(warn) reports them as warnings
        if the task changes something, V(error) fails the task with RV(failure.kind=policy), and V(off) does not check
        them.
      - >-
        V(unreachable): an earlier rule matches all traffic of the same address family. V(duplicate) and
        V(contradictory): an earlier rule matches the same, with the same or the opposite action. V(shadowed): earlier
        rules together match all of it, and part of it gets the opposite verdict. V(redundant): the same, but all of
        it gets the verdict that the rule would give. V(wider_on_ipv6): any IPv6 address can reach a port, but not
        every IPv4 address can.
      - A finding is true whatever groups and templates contain.
    type: str
    choices: [warn, error, "off"]
    default: warn
  groups:
    suboptions:
      security_group_id:
        description: The ID of the security group.
        type: str
        required: true
        aliases: [sg_id, sgId, SecurityGroupId]
      ingress:
        description: The rules for incoming traffic of this group, with the same fields as O(ingress).
        type: list
        elements: dict
      egress:
        description: The rules for outgoing traffic of this group, with the same fields as O(egress).
        type: list
        elements: dict
      state:
        description: What to do with the rules of this group, instead of O(state) of the task.
        type: str
        choices: [replaced, merged, deleted]
      position:
        description: Where to put missing rules in this group, instead of O(position) of the task.
        type: str
        choices: [top, bottom]
      expected_version:
        description: The version that the rules of this group must have.
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
      lint:
        description: What to do about findings in this group, instead of O(lint) of the task.
        type: str
        choices: [warn, error, "off"]
notes:
  - >-
    With O(state=replaced) the group is read twice before it is written, because the API call that replaces rules does
    not detect changes by other users or programs. After such a change the task fails with RV(failure.kind=conflict),
    and nothing is written.
  - >-
    O(state=merged) and O(state=deleted) use calls that the service refuses after a change by another user or program.
    The group is then read again, and the change is made on top of the other one.
  - >-
    The service only empties a direction reliably if its rules are deleted. If one direction ends empty and the other
    one changes as well, there are two writes, and the deletion comes first.
  - >-
    It requires permission for the API calls that it makes, which RV(actions) lists. Access policies are said to name
    those of the legacy API with the prefix C(cvm), as in C(cvm:DescribeSecurityGroupPolicys); this is not verified.
seealso:
  - module: cnclouds.security_groups.tencent_sg_rules_info
  - module: cnclouds.security_groups.aliyun_sg_policy
  - name: ModifySecurityGroupPolicies
    description: The page of the vendor's API 3.0 reference.
    link: https://cloud.tencent.com/document/api/215/15810
  - name: ModifySecurityGroupPolicys
    description: The page of the vendor's legacy API 2.0 reference.
    link: https://cloud.tencent.com/document/api/213/1365
"""

EXAMPLES = r"""
- name: Set the rules, without locking ourselves out or opening SSH and databases to the world
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    security_group_id: sg-33ocnj9n
    ingress:
      - {action: accept, protocol: tcp, port: "80,443"}
      - {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.0/24}
    protect:
      - {name: our way in, protocol: tcp, port: 22, peer: 203.0.113.7}
    forbid:
      - world_open_admin_ports
      - world_open_databases

- name: Allow web traffic in and all traffic out
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    security_group_id: sg-33ocnj9n
    ingress:
      - {action: accept, protocol: tcp, port: "80,443", description: Web}
      - {action: accept, protocol: tcp, port: "80,443", ipv6_cidr: "::/0", description: Web}
      - {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.0/24, description: SSH from the office}
    egress:
      - {action: accept}

- name: Add a rule above all others
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    security_group_id: sg-33ocnj9n
    state: merged
    position: top
    ingress:
      - {action: drop, cidr: 198.51.100.7, description: Scanner}

- name: Remove that rule again
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    security_group_id: sg-33ocnj9n
    state: deleted
    ingress:
      - {action: drop, cidr: 198.51.100.7}

- name: Deny all incoming traffic, and leave the outgoing rules as they are
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    security_group_id: sg-33ocnj9n
    ingress: []

- name: Use the field names of the legacy API, as in the example of the vendor's page
  cnclouds.security_groups.tencent_sg_rules:
    api_version: "2.0"
    region: ap-guangzhou
    sgId: sg-33ocnj9n
    ingress:
      - ipProtocol: tcp
        cidrIp: 10.0.0.0/8
        action: ACCEPT
        portRange: 22
        desc: 内网入流量tcp协议22端口禁止访问
    egress:
      - action: ACCEPT
        ipProtocol: tcp
        desc: 内网tcp出流量放通
        cidrIp: 10.0.0.0/8

- name: Manage several groups in one task, with common outgoing rules
  cnclouds.security_groups.tencent_sg_rules:
    region: ap-guangzhou
    egress:
      - {action: accept}
    groups:
      - security_group_id: sg-33ocnj9n
        ingress:
          - {action: accept, protocol: tcp, port: 443}
      - security_group_id: sg-5xk2mq8a
        ingress:
          - {action: accept, protocol: tcp, port: 5432, security_group_id: sg-33ocnj9n}
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
  sample: sg-33ocnj9n
region:
  description: The region of the security group.
  returned: always
  type: str
  sample: ap-guangzhou
before:
  description: The rules when the group was read. Null if it could not be read.
  returned: when O(groups) is not given
  type: dict
  contains:
    ingress:
      description: The rules for incoming traffic in order, which are valid input for O(ingress).
      type: list
      elements: dict
      returned: always
      sample: []
    egress:
      description: The rules for outgoing traffic in order, which are valid input for O(egress).
      type: list
      elements: dict
      returned: always
      sample: []
    version:
      description:
        - The version of the rules, which grows by one with each write.
        - Null if the API returns none for the group, as API 2.0 may do.
      type: str
      returned: always
      sample: "3"
after:
  description:
    - The rules at the end, as read back from the service. In check mode, the prediction.
  returned: when O(groups) is not given
  type: dict
  contains:
    ingress:
      description: The rules for incoming traffic in order, which are valid input for O(ingress).
      type: list
      elements: dict
      returned: always
      sample: [{action: accept, protocol: tcp, port: "22", cidr: 203.0.113.0/24}]
    egress:
      description: The rules for outgoing traffic in order, which are valid input for O(egress).
      type: list
      elements: dict
      returned: always
      sample: []
    version:
      description:
        - The version of the rules, which grows by one with each write.
        - Null if the API returns none for the group, as API 2.0 may do.
      type: str
      returned: always
      sample: "4"
diff:
  description:
    - What C(--diff) shows. With O(groups) a list, with one entry for each changed group.
  returned: always
  type: dict
  sample:
    before_header: sg-33ocnj9n (ap-guangzhou)
    after_header: sg-33ocnj9n (ap-guangzhou)
    before: |
      ingress: []
      egress: []
    after: |
      ingress:
        - {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.0/24}
      egress: []
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
      description: V(none), V(opens), V(closes) or V(opens_and_closes).
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
          description: The positions of the deciding rules in C(before) and C(after); null where no rule matches.
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
          description: The positions of the deciding rules in C(before) and C(after); null where no rule matches.
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
# begin lint
lint:
  description: Rules that never decide anything, and ports that are open to any IPv6 address only, as O(lint) describes.
  returned: when O(groups) is not given
  type: list
  elements: dict
  contains:
    kind:
      description: V(unreachable), V(duplicate), V(contradictory), V(shadowed), V(redundant) or V(wider_on_ipv6).
      type: str
      returned: always
      sample: shadowed
    at:
      description: The position of the rule in RV(after).
      type: str
      returned: always
      sample: ingress[2]
    by:
      description: The positions of the rules that are the reason.
      type: list
      elements: str
      returned: always
      sample: ["ingress[0]"]
    message:
      description: The finding as a sentence.
      type: str
      returned: always
      sample: "ingress[2]: never decides anything, because ingress[0] matches all of it with the same verdict"
# end lint
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
      sample: ModifySecurityGroupPolicies
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
      sample: 3c140219-cfe9-470e-b241-907877d6fb03
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
      sample: ResourceNotFound
    message:
      description: The vendor's error message.
      type: str
      returned: always
      sample: The specified resource does not exist.
    http_status:
      description: The HTTP status of the response.
      type: int
      returned: always
      sample: 200
    request_id:
      description: The ID that the service gave the request.
      type: str
      returned: always
      sample: 3c140219-cfe9-470e-b241-907877d6fb03
    action:
      description: The API call that failed.
      type: str
      returned: always
      sample: DescribeSecurityGroupPolicies
    errors:
      description: Every mistake in the options, with the path of the option or field it is in.
      type: list
      elements: dict
      returned: when RV(failure.kind=invalid_input)
      sample: [{path: "ingress[2].port", message: "'22-' is not a port"}]
    violations:
      description: Every violated policy.
      type: list
      elements: dict
      returned: when RV(failure.kind=policy)
      contains:
        policy:
          description: The name of the policy, or the kind of the finding with O(lint=error).
          type: str
          returned: always
        kind:
          description: V(protect), V(forbid) or V(lint).
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

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.spec import (
    fleet_spec,
    transport_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.module import SecurityGroupModule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.run import run
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.arguments import tencent_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules import RulesModule, rules_spec


def main() -> None:
    module = SecurityGroupModule({**rules_spec(), **tencent_spec(), **transport_spec(), **fleet_spec()})
    module.finish(run(module, RulesModule(module.params["api_version"])))


if __name__ == "__main__":
    main()
