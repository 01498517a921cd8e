# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.flows import parse_policies
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.policies import Checked, check
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    RuleList,
    TrafficRule,
    parse_members,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import ListPair, Situation

Rules = list[TrafficRule]
SSH = TrafficRule("accept", "tcp", "22")
SSH_V6 = TrafficRule("accept", "tcp", "22", "::/0")
ALL = TrafficRule("accept")
ADMIN, DATABASES, ANY_ANY = "world_open_admin_ports", "world_open_databases", "any_any"
WAY_IN = {"name": "our way in", "protocol": "tcp", "port": 22, "peer": "203.0.113.7"}


def checked(
    before: Rules,
    after: Rules,
    protect: list[Any] | None = None,
    forbid: list[Any] | None = None,
    override: dict[str, Any] | None = None,
    members: dict[str, Any] | None = None,
) -> Checked:
    policies, mistakes = parse_policies(protect, forbid, override)
    assert not mistakes
    lists = {"ingress": ListPair(RuleList("ingress", before), RuleList("ingress", after))}
    known, wrong = parse_members(members or {})
    assert not wrong
    fields = {"sg": "security_group_id", "ipm": "address_template"}
    return check(policies, Situation(lists, known, "sg-own", lambda peer: fields[peer.partition("-")[0]]))


def test_a_lockout() -> None:
    result = checked([TrafficRule("drop", "udp"), SSH], [TrafficRule("drop", "udp")], [WAY_IN])
    assert result.failures == [
        {
            "policy": "our way in",
            "kind": "protect",
            "state": "denied",
            "change": "worse",
            "before": 1,
            "after": None,
            "depends_on": [],
            "example": {"direction": "ingress", "protocol": "tcp", "port": "22", "peer": "203.0.113.7"},
            "remedy": {
                "direction": "ingress",
                "position": 1,
                "rule": {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "203.0.113.7"},
            },
            "message": '"our way in" (protect) needs ingress tcp 22 from 203.0.113.7, which ingress[1] allows and no '
            "rule would allow any more. Insert {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.7} at "
            "ingress[1].",
        }
    ]


@pytest.mark.parametrize(
    ("before", "after", "protect", "words"),
    [
        ([SSH], [TrafficRule("drop", "tcp"), SSH], WAY_IN, "which ingress[0] allows and ingress[0] would deny."),
        (
            [SSH],
            [TrafficRule("drop", peer="ipm-block"), SSH],
            WAY_IN,
            "which would depend on what ipm-block contains, because of ingress[0].",
        ),
        ([], [], WAY_IN, "which no rule allows, as before."),
        ([TrafficRule("drop")], [TrafficRule("drop")], WAY_IN, "which ingress[0] denies, as before."),
        (
            [TrafficRule("accept", peer="sg-own")],
            [],
            {"name": "inside", "peer": "self"},
            "from members of this group, which ingress[0] allows and no rule would allow any more.",
        ),
    ],
)
def test_protect_messages(before: Rules, after: Rules, protect: dict[str, Any], words: str) -> None:
    result = checked(before, after, [protect])
    ((message),) = [item["message"] for item in result.failures + result.warnings]
    assert words in message


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (
            [TrafficRule("drop", "tcp")],
            "Insert {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.7} at ingress[0].",
        ),
        (
            [TrafficRule("drop", "tcp"), TrafficRule("accept", "tcp", "22", "203.0.113.7")],
            "Move {action: accept, protocol: tcp, port: 22, cidr: 203.0.113.7} to ingress[0].",
        ),
    ],
)
def test_a_rule_that_is_too_low_is_moved(after: Rules, words: str) -> None:
    """The module refuses the same rule twice, so that the advice to insert it could not be followed."""
    (violation,) = checked([SSH], after, [WAY_IN]).failures
    assert violation["message"].endswith(words)
    assert violation["remedy"]["position"] == 0


@pytest.mark.parametrize(
    ("peer", "ids"),
    [("self", ["sg-own"]), ("sg-own", ["sg-own"]), ("sg-peer", ["sg-peer"]), ("10.0.0.1", ["ipm-block"])],
)
def test_what_a_verdict_depends_on_is_named_by_id(peer: str, ids: list[str]) -> None:
    """Which addresses the members of a group have, or what a template contains."""
    before = [TrafficRule("accept", peer=peer if peer[0].isdigit() else {"self": "sg-own"}.get(peer, peer))]
    above = TrafficRule("drop", peer="ipm-block" if peer[0].isdigit() else "10.0.0.0/8")
    (violation,) = checked(before, [above, *before], [{"name": "inside", "peer": peer}]).failures
    assert (violation["change"], violation["depends_on"]) == ("maybe_worse", ids)
    assert f"what {ids[0]} contains" in violation["message"]


def test_forbid_message_and_remedy() -> None:
    result = checked([], [ALL, SSH], forbid=[ADMIN])
    (violation,) = result.failures
    assert violation["message"].startswith(
        '"world_open_admin_ports" (forbid): ingress[0] would open tcp 22 to the world.'
    )
    assert violation["remedy"] is None  # TCP and UDP ports: no single rule names both


def test_a_remedy_for_a_preset() -> None:
    (violation,) = checked([], [SSH], forbid=[ADMIN]).failures
    assert violation["remedy"] == {
        "direction": "ingress",
        "position": 0,
        "rule": {"action": "drop", "protocol": "tcp", "port": "22", "cidr": "0.0.0.0/0"},
    }


@pytest.mark.parametrize(
    ("policy", "service"),
    [
        (ADMIN, ("tcp", "22")),
        (DATABASES, ("tcp", "1433")),
        (ANY_ANY, ("tcp", "1")),
        ({"protocol": "tcp", "port": "8000-8010"}, ("tcp", "8000")),
        ({"protocol": "udp"}, ("udp", "1")),
        ({"protocol": "udp", "port": 0}, ("udp", "0")),
        ({"protocol": "icmp"}, ("icmp", "all")),
    ],
)
def test_an_example_has_the_first_port_that_a_reader_knows(policy: Any, service: tuple[str, str]) -> None:
    """A packet to port 0 is only an example if the policy is about port 0."""
    (violation,) = checked([], [ALL], forbid=[policy]).failures
    assert (violation["example"]["protocol"], violation["example"]["port"]) == service


def test_what_is_excepted_stays_allowed_beside_a_remedy() -> None:
    office = TrafficRule("accept", "tcp", "22", "203.0.113.0/24")
    flow = {"protocol": "tcp", "port": 22, "peer": "0.0.0.0/0", "except": "203.0.113.0/24"}
    assert checked([], [office, SSH], forbid=[flow]).failures[0]["remedy"]["position"] == 1
    assert checked([], [SSH], forbid=[flow]).failures[0]["remedy"] is None


@pytest.mark.parametrize(
    ("rules", "preset", "outcome"),
    [
        ([SSH], ADMIN, "worse"),
        ([SSH_V6], ADMIN, "worse"),
        (
            [TrafficRule("accept", "tcp", "22", "0.0.0.0/1"), TrafficRule("accept", "tcp", "22", "128.0.0.0/1")],
            ADMIN,
            "worse",
        ),
        ([TrafficRule("drop", peer="8.0.0.0/8"), SSH], ADMIN, "worse"),
        ([TrafficRule("drop", peer="ipm-block"), SSH], ADMIN, "worse"),
        ([TrafficRule("accept", "all", "all")], ADMIN, "worse"),
        ([TrafficRule("accept", "tcp", "20-25")], ADMIN, "worse"),
        ([TrafficRule("accept", "gre")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "80,443")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "22", "sg-a")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "22", "ipm-office")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "22", "10.0.0.0/8")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "22", "fc00::/7")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "22", "16.0.0.0/8")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "22", "16.0.0.0/7")], ADMIN, "worse"),
        ([TrafficRule("accept", "tcp", "22", f"{first}.0.0.0/8") for first in (16, 18)], ADMIN, "worse"),
        ([TrafficRule("accept", "tcp", "22", "2400::/32")], ADMIN, None),
        ([TrafficRule("accept", "tcp", "22", "2400::/31")], ADMIN, "worse"),
        ([TrafficRule("drop", "tcp", "22"), ALL], ADMIN, "worse"),
        ([TrafficRule("drop", "tcp"), TrafficRule("drop", "udp"), ALL], ADMIN, None),
        ([TrafficRule("accept", service_template="ppm-x")], ADMIN, "maybe_worse"),
        ([TrafficRule("accept", "tcp", "3306")], DATABASES, "worse"),
        ([TrafficRule("accept", "udp", "11211")], DATABASES, "worse"),
        ([TrafficRule("accept", "tcp", "27018")], DATABASES, "worse"),
        ([ALL], ANY_ANY, "worse"),
        ([TrafficRule("drop", "tcp", "22"), ALL], ANY_ANY, "worse"),
        ([TrafficRule("drop", "tcp"), TrafficRule("drop", "udp"), ALL], ANY_ANY, "worse"),
        ([TrafficRule("accept", "tcp", "1-65535")], ANY_ANY, "worse"),
        ([TrafficRule("accept", "udp", "0-32768")], ANY_ANY, "worse"),
        ([TrafficRule("accept", "udp", "0-32767")], ANY_ANY, None),
        ([TrafficRule("accept", "tcp", "0-30000"), TrafficRule("accept", "udp", "0-30000")], ANY_ANY, None),
    ],
)
def test_presets(rules: Rules, preset: str, outcome: str | None) -> None:
    assert [violation["change"] for violation in checked([], rules, forbid=[preset]).failures] == (
        [outcome] if outcome else []
    )


def test_known_members_make_a_template_the_world() -> None:
    rule = TrafficRule("accept", "tcp", "22", "ipm-a")
    assert checked([], [rule], forbid=[ADMIN], members={"ipm-a": ["0.0.0.0/0"]}).failures
    template = TrafficRule("accept", service_template="ppm-x")
    assert not checked([], [template], forbid=[ADMIN], members={"ppm-x": ["tcp:443"]}).failures


def test_more_of_the_world_is_worse_and_no_more_is_a_warning() -> None:
    half = TrafficRule("accept", "tcp", "22", "0.0.0.0/1")
    assert checked([half], [SSH], forbid=[ADMIN]).failures[0]["change"] == "worse"
    assert checked([SSH], [half], forbid=[ADMIN]).warnings[0]["change"] == "not_worse"
    assert checked([half], [SSH], forbid=[ADMIN]).failures[0]["example"]["peer"] not in ("", "1.0.0.1")


def test_override() -> None:
    override = {"reason": "ticket 7", "policies": [ADMIN]}
    result = checked([SSH], [TrafficRule("accept", "tcp", "22-3306")], [WAY_IN], [ADMIN, DATABASES], override)
    assert [item["policy"] for item in result.failures] == [DATABASES]
    assert result.overridden == [ADMIN]
    assert result.checked == ["our way in", ADMIN, DATABASES]


def test_override_of_all() -> None:
    result = checked([SSH], [], [WAY_IN], override={"reason": "moving out"})
    assert (result.failures, result.overridden, len(result.warnings)) == ([], ["our way in"], 1)


def test_a_flow_without_any_packet_is_fine() -> None:
    result = checked([SSH], [], [{"peer": "sg-a", "except": "sg-a"}, {"peer": "10.0.0.1", "except": "10.0.0.0/8"}])
    assert result.failures + result.warnings == []
