#!/usr/bin/python
# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tencent_sg_rules_check
short_description: Check rules of Tencent Cloud security groups without calling any API
version_added: 1.0.0
description:
  - >-
    Returns what M(cnclouds.security_groups.tencent_sg_rules) would return in check mode, for groups whose current rules
    are given. It requires neither credentials nor a network, so it can check the rules in a pull request.
  - >-
    Violated policies and findings of the lint can be written to files that code hosts and CI servers show next to the
    rules.
author:
  - The cnclouds.security_groups contributors (@cnclouds)
extends_documentation_fragment:
  - cnclouds.security_groups._attributes
  - cnclouds.security_groups._policies
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
    membership:
      - cnclouds.security_groups.tencent
      - cnclouds.security_groups.all
  action:
    support: full
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
    description: The version that O(present) must have. Otherwise the task fails with RV(failure.kind=conflict).
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
    description:
      - Several security groups in one task, instead of O(security_group_id).
      - Each entry has its own O(groups[].security_group_id), and may have the other options that describe a group.
      - What an entry omits comes from the options of the task.
    type: list
    elements: dict
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
      present:
        description: The rules that this group has, if they are not those of the task's O(present).
        type: dict
  present:
    description:
      - The rules that the group has, as RV(ignore:before) of M(cnclouds.security_groups.tencent_sg_rules) returns them.
      - By default the group has no rules.
    type: dict
    suboptions:
      ingress:
        description: The rules for incoming traffic, with the same fields as O(ingress).
        type: list
        elements: dict
      egress:
        description: The rules for outgoing traffic, with the same fields as O(egress).
        type: list
        elements: dict
      version:
        description: The version of the rules.
        type: str
  region:
    description: The region of the groups. It appears in messages and results only.
    type: str
  api_version:
    description: The API that the rules are for, because API 2.0 cannot express all of them.
    type: str
    choices: ["3.0", "2.0"]
    default: "3.0"
  return_unchanged:
    description:
      - With V(false), the entries of RV(groups) that would not change have no C(before) and C(after).
    type: bool
    default: true
  source:
    description:
      - The path of the file that the rules come from, which report files contain as the location.
      - >-
        If it is a YAML file that the module can read, report files also contain the line of each rule, provided that
        one mapping has the ID of the group and its rules, or that only one mapping has rules.
    type: str
  sarif_file:
    description:
      - A file to write violations and findings to, as SARIF 2.1.0, which code hosts show on the changed lines.
      - It is written in check mode as well, and also if the task fails because of a policy.
    type: path
  junit_file:
    description:
      - A file to write violations and findings to, as JUnit XML, which CI servers read.
      - It is written whenever O(sarif_file) would be.
    type: path
seealso:
  - module: cnclouds.security_groups.tencent_sg_rules
  - module: cnclouds.security_groups.tencent_sg_rules_info
"""

EXAMPLES = r"""
- name: Check the rules in a pull request
  cnclouds.security_groups.tencent_sg_rules_check:
    security_group_id: sg-33ocnj9n
    ingress:
      - {action: accept, protocol: tcp, port: "80,443"}
      - {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.0/24}
    forbid: [world_open_admin_ports, world_open_databases]
    lint: error
    source: rules/web.yml
    sarif_file: rules.sarif

- name: Show the effect of a change to saved rules
  cnclouds.security_groups.tencent_sg_rules_check:
    security_group_id: sg-33ocnj9n
    present:
      ingress:
        - {action: accept, protocol: tcp, port: 22}
    ingress:
      - {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.0/24}
    protect:
      - {name: our way in, protocol: tcp, port: 22, peer: 203.0.113.7}
  register: checked
"""

RETURN = r"""
changed:
  description: Always V(false).
  returned: always
  type: bool
  sample: false
requests:
  description: The API calls that would change the group, in their order.
  returned: when O(groups) is not given
  type: list
  elements: dict
  contains:
    action:
      description: The name of the call.
      type: str
      returned: always
      sample: ModifySecurityGroupPolicies
    parameters:
      description: Its parameters.
      type: dict
      returned: always
      sample: {SecurityGroupId: sg-33ocnj9n, SecurityGroupPolicySet: {}}
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
  description: The current rules, which are those of O(present). Null if there are mistakes in the options.
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
    - The predicted rules after the change.
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
actions:
  description: The RV(requests) as M(cnclouds.security_groups.tencent_sg_rules) lists them in check mode.
  returned: when O(groups) is not given
  type: list
  elements: dict
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
        V(invalid_input), V(policy), V(conflict) or V(unsupported).
      type: str
      returned: always
      sample: policy
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

from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.module import SecurityGroupModule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.offline import run_offline
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules_check import (
    RulesCheckModule,
    check_spec,
)


def main() -> None:
    module = SecurityGroupModule(check_spec())
    module.finish(run_offline(module, RulesCheckModule(module.params["api_version"])))


if __name__ == "__main__":
    main()
