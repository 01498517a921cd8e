# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine agrees with brute force for random pairs of rule lists."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.difference import opened_rules
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.impact import impact
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair
from tests.oracle import oracle, random_rules
from tests.oracle.cases import batches, members_of, names, pairs


@batches
def test_entries_are_exactly_the_traffic_that_changes(batch: int) -> None:
    for choose, _peers, (before, after) in pairs(batch, "difference"):
        default = choose.random() < 0.3
        direction = choose.choice(("ingress", "egress"))
        lists = ListPair(RuleList(direction, before, default), RuleList(direction, after, default))
        known = random_rules.some_members(choose)
        change = Change(before, after, default, known)
        judge_impact(impact([lists], members_of(known)), change)
        opened = {old for (was, old), (now, dummy) in change.deciders().values() if now and not was}
        assert opened_rules(*lists.compiled(members_of(known))) == opened - {None}, change


class Change(NamedTuple):
    before: list[TrafficRule]
    after: list[TrafficRule]
    default: bool
    known: oracle.Known

    def deciders(self) -> dict[oracle.Packet, tuple[tuple[bool, int | None], tuple[bool, int | None]]]:
        """The verdict and the deciding rule of every packet, before and after."""
        return {
            packet: (
                oracle.decide(self.before, self.default, packet, self.known),
                oracle.decide(self.after, self.default, packet, self.known),
            )
            for packet in oracle.packets(names(self.before, self.after, known=self.known))
        }


def judge_impact(result: dict[str, Any], change: Change) -> None:
    opened, closed, causes = set(), set(), {}
    for packet, ((old, was), (new, now)) in change.deciders().items():
        causes[packet] = was, now
        if new and not old:
            opened.add(packet)
        elif old and not new:
            closed.add(packet)
    for key, truth in (("newly_allowed", opened), ("newly_denied", closed)):
        told = set()
        for entry in result[key]:
            assert not named(entry) & set(change.known), entry  # entries contain the known members instead of the ID
            fitting = {packet for packet in causes if oracle.fits_entry(entry, packet)}
            told |= fitting
            judge_causes(entry, fitting, causes)
        assert told == truth, (key, change, sorted(told ^ truth)[:3])
        assert bool(truth) == bool(result[key])
    assert result["complete"]
    assert result["total"] == {key: len(result[key]) for key in ("newly_allowed", "newly_denied")}
    words = {(False, False): "none", (True, False): "opens", (False, True): "closes", (True, True): "opens_and_closes"}
    assert result["effect"] == words[bool(opened), bool(closed)]


def named(entry: dict[str, Any]) -> set[str]:
    """Every text in an entry and its exceptions."""
    items = [entry, *entry.get("except", [])]
    return {
        text
        for item in items
        for value in item.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    }


def judge_causes(entry: dict[str, Any], fitting: set[oracle.Packet], causes: dict[oracle.Packet, Any]) -> None:
    """Given exactly the memberships of an entry, ``because`` lists all deciding rules and no other."""
    world = set(entry.get("also", []))
    world |= {entry["service_template"]} if "service_template" in entry else set()
    if not oracle.is_network(entry["peer"]) or oracle.has_host_bits(entry["peer"]):
        world.add(entry["peer"])
    deciding = [causes[packet] for packet in fitting if packet.belongs == world]
    assert {was for was, dummy in deciding} <= set(entry["because"]["before"]), entry
    assert {now for dummy, now in deciding} <= set(entry["because"]["after"]), entry
