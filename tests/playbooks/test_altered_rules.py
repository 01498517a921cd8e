# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that store other rules than were written: equivalent ones are accepted, and differences are reported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.four_runs import four_runs, succeeded
from tests.support.module_runner import run_module, without_waiting
from tests.support.worlds import WEB, tencent_options, writes

RULES = "tencent_sg_rules"
LONG = "a description of more than twenty characters"
# The alteration, the written description, and the stored one.
ALTERED = {
    "emoji dropped": ("no_emoji", "fine \U0001f600 rule", "fine  rule"),
    "HTML escaped": ("escaped", "a < b & c", "a &lt; b &amp; c"),
    "cut": ("cut", LONG, LONG[:20]),
}
APIS = pytest.mark.parametrize("api", ["3.0", "2.0"])


def task(clouds: Harness, api: str, description: str, **options: Any) -> dict[str, Any]:
    first = {"action": "accept", "protocol": "tcp", "port": 80}
    rules = [first, {"action": "accept", "protocol": "icmp", "description": description}]
    return tencent_options(clouds.url, api_version=api, security_group_id=WEB, ingress=rules, **options)


@APIS
@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_description_is_reported_with_rule_field_and_both_values(
    clouds: Harness, api: str, name: str
) -> None:
    alteration, written, stored = ALTERED[name]
    clouds.switch("tencent", description_echo=alteration)
    with without_waiting():
        result = run_module(RULES, task(clouds, api, written))
    assert result["failure"]["kind"] == "conflict"
    assert f"ingress[1].description was written as {written!r} and read back as {stored!r}" in result["msg"]
    assert result["changed"]
    assert result["after"]["ingress"][1]["description"] == stored


@APIS
@pytest.mark.parametrize("name", ALTERED)
def test_a_rule_of_the_other_direction_that_is_altered_when_it_is_written_again_is_reported(
    clouds: Harness, api: str, name: str
) -> None:
    """A replacement of one direction writes the rules of both. The preview says that the other one stays."""
    alteration, written, stored = ALTERED[name]
    clouds.foreign_write("tencent", WEB, egress=[{"Action": "ACCEPT", "PolicyDescription": written}])
    clouds.switch("tencent", description_echo=alteration)
    with without_waiting():
        result = run_module(RULES, task(clouds, api, "ping"))
    assert (result["failure"]["kind"], result["changed"]) == ("conflict", True)
    assert f"egress[0].description was written as {written!r} and read back as {stored!r}" in result["msg"]


@APIS
@pytest.mark.parametrize("alteration", ["trimmed", "one_line"])
def test_blanks_around_a_description_make_no_difference(clouds: Harness, api: str, alteration: str) -> None:
    clouds.switch("tencent", description_echo=alteration)
    options = task(clouds, api, "  the office \n")
    dummy, applied = four_runs(clouds, RULES, options)
    assert applied["after"]["ingress"][1]["description"] == "the office"
    assert clouds.group("tencent", WEB)["ingress"][1]["PolicyDescription"] == "the office"


@APIS
@pytest.mark.parametrize("stored", [" the office ", "the office\n", "the\toffice", "the\noffice"])
def test_a_stored_description_is_compared_without_regard_to_whitespace(clouds: Harness, api: str, stored: str) -> None:
    rule = {"Action": "ACCEPT", "Protocol": "tcp", "Port": "80", "CidrBlock": "0.0.0.0/0"}
    ping = {"Action": "ACCEPT", "Protocol": "icmp", "CidrBlock": "0.0.0.0/0", "PolicyDescription": stored}
    clouds.foreign_write("tencent", WEB, ingress=[rule, ping])
    assert not succeeded(clouds, RULES, task(clouds, api, "the office"))["changed"]
    assert writes(clouds) == []
    assert clouds.group("tencent", WEB)["ingress"][1]["PolicyDescription"] == stored


POSITIONS: list[dict[str, Any]] = [
    {"state": "merged", "position": "top", "ingress": [{"action": "drop", "cidr": "198.51.100.7"}]},
    {"state": "merged", "ingress": [{"action": "accept", "protocol": "icmp", "description": "ping"}]},
    {"state": "deleted", "ingress": [{"action": "accept", "protocol": "tcp", "port": "80,443"}]},
    {"ingress": [], "egress": [{"action": "drop"}]},
]


@pytest.mark.parametrize("first", ["0", "1"])
@pytest.mark.parametrize("options", POSITIONS)
def test_positions_can_start_at_0_or_1(clouds: Harness, options: dict[str, Any], first: str) -> None:
    """The same task has the same effect on the group."""
    ended = []
    for value in ("0", first):
        clouds.reset()
        clouds.switch("tencent", first_position=value)
        four_runs(clouds, RULES, tencent_options(clouds.url, security_group_id=WEB, **options))
        group = clouds.group("tencent", WEB)
        ended.append([[{**rule, "ModifyTime": ""} for rule in group[name]] for name in ("ingress", "egress")])
    assert ended[0] == ended[1]


def test_an_accept_rule_merged_below_a_drop_of_everything_is_a_warning(clouds: Harness) -> None:
    clouds.foreign_write("tencent", WEB, ingress=[{"Action": "DROP", "CidrBlock": "0.0.0.0/0"}])
    rules = [{"action": "accept", "protocol": "tcp", "port": 22, "cidr": "203.0.113.0/24"}]
    options = tencent_options(clouds.url, security_group_id=WEB, ingress=rules, state="merged")
    expected = (
        f"security group {WEB}: ingress[1]: never decides anything, because ingress[0] matches all traffic of any IPv4 "
        "address"
    )
    for check in (True, False):
        result = run_module(RULES, options, check=check)
        assert result["changed"]
        assert result["warnings"] == [expected]
    assert run_module(RULES, options)["warnings"] == []
    groups = [{"security_group_id": WEB, "ingress": [{**rules[0], "port": 23}]}]
    fleet = tencent_options(clouds.url, groups=groups, state="merged")
    assert [warning.partition(": never")[0] for warning in run_module(RULES, fleet)["warnings"]] == [
        f"security group {WEB}: ingress[1]",
        f"security group {WEB}: ingress[2]",
    ]
