# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What M(cnclouds.security_groups.tencent_sg_rules) supplies to the one path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._change.policy_options import POLICY_OPTIONS, lint_spec, policy_spec, read_criteria
from .._http.client import Client
from .._keys.access import ServiceAccess, TaskClient
from .._options.options import Options
from .._task.run import GroupMaker
from .._task.task import OptionProblems
from .arguments import tencent_access
from .rule_api import Api20, Api30, RuleApi
from .rule_group import VERBS, RuleGroup
from .rule_input import Limits, RuleReader, UnsupportedRule
from .rule_set import DesiredRules, Rules
from .rules import DIRECTIONS
from .vpc import RATES

OWN_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "security_group_id": ("sg_id", "sgId", "SecurityGroupId"),
    "ingress": (),
    "egress": (),
    "state": (),
    "position": (),
    "expected_version": (),
    **POLICY_OPTIONS,
    "lint": (),
}
POSITIONS = ("top", "bottom")
APIS: Mapping[str, tuple[RuleApi, Limits]] = {
    "3.0": (Api30(), Limits()),
    # Points 5 and 10 of the page on ModifySecurityGroupPolicys; it has no field for IPv6.
    "2.0": (
        Api20(),
        Limits(
            protocols=("tcp", "udp", "icmp", "all"),
            ipv6=False,
            two_templates=False,
            description_length=50,
            api="API 2.0",
            remedy="use api_version 3.0",
        ),
    ),
}


def check_id(identifier: str) -> None:
    """Raises ValueError for what is not the id of a security group."""
    if not re.fullmatch(r"sg-[0-9A-Za-z]+", identifier):
        raise ValueError(f"{identifier!r} is not the id of a security group, like sg-33ocnj9n")


def rules_spec() -> dict[str, dict[str, Any]]:
    return {
        "security_group_id": {"type": "str", "aliases": list(OWN_OPTIONS["security_group_id"])},
        "ingress": {"type": "list", "elements": "dict"},
        "egress": {"type": "list", "elements": "dict"},
        "state": {"type": "str", "choices": list(VERBS), "default": "replaced"},
        "position": {"type": "str", "choices": list(POSITIONS), "default": "bottom"},
        "expected_version": {"type": "str"},
        **policy_spec(),
        **lint_spec(),
    }


class RulesModule:
    """Implements the Cloud protocol."""

    purpose = "set the rules"
    own_options = OWN_OPTIONS
    info_only_fields: Sequence[str] = ("name", "description", "project_id", "is_default", "tags", "version")
    rates = RATES

    def __init__(self, api_version: str) -> None:
        self.api_version = api_version
        self.api, self.limits = APIS[api_version]

    def access(self, options: Options, calls: TaskClient) -> ServiceAccess:
        return tencent_access(options, calls)

    def group(self, options: Options, region: str, problems: OptionProblems) -> GroupMaker:
        identifier = options.required_text("security_group_id")
        options.check("security_group_id", identifier, check_id)
        wanted, doubts = self._wanted(options, problems)
        expected = options.text("expected_version")
        if expected and self.api_version != "3.0":
            options.wrong("expected_version", "API 2.0 has no dependable version; use api_version 3.0")

        criteria = read_criteria(options, with_lint=True)

        def make(client: Client) -> RuleGroup:
            return RuleGroup(identifier, region, wanted, expected, self.api, client, doubts, criteria)

        return make

    def _wanted(
        self, options: Options, problems: OptionProblems
    ) -> tuple[DesiredRules, dict[str, list[UnsupportedRule]]]:
        state = options.choice("state", tuple(VERBS), "replaced")
        given: dict[str, Rules | None] = dict.fromkeys(DIRECTIONS)
        doubts: dict[str, list[UnsupportedRule]] = {}
        wrong_so_far = len(problems.mistakes)
        for direction in DIRECTIONS:
            entries = options.entries(direction)
            if entries is None:
                continue
            reader = RuleReader(self.limits, state != "merged", problems.mistakes, [], problems.warnings)
            given[direction] = reader.read(entries, options.path(direction))
            doubts[direction] = reader.doubts
        if len(problems.mistakes) > wrong_so_far:
            # The task fails in any case, so it fails with everything that may be wrong.
            problems.mistakes += [doubt.mistake for listed in doubts.values() for doubt in listed]
        if not any(options.given(direction) for direction in DIRECTIONS):
            options.wrong("ingress", "is required, unless egress is given; a direction without any rule is written []")
        at_top = options.choice("position", POSITIONS, "bottom") == "top"
        return DesiredRules(state, at_top, given["ingress"], given["egress"]), doubts
