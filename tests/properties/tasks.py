# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random tasks: the initial state of a group, the desired rules in two spellings, and the spelling of responses."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from tests.cloud_simulator.aliyun.switches import SWITCHES as ALIYUN
from tests.cloud_simulator.tencent.switches import SWITCHES as TENCENT
from tests.properties.model import STATES, Meanings
from tests.reliability.rules import DIRECTIONS, Content, as_stored, meaning
from tests.unit.plugins.strategies import rules, spellings

# The spelling of responses. No setting of these switches may change the outcome of a task.
TENCENT_ECHOES = (
    *("address_echo", "ipv6_echo", "port_echo", "letter_case", "unset_members", "template_unset", "any_value"),
    *("service_rule_any", "era", "numbers", "version_type", "extra_members", "slash_escapes", "layout"),
    *("v2_any", "v2_version_position", "v2_code_desc", "host_bits", "first_position"),
)
ALIYUN_ECHOES = (
    *("policy_accepted_case", "policy_returned_case", "unset_fields", "boolean_fields", "extra_fields"),
    *("page_filling", "group_order", "error_members", "unknown_parameters", "client_token_retention"),
    *("same_value_write", "idempotent_processing", "page_size_out_of_range", "page_number_paging"),
)


@dataclass(frozen=True)
class Task:
    """``before`` are seed members of the group, ``spelled`` the options in two spellings, ``rules`` their meaning."""

    api: str
    before: Mapping[str, Any]
    options: Mapping[str, Any]
    spelled: tuple[Mapping[str, Any], Mapping[str, Any]]
    wanted: Mapping[str, Meanings]
    switches: Mapping[str, str] = field(default_factory=dict)

    def after(self) -> Content:
        """The rules that the group must have in the end."""
        change = STATES[self.options["state"]]
        at_top = self.options["position"] == "top"
        found = {direction: tuple(map(meaning, self.before[direction])) for direction in DIRECTIONS}
        return {
            direction: change(present, self.wanted[direction], at_top) if direction in self.wanted else present
            for direction, present in found.items()
        }


def echoes(cloud: str) -> SearchStrategy[dict[str, str]]:
    """Settings of the switches that concern spelling: of a few, or of all of them."""
    board, names = (TENCENT, TENCENT_ECHOES) if cloud == "tencent" else (ALIYUN, ALIYUN_ECHOES)
    values = {name: st.sampled_from(board[name].values) for name in names}
    return st.one_of(st.fixed_dictionaries({}, optional=values), st.fixed_dictionaries(values))


def storable(rule: Rule) -> Rule:
    """The rule with IDs as long as the service's, and without a description if it is blank."""
    service, address = (storable_id(text) for text in (rule.service_template, rule.address))
    if rule.peer in ("cidr", "ipv6_cidr"):
        address = rule.address
    return rule._replace(service_template=service, address=address)


def storable_id(identifier: str) -> str:
    """The ID, padded to the service's length. Other texts stay as they are."""
    prefix, dash, rest = identifier.partition("-")
    return f"{prefix}{dash}{rest:0<8}" if dash else identifier


def storable_rules(api: str) -> SearchStrategy[Rule]:
    """Rules in canonical form that this API accepts."""
    return rules(api).map(storable)


@st.composite
def tasks(draw: st.DrawFn, api: str) -> Task:
    """Any valid task of tencent_sg_rules, for any group."""
    pool = draw(st.lists(storable_rules(api), min_size=1, max_size=7, unique_by=lambda rule: rule.identity))
    before: dict[str, Any] = {direction: draw(_stored(pool)) for direction in DIRECTIONS}
    before["version"] = draw(st.integers(1 if any(before.values()) else 0, 40))
    wanted = {direction: draw(_wanted(pool)) for direction in draw(st.sampled_from(_GIVEN))}
    state = draw(st.sampled_from(list(STATES)))
    if state == "replaced":
        wanted = {direction: draw(_with_a_twin(listed)) for direction, listed in wanted.items()}
    options = {
        "api_version": api,
        "state": state,
        "position": draw(st.sampled_from(["top", "bottom"])),
    }
    if api == "2.0":
        options["signature_method"] = draw(st.sampled_from(["HmacSHA256", "HmacSHA1"]))
    spelled = tuple(
        {name: [draw(spellings(rule)) for rule in listed] for name, listed in wanted.items()} for _turn in "12"
    )
    meant = {name: tuple(meaning(as_stored(rule.to_dict())) for rule in listed) for name, listed in wanted.items()}
    return Task(api, before, options, (spelled[0], spelled[1]), meant, draw(echoes("tencent")))


_GIVEN = (DIRECTIONS, ("ingress",), ("egress",))


@st.composite
def _stored(draw: st.DrawFn, pool: list[Rule]) -> list[dict[str, Any]]:
    """Some of these rules as the service stores them; sometimes one of them twice, with another description."""
    chosen = draw(st.lists(st.sampled_from(pool), max_size=6, unique_by=lambda rule: rule.identity))
    listed = [draw(_redescribed(rule)) for rule in chosen]
    return [draw(_with_host_bits(as_stored(rule.to_dict()))) for rule in draw(_with_a_twin(listed))]


@st.composite
def _with_a_twin(draw: st.DrawFn, listed: list[Rule]) -> list[Rule]:
    """These rules; sometimes with one of them a second time, with another description."""
    if not listed or draw(st.integers(0, 5)):
        return listed
    twin = draw(st.sampled_from(listed))
    at = draw(st.integers(0, len(listed)))
    return [*listed[:at], twin._replace(description=f"{twin.description}'"), *listed[at:]]


@st.composite
def _with_host_bits(draw: st.DrawFn, stored: dict[str, Any]) -> dict[str, Any]:
    """The stored rule; sometimes with host bits set in its network."""
    member = next((name for name in ("CidrBlock", "Ipv6CidrBlock") if "/" in stored.get(name, "")), None)
    if member is None or draw(st.integers(0, 3)):
        return stored
    network = ipaddress.ip_network(stored[member])
    number = draw(st.integers(int(network.network_address), int(network.broadcast_address)))
    address = ipaddress.ip_address(number) if network.version == 4 else ipaddress.IPv6Address(number)
    return {**stored, member: f"{address}/{network.prefixlen}"}


@st.composite
def _wanted(draw: st.DrawFn, pool: list[Rule]) -> list[Rule]:
    chosen = draw(st.lists(st.sampled_from(pool), max_size=6, unique_by=lambda rule: rule.identity))
    return [draw(_redescribed(rule)) for rule in chosen]


def _redescribed(rule: Rule) -> SearchStrategy[Rule]:
    """The rule unchanged (usually), without a description, or with a common one."""
    return st.sampled_from([rule, rule, rule._replace(description=""), rule._replace(description="office")])
