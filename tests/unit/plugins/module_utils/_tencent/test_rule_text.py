# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_text import as_yaml
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule
from tests.unit.plugins.strategies import rule_lists

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")


def lines(rule: Rule) -> list[str]:
    """The lines of the only ingress rule."""
    first, *rest, last = as_yaml((rule,), ()).splitlines()
    assert (first, last) == ("ingress:", "egress: []")
    return rest


def test_a_direction_without_rules_is_an_empty_list() -> None:
    assert as_yaml((), ()) == "ingress: []\negress: []\n"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (SSH, "  - {action: accept, protocol: tcp, port: 22, cidr: 10.0.0.0/8}"),
        (
            SSH._replace(port="80,443", description="web: all"),
            '  - {action: accept, protocol: tcp, port: "80,443", cidr: 10.0.0.0/8, description: "web: all"}',
        ),
        (
            SSH._replace(description="true"),
            '  - {action: accept, protocol: tcp, port: 22, cidr: 10.0.0.0/8, description: "true"}',
        ),
        (
            Rule("drop", "all", "all", "ipv6_cidr", "::/0"),
            '  - {action: drop, protocol: all, port: all, ipv6_cidr: "::/0"}',
        ),
        (
            Rule("accept", "", "", "security_group_id", "sg-1", "ppm-2"),
            "  - {action: accept, security_group_id: sg-1, service_template: ppm-2}",
        ),
    ],
)
def test_a_rule_is_one_line(rule: Rule, line: str) -> None:
    assert lines(rule) == [line]


@pytest.mark.parametrize("mark", ["\x7f", "\x85", "\xa0", "\u2028", "\u200b", "\u202e", "\ufeff"])
def test_characters_that_are_invisible_or_break_the_line_are_escaped(mark: str) -> None:
    (line,) = lines(SSH._replace(description=f"a{mark}b"))
    assert mark not in line
    assert f"\\u{ord(mark):04x}" in line


def test_other_letters_stay_as_they_are() -> None:
    (line,) = lines(SSH._replace(description="内网 Größe"))
    assert "内网 Größe" in line


def texts(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    return [rule.to_dict() for rule in rules]


@given(rule_lists(), rule_lists())
def test_the_text_is_yaml_with_the_rules_in_it(ingress: tuple[Rule, ...], egress: tuple[Rule, ...]) -> None:
    text = as_yaml(ingress, egress)
    loaded = yaml.load(text, yaml.BaseLoader)
    assert loaded == {"ingress": texts(ingress), "egress": texts(egress)}
    assert len(text.splitlines()) == 2 + len(ingress) + len(egress)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_description_is_one_line_of_yaml(description: str) -> None:
    rule = SSH._replace(description=description)
    (line,) = lines(rule)
    assert yaml.load(line, yaml.BaseLoader) == [rule.to_dict()]
