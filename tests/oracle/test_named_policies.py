# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The named policies of ``forbid`` compared with brute force: state, change, example, deciding rules and remedy."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic import grid
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.flows import parse_policies
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.policies import check
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair, Situation
from tests.oracle import world
from tests.oracle.cases import BATCH, PAIRS, batches, members_of
from tests.oracle.oracle import Known

MEMORY = grid.CELLS_IN_MEMORY


class Spot(NamedTuple):
    """The fate of a port from one block before and after, in each world: whether it is allowed, and by which rule."""

    before: tuple[tuple[bool, int | None], ...]
    after: tuple[tuple[bool, int | None], ...]

    def may(self, side: int) -> bool:
        return any(allowed for allowed, dummy in self[side])

    def must(self, side: int) -> bool:
        return all(allowed for allowed, dummy in self[side])

    def worse(self) -> list[bool]:
        return [new and not old for (old, dummy), (new, dummy) in zip(self.before, self.after, strict=True)]


class Case(NamedTuple):
    preset: str
    before: list[TrafficRule]
    after: list[TrafficRule]
    default: bool
    known: Known

    def spots(self) -> dict[tuple[world.Ports, world.Block], Spot]:
        return {
            (port, block): Spot(*(self.verdicts(rules, port, block) for rules in (self.before, self.after)))
            for port in world.ports_of(self.preset)
            for block in world.BLOCKS
            if block.public and world.exists(port, block)
        }

    def verdicts(
        self, rules: list[TrafficRule], port: world.Ports, block: world.Block
    ) -> tuple[tuple[bool, int | None], ...]:
        """With the packet in the service template, and outside it."""
        return tuple(world.decide(rules, self.default, port, block, self.known, inside) for inside in (False, True))

    def truth(self) -> Truth:
        spots = self.spots()
        ports = {port for port, dummy in spots}
        sure, possible = (
            world.affected(self.preset, {port for port in ports if reached(port, spots, certain)})
            for certain in (True, False)
        )
        change = "not_worse"
        if any(any(spot.worse()) for (port, dummy), spot in spots.items() if port in possible):
            certain = any(all(spot.worse()) for (port, dummy), spot in spots.items() if port in sure)
            change = "worse" if certain else "maybe_worse"
        return Truth("allowed" if sure else "depends" if possible else "denied", change, possible, spots)


class Truth(NamedTuple):
    """State and change of the policy, and the ports that violate it, certainly or possibly."""

    state: str
    change: str
    ports: set[world.Ports]
    spots: Mapping[tuple[world.Ports, world.Block], Spot]


def reached(port: world.Ports, spots: Mapping[tuple[world.Ports, world.Block], Spot], certain: bool) -> bool:
    """Whether the world reaches a port after the change."""
    public = {4: 0, 6: 0}
    for (other, block), spot in spots.items():
        if other == port and (spot.must(1) if certain else spot.may(1)):
            public[block.version] += block.public
    return any(public[version] >= limit for version, limit in world.LIMITS.items())


def violations(case: Case) -> list[dict[str, Any]]:
    policies, mistakes = parse_policies(None, [case.preset])
    assert not mistakes
    lists = ListPair(RuleList("ingress", case.before, case.default), RuleList("ingress", case.after, case.default))
    checked = check(policies, Situation({"ingress": lists}, members_of(case.known), peer_field=lambda _peer: ""))
    assert all(violation["change"] == "not_worse" for violation in checked.warnings)
    assert all(violation["change"] != "not_worse" for violation in checked.failures)
    return checked.failures + checked.warnings


@batches
def test_named_policies(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every fourth case, each row is a grid of its own, as with more rules than fit in memory."""
    for number in range(batch * BATCH, min(PAIRS, (batch + 1) * BATCH)):
        monkeypatch.setattr(grid, "CELLS_IN_MEMORY", 1 if number % 4 == 0 else MEMORY)
        choose = random.Random(f"named {number}")
        before, after = world.pair(choose)
        preset = choose.choice(list(world.PRESETS))
        case = Case(preset, before, after, choose.random() < 0.15, world.some_members(choose))
        truth, found = case.truth(), violations(case)
        if truth.state == "denied":
            assert not found, case
            continue
        (violation,) = found
        assert (violation["state"], violation["change"]) == (truth.state, truth.change), case
        assert bool(violation["depends_on"]) == ("depend" in truth.state or truth.change == "maybe_worse"), case
        assert not set(violation["depends_on"]) & set(case.known), case
        judge_example(case, truth, violation)
        judge_remedy(case, violation)


def judge_example(case: Case, truth: Truth, violation: Mapping[str, Any]) -> None:
    """A port that violates the policy, from a public address.

    In some world, these rules decide, and the result is a violation.
    """
    example = violation["example"]
    address = ipaddress.ip_address(example["peer"])
    number = 0 if example["port"] == "all" else int(example["port"])
    (port,) = [
        port for port in world.PORTS if port.protocol == example["protocol"] and port.first <= number <= port.last
    ]
    (block,) = [
        block for block in world.BLOCKS if block.version == address.version and block.first <= int(address) < block.end
    ]
    assert port in truth.ports, (case, violation)
    spot = truth.spots[port, block]
    wrong = spot.worse() if violation["change"] != "not_worse" else [allowed for allowed, dummy in spot.after]
    deciding = {
        (was, now)
        for (dummy, was), (dummy, now), is_wrong in zip(spot.before, spot.after, wrong, strict=True)
        if is_wrong
    }
    assert (violation["before"], violation["after"]) in deciding, (case, violation)


def judge_remedy(case: Case, violation: Mapping[str, Any]) -> None:
    """With the remedy the policy holds."""
    remedy = violation["remedy"]
    if remedy is None:
        return
    fields = remedy["rule"]
    mended = list(case.after)
    peer = fields.get("cidr") or fields["ipv6_cidr"]
    mended.insert(remedy["position"], TrafficRule(fields["action"], fields["protocol"], fields["port"], peer))
    assert case._replace(after=mended).truth()[:2] == ("denied", "not_worse"), (case, violation)


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        (["50.0.0.0/7"], "allowed"),
        (["50.0.0.0/8", "51.0.0.0/8"], "allowed"),
        (["50.0.0.0/8", "60.0.0.0/9"], "denied"),
        (["50.0.0.0/8", "60.0.0.0/9", "60.128.0.0/9"], "allowed"),
        (["50.0.0.0/8", "172.0.0.0/8"], "denied"),
        (["2400::/32", "2600::/32"], "allowed"),
        (["2400::/32", "2a00::/33"], "denied"),
        (["10.0.0.0/8", "100.64.0.0/10", "fc00::/7"], "denied"),
    ],
)
def test_the_judge_knows_the_world(rules: list[str], state: str) -> None:
    """The limits of the judge itself, without the engine."""
    after = [TrafficRule("accept", "tcp", "22", peer) for peer in rules]
    case = Case("world_open_admin_ports", [], after, False, {})
    assert case.truth().state == state
    one_less = case._replace(after=[TrafficRule("drop", "tcp", "22", "50.1.2.3"), *after])
    assert one_less.truth().state == ("denied" if "50.0.0.0/7" in rules or "50.0.0.0/8" in rules else state)
