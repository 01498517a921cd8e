# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.cover import cover
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.difference import CompiledList, changes
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.entries import line, position_of
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    RuleList,
    TrafficRule,
    compile_rules,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.sentences import Line

SSH = TrafficRule("accept", "tcp", "22")


def lines(before: list[TrafficRule], after: list[TrafficRule], direction: str = "ingress") -> list[Line]:
    """The lines of all changes, with a line for each box."""
    old, new = (RuleList(direction, rules) for rules in (before, after))
    found = []
    for change in changes(*(CompiledList(compile_rules(rules), False) for rules in (before, after))):
        exceptions = dict.fromkeys(change.unless, -1)
        for box in cover(change.grid, change.cells, change.may_cover):
            found.append(line(change, old, new, box, exceptions))
    return found


def entry(rule: TrafficRule, *above: TrafficRule) -> dict[str, Any]:
    """The only entry of a rule that is added below others, without ``because``."""
    (found,) = lines([*above], [*above, rule])
    (only,) = found.entries
    return {name: value for name, value in only.items() if name not in ("direction", "because")}


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        (SSH, {"protocol": "tcp", "port": "22", "peer": "0.0.0.0/0"}),
        (TrafficRule("accept", peer="10.0.0.0/8"), {"protocol": "all", "port": "all", "peer": "10.0.0.0/8"}),
        (TrafficRule("accept", "icmp"), {"protocol": "icmp", "port": "all", "peer": "0.0.0.0/0"}),
        (TrafficRule("accept", "tcp", "22", "sg-a"), {"protocol": "tcp", "port": "22", "peer": "sg-a"}),
        (TrafficRule("accept", "icmp", peer="sg-a"), {"protocol": "icmp", "port": "all", "peer": "sg-a"}),
        (
            TrafficRule("accept", service_template="ppm-x"),
            {"protocol": "all", "port": "all", "peer": "0.0.0.0/0", "service_template": "ppm-x"},
        ),
        (
            TrafficRule("accept", "tcp", "22", "10.0.0.1/8"),
            {"protocol": "tcp", "port": "22", "peer": "10.0.0.0/8", "also": ["10.0.0.1/8"]},
        ),
    ],
)
def test_the_entry_of_a_rule(rule: TrafficRule, fields: dict[str, Any]) -> None:
    assert entry(rule) == fields


@pytest.mark.parametrize(
    ("above", "exceptions"),
    [
        (TrafficRule("drop", peer="10.0.0.0/8"), [{"peer": "10.0.0.0/8"}]),
        (TrafficRule("drop", peer="sg-a"), [{"peer": "sg-a"}]),
        (TrafficRule("drop", service_template="ppm-x"), [{"service_template": "ppm-x"}]),
    ],
)
def test_an_entry_names_its_exceptions(above: TrafficRule, exceptions: list[dict[str, str]]) -> None:
    assert entry(SSH, above)["except"] == exceptions


def test_an_exception_for_some_services_names_them() -> None:
    above = TrafficRule("drop", "tcp", "25")
    assert entry(TrafficRule("accept"), above)["except"] == [{"protocol": "tcp", "port": "25"}]


def test_an_entry_names_the_rules_that_decide_before_and_after() -> None:
    drop = TrafficRule("drop", "udp", position="sgr-drop")
    (found,) = lines([drop, SSH], [drop])
    assert found.entries[0]["because"] == {"before": [1], "after": [None]}
    (found,) = lines([SSH, drop], [SSH, TrafficRule("accept", "udp", position="sgr-new")])
    assert found.entries[0]["because"] == {"before": ["sgr-drop"], "after": ["sgr-new"]}


def test_services_that_need_several_words_have_an_entry_each() -> None:
    (found,) = lines([], [TrafficRule("accept", "tcp", "22"), TrafficRule("accept", "icmp")])
    assert [item["protocol"] for item in found.entries] == ["tcp", "icmp"]
    assert found.text.startswith("ingress tcp 22, icmp from any IPv4 address")


def test_a_wider_line_weighs_more_and_a_group_little() -> None:
    peers = ["0.0.0.0/0", "10.0.0.0/8", "sg-a"]
    weights = [lines([], [TrafficRule("accept", "tcp", "22", peer)])[0].weight for peer in peers]
    assert weights == sorted(set(weights), reverse=True)


def test_a_group_weighs_little_even_within_a_wide_network() -> None:
    office = TrafficRule("accept", "tcp", "22", "10.0.0.0/8")
    (found,) = lines([office], [office, TrafficRule("accept", "tcp", "22", "sg-a")])
    (narrow,) = lines([], [TrafficRule("accept", "tcp", "22", "10.0.0.0/16")])
    assert found.weight < narrow.weight


@pytest.mark.parametrize(("position", "shown"), [(None, 1), (7, 7), (0, 0), ("sgr-web", "sgr-web")])
def test_a_rule_is_called_by_its_own_position_or_by_its_index(position: int | str | None, shown: int | str) -> None:
    assert position_of(RuleList("ingress", [SSH, SSH._replace(position=position)]), 1) == shown


def test_a_hole_of_a_box_is_an_exception_with_its_services_and_addresses() -> None:
    above, rule = TrafficRule("drop", "tcp", "22", "10.0.0.0/8"), TrafficRule("accept", peer="0.0.0.0/0")
    assert entry(rule, above)["except"] == [{"protocol": "tcp", "port": "22", "peer": "10.0.0.0/8"}]
