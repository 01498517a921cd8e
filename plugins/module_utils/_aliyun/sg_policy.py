# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module aliyun_sg_policy supplies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._change.contract import OptionProblems
from .._change.policy_options import POLICY_OPTIONS, policy_spec, read_criteria
from .._keys.access import ServiceAccess, TaskClient
from .._options.groups import group_id
from .._options.options import Options
from .._options.spec import Spec
from .arguments import ecs_access
from .client_token import check_client_token
from .ecs import POLICIES, RATES, check_id
from .inner_access import InnerAccessGroup

OWN_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "security_group_id": ("sg_id", "SecurityGroupId"),
    "inner_access_policy": ("policy", "InnerAccessPolicy"),
    "client_token": (),
}


def inner_access_spec() -> Spec:
    """Return the argument spec of the options that describe a group."""
    spec: Spec = {
        name: {"type": "str", **({"aliases": list(aliases)} if aliases else {})}
        for name, aliases in OWN_OPTIONS.items()
    }
    spec["client_token"]["no_log"] = False
    return {**spec, **policy_spec()}


class PolicyModule:
    """Implements the GroupCloud protocol."""

    purpose = "set the inner access policy"
    own_options: Mapping[str, tuple[str, ...]] = {**OWN_OPTIONS, **POLICY_OPTIONS}
    info_only_fields: Sequence[str] = ("name", "description", "type", "vpc_id", "service_managed", "tags")
    rates = RATES

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        return ecs_access(options, client)

    def group(self, options: Options, region: str, problems: OptionProblems) -> InnerAccessGroup:
        identifier = group_id(options, check_id)
        desired = options.choice("inner_access_policy", POLICIES)
        if not options.given("inner_access_policy"):
            options.wrong("inner_access_policy", f"is required: {' or '.join(POLICIES)}")
        token = options.text("client_token")
        options.check("client_token", token, check_client_token)
        return InnerAccessGroup(identifier, region, desired, token, read_criteria(options, with_lint=False))
