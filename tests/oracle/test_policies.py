# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies compared with brute force: state, change, example, deciding rules and remedy of random flows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.flows import parse_policies
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.policies import check
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import RuleList, TrafficRule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair, Situation
from tests.oracle import oracle, random_rules
from tests.oracle.cases import batches, members_of, names, pairs

RANK = ("fine", "depends", "bad")
CHANGES = ("not_worse", "maybe_worse", "worse")


def listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def peers_of(flow: Mapping[str, Any]) -> list[str | None]:
    """The peers of a flow; None for any address."""
    return [*listed(flow.get("peer"))] or [None]


class Case(NamedTuple):
    kind: str
    flow: Mapping[str, Any]
    before: list[TrafficRule]
    after: list[TrafficRule]
    default: bool
    known: oracle.Known

    def decide(self, rules: list[TrafficRule], packet: oracle.Packet) -> tuple[bool, int | None]:
        return oracle.decide(rules, self.default, packet, self.known)

    def bad(self, rules: list[TrafficRule], packet: oracle.Packet) -> bool:
        return self.decide(rules, packet)[0] == (self.kind == "forbid")

    def is_definite(self, peer: str) -> bool:
        """Whether the addresses of a peer are known."""
        return oracle.is_network(peer) or peer in self.known

    def universe(self) -> list[oracle.Packet]:
        peers = (*listed(self.flow.get("peer")), *listed(self.flow.get("except")))
        groups = {peer for peer in peers if not self.is_definite(peer)}
        return oracle.packets(names(self.before, self.after, known=self.known) | groups)

    def fits(self, packet: oracle.Packet, peer: str | None) -> bool:
        def has(one: str) -> bool:
            return oracle.in_peer(one, packet.address, self.known) if self.is_definite(one) else one in packet.belongs

        return (
            oracle.fits_service(self.flow["protocol"], self.flow.get("port", "all"), packet)
            and (peer is None or has(peer))
            and not any(has(one) for one in listed(self.flow.get("except")))
        )

    def truth(self) -> tuple[str, str]:
        """State and change of the policy: the worst of all parts."""
        found = [self.judge(peer) for peer in peers_of(self.flow)]
        return max((s for s, dummy in found), key=RANK.index), max((c for dummy, c in found), key=CHANGES.index)

    def judge(self, peer: str | None) -> tuple[str, str]:
        cells = defaultdict(list)
        for packet in self.universe():
            if self.fits(packet, peer):
                cells[packet.address, packet.protocol, packet.port].append(
                    (self.bad(self.before, packet), self.bad(self.after, packet))
                )
        everywhere = peer is not None and not self.is_definite(peer)
        now = {cell: [new for dummy, new in seen] for cell, seen in cells.items()}
        worse = {cell: [new and not old for old, new in seen] for cell, seen in cells.items()}
        return graded(now, everywhere, RANK), graded(worse, everywhere, CHANGES)


def graded(cells: Mapping[tuple[Any, ...], list[bool]], everywhere: bool, words: tuple[str, str, str]) -> str:
    """The first word if no world has a violation, the last if a violation is certain, otherwise the middle one."""
    if not any(any(seen) for seen in cells.values()):
        return words[0]
    by_address: dict[str, bool] = {}
    for (address, *_dummy), seen in cells.items():
        by_address[address] = by_address.get(address, False) or all(seen)
    certain = all(by_address.values()) if everywhere else any(by_address.values())
    return words[2] if certain else words[1]


def peer_field(peer: str) -> str:
    return "security_group_id" if peer.startswith("sg-") else "address_template"


def violations(case: Case) -> Iterable[dict[str, Any]]:
    protect, forbid = ([case.flow] if case.kind == kind else [] for kind in ("protect", "forbid"))
    policies, mistakes = parse_policies(protect, forbid)
    assert not mistakes
    lists = ListPair(RuleList("ingress", case.before, case.default), RuleList("ingress", case.after, case.default))
    checked = check(policies, Situation({"ingress": lists}, members_of(case.known), peer_field=peer_field))
    assert all(violation["change"] == "not_worse" for violation in checked.warnings)
    assert all(violation["change"] != "not_worse" for violation in checked.failures)
    return checked.failures + checked.warnings


@batches
def test_policies(batch: int) -> None:
    for choose, peers, (before, after) in pairs(batch, "policies"):
        kind = choose.choice(("protect", "forbid"))
        flow, default = random_rules.flow(choose, peers), choose.random() < 0.3
        case = Case(kind, flow, before, after, default, random_rules.some_members(choose))
        state, change = case.truth()
        found = list(violations(case))
        if state == "fine":
            assert not found, case
            continue
        (violation,) = found
        words = {"depends": "depends", "bad": "denied" if kind == "protect" else "allowed"}
        assert (violation["state"], violation["change"]) == (words[state], change), case
        assert bool(violation["depends_on"]) == (state == "depends" or change == "maybe_worse"), case
        assert not set(violation["depends_on"]) & set(case.known), case
        judge_example(case, violation)
        judge_remedy(case, violation)


def judge_example(case: Case, violation: Mapping[str, Any]) -> None:
    """In some world, these rules make the example a violation (a new one, if ``change`` says so)."""
    example = violation["example"]
    peers = peers_of(case.flow)
    service = example["protocol"], oracle.sample_port(example["protocol"], example["port"])
    at = oracle.sample_address(example["peer"]) if oracle.is_network(example["peer"]) else example["peer"]
    seen = set()
    for packet in case.universe():
        if packet[:2] != service or not any(case.fits(packet, peer) for peer in peers):
            continue
        if at not in (packet.address, *packet.belongs):
            continue
        old, new = (case.decide(rules, packet) for rules in (case.before, case.after))
        bad = case.kind == "forbid"
        if new[0] == bad and (violation["change"] == "not_worse" or old[0] != bad):
            seen.add((old[1], new[1]))
    assert (violation["before"], violation["after"]) in seen, (case, violation)


def judge_remedy(case: Case, violation: Mapping[str, Any]) -> None:
    """With the remedy, the policy holds, and all other traffic is treated as without it."""
    remedy = violation["remedy"]
    if remedy is None:
        return
    fields = dict(remedy["rule"])
    peer = next(
        fields[name] for name in ("cidr", "ipv6_cidr", "security_group_id", "address_template") if name in fields
    )
    mended = list(case.after)
    mended.insert(remedy["position"], TrafficRule(fields["action"], fields["protocol"], fields["port"], peer))
    assert case._replace(after=mended).truth() == ("fine", "not_worse"), (case, violation)
    parts = peers_of(case.flow)
    for packet in case.universe():
        if not any(case.fits(packet, part) for part in parts):
            assert case.decide(mended, packet)[0] == case.decide(case.after, packet)[0]
