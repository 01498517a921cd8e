# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.flows import parse_policies
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.policies import check
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair, Situation

LISTS = {"ingress": ListPair(RuleList("ingress", [TrafficRule("accept", peer="sg-a")]), RuleList("ingress", []))}


@pytest.mark.parametrize("peer", ["self", "sg-a"])
def test_without_more_knowledge_no_rule_can_name_a_group(peer: str) -> None:
    """A lockout of that group therefore has no remedy."""
    policies, dummy = parse_policies([{"peer": "sg-a"}])
    (violation,) = check(policies, Situation(LISTS)).failures
    assert violation["remedy"] is None
    assert Situation(LISTS).peer_field(peer) == ""


def test_a_peer_field_makes_a_remedy_possible() -> None:
    policies, dummy = parse_policies([{"peer": "sg-a"}])
    (violation,) = check(policies, Situation(LISTS, peer_field=lambda _peer: "security_group_id")).failures
    assert violation["remedy"]["rule"]["security_group_id"] == "sg-a"


def test_where_no_rule_can_be_inserted_there_is_no_remedy() -> None:
    policies, dummy = parse_policies([{"peer": "sg-a"}])
    situation = Situation(LISTS, peer_field=lambda _peer: "security_group_id", remedies=False)
    (violation,) = check(policies, situation).failures
    assert violation["remedy"] is None


def test_a_rule_that_cannot_be_written_is_no_remedy() -> None:
    policies, dummy = parse_policies([{"peer": "10.0.0.0/8"}])
    lists = {"ingress": ListPair(RuleList("ingress", [TrafficRule("accept")]), RuleList("ingress", []))}
    written = {"action": "accept", "protocol": "all", "port": "all", "cidr": "10.0.0.0/8"}
    (possible,) = check(policies, Situation(lists, is_writable=lambda fields: fields == written)).failures
    (impossible,) = check(policies, Situation(lists, is_writable=lambda fields: fields != written)).failures
    assert (possible["remedy"]["rule"], impossible["remedy"]) == (written, None)


@pytest.mark.parametrize(("self_id", "change"), [("sg-a", "worse"), ("sg-b", "maybe_worse")])
def test_self_is_the_group_that_the_situation_names(self_id: str, change: str) -> None:
    """Members of another group may also be in this one."""
    policies, dummy = parse_policies([{"peer": "self"}])
    (violation,) = check(policies, Situation(LISTS, self_id=self_id)).failures
    assert violation["change"] == change


def test_a_direction_without_lists_is_not_judged() -> None:
    policies, dummy = parse_policies([{"direction": "egress", "peer": "sg-a"}])
    checked = check(policies, Situation(LISTS))
    assert (checked.checked, checked.failures, checked.warnings) == (["protect[0]"], [], [])
