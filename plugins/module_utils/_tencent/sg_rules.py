# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module tencent_sg_rules supplies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .._change.contract import OptionProblems
from .._change.policy_options import POLICY_OPTIONS, lint_spec, policy_spec, read_criteria
from .._keys.access import ServiceAccess, TaskClient
from .._options.groups import group_id
from .._options.options import Options
from .._options.spec import Spec
from .apis import rule_api
from .arguments import tencent_access
from .desired_rules import POSITIONS, VERBS, DesiredRules
from .rule_group import RuleGroup
from .rule_input import RuleReader, UnsupportedRule
from .rule_set import Rules
from .rules import DIRECTIONS

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


def check_id(identifier: str) -> None:
    """Raise ValueError if this cannot be the ID of a security group."""
    if not re.fullmatch(r"sg-[0-9A-Za-z]+", identifier):
        raise ValueError(f"{identifier!r} is not the ID of a security group, like sg-33ocnj9n")


def rules_spec() -> Spec:
    """Return the argument spec of the options that describe a group."""
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


class GivenRules(NamedTuple):
    """The desired rules of a group, and by direction those that the API cannot write."""

    desired: DesiredRules
    unsupported: Mapping[str, list[UnsupportedRule]]


class RulesModule:
    """Implements the GroupCloud protocol."""

    purpose = "set the rules"
    own_options = OWN_OPTIONS
    info_only_fields: Sequence[str] = ("name", "description", "project_id", "is_default", "tags", "version")

    def __init__(self, api_version: str) -> None:
        self.api = rule_api(api_version)
        self.rates = self.api.rates

    def access(self, options: Options, client: TaskClient) -> ServiceAccess:
        return tencent_access(options, client, self.api)

    def group(self, options: Options, region: str, problems: OptionProblems) -> RuleGroup:
        identifier = group_id(options, check_id)
        desired, unsupported = self._given_rules(options, problems)
        expected = options.text("expected_version")
        if expected and not self.api.has_lock:
            options.wrong("expected_version", "API 2.0 has no reliable version; use api_version 3.0")
        criteria = read_criteria(options, with_lint=True)
        return RuleGroup(identifier, region, desired, self.api, expected, unsupported, criteria)

    def _given_rules(self, options: Options, problems: OptionProblems) -> GivenRules:
        state = options.choice("state", tuple(VERBS), "replaced")
        given: dict[str, Rules | None] = dict.fromkeys(DIRECTIONS)
        unsupported: dict[str, list[UnsupportedRule]] = {}
        wrong_so_far = len(problems.mistakes)
        for direction in DIRECTIONS:
            entries = options.entries(direction)
            if entries is None:
                continue
            reader = RuleReader(self.api.limits, state != "merged", problems.mistakes, [], problems.warnings)
            given[direction] = reader.read(entries, options.path(direction))
            unsupported[direction] = reader.unsupported
        if len(problems.mistakes) > wrong_so_far:
            # The task fails in any case, so it lists everything that may be wrong.
            problems.mistakes += [each.mistake for listed in unsupported.values() for each in listed]
        if not any(options.given(direction) for direction in DIRECTIONS):
            options.wrong("ingress", "is required, unless egress is given; write [] for a direction without rules")
        at_top = options.choice("position", POSITIONS, "bottom") == "top"
        return GivenRules(DesiredRules(state, at_top, given["ingress"], given["egress"]), unsupported)
