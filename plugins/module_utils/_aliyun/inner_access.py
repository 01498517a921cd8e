# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inner access policy of a security group, which ModifySecurityGroupPolicy of ECS sets.

It decides whether the members of a basic group can reach each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._change.plan import Guard, Plan, Step
from .._change.policy_options import NO_CRITERIA, Criteria
from .._http.client import Client
from .._http.errors import CloudError
from .client_token import new_client_token
from .ecs import LIST_GROUPS, Rules, list_group, read_policy, read_rules

if TYPE_CHECKING:
    from .._traffic.rules import Members
    from .._traffic.situation import Situation


class InnerAccess:
    """Implements the State protocol. ``policy`` is ``accept`` or ``drop``.

    ``attributes`` is the response that the policy was read from, with the first page of the group's rules.
    """

    __slots__ = ("attributes", "policy")

    def __init__(self, policy: str, attributes: Mapping[str, Any] | None = None) -> None:
        self.policy = policy
        self.attributes = attributes or {}

    def as_result(self) -> dict[str, Any]:
        return {"inner_access_policy": self.policy}

    def diff_text(self) -> dict[str, Any]:
        return self.as_result()

    def same_content(self, other: InnerAccess) -> bool:
        return self.policy == other.policy

    def matches(self, other: InnerAccess) -> bool:
        return self.policy == other.policy

    def discrepancy(self, found: InnerAccess) -> str:
        if self.policy == found.policy:
            return ""
        return f"inner_access_policy was written as {self.policy} and read back as {found.policy}"

    def version_number(self) -> int | None:
        return None  # ECS has none


class InnerAccessGroup:
    """Implements the Group protocol. ``client_token`` is the user's, or empty to have one made for each plan."""

    def __init__(
        self,
        security_group_id: str,
        region: str,
        desired: str,
        client_token: str = "",
        criteria: Criteria = NO_CRITERIA,
    ) -> None:
        self.security_group_id = security_group_id
        self.region = region
        self.desired = desired
        self.client_token = client_token
        self.criteria = criteria
        # The rules that were read for a state, because later other writers may have changed them.
        self._judged: tuple[InnerAccess, Rules] | None = None

    @property
    def purpose(self) -> str:
        group = f"security group {self.security_group_id} in {self.region}"
        return f"set the inner access policy of {group} to {self.desired}"

    @property
    def may_replan(self) -> bool:
        # A new plan would carry the user's token again, which the service accepts only once.
        return not self.client_token

    def read(self, client: Client) -> InnerAccess:
        return InnerAccess(*read_policy(client, self.security_group_id))

    def plan(self, before: InnerAccess) -> Plan[InnerAccess]:
        """Return a plan with at most one write. The client token is made here, so that all attempts have the same."""
        after = InnerAccess(self.desired)
        if before.matches(after):
            return Plan(before)
        parameters = {
            "SecurityGroupId": self.security_group_id,
            "InnerAccessPolicy": self.desired.capitalize(),
            "ClientToken": self.client_token or new_client_token(),
        }
        return Plan(before, (Step("ModifySecurityGroupPolicy", parameters, after, Guard.TOKEN),))

    def check(self, plan: Plan[InnerAccess], client: Client) -> None:
        """Refuse what ECS would refuse. Only another operation returns the type of a group."""
        if not plan.steps:
            return
        listed = list_group(client, self.security_group_id, self.region)
        if listed.get("SecurityGroupType") == "enterprise":
            reason = (
                "it is an advanced (enterprise) security group, whose members are always isolated and whose inner "
                "access policy cannot be changed; use a basic security group, or let members reach each other by rules"
            )
            raise CloudError("unsupported", reason, action=LIST_GROUPS)
        if listed.get("ServiceManaged") in (True, "true", "True"):
            reason = (
                "it is managed by a cloud product, and only that product can change it; change it there, or use a "
                "security group of your own"
            )
            raise CloudError("unsupported", reason, action=LIST_GROUPS)

    def situation(self, before: InnerAccess, after: InnerAccess, members: Members | None, client: Client) -> Situation:
        from .traffic import situation  # only needed for a change or a policy

        if self._judged is None or self._judged[0] is not before:
            self._judged = before, read_rules(client, self.security_group_id, before.attributes)
        return situation(self.security_group_id, self._judged[1], before.policy, after.policy, members)

    def extend_impact(self, impact: dict[str, Any], situation: Situation | None) -> dict[str, Any]:
        if situation is None or self.desired != "accept":
            return {**impact, "overridden_rules": []}
        from .traffic import overridden_rules  # only needed for a change or a policy

        return {**impact, "overridden_rules": overridden_rules(situation)}

    def no_effect_hint(self) -> str:
        if not self.client_token:
            return ""
        return "; was this client_token used before? ECS then repeats its earlier response and changes nothing"

    def extra_results(self, plan: Plan[InnerAccess]) -> dict[str, Any]:
        return {"client_token": plan.steps[0].parameters["ClientToken"]} if plan.steps else {}
