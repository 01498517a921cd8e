# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fingerprints identify a change."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.fingerprint import (
    fingerprint,
    fleet_fingerprint,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.plan import Guard, Plan, Step
from tests.unit.plugins.word_cloud import Overwriting, Seen

GROUP = Overwriting(("c",))


def plan(before: Seen, after: Seen) -> Plan[Seen]:
    return Plan(before, (Step("Put", {}, after, Guard.REPLACES_ALL),))


CHANGE = plan(Seen(("a",), 1), Seen(("c",), 2))


def test_it_belongs_to_one_group_of_one_region() -> None:
    others = (replace(GROUP, security_group_id="sg-2"), replace(GROUP, region="cn-other"))
    assert len({fingerprint(each, CHANGE) for each in (GROUP, *others)}) == 3


def test_another_state_before_or_after_is_another_change() -> None:
    others = [plan(Seen(("b",), 1), Seen(("c",), 2)), plan(Seen(("a",), 1), Seen(("d",), 2)), Plan(Seen(("a",), 1))]
    assert len({fingerprint(GROUP, each) for each in (CHANGE, *others)}) == 4


def test_the_version_and_the_calls_are_not_part_of_it() -> None:
    same = Plan(
        Seen(("a",), 5), (Step("Drop", {}, Seen((), 6), Guard.VERSION), Step("Put", {}, Seen(("c",), 7), Guard.VERSION))
    )
    assert fingerprint(GROUP, same) == fingerprint(GROUP, CHANGE)


def test_groups_are_processed_in_order() -> None:
    assert fleet_fingerprint(["x", "y"]) != fleet_fingerprint(["y", "x"])
    assert fleet_fingerprint(iter(["x"])) == fleet_fingerprint(["x"])
