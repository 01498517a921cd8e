# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.apis import rule_api
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_input import Limits
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import Rules, RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import DIRECTIONS, Rule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.traffic import situation
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.impact import impact
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    NO_MEMBERS,
    Members,
    TrafficRule,
)
from tests.unit.plugins.strategies import rule_lists

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8", description="ssh")
EMPTY = RuleSet((), (), None)


@pytest.mark.parametrize(
    ("rule", "traffic"),
    [
        (SSH, TrafficRule("accept", "tcp", "22", "10.0.0.0/8")),
        (Rule("drop", "all", "all", "ipv6_cidr", "::/0"), TrafficRule("drop", "all", "all", "::/0")),
        (
            Rule("accept", "icmp", "all", "security_group_id", "sg-1"),
            TrafficRule("accept", "icmp", "all", "sg-1"),
        ),
        (
            Rule("accept", "", "", "address_template", "ipm-1", "ppm-2"),
            TrafficRule("accept", "all", "all", "ipm-1", "ppm-2"),
        ),
    ],
)
def test_a_rule_in_the_terms_of_the_engine(rule: Rule, traffic: TrafficRule) -> None:
    lists = situation("sg-own", EMPTY, RuleSet((rule,), (), None), None, Limits()).lists
    assert [*lists["ingress"].after.rules] == [traffic]


def test_both_directions_are_there_before_and_after_and_deny_by_default() -> None:
    found = situation("sg-own", RuleSet((SSH,), (), None), RuleSet((), (SSH,), None), None, Limits())
    sizes = {name: (len(lists.before.rules), len(lists.after.rules)) for name, lists in found.lists.items()}
    assert sizes == {"ingress": (1, 0), "egress": (0, 1)}
    for name, lists in found.lists.items():
        assert (lists.before.direction, lists.after.direction) == (name, name)
        assert not lists.before.default_allows
        assert not lists.after.default_allows


@pytest.mark.parametrize(
    ("identifier", "field"),
    [
        ("sg-1", "security_group_id"),
        ("ipm-1", "address_template"),
        ("ipmg-1", "address_template"),
        ("ppm-1", ""),
        ("pl-1", ""),
        ("10.0.0.0/8", ""),
    ],
)
def test_the_field_that_an_id_belongs_in(identifier: str, field: str) -> None:
    assert situation("sg-own", EMPTY, EMPTY, None, Limits()).peer_field(identifier) == field


def test_a_remedy_is_possible_and_self_is_the_group() -> None:
    found = situation("sg-own", EMPTY, EMPTY, None, Limits())
    assert (found.remedies, found.self_id, found.members) == (True, "sg-own", NO_MEMBERS)
    members = Members({"sg-1": ((1, 2),)}, {})
    assert situation("sg-own", EMPTY, EMPTY, members, Limits()).members == members


@pytest.mark.parametrize("api", ["3.0", "2.0"])
@pytest.mark.parametrize(
    ("fields", "apis"),
    [
        ({"cidr": "10.0.0.0/8"}, ("3.0", "2.0")),
        ({"cidr": "0.0.0.0/0"}, ("3.0", "2.0")),
        ({"cidr": "0.0.0.0/8"}, ()),
        ({"cidr": "0.0.0.0"}, ()),
        ({"security_group_id": "sg-a_b"}, ()),
        ({"ipv6_cidr": "::/0"}, ("3.0",)),
        ({"protocol": "gre"}, ("3.0",)),
    ],
)
def test_a_remedy_is_a_rule_that_the_api_can_write(fields: dict[str, str], apis: tuple[str, ...], api: str) -> None:
    found = situation("sg-own", EMPTY, EMPTY, None, rule_api(api).limits)
    rule = {"action": "drop", "protocol": "all", "port": "all", **fields}
    assert found.is_writable(rule) is (api in apis)


@given(rule_lists(), rule_lists())
def test_every_rule_is_understood_and_rules_that_stay_have_no_effect(ingress: Rules, egress: Rules) -> None:
    state = RuleSet(ingress, egress, "7")
    lists = situation("sg-own", state, state.next_version(), None, Limits()).lists
    assert impact([lists[name] for name in DIRECTIONS], rules_differ=False)["effect"] == "none"
    assert [len(lists[name].after.rules) for name in DIRECTIONS] == [len(ingress), len(egress)]
