# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laws that the states of both clouds follow, because converging and verifying rely on them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.inner_access import InnerAccess
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rule_set import RuleSet
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules import Rule

SSH = Rule("accept", "tcp", "22", "cidr", "10.0.0.0/8")
DNS = Rule("accept", "udp", "53", "cidr", "10.0.0.0/8")
ALIYUN = [InnerAccess("accept"), InnerAccess("drop"), InnerAccess("accept", {"RegionId": "cn-hangzhou"})]
TENCENT = [
    RuleSet((), (), None),
    RuleSet((), (), "4"),
    RuleSet((SSH,), (), "4"),
    RuleSet((SSH,), (), "5"),
    RuleSet((SSH,), (), None),
    RuleSet((SSH, DNS), (), "5"),
    RuleSet((DNS, SSH), (), "5"),
    RuleSet((), (SSH,), "5"),
    RuleSet((SSH._replace(description="ssh"),), (), "5"),
]
PAIRS = [*itertools.product(ALIYUN, ALIYUN), *itertools.product(TENCENT, TENCENT)]

pairs = pytest.mark.parametrize(("one", "other"), PAIRS)


@pairs
def test_the_content_is_equal_if_the_result_is_and_only_then(one: Any, other: Any) -> None:
    assert one.same_content(other) == (content(one) == content(other))


@pairs
def test_a_diff_of_equal_content_is_empty_and_of_different_content_is_not(one: Any, other: Any) -> None:
    assert (one.diff_text() == other.diff_text()) == one.same_content(other)


@pairs
def test_a_discrepancy_is_a_sentence_if_the_content_differs_and_only_then(one: Any, other: Any) -> None:
    assert bool(one.discrepancy(other)) == (not one.same_content(other))


@pairs
def test_states_match_if_their_content_is_equal_and_no_version_contradicts(one: Any, other: Any) -> None:
    versions = {one.version_number(), other.version_number()} - {None}
    assert one.matches(other) == (one.same_content(other) and len(versions) < 2)


@pairs
def test_comparisons_do_not_depend_on_the_side(one: Any, other: Any) -> None:
    assert one.same_content(other) == other.same_content(one)
    assert one.matches(other) == other.matches(one)


def content(state: Any) -> Any:
    """What a state returns of itself, without the number of its writes."""
    return {name: value for name, value in state.as_result().items() if name != "version"}
