# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of a plan on traffic, and whether it may be carried out: impact, policies and lint of one group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from .._http.client import Client
from .._http.errors import CloudError
from .contract import Group
from .policy_options import Criteria
from .state import S

if TYPE_CHECKING:
    from .._traffic.policies import Checked
    from .._traffic.situation import Situation


class PolicyReport(TypedDict):
    """The result ``policies``."""

    checked: list[str]
    overridden: list[str]
    override_reason: str | None


NO_POLICIES: PolicyReport = {"checked": [], "overridden": [], "override_reason": None}
NO_IMPACT: Mapping[str, Any] = {
    "effect": "none",
    "newly_allowed": [],
    "newly_denied": [],
    "complete": True,
    "total": {"newly_allowed": 0, "newly_denied": 0},
    "text": [],
}


class Assessment(NamedTuple):
    """The judgement of a change. It must not be made if there are ``violations``; ``tolerated`` ones do not prevent it.

    ``warnings`` are sentences about the tolerated violations and about findings of the lint.
    """

    impact: Mapping[str, Any] = NO_IMPACT
    lint: tuple[dict[str, Any], ...] = ()
    policies: PolicyReport = NO_POLICIES
    violations: tuple[dict[str, Any], ...] = ()
    tolerated: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()

    def refuse_violations(self) -> None:
        """Raise CloudError of kind ``policy`` if the change must not be made."""
        if self.violations:
            reason = " ".join(violation["message"] for violation in self.violations)
            raise CloudError("policy", reason, details={"violations": list(self.violations)})


NOTHING_TO_ASSESS = Assessment()


def assess(group: Group[S], client: Client, before: S, after: S, criteria: Criteria, changes: bool) -> Assessment:
    """Judge the change from ``before`` to ``after``; ``changes`` is whether there is anything to write.

    Raises CloudError if policies were given and the group's rules cannot be read.
    """
    if not changes and not criteria.is_unconditional:
        return NOTHING_TO_ASSESS._replace(impact=group.extend_impact({**NO_IMPACT}, None))
    from .._traffic.impact import impact  # only a change, or a policy, needs the engine

    try:
        situation = group.situation(before, after, criteria.members, client)
    except CloudError as error:
        if criteria.is_unconditional:
            raise
        return Assessment(group.extend_impact(_unknown(error), None))
    found = impact(situation.lists.values(), situation.members, rules_differ=changes)
    findings = _findings(situation, criteria, changes)
    checked = _checked(situation, criteria, findings)
    report = NO_POLICIES
    if criteria.policies and checked:
        overridden = checked.overridden
        report = {
            "checked": checked.checked,
            "overridden": overridden,
            "override_reason": criteria.policies.override_reason or None,
        }
    return Assessment(
        group.extend_impact(found, situation),
        tuple(findings),
        report,
        tuple(checked.failures) if checked else (),
        tuple(checked.warnings) if checked else (),
        tuple(_warnings(group, criteria, findings, checked)),
    )


def _unknown(error: CloudError) -> dict[str, Any]:
    why = error.reason.rstrip(".")
    text = f"The effect on traffic is not known, because the group's rules could not be read: {why}."
    return {**NO_IMPACT, "effect": "unknown", "complete": False, "text": [text]}


def _findings(situation: Situation, criteria: Criteria, changes: bool) -> list[dict[str, Any]]:
    if criteria.lint == "off" or (criteria.lint == "warn" and not changes):
        return []
    from .._traffic.lint import lint

    return lint([lists.after for lists in situation.lists.values()], situation.members)


def _checked(situation: Situation, criteria: Criteria, findings: list[dict[str, Any]]) -> Checked | None:
    if not criteria.is_unconditional:
        return None
    from .._traffic.flows import Policies
    from .._traffic.lint import as_violations
    from .._traffic.policies import check

    return check(
        criteria.policies or Policies(), situation, as_violations(findings) if criteria.lint == "error" else None
    )


def _warnings(
    group: Group[S], criteria: Criteria, findings: list[dict[str, Any]], checked: Checked | None
) -> list[str]:
    subject = f"security group {group.security_group_id}"
    warnings = [f"{subject}: {finding['message']}" for finding in findings] if criteria.lint == "warn" else []
    for violation in checked.warnings if checked else ():
        overridden = checked and violation["policy"] in checked.overridden
        reason = criteria.policies.override_reason if criteria.policies else ""
        aside = f" Overridden: {reason}" if overridden else ""
        warnings.append(f"{subject}: {violation['message']}{aside}")
    return warnings
