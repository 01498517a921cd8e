# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import OptionProblems
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_group import RuleGroup
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules import (
    OWN_OPTIONS,
    RulesModule,
    check_id,
    rules_spec,
)

SSH = {"action": "accept", "protocol": "tcp", "port": 22, "cidr": "10.0.0.0/8"}
SSH_RULE = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")
IPV6 = {"action": "accept", "protocol": "all", "port": "all", "ipv6_cidr": "2001:db8::/32"}


def group(api: str = "3.0", **given: Any) -> tuple[RuleGroup, OptionProblems]:
    problems = OptionProblems()
    options = Options({"security_group_id": "sg-1", "ingress": [SSH], **given}, "", problems.mistakes)
    return RulesModule(api).group(options, "ap-guangzhou", problems), problems


def paths(api: str = "3.0", **given: Any) -> list[str]:
    """The paths of the mistakes."""
    return [mistake.path for mistake in group(api, **given)[1].mistakes]


@pytest.mark.parametrize("identifier", ["sg-33ocnj9n", "sg-1", "sg-A"])
def test_an_id_of_a_security_group(identifier: str) -> None:
    check_id(identifier)


@pytest.mark.parametrize("identifier", ["", "33ocnj9n", "sg-", "SG-1", "sg-1 ", "sg-a_b", "sg-1,sg-2", "ins-1"])
def test_another_text_is_not_an_id(identifier: str) -> None:
    with pytest.raises(ValueError, match="not the ID of a security group"):
        check_id(identifier)


def test_every_option_of_a_group_is_in_the_spec_with_its_aliases() -> None:
    spec = rules_spec()
    assert set(spec) == set(OWN_OPTIONS)
    assert {name: tuple(option.get("aliases", ())) for name, option in spec.items()} == dict(OWN_OPTIONS)


def test_a_group_has_the_desired_rules() -> None:
    found, problems = group(state="merged", position="top", expected_version="7", egress=[])
    assert (found.security_group_id, found.region, found.expected_version) == ("sg-1", "ap-guangzhou", "7")
    assert found.desired == ("merged", True, (SSH_RULE,), ())
    assert problems.mistakes == []


def test_what_is_not_given_has_its_default() -> None:
    desired = group()[0].desired
    assert (desired.state, desired.at_top, desired.egress) == ("replaced", False, None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"security_group_id": ""}, ["security_group_id"]),
        ({"security_group_id": "ins-1"}, ["security_group_id"]),
        ({"ingress": None}, ["ingress"]),
        ({"ingress": "x"}, ["ingress"]),
        ({"ingress": [{**SSH, "port": "x"}]}, ["ingress[0].port"]),
        ({"ingress": [SSH, SSH]}, ["ingress[1]"]),
        ({"state": "absent"}, ["state"]),
        ({"position": "middle"}, ["position"]),
        ({"lint": "loud"}, ["lint"]),
        ({"protect": [{"port": "x"}]}, ["protect[0].port"]),
        (
            {"security_group_id": "", "ingress": [{**SSH, "port": "x"}], "egress": [{}], "position": "x"},
            ["security_group_id", "ingress[0].port", "egress[0].action", "position"],
        ),
    ],
)
def test_every_mistake_is_recorded_with_its_path(given: dict[str, Any], expected: list[str]) -> None:
    assert paths(**given) == expected


def test_one_direction_is_enough_and_an_empty_one_counts() -> None:
    assert paths(ingress=None, egress=[]) == []


@pytest.mark.parametrize(("api", "expected"), [("3.0", []), ("2.0", ["expected_version"])])
def test_only_api_3_0_has_a_version_to_expect(api: str, expected: list[str]) -> None:
    assert paths(api, expected_version="7") == expected


def test_a_rule_that_the_api_cannot_write_is_not_a_mistake_yet() -> None:
    found, problems = group("2.0", ingress=[SSH, IPV6])
    assert problems.mistakes == []
    assert [each.mistake.path for each in found.unsupported["ingress"]] == ["ingress[1].ipv6_cidr"]


def test_a_rule_that_the_api_cannot_write_is_listed_with_other_mistakes() -> None:
    assert paths("2.0", ingress=[{**SSH, "port": "x"}, IPV6]) == ["ingress[0].port", "ingress[1].ipv6_cidr"]


@pytest.mark.parametrize(("state", "expected"), [("replaced", []), ("deleted", []), ("merged", ["ingress[1]"])])
def test_rules_that_differ_in_their_description_cannot_both_be_merged(state: str, expected: list[str]) -> None:
    assert paths(state=state, ingress=[SSH, {**SSH, "description": "office"}]) == expected


def test_warnings_are_collected() -> None:
    rule = {"action": "accept", "protocol": "icmpv6", "cidr": "10.0.0.0/8"}
    problems = group(ingress=[rule])[1]
    assert (len(problems.warnings), problems.mistakes) == (1, [])
