# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behaviours that the documents leave open, one switch each (numbers: rows of tencent_sg.md section 8)."""

from __future__ import annotations

from ..exchange import Switch

TABLE = (
    # name, values (the first is the default), source, meaning
    (
        "modify_absent_direction",
        "keep clear refuse",
        "8 row 1",
        "3.0 Modify: what a direction that is not given becomes; refuse: ….Empty",
    ),
    ("modify_empty_direction", "clear keep", "8 row 2", "3.0 Modify: what a direction given as [] becomes"),
    ("modify_stale_version", "accept mismatch", "8 row 3", "3.0 Modify with a stale non-zero Version"),
    ("modify_unsorted", "list_order old_first", "8 row 4", "3.0 Modify, SortPolicys false: order; or rules kept first"),
    ("modify_version_step", "one two if_changed", "8 row 5", "Version after a Modify"),
    ("wipe_version", "step zero", "8 row 6", 'Version after clearing with Version "0"'),
    ("v2_absent_direction", "keep clear error", "8 row 7", "2.0 Modify: a direction that is not given; error is 4000"),
    ("v2_any", "absent explicit empty null", "8 row 8", '2.0 unset fields: absent, ALL and 0.0.0.0/0, "", or null'),
    ("v2_stale_version", "9003 7000", "8 row 9", "2.0 code for a stale version"),
    ("address_echo", "as_written canonical mask_added mask_dropped", "8 row 10", "masks and host bits on read-back"),
    ("host_bits", "kept cleared", "8 row 10", "10.9.89.9/25 as it is stored: as written, or as its network"),
    ("ipv6_echo", "as_written compressed exploded upper", "8 row 10", "spelling of IPv6 on read-back"),
    ("no_peer", "any_ipv4 unset refuse", "8 row 11", "rule without peer: 0.0.0.0/0, read back unset, or ….Empty"),
    ("description_limit", "100 50 unlimited", "8 row 12", "3.0: longest description; ….TooLong above it"),
    ("v2_description_limit", "50 unlimited", "8 row 12", "2.0: longest description; 9003 above it"),
    ("v2_duplicates", "accept refuse", "8 row 13", "2.0: the same rule twice; refused with 9003"),
    ("v2_default_group", "7006 accept", "8 row 14", "2.0 write to a default group"),
    ("default_group", "accept refuse", "8 row 14", "3.0 write to a default group; refused with UnsupportedOperation"),
    ("unknown_group", "ResourceNotFound InvalidSecurityGroupID.NotFound", "8 row 15", "3.0 code for an unknown group"),
    (
        "malformed_group",
        "InvalidParameterValue.Malformed InvalidSecurityGroupID.Malformed",
        "8 row 15",
        "3.0 code for a malformed group id",
    ),
    ("v2_unknown_group", "7001 5000", "8 row 15", "2.0 code for an unknown or malformed group id"),
    ("modify_over_quota", "LimitExceeded LimitExceeded.SecurityGroupPolicySet", "8 row 16", "3.0 Modify over quota"),
    ("create_over_quota", "LimitExceeded.SecurityGroupPolicySet LimitExceeded", "8 row 16", "3.0 Create over quota"),
    ("v2_over_quota", "7002 4400", "8 row 16", "2.0 code above 100 rules in a direction"),
    ("atomic_modify", "yes no", "2.4 Atomic", "3.0 Modify: no applies Ingress even if Egress is then refused"),
    ("duplicate_key", "with_description without_description", "2.4 Duplicates", "3.0: whether descriptions tell apart"),
    ("port_all", "tolerated strict", "2.3", "3.0: Port ALL is refused with ICMP and GRE, and required with ALL"),
    ("v2_protocol_all", "accept refuse", "1.7", "2.0: the ipProtocol ALL, which is not on the page"),
    ("mixed_port_list", "refuse accept", "6.3", "80,8000-8010"),
    ("v2_port_list", "accept refuse", "6.3", "2.0: 80,443"),
    ("template_both_halves", "refuse accept", "2.2", "both ids of one template object in a request"),
    ("port_echo", "as_written sorted ranged", "6.3", "80,443 reordered; 22 as 22-22"),
    ("letter_case", "observed upper lower swapped", "2.5", "Protocol, Port and Action on read-back"),
    ("unset_members", "empty null absent", "2.5", 'members without a value: "", null or left out'),
    ("template_unset", "empty_halves null_halves null absent", "2.5", "3.0: template objects and their unset halves"),
    ("any_value", "ALL all empty absent", "2.5", "3.0: any protocol and any port on read-back"),
    ("service_rule_any", "unset ALL", "2.5", "3.0: Protocol and Port of a rule with a service template"),
    ("era", "2025 2022", "2.5", "3.0: with or without Priority, Diff and PolicyStatistics"),
    ("page_filling", "full short", "1.5, 2.7", "lists of groups: pages as asked, or never more than 3 groups"),
    ("group_count", "told absent", "1.5, 2.7", "lists of groups: TotalCount and totalNum, or none"),
    ("numbers", "numbers strings", "2.2", "numeric members of answers, or their text"),
    ("version_type", "documented swapped", "2.2", "Version as text in 3.0 and int in 2.0, or the other way round"),
    ("extra_members", "no yes", "hostile echo", "members no document knows, in every object"),
    (
        "description_echo",
        "as_written trimmed one_line no_emoji escaped cut",
        "hostile echo",
        "descriptions as stored: without outer blanks, line breaks folded, emoji dropped, HTML escaped, cut to 20",
    ),
    (
        "first_position",
        "0 1",
        "2.2",
        "3.0: the PolicyIndex of the first rule of a direction, in responses and requests",
    ),
    ("slash_escapes", "no yes", "2.5", r"bodies write / as \/"),
    ("layout", "compact pretty", "2.5", "bodies on one line or indented"),
    ("v2_version_position", "data rule both absent", "1.6", "2.0 Describe: where version is"),
    (
        "v2_new_protocols",
        "shown hidden unset",
        "6.2",
        "2.0 Describe: IPv6 peers, icmpv6, gre: shown, left out, fields unset",
    ),
    (
        "v2_code_desc",
        "absent present text_codes",
        "1.3",
        "2.0: codeDesc: none, Success or Failure, or a code as in 3.0",
    ),
    (
        "v2_no_rules",
        "absent list null data_list",
        "1.6",
        "2.0 Describe: a direction without rules; no data at all as []",
    ),
    ("v2_write_data", "documented everywhere nowhere", "1.5", "2.0: which writes answer data: []; documented: Delete"),
    ("v2_at_values", "unsigned signed", "3.1", "2.0: whether values that begin with @ are signed in a POST"),
    ("v2_time_window", "7200 300", "3.4", "2.0: how many seconds a request's time may be off"),
    ("content_type", "json json_charset text", "4.1", "application/json, the same with a charset, or text/plain"),
)

SWITCHES = {
    name: Switch(name, tuple(values.split()), values.split()[0], f"tencent_sg.md {source}", meaning)
    for name, values, source, meaning in TABLE
}
