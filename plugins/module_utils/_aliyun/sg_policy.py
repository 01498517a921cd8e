# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What M(cnclouds.security_groups.aliyun_sg_policy) supplies to the one path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._change.policy_options import POLICY_OPTIONS, policy_spec, read_criteria
from .._http.client import Client
from .._keys.access import ServiceAccess, TaskClient
from .._options.options import Options
from .._task.run import GroupMaker
from .._task.task import OptionProblems
from .arguments import ecs_access
from .client_token import check_client_token
from .ecs import RATES
from .inner_access import POLICIES, InnerAccessGroup, check_id

OWN_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "security_group_id": ("sg_id", "SecurityGroupId"),
    "inner_access_policy": ("policy", "InnerAccessPolicy"),
    "client_token": (),
}
_OPTIONS: Mapping[str, tuple[str, ...]] = {**OWN_OPTIONS, **POLICY_OPTIONS}


def inner_access_spec() -> dict[str, dict[str, Any]]:
    spec: dict[str, dict[str, Any]] = {
        name: {"type": "str", **({"aliases": list(aliases)} if aliases else {})}
        for name, aliases in OWN_OPTIONS.items()
    }
    spec["client_token"]["no_log"] = False
    return {**spec, **policy_spec()}


class PolicyModule:
    """Implements the Cloud protocol."""

    purpose = "set the inner access policy"
    own_options = _OPTIONS
    info_only_fields: Sequence[str] = ("name", "description", "type", "vpc_id", "service_managed", "tags")
    rates = RATES

    def access(self, options: Options, calls: TaskClient) -> ServiceAccess:
        return ecs_access(options, calls)

    def group(self, options: Options, region: str, problems: OptionProblems) -> GroupMaker:
        identifier = options.required_text("security_group_id")
        options.check("security_group_id", identifier, check_id)
        wanted = options.choice("inner_access_policy", POLICIES)
        if not options.given("inner_access_policy"):
            options.wrong("inner_access_policy", f"is required: {' or '.join(POLICIES)}")
        token = options.text("client_token")
        options.check("client_token", token, check_client_token)

        criteria = read_criteria(options, with_lint=False)

        def make(client: Client) -> InnerAccessGroup:
            return InnerAccessGroup(identifier, region, wanted, token, client, criteria)

        return make
