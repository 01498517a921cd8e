# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.difference import CompiledList
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.flows import (
    FORBID,
    PROTECT,
    Flow,
    Policy,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.judgement import (
    BAD,
    DEPENDS,
    FINE,
    MAYBE_WORSE,
    NOT_WORSE,
    PUBLIC,
    WORSE,
    Judgement,
    flow_parts,
    judge,
    peer_ranges,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import (
    ANY_ADDRESS,
    Ranges,
    parse_network,
    parse_services,
    without,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    ADDRESS,
    NO_MEMBERS,
    Members,
    Symbol,
    TrafficRule,
    compile_rules,
)

SSH = TrafficRule("accept", "tcp", "22")
DROP = TrafficRule("drop", "tcp", "22")
GROUP = SSH._replace(peer="sg-a")
WAY_IN = Flow("way in", "ingress", "tcp", "22", ("192.0.2.1",))
Rules = list[TrafficRule]


def judged(kind: str, before: Rules, after: Rules, flow: Flow = WAY_IN) -> Judgement:
    old, new = (CompiledList(compile_rules(rules), False) for rules in (before, after))
    return judge(Policy(kind, flow), old, new, NO_MEMBERS, "sg-own")


def addresses(*networks: str) -> Ranges:
    found = [parse_network(text) for text in networks]
    return tuple(network[0] for network in found if network)


@pytest.mark.parametrize(
    ("before", "after", "state", "change"),
    [
        ([SSH], [SSH], FINE, NOT_WORSE),
        ([], [SSH], FINE, NOT_WORSE),
        ([SSH], [], BAD, WORSE),
        ([], [], BAD, NOT_WORSE),
        ([SSH], [GROUP], DEPENDS, MAYBE_WORSE),
        ([GROUP], [GROUP], DEPENDS, NOT_WORSE),
        ([GROUP], [], BAD, MAYBE_WORSE),
        ([SSH], [GROUP, SSH], FINE, NOT_WORSE),
    ],
)
def test_what_is_protected(before: Rules, after: Rules, state: str, change: str) -> None:
    judgement = judged(PROTECT, before, after)
    assert (judgement.state, judgement.change) == (state, change)


@pytest.mark.parametrize(
    ("before", "after", "state", "change"),
    [
        ([], [], FINE, NOT_WORSE),
        ([], [SSH], BAD, WORSE),
        ([SSH], [], FINE, NOT_WORSE),
        ([SSH], [SSH], BAD, NOT_WORSE),
        ([], [GROUP], DEPENDS, MAYBE_WORSE),
        ([GROUP], [SSH], BAD, MAYBE_WORSE),
        ([DROP, SSH], [SSH, DROP], BAD, WORSE),
    ],
)
def test_what_is_forbidden(before: Rules, after: Rules, state: str, change: str) -> None:
    judgement = judged(FORBID, before, after)
    assert (judgement.state, judgement.change) == (state, change)


@pytest.mark.parametrize("kind", [PROTECT, FORBID])
def test_there_is_a_spot_for_an_example_unless_all_is_fine(kind: str) -> None:
    rules: Rules = [SSH] if kind == FORBID else []
    other: Rules = [] if kind == FORBID else [SSH]
    spot = judged(kind, other, rules).spot
    assert spot
    assert spot.cells & spot.view.cells
    assert judged(kind, rules, other).spot is None


def test_the_worst_part_decides() -> None:
    flow = WAY_IN._replace(peers=("192.0.2.1", "sg-a"))
    everyone = SSH._replace(peer="")
    judgement = judged(PROTECT, [everyone], [DROP._replace(peer="sg-a"), everyone], flow)
    assert (judgement.state, judgement.change) == (BAD, WORSE)
    assert judgement.spot
    assert judgement.spot.part.peer == "sg-a"


def test_what_depends_on_the_addresses_of_members_is_not_certain() -> None:
    everyone, network = SSH._replace(peer=""), DROP._replace(peer="10.0.0.0/8")
    judgement = judged(PROTECT, [everyone], [network, everyone], WAY_IN._replace(peers=("sg-a",)))
    assert (judgement.state, judgement.change) == (DEPENDS, MAYBE_WORSE)


def test_a_preset_is_about_its_services_from_the_world() -> None:
    everything = TrafficRule("accept")
    old, new = (CompiledList(compile_rules(rules), False) for rules in ([], [everything]))
    judgement = judge(Policy(FORBID, Flow("world_open_databases"), True), old, new, NO_MEMBERS, "sg-own")
    assert (judgement.state, judgement.change) == (BAD, WORSE)
    redis, ssh = parse_services("tcp", "6379"), parse_services("tcp", "22")
    assert redis
    assert ssh
    assert without(redis, judgement.services) == ()
    assert without(ssh, judgement.services) == ssh


@pytest.mark.parametrize(
    "network", ["10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/10", "169.254.169.254", "fd00::/8", "fe80::1"]
)
def test_private_networks_are_not_the_world(network: str) -> None:
    private = addresses(network)
    assert without(private, PUBLIC) == private


@pytest.mark.parametrize("network", ["8.8.8.8", "9.0.0.0/8", "172.32.0.0/16", "2400::/32"])
def test_public_networks_are_the_world(network: str) -> None:
    assert without(addresses(network), PUBLIC) == ()


def test_the_networks_of_a_flow_are_one_part_and_each_group_is_another() -> None:
    flow = Flow("x", peers=("10.0.0.0/8", "sg-a", "192.0.2.0/24", "self"))
    whole, group, own = flow_parts(flow, NO_MEMBERS, "sg-own")
    assert whole.region.addresses == addresses("10.0.0.0/8", "192.0.2.0/24")
    assert (whole.peer, group.peer, own.peer) == ("", "sg-a", "self")
    assert group.region.inside == {Symbol(ADDRESS, "sg-a")}
    assert own.region.inside == {Symbol(ADDRESS, "sg-own")}


@pytest.mark.parametrize(
    ("flow", "ranges", "outside"),
    [
        (Flow("x"), ANY_ADDRESS, set()),
        (Flow("x", peers=("10.0.0.0/8",), excepts=("10.128.0.0/9",)), addresses("10.0.0.0/9"), set()),
        (Flow("x", peers=("10.0.0.0/8",), excepts=("sg-a",)), addresses("10.0.0.0/8"), {Symbol(ADDRESS, "sg-a")}),
    ],
)
def test_a_flow_does_not_contain_its_exceptions(flow: Flow, ranges: Ranges, outside: set[Symbol]) -> None:
    (part,) = flow_parts(flow, NO_MEMBERS, "sg-own")
    assert (part.region.addresses, set(part.region.outside)) == (ranges, outside)


@pytest.mark.parametrize(
    "flow", [Flow("x", peers=("sg-a",), excepts=("sg-a",)), Flow("x", peers=("10.0.0.1",), excepts=("10.0.0.0/8",))]
)
def test_a_flow_that_excepts_everything_has_no_parts_and_is_fine(flow: Flow) -> None:
    assert flow_parts(flow, NO_MEMBERS, "sg-own") == []
    assert judged(PROTECT, [SSH], [], flow) == Judgement(FINE, NOT_WORSE)


@pytest.mark.parametrize(
    ("peer", "ranges", "certain"),
    [
        ("10.0.0.0/8", addresses("10.0.0.0/8"), True),
        ("sg-a", ANY_ADDRESS, False),
        ("sg-known", addresses("10.0.0.1"), True),
        ("self", addresses("10.0.0.2"), True),
    ],
)
def test_the_addresses_of_a_peer_are_certain_if_its_members_are_known(peer: str, ranges: Ranges, certain: bool) -> None:
    members = Members({"sg-known": addresses("10.0.0.1"), "sg-own": addresses("10.0.0.2")}, {})
    symbols: set[Symbol] = set()
    assert peer_ranges(peer, members, "sg-own", symbols) == (ranges, certain)
    assert bool(symbols) is not certain
