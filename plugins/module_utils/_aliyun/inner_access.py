# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The inner access policy of a security group: may its members reach each other? (ECS ModifySecurityGroupPolicy)"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._change.plan import Plan, Step
from .._change.policy_options import Criteria
from .._http.client import Client
from .._http.errors import CloudError
from .._http.paging import MOST_PAGES
from .._http.responses import group_entries
from .client_token import new_client_token

if TYPE_CHECKING:
    from .._traffic.policies import Situation
    from .._traffic.rules import Members
    from .traffic import Rules

POLICIES = ("accept", "drop")


@dataclass(frozen=True)
class InnerAccess:
    """The observed state. C(policy) is C(accept) or C(drop)."""

    policy: str

    def report(self) -> dict[str, Any]:
        return {"inner_access_policy": self.policy}

    def shown(self) -> dict[str, Any]:
        return self.report()

    def same_content(self, other: InnerAccess) -> bool:
        return self == other

    def discrepancy(self, found: InnerAccess) -> str:
        same = self == found
        return "" if same else f"inner_access_policy was written as {self.policy} and read back as {found.policy}"

    def version_number(self) -> int | None:
        return None  # ECS has none


@dataclass
class InnerAccessGroup:
    """Implements the Group protocol. C(client_token) is the user's own, or empty to have one made for each plan."""

    security_group_id: str
    region: str
    wanted: str
    client_token: str
    client: Client
    criteria: Criteria = Criteria()
    _attributes: dict[str, Any] = field(default_factory=dict)
    _rules: Rules | None = None

    @property
    def task(self) -> str:
        group = f"security group {self.security_group_id} in {self.region}"
        return f"set the inner access policy of {group} to {self.wanted}"

    @property
    def may_replan(self) -> bool:
        # A new plan would carry the user's token again, and that is burnt.
        return not self.client_token

    def read(self) -> InnerAccess:
        policy, self._attributes = read_policy(self.client, self.security_group_id)
        return InnerAccess(policy)

    def plan(self, before: InnerAccess) -> Plan[InnerAccess]:
        """One write at the most. Its client token is made here, so that every try of that write carries the same."""
        after = InnerAccess(self.wanted)
        if before == after:
            return Plan(before)
        parameters = {
            "SecurityGroupId": self.security_group_id,
            "InnerAccessPolicy": self.wanted.capitalize(),
            "ClientToken": self.client_token or new_client_token(),
        }
        return Plan(before, (Step("ModifySecurityGroupPolicy", parameters, after, repeatable=True),))

    def check(self, plan: Plan[InnerAccess]) -> None:
        """Refuse, before the write, what ECS is going to refuse: the type of a group is told by another operation."""
        if not plan.steps:
            return
        listed = self._listed()
        if listed.get("SecurityGroupType") == "enterprise":
            raise CloudError(
                "unsupported",
                "it is an advanced (enterprise) security group, whose members are always isolated and whose inner "
                "access policy cannot be changed; use a basic security group, or let members reach each other by rules",
                action="DescribeSecurityGroups",
            )
        if listed.get("ServiceManaged") in (True, "true", "True"):
            raise CloudError(
                "unsupported",
                "it is managed by a cloud product, which alone may change it; change it through that product, "
                "or use a security group of your own",
                action="DescribeSecurityGroups",
            )

    def _listed(self) -> dict[str, Any]:
        """This group as DescribeSecurityGroups lists it; an unknown id is an empty list there, not an error."""
        for group in self._pages():
            if group.get("SecurityGroupId") == self.security_group_id:
                return group
        reason = f"DescribeSecurityGroups does not list it in {self.region}"
        raise CloudError("not_found", reason, action="DescribeSecurityGroups")

    def _pages(self) -> Iterator[dict[str, Any]]:
        """Page by page, for a page may be empty although more follow."""
        parameters = {"SecurityGroupId": self.security_group_id}
        for _page in range(MOST_PAGES):
            groups, body = listed_groups(self.client, parameters)
            yield from groups
            token = str(body.get("NextToken") or "")
            if token in ("", parameters.get("NextToken")):
                return
            parameters["NextToken"] = token

    def situation(self, before: InnerAccess, after: InnerAccess, members: Members | None) -> Situation:
        from .traffic import read_rules, situation  # only a change, or a policy, needs it

        if self._rules is None:
            self._rules = read_rules(self.client, self.security_group_id, self._attributes)
        return situation(self.security_group_id, self._rules, before.policy, after.policy, members)

    def with_own_impact(self, impact: dict[str, Any]) -> dict[str, Any]:
        opened = impact["newly_allowed"] if self.wanted == "accept" else []
        overridden = {rule for entry in opened for rule in entry["because"]["before"] if rule is not None}
        return {**impact, "overridden_rules": sorted(overridden)}

    def no_effect_hint(self) -> str:
        if not self.client_token:
            return ""
        return "; was this client_token used before? ECS then answers with the remembered result and changes nothing"

    def extra_results(self, plan: Plan[InnerAccess]) -> dict[str, Any]:
        return {"client_token": plan.steps[0].parameters["ClientToken"]} if plan.steps else {}


def check_id(identifier: str) -> None:
    """Raises ValueError for what is not the id of a security group."""
    # The vendor's own words on ids contradict the ids; what is left is what no id can be.
    if len(identifier) > 100 or re.search(r"[^0-9A-Za-z_-]", identifier):
        raise ValueError(f"{identifier!r} is not the id of a security group, like sg-bp67acfmxa")


def read_policy(client: Client, security_group_id: str) -> tuple[str, dict[str, Any]]:
    """Return ``accept`` or ``drop``, and the whole response with the first of the group's rules.

    DescribeSecurityGroupAttribute is the one operation that returns the policy.  Raises CloudError.
    """
    action = "DescribeSecurityGroupAttribute"
    # The smallest page: most tasks have no use for the rules.
    body = client.read(action, {"SecurityGroupId": security_group_id, "MaxResults": "10"})
    policy = str(body.get("InnerAccessPolicy") or "").lower()
    if policy not in POLICIES:
        reason = f"{action} reported the inner access policy {body.get('InnerAccessPolicy')!r}"
        raise CloudError("protocol", reason, action=action, request_id=body.get("RequestId"))
    return policy, body


def listed_groups(client: Client, parameters: Mapping[str, str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One page of DescribeSecurityGroups: the groups on it, and the whole body. Raises CloudError."""
    action = "DescribeSecurityGroups"
    body = client.read(action, parameters)
    groups = body.get("SecurityGroups")
    entries = groups.get("SecurityGroup") if isinstance(groups, dict) else None
    return group_entries(entries, "SecurityGroupId", action), body
