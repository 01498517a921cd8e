# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The assessment of changes: impact, lint and policies of one group."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.assessment import (
    NOTHING_TO_ASSESS,
    Assessment,
    assess,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.policy_options import (
    Criteria,
    read_criteria,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.client import Client
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import Members
from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.situation import Situation
from tests.unit.plugins.word_cloud import Overwriting, Seen, WordCloud

OLD, NEW = Seen(("a",), 1), Seen(("a", "b"), 2)
# Each word allows traffic to the port that is the number of its first letter: 97 and 98.


class Unreadable(Overwriting):
    """A group whose rules cannot be read."""

    def situation(self, before: Seen, after: Seen, members: Members | None, client: Client) -> Situation:
        raise CloudError("permission", "no access.")


def criteria(**given: Any) -> Criteria:
    return read_criteria(Options(given, "", []), with_lint=True)


def judged(before: Seen, after: Seen, group: Overwriting | None = None, **given: Any) -> Assessment:
    changes = before.words != after.words
    return assess(group or Overwriting(()), WordCloud().speak().client, before, after, criteria(**given), changes)


def test_nothing_is_judged_if_nothing_changes() -> None:
    assert judged(OLD, OLD) == NOTHING_TO_ASSESS


def test_a_policy_is_checked_even_if_nothing_changes() -> None:
    found = judged(OLD, OLD, protect=[{"name": "98", "protocol": "tcp", "port": 98}])
    assert found.policies["checked"] == ["98"]
    assert (found.violations, len(found.tolerated), len(found.warnings)) == ((), 1, 1)


def test_a_violation_refuses_the_change() -> None:
    found = judged(OLD, NEW, forbid=[{"name": "closed", "protocol": "tcp", "port": 98}])
    (violation,) = found.violations
    assert (violation["policy"], violation["change"]) == ("closed", "worse")
    with pytest.raises(CloudError, match="closed") as caught:
        found.refuse_violations()
    assert caught.value.kind == "policy"
    assert caught.value.details["violations"] == [violation]


def test_an_overridden_violation_is_a_warning_with_the_reason() -> None:
    found = judged(OLD, NEW, forbid=[{"protocol": "tcp", "port": 98}], override={"reason": "change 4711"})
    found.refuse_violations()
    assert found.policies == {"checked": ["forbid[0]"], "overridden": ["forbid[0]"], "override_reason": "change 4711"}
    assert found.warnings[0].endswith("Overridden: change 4711")


def test_findings_warn_or_fail() -> None:
    twice = Seen(("b", "bb"), 2)  # both are for port 98
    assert [finding["kind"] for finding in judged(OLD, twice).lint] == ["duplicate"]
    assert judged(OLD, twice).warnings
    assert judged(OLD, twice, lint="off").lint == ()
    assert judged(twice, twice).lint == ()
    assert [each["policy"] for each in judged(OLD, twice, lint="error").violations] == ["duplicate"]


def test_unreadable_rules_leave_the_effect_unknown_unless_a_policy_depends_on_them() -> None:
    impact = judged(OLD, NEW, Unreadable(())).impact
    assert (impact["effect"], impact["complete"]) == ("unknown", False)
    assert impact["text"] == [
        "The effect on traffic is not known, because the group's rules could not be read: no access."
    ]
    with pytest.raises(CloudError, match="no access"):
        judged(OLD, NEW, Unreadable(()), forbid=["any_any"])
