# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a group as a value: versions, and the text for users."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_input import Limits, RuleReader
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from tests.unit.plugins.strategies import rule_lists

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8", description="ssh: ops, #1")
REST = Rule("drop", "all", "all", "ipv6_cidr", "::/0")


def read(entries: list[Any]) -> tuple[Rule, ...]:
    reader = RuleReader(Limits())
    found = reader.read(entries, "")
    assert not reader.mistakes
    return found


@pytest.mark.parametrize(
    ("version", "number", "following"),
    [(None, None, None), ("0", 0, "1"), ("9", 9, "10"), ("abc", None, "abc"), ("²", None, "²")],
)
def test_version(version: str | None, number: int | None, following: str | None) -> None:
    rules = RuleSet((SSH,), (), version)
    assert rules.version_number() == number
    assert rules.next_version() == RuleSet((SSH,), (), following)


def test_content_and_equality() -> None:
    rules = RuleSet((SSH,), (REST,), "1")
    assert rules.same_content(RuleSet((SSH,), (REST,), "2"))
    assert rules != RuleSet((SSH,), (REST,), "2")
    assert not rules.same_content(RuleSet((REST,), (SSH,), "1"))
    assert not rules.same_content(RuleSet((SSH,), (), "1"))
    assert not RuleSet((SSH, REST), (), "1").same_content(RuleSet((REST, SSH), (), "1"))


def test_report_and_what_is_shown() -> None:
    rules = RuleSet((SSH, REST), (), "7")
    ssh = {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8", "description": "ssh: ops, #1"}
    rest = {"action": "drop", "protocol": "all", "port": "all", "ipv6_cidr": "::/0"}
    assert rules.as_result() == {"ingress": [ssh, rest], "egress": [], "version": "7"}
    assert rules.diff_text() == (
        "ingress:\n"
        '  - {action: accept, protocol: tcp, port: 22, cidr: 10.0.0.0/8, description: "ssh: ops, #1"}\n'
        '  - {action: drop, protocol: all, port: all, ipv6_cidr: "::/0"}\n'
        "egress: []\n"
    )


@given(rule_lists(), rule_lists())
def test_reported_rules_are_valid_input(ingress: tuple[Rule, ...], egress: tuple[Rule, ...]) -> None:
    report = RuleSet(ingress, egress, "1").as_result()
    assert read(report["ingress"]) == ingress
    assert read(report["egress"]) == egress


@given(rule_lists().filter(lambda rules: all(rule.description.isprintable() for rule in rules)))
def test_shown_rules_can_be_pasted_into_a_playbook(rules: tuple[Rule, ...]) -> None:
    shown = RuleSet(rules, (), "1").diff_text()
    assert len(shown.splitlines()) == len(rules) + 2
    assert read(yaml.safe_load(shown)["ingress"]) == rules
