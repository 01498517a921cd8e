# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.flows import (
    ANY_ANY,
    FORBID,
    PRESETS,
    PROTECT,
    Flow,
    Policies,
    Policy,
    parse_policies,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.numbers import parse_services

ADMIN = "world_open_admin_ports"


def test_every_mistake_at_once() -> None:
    policies, mistakes = parse_policies(
        [
            {"port": 22, "peer": ["10.0.0.1/8", "nonsense"]},
            {"protocol": "sctp", "direction": "up", "cidr": "10.0.0.0/8"},
            {"protocol": "tcp", "port": "99999", "peer": []},
            "world_open_admin_ports",
            {"name": " "},
        ],
        ["world_open_everything", 7],
        {"reason": " ", "policies": ["protect[9]"], "until": "monday"},
    )
    assert [path for path, message in mistakes] == [
        "protect[0].port",
        "protect[0].peer[0]",
        "protect[0].peer[1]",
        "protect[1].cidr",
        "protect[1].protocol",
        "protect[1].direction",
        "protect[2].port",
        "protect[2].peer",
        "protect[3]",
        "protect[4].name",
        "forbid[0]",
        "forbid[1]",
        "override.until",
        "override.reason",
        "override.policies[0]",
    ]
    assert "10.0.0.0/8" in dict(mistakes)["protect[0].peer[0]"]


def test_default_names_and_canonical_words() -> None:
    policies, mistakes = parse_policies([{}], [{"protocol": "TCP", "port": "443,80", "peer": "2001:DB8::1"}])
    protect, forbid = (policy.flow for policy in policies.policies)
    assert not mistakes
    assert (protect.name, forbid.name) == ("protect[0]", "forbid[0]")
    assert (forbid.protocol, forbid.port, forbid.peers) == ("tcp", "80,443", ("2001:db8::1",))


def test_override_may_name_a_kind_of_lint() -> None:
    assert not parse_policies([], [], {"reason": "old", "policies": ["duplicate"]}, other_names=["duplicate"])[1]


@pytest.mark.parametrize(
    ("entry", "flow"),
    [
        ({}, Flow("protect[0]")),
        ({"name": 7, "direction": "EGRESS"}, Flow("7", "egress")),
        ({"protocol": "tcp", "port": 22}, Flow("protect[0]", "ingress", "tcp", "22")),
        ({"protocol": "tcp", "port": "22, 20-21"}, Flow("protect[0]", "ingress", "tcp", "20-22")),
        ({"protocol": "icmp", "port": "ALL"}, Flow("protect[0]", "ingress", "icmp")),
        ({"peer": "self", "except": ["sg-a"]}, Flow("protect[0]", peers=("self",), excepts=("sg-a",))),
        ({"peer": ["10.0.0.1/32", " ipm-x "]}, Flow("protect[0]", peers=("10.0.0.1", "ipm-x"))),
    ],
)
def test_a_flow_is_read_in_canonical_form(entry: dict[str, Any], flow: Flow) -> None:
    assert parse_policies([entry]) == (Policies((Policy(PROTECT, flow),)), [])


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_forbidden_by_its_name_and_has_services(name: str) -> None:
    assert parse_policies(forbid=[name]) == (Policies((Policy(FORBID, Flow(name), True),)), [])
    assert all(parse_services(*words) for words in PRESETS[name])


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ({"port": True, "protocol": "tcp"}, "protect[0].port"),
        ({"port": "22", "protocol": "icmp"}, "protect[0].port"),
        ({"peer": 7}, "protect[0].peer"),
        ({"except": ["x y"]}, "protect[0].except[0]"),
        ({"ports": 22}, "protect[0].ports"),
        (None, "protect[0]"),
    ],
)
def test_a_mistake_has_the_path_of_its_value(entry: Any, path: str) -> None:
    assert [where for where, message in parse_policies([entry])[1]] == [path]


@pytest.mark.parametrize(
    ("override", "overridden"),
    [
        (None, set()),
        ({"reason": "ticket 7"}, {"way in", "any_any"}),
        ({"reason": "ticket 7", "policies": "any_any"}, {"any_any"}),
        ({"reason": "ticket 7", "policies": []}, set()),
    ],
)
def test_an_override_names_policies_or_means_all(override: dict[str, Any] | None, overridden: set[str]) -> None:
    policies, mistakes = parse_policies([{"name": "way in"}], ["any_any"], override)
    assert (set(policies.overridden), mistakes) == (overridden, [])
    assert policies.override_reason == ("ticket 7" if override else "")


def test_a_name_that_is_a_number_is_found() -> None:
    policies, mistakes = parse_policies([{"name": 5}], override={"reason": "ticket 7", "policies": [5]})
    assert (mistakes, set(policies.overridden)) == ([], {"5"})


def test_an_override_is_a_dictionary() -> None:
    wrong: Any = "ticket 7"
    policies, mistakes = parse_policies([{}], override=wrong)
    assert ([path for path, message in mistakes], policies.overridden) == (["override"], frozenset())


NO_PEERS: tuple[Any, ...] = ("office-net", "SG-1", "ppm-1", "sg_1", "", [], "10.0.0.0/255.0.0.0")
# Invalid flows, with the field of the mistake.
NO_FLOWS: list[tuple[dict[str, Any], str]] = [
    *(({"protocol": "tcp", "port": port}, "port") for port in ("80 81", "", " ", "9" * 5000, "80,", "-1", [22], 22.0)),
    *(({"peer": peer}, "peer") for peer in NO_PEERS),
    *(({"except": peer}, "except") for peer in ("office-net", "Sg-1", "ppmg-1", "")),
]


@pytest.mark.parametrize("kind", ["protect", "forbid"])
@pytest.mark.parametrize(("flow", "field"), NO_FLOWS)
def test_a_flow_is_never_another_one_than_was_meant(flow: dict[str, Any], field: str, kind: str) -> None:
    given: dict[str, Any] = {kind: [flow]}
    dummy, mistakes = parse_policies(**given)
    assert [path for path, message in mistakes] == [f"{kind}[0].{field}"]


@pytest.mark.parametrize(
    ("policies", "paths"),
    [
        (None, [""]),
        (5, [""]),
        (True, [""]),
        ({"any_any": True}, [""]),
        ("", ["[0]"]),
        ([None], ["[0]"]),
        ([["any_any"]], ["[0]"]),
        (["any_any", {}], ["[1]"]),
        ([], []),
    ],
)
def test_an_override_is_never_wider_than_it_was_written(policies: Any, paths: list[str]) -> None:
    override = {"reason": "moving out", "policies": policies}
    read, mistakes = parse_policies(None, [ANY_ANY, ADMIN], override)
    assert [path for path, message in mistakes] == [f"override.policies{path}" for path in paths]
    assert read.overridden <= {ANY_ANY}


@pytest.mark.parametrize(
    ("forbid", "message"),
    [
        ([ANY_ANY, ADMIN], f"'x' is not a policy of this task; the policies are {ANY_ANY}, {ADMIN}"),
        (None, "'x' is not a policy of this task, which has none"),
    ],
)
def test_an_override_of_an_unknown_policy_names_the_policies(forbid: list[str] | None, message: str) -> None:
    dummy, mistakes = parse_policies(None, forbid, {"reason": "moving out", "policies": ["x"]})
    assert mistakes == [("override.policies[0]", message)]


def test_blanks_around_the_name_of_a_preset() -> None:
    """Text with commas becomes a list whose entries begin with blanks."""
    read, mistakes = parse_policies(None, [ANY_ANY, f" {ADMIN} "])
    assert ([policy.flow.name for policy in read.policies], mistakes) == ([ANY_ANY, ADMIN], [])
