# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks with which both ways are compared, as YAML. Besides the modules, they use only action plugins."""

from __future__ import annotations

from tests.support.worlds import ACCEPTING, DROPPING, ENTERPRISE, NEVER_EDITED, PEER, TENCENT_KEY, WEB

# `vaulted` below encrypts the secret key of Tencent Cloud.
_HEAD = """
- hosts: {hosts}
  gather_facts: false
  {keywords}
  module_defaults:
    group/cnclouds.security_groups.aliyun: "{{{{ aliyun }}}}"
    group/cnclouds.security_groups.tencent: "{{{{ tencent }}}}"
  tasks:
"""


def play(tasks: str, hosts: str = "localhost", keywords: str = "vars: {}", more: str = "") -> str:
    """A play whose modules connect to the simulated clouds."""
    return _HEAD.format(hosts=hosts, keywords=keywords) + tasks + more


_CHANGES = f"""
    - name: Preview
      check_mode: true
      diff: true
      cnclouds.security_groups.tencent_sg_rules: &rules
        security_group_id: {WEB}
        ingress:
          - {{action: accept, protocol: tcp, port: 443, description: "TLS: # 'all' \\"of\\" it"}}
          - {{action: drop, protocol: icmp, cidr: 10.0.0.0/8}}
        egress: []
    - name: Apply
      diff: true
      cnclouds.security_groups.tencent_sg_rules: *rules
    - name: Apply again
      cnclouds.security_groups.tencent_sg_rules: *rules
    - name: Merge on the old API
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: {PEER}
        api_version: "2.0"
        state: merged
        position: top
        ingress: [{{action: drop, protocol: udp, port: "53,123"}}]
    - name: Isolate
      diff: true
      cnclouds.security_groups.aliyun_sg_policy:
        security_group_id: {ACCEPTING}
        inner_access_policy: Drop
        client_token: one-of-ours
    - name: Several groups, and a progress file beside the playbook
      cnclouds.security_groups.aliyun_sg_policy:
        groups: [{{security_group_id: {ACCEPTING}, client_token: another}}, {{sg_id: {DROPPING}, client_token: third}}]
        policy: accept
        max_concurrency: 1
        progress_file: progress.jsonl
    - name: Read
      cnclouds.security_groups.tencent_sg_rules_info:
        security_group_ids: [{WEB}]
      register: listed
    - name: Give it back
      cnclouds.security_groups.tencent_sg_rules:
        groups: "{{{{ listed.security_groups }}}}"
      register: returned
    - name: Read all
      cnclouds.security_groups.aliyun_sg_policy_info:
    - name: Judge
      ansible.builtin.assert:
        that: [returned is not changed]
      when: not ansible_check_mode
"""

_LOOPS = f"""
    - name: A loop in which some items warn
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: "{{{{ item }}}}"
        ingress: "{{{{ (item == '{PEER}') | ternary(warned, quiet) }}}}"
      loop: [{WEB}, {PEER}, {NEVER_EDITED}]
      register: looped
    - name: A loop in which some items fail
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: "{{{{ item.id }}}}"
        egress: "{{{{ item.egress | default(omit) }}}}"
        ingress: "{{{{ item.ingress | default(omit) }}}}"
      loop:
        - {{id: {WEB}, egress: [{{action: drop}}]}}
        - {{id: sg-missing0, ingress: []}}
        - {{id: {PEER}, ingress: [{{acton: drop}}]}}
        - {{id: {PEER}}}
        - {{id: {NEVER_EDITED}, ingress: []}}
      loop_control:
        label: "{{{{ item.id }}}}"
      ignore_errors: true
    - name: A loop over environments
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: {WEB}
        ingress: []
        state: merged
        secret_id: ""
        secret_key: ""
        region: ""
      environment:
        TENCENTCLOUD_REGION: "{{{{ item }}}}"
      loop: [ap-guangzhou, xx-nowhere, "", ap-guangzhou]
      ignore_errors: true
    - name: Try again until it is enough
      cnclouds.security_groups.aliyun_sg_policy:
        security_group_id: {ACCEPTING}
        inner_access_policy: accept
      register: tried
      until: tried.attempts > 2
      retries: 3
      delay: 0
    - name: Try again in vain
      cnclouds.security_groups.aliyun_sg_policy:
        security_group_id: {ENTERPRISE}
        inner_access_policy: accept
      register: vain
      until: vain is success
      retries: 1
      delay: 0
      ignore_errors: true
    - name: Judge
      ansible.builtin.assert:
        that:
          - looped.results | length == 3
          - tried.attempts == 3
"""

_LOOP_VARIABLES = """vars:
    quiet: [{action: accept, protocol: tcp, port: 22}]
    warned: [{action: accept, protocol: icmpv6, cidr: 10.0.0.0/8}]"""

_MISTAKES = f"""
    - name: Read first
      cnclouds.security_groups.tencent_sg_rules_info:
        security_group_ids: [{WEB}]
    - name: Mistakes of all kinds
      cnclouds.security_groups.tencent_sg_rules: "{{{{ item }}}}"
      vars:
        ansible_facts: {{}}
      loop:
        - {{security_group_id: nonsense, ingress: [{{port: 22}}, {{acton: drop}}]}}
        - {{sgid: {WEB}}}
        - {{security_group_id: {WEB}, ingress: [], timeout: soon, deadline: 99999999999999999999999999}}
        - {{security_group_id: {WEB}, ingress: "no list", state: gone}}
      ignore_errors: true
    - name: Recover
      block:
        - name: Not found
          cnclouds.security_groups.aliyun_sg_policy:
            security_group_id: sg-bp1missing
            inner_access_policy: drop
      rescue:
        - name: What happened
          ansible.builtin.debug:
            msg: "{{{{ ansible_failed_task.name }}}}: {{{{ ansible_failed_result.msg }}}}"
      always:
        - name: Go on
          cnclouds.security_groups.aliyun_sg_policy:
            security_group_id: {DROPPING}
            inner_access_policy: drop
    - name: Judged otherwise
      cnclouds.security_groups.aliyun_sg_policy:
        security_group_id: sg-bp1missing
        inner_access_policy: drop
      register: judged
      failed_when: judged.failure.kind != 'not_found'
      changed_when: true
"""

_VALUES = f"""
    - name: Nobody sees this
      no_log: true
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: {WEB}
        ingress: [{{action: accept, description: "private matters"}}]
    - name: Nobody sees this either
      no_log: true
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: sg-missing0
        ingress: []
      ignore_errors: true
    - name: Odd values
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: {WEB}
        state: replaced
        expected_version: "{{{{ omit }}}}"
        ingress:
          - {{action: accept, protocol: tcp, port: 80, description: "防火墙 ünïcödé \\U0001F525"}}
          - {{action: accept, protocol: tcp, port: "81", description: !unsafe "{{{{ not a template }}}}"}}
          - {{action: accept, protocol: tcp, port: "{{{{ 82 }}}}", description: "{{{{ text }}}}"}}
        egress: "{{{{ [dict(action='drop')] }}}}"
      register: odd
    - name: A date and a huge number where text is expected
      cnclouds.security_groups.tencent_sg_rules:
        security_group_id: {WEB}
        ingress: [{{action: accept, protocol: tcp, port: 123456789012345678901234567890, description: 2026-02-03}}]
      ignore_errors: true
    - name: A key in the vault
      cnclouds.security_groups.tencent_sg_rules_info:
        secret_key: "{{{{ vaulted }}}}"
        security_group_ids: [{WEB}]
    - name: Results are not templates
      ansible.builtin.debug:
        msg: "{{{{ odd.after.ingress }}}}"
"""

_PLACES = f"""
    - name: A relative path of a CA bundle
      cnclouds.security_groups.tencent_sg_rules_info:
        endpoint: "{{{{ secure_endpoint }}}}"
        ca_path: "{{{{ item }}}}"
        security_group_ids: [{WEB}]
      loop: [authority.pem, missing.pem, "", authority.pem]
      ignore_errors: true
    - name: A relative path in the environment
      cnclouds.security_groups.tencent_sg_rules_info:
        endpoint: "{{{{ secure_endpoint }}}}"
        security_group_ids: [{WEB}]
      environment:
        REQUESTS_CA_BUNDLE: authority.pem
    - name: No verification, then verification
      cnclouds.security_groups.tencent_sg_rules_info:
        endpoint: "{{{{ secure_endpoint }}}}"
        validate_certs: "{{{{ item }}}}"
        security_group_ids: [{WEB}]
      loop: [false, true, false]
      ignore_errors: true
    - name: A proxy that is not there, for some
      cnclouds.security_groups.tencent_sg_rules_info:
        security_group_ids: [{WEB}]
        timeout: 2
        deadline: 2
      environment: "{{{{ item }}}}"
      loop:
        - {{http_proxy: "http://127.0.0.1:1", no_proxy: ""}}
        - {{http_proxy: ""}}
        - {{http_proxy: "http://127.0.0.1:1", no_proxy: "127.0.0.1"}}
      ignore_errors: true
"""

_HOSTS = f"""
    - name: Once for all
      run_once: true
      cnclouds.security_groups.aliyun_sg_policy:
        security_group_id: {ACCEPTING}
        inner_access_policy: drop
        client_token: once-for-all
      notify: A handler
    - name: Elsewhere
      delegate_to: three
      cnclouds.security_groups.aliyun_sg_policy_info:
        security_group_ids: [{ACCEPTING}]
    - name: On this machine
      delegate_to: localhost
      cnclouds.security_groups.tencent_sg_rules_info:
        security_group_ids: [{PEER}]
    - name: Not on all
      when: inventory_hostname != 'two'
      cnclouds.security_groups.tencent_sg_rules_info:
        security_group_ids: [{WEB}]
"""
_HANDLER = f"""
  handlers:
    - name: A handler
      cnclouds.security_groups.aliyun_sg_policy_info:
        security_group_ids: [{DROPPING}]
"""


def vaulted() -> str:
    """The secret key of Tencent Cloud as an encrypted variable."""
    from ansible.parsing.vault import VaultLib, VaultSecret

    secret = VaultSecret(b"password of the vault")
    text = VaultLib([("default", secret)]).encrypt(TENCENT_KEY, secret).decode()
    lines = "".join(f"        {line}\n" for line in text.splitlines())
    return f"vars:\n    text: 'of {{{{ 1 + 1 }}}}'\n    vaulted: !vault |\n{lines}"


PLAYS = {
    "changes": play(_CHANGES),
    "loops": play(_LOOPS, keywords=_LOOP_VARIABLES),
    "mistakes": play(_MISTAKES),
    "values": play(_VALUES, keywords=vaulted()),
    "places": play(_PLACES),
    "hosts": play(_HOSTS, hosts="all", more=_HANDLER),
    "free hosts": play(
        _HOSTS.replace("run_once: true", "when: inventory_hostname == 'one'"), "all", "strategy: free", _HANDLER
    ),
}
UNORDERED = ("hosts", "free hosts")
