# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations: ModifySecurityGroupPolicy, the two reads of security groups, and STS GetCallerIdentity."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.cloud_simulator.aliyun import group_queries
from tests.cloud_simulator.aliyun.client_tokens import Answer, ClientTokens, TokenedWrite
from tests.cloud_simulator.aliyun.errors import ApiError, missing
from tests.cloud_simulator.aliyun.parameters import Parameters
from tests.cloud_simulator.aliyun.rules import page
from tests.cloud_simulator.aliyun.state import (
    GROUP_ID,
    POLICIES,
    AccessKey,
    Account,
    SecurityGroup,
    with_policy,
)
from tests.cloud_simulator.aliyun.switches import SwitchBoard
from tests.cloud_simulator.exchange import Effect

ECS = "2014-05-26"
STS = "2015-04-01"

_MANAGED_TEXTS: Mapping[str, str | None] = {"text": None, "empty": "", "placeholder": "%s"}
_ATTRIBUTE_ID_TEXT = 'The specified parameter "SecurityGroupId" is not valid.'


@dataclass(frozen=True)
class Context:
    """The input of an operation. ``key`` is authenticated; ``authorise`` checks its permission."""

    account: Account
    switches: SwitchBoard
    tokens: ClientTokens
    key: AccessKey
    action: str
    parameters: Parameters

    def authorise(self) -> None:
        """Raise ApiError (Forbidden.RAM, unless switched) if the key's seed entry denies the action."""
        if self.action not in self.key.deny and f"ecs:{self.action}" not in self.key.deny:
            return
        detail = {
            "AuthAction": f"ecs:{self.action}",
            "AuthPrincipalType": "SubUser",
            "AuthPrincipalDisplayName": self.key.id,
            "AuthPrincipalOwnerId": self.account.account_id,
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
        }
        raise ApiError(self.switches["permission_denied_code"], detail=detail)

    def region(self, missing_code: str) -> str:
        """Return the RegionId. Raises ApiError if it is missing, or is not a region of the account."""
        region = self.parameters.text("RegionId")
        if not region:
            raise ApiError(missing_code)
        if region not in self.account.regions:
            raise ApiError("InvalidRegionId.NotFound")
        return region

    def required(self, name: str) -> str:
        """Return a required parameter; a switch sets the error code if it is missing."""
        value = self.parameters.text(name)
        if value:
            return value
        code = self.switches["missing_parameter_code"].replace("Name", name)
        raise missing(name, code)

    def group(self, region: str, group_id: str) -> SecurityGroup:
        """Return the named group. Raises ApiError if it does not exist, or if the key lacks the permission."""
        found = self.account.group(region, group_id)
        if found is None:
            raise ApiError(self.switches["unknown_group_code"])
        self.authorise()
        return found


@dataclass(frozen=True)
class Operation:
    """One operation: its parameters (``indexed`` for ``Tag.1.Key`` and the like), and its function."""

    name: str
    version: str
    effect: Effect
    perform: Callable[[Context], Answer]
    parameters: frozenset[str]
    names_a_group: bool = False
    indexed: re.Pattern[str] | None = None

    def accepts(self, name: str) -> bool:
        """Whether the operation has a parameter of this name."""
        return name in self.parameters or (self.indexed is not None and self.indexed.fullmatch(name) is not None)


def modify_policy(context: Context) -> Answer:
    """ModifySecurityGroupPolicy (alibaba_ecs.md 3), once per ClientToken."""
    token = context.parameters.get("ClientToken")
    if token is None:
        return _set_policy(context)
    write = TokenedWrite(
        account=context.account.account_id,
        region=context.parameters.text("RegionId"),
        action=context.action,
        group=context.parameters.text("SecurityGroupId"),
        token=token,
        parameters=dict(context.parameters),
    )
    return context.tokens.perform(write, lambda: _set_policy(context))


def _set_policy(context: Context) -> Answer:
    region = context.region("MissingParamter.RegionId")
    group_id = context.required("SecurityGroupId")
    given = context.required("InnerAccessPolicy")
    if not GROUP_ID.fullmatch(group_id):
        raise ApiError("InvalidSecurityGroupId.Malformed")
    checks: Mapping[str, Callable[[], None]] = {
        "value": lambda: _check_value(context.switches, given),
        "existence": lambda: _check_existence(context, region, group_id),
        "managed": lambda: _check_managed(context.switches, context.account.security_groups[group_id]),
        "type": lambda: _check_type(context.switches, context.account.security_groups[group_id], given),
    }
    for name in context.switches["check_order"].split("_"):
        checks[name]()
    group = context.account.security_groups[group_id]
    policy = POLICIES[given.lower()]
    if policy == group.inner_access_policy and context.switches["same_value_write"] != "success":
        raise ApiError(context.switches["same_value_write"])
    context.account.security_groups[group_id] = with_policy(group, policy)
    return {}


def _check_value(switches: SwitchBoard, given: str) -> None:
    canonical = POLICIES.get(given.lower())
    if canonical is None or (switches["policy_accepted_case"] == "capitalised" and given != canonical):
        raise ApiError("InvalidPolicy.Malformed")


def _check_existence(context: Context, region: str, group_id: str) -> None:
    context.group(region, group_id)


def _check_managed(switches: SwitchBoard, group: SecurityGroup) -> None:
    if group.service_managed:
        text = _MANAGED_TEXTS[switches["managed_group_message"]]
        raise ApiError("InvalidOperation.ResourceManagedByCloudProduct", text)


def _check_type(switches: SwitchBoard, group: SecurityGroup, given: str) -> None:
    if group.type != "enterprise":
        return
    if given.lower() != "drop" or switches["enterprise_drop"] == "refused":
        raise ApiError("InvalidParameter.InnerAccessPolicy")


def describe_attribute(context: Context) -> Answer:
    """DescribeSecurityGroupAttribute (alibaba_ecs.md 5.1)."""
    region = context.region("MissingParameter.RegionId")
    group_id = context.required("SecurityGroupId")
    if not GROUP_ID.fullmatch(group_id):
        raise ApiError("InvalidSecurityGroupId.Malformed", _ATTRIBUTE_ID_TEXT)
    size = _check_rule_filters(context)
    group = context.group(region, group_id)
    token = context.parameters.text("NextToken")
    found = page(group.rules, context.parameters.text("Direction"), token, size)
    if found is None:
        raise ApiError("InvalidParamter")
    header = {
        "SecurityGroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "InnerAccessPolicy": _spelled(group.inner_access_policy, context.switches),
    }
    numbers = context.switches["priority_type"] == "number"
    return {
        "RegionId": group.region,
        "SecurityGroupId": group.id,
        **({} if token and context.switches["rule_page_header"] == "first" else header),
        "NextToken": found[1],
        "Permissions": {
            "Permission": [{**rule, "Priority": int(rule["Priority"])} if numbers else rule for rule in found[0]]
        },
    }


def _check_rule_filters(context: Context) -> int:
    """Return the number of rules on a page."""
    parameters = context.parameters
    if parameters.text("NicType") not in ("", "internet", "intranet"):
        raise ApiError("InvalidNicType.ValueNotSupported")
    if parameters.text("Direction") not in ("", "egress", "ingress", "all"):
        raise ApiError("InvalidParamter")
    if parameters.text("Attribute") not in ("", "snapshotPolicyIds"):
        raise ApiError("InvalidParameter.AttributeNotSupported")
    if not parameters.text("MaxResults"):
        return 500
    return parameters.number("MaxResults", 10, 1000, clamp=context.switches["page_size_out_of_range"] == "clamped")


def _spelled(policy: str, switches: SwitchBoard) -> str:
    spellings = {"capitalised": policy, "lower": policy.lower(), "upper": policy.upper()}
    return spellings[switches["policy_returned_case"]]


def describe_groups(context: Context) -> Answer:
    """DescribeSecurityGroups (alibaba_ecs.md 5.2)."""
    context.authorise()
    region = context.region("MissingParameter.RegionId")
    groups = [group for group in context.account.security_groups.values() if group.region == region]
    answer = group_queries.select(groups, context.parameters, context.switches)
    if context.parameters.flag("DryRun"):
        raise ApiError("DryRunOperation")
    return {"RegionId": region, **answer}


def caller_identity(context: Context) -> Answer:
    """STS GetCallerIdentity, in the form of the vendor's client model (alibabacloud_sts20150401)."""
    context.authorise()
    account = context.account.account_id
    return {
        "IdentityType": "Account",
        "AccountId": account,
        "PrincipalId": account,
        "UserId": account,
        "Arn": f"acs:ram::{account}:root",
    }


_CROSS_ACCOUNT = frozenset({"OwnerId", "OwnerAccount", "ResourceOwnerId", "ResourceOwnerAccount"})

OPERATIONS = (
    Operation(
        "ModifySecurityGroupPolicy",
        ECS,
        "write",
        modify_policy,
        _CROSS_ACCOUNT | {"RegionId", "SecurityGroupId", "InnerAccessPolicy", "ClientToken"},
        names_a_group=True,
    ),
    Operation(
        "DescribeSecurityGroupAttribute",
        ECS,
        "read",
        describe_attribute,
        _CROSS_ACCOUNT
        | {"RegionId", "SecurityGroupId", "NicType", "Direction", "MaxResults", "NextToken", "Attribute"},
        names_a_group=True,
    ),
    Operation(
        "DescribeSecurityGroups",
        ECS,
        "read",
        describe_groups,
        _CROSS_ACCOUNT | group_queries.PARAMETERS | {"RegionId", "DryRun"},
        indexed=group_queries.TAG_PARAMETER,
    ),
    # The vendor's older client adds RegionId to every call.
    Operation("GetCallerIdentity", STS, "read", caller_identity, frozenset({"RegionId"})),
)
