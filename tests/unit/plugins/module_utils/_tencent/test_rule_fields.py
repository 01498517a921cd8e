# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_2_0 import DIALECT as DIALECT_2_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import DIALECT as DIALECT_3_0
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_fields import (
    ALIASES,
    NAMES,
    TEMPLATE_OBJECTS,
    is_ignored,
    is_response,
    unknown_field,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import PEERS, Rule


def test_no_spelling_means_two_fields() -> None:
    spellings = [spelling for name, aliases in ALIASES.items() for spelling in (name, *aliases)]
    assert len(spellings) == len(set(spellings))
    assert all(NAMES[spelling] == name for name, aliases in ALIASES.items() for spelling in (name, *aliases))


def test_the_fields_are_those_of_a_rule() -> None:
    fields = set(Rule._fields) - {"peer", "address"} | set(PEERS)
    assert set(ALIASES) == fields


@pytest.mark.parametrize("dialect", [DIALECT_3_0, DIALECT_2_0])
def test_every_member_of_an_api_is_a_spelling_of_its_field(dialect: Any) -> None:
    assert {member: NAMES.get(member) for member in dialect.members.values()} == {
        member: name for name, member in dialect.members.items()
    }


@pytest.mark.parametrize(
    ("member", "prefix", "half"),
    [
        ("AddressTemplate", "ipm", "AddressId"),
        ("AddressTemplate", "ipmg", "AddressGroupId"),
        ("ServiceTemplate", "ppm", "ServiceId"),
        ("ServiceTemplate", "ppmg", "ServiceGroupId"),
    ],
)
def test_the_prefix_of_a_template_decides_its_member(member: str, prefix: str, half: str) -> None:
    assert TEMPLATE_OBJECTS[member][prefix] == half


@pytest.mark.parametrize(
    ("entry", "response"),
    [
        ({"PolicyIndex": 0, "Action": "ACCEPT"}, True),
        ({"ModifyTime": ""}, True),
        ({"index": 3}, True),
        ({"Action": "ACCEPT", "Priority": 1}, False),
        ({"policy_index": 0}, False),
        ({}, False),
    ],
)
def test_a_rule_as_an_api_returns_it(entry: dict[str, Any], response: bool) -> None:
    assert is_response(entry) is response


@pytest.mark.parametrize(
    ("key", "from_response", "ignored"),
    [
        ("Priority", True, True),
        ("Priority", False, False),
        ("PolicyIndex", True, True),
        ("version", True, True),
        ("Action", True, False),
        ("Unknown", True, False),
    ],
)
def test_only_what_is_in_a_response_beside_a_rule_is_ignored(key: str, from_response: bool, ignored: bool) -> None:
    assert is_ignored(key, from_response) is ignored


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("protocl", "did you mean protocol?"),
        ("desc_", "did you mean description?"),
        ("Cidr", "did you mean cidr?"),
        ("serv", "did you mean service_template?"),
        ("policy", "did you mean action?"),
        ("ip_protocol", "did you mean protocol?"),
        ("from_port", "write the range as port"),
        ("direction", "the list that it is in"),
        ("PRIORITY", "the order of the list decides"),
        ("qqqqqqqq", "the fields are action, protocol"),
        ("x", "the fields are action, protocol"),
    ],
)
def test_an_unknown_field_leads_to_the_one_that_was_meant(key: str, hint: str) -> None:
    assert unknown_field(key).startswith("is not a field of a rule")
    assert hint in unknown_field(key)
