# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What M(cnclouds.security_groups.tencent_sg_rules_check) supplies: the rules of groups that nobody is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._change.plan import Plan
from .._http.client import Client
from .._options.options import Options
from .._task.run import GroupMaker
from .._task.task import OptionProblems
from .rule_group import RuleGroup
from .rule_input import Limits, RuleReader
from .rule_set import Rules, RuleSet
from .rules import DIRECTIONS
from .sg_rules import OWN_OPTIONS, RulesModule, rules_spec


def check_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of the module."""
    return {
        **rules_spec(),
        "api_version": {"type": "str", "choices": ["3.0", "2.0"], "default": "3.0"},
        "region": {"type": "str"},
        "present": {"type": "dict"},
        "groups": {"type": "list", "elements": "dict"},
        "return_unchanged": {"type": "bool", "default": True},
        "source": {"type": "str"},
        "sarif_file": {"type": "path"},
        "junit_file": {"type": "path"},
    }


@dataclass
class PresentGroup(RuleGroup):
    """A group whose rules are given."""

    present: RuleSet = field(default_factory=lambda: RuleSet((), (), None))

    def read(self) -> RuleSet:
        return self.present

    def extra_results(self, plan: Plan[RuleSet]) -> dict[str, Any]:
        return {"requests": [{"action": step.action, "parameters": dict(step.parameters)} for step in plan.steps]}


class RulesCheckModule(RulesModule):
    """Implements the GroupCloud protocol for groups whose rules are given."""

    purpose = "check the rules"
    own_options: Mapping[str, tuple[str, ...]] = {**OWN_OPTIONS, "present": ()}

    def group(self, options: Options, region: str, problems: OptionProblems) -> GroupMaker:
        make = super().group(options, region, problems)
        present = _present(options)

        def make_present(client: Client) -> PresentGroup:
            return PresentGroup(**vars(make(client)), present=present)

        return make_present


def _present(options: Options) -> RuleSet:
    """The rules that a group has, as ``before`` of a result returns them; none if they are not given."""
    given = options.mapping("present")
    path = options.path("present")
    rules: dict[str, Rules] = dict.fromkeys(DIRECTIONS, ())
    inner = Options(given, path, options.mistakes)
    for direction in DIRECTIONS:
        reader = RuleReader(Limits(), mistakes=options.mistakes)
        rules[direction] = reader.read(inner.entries(direction) or [], inner.path(direction))
    for name in given:
        if name not in (*DIRECTIONS, "version"):
            inner.wrong(str(name), "is not a member of present; the members are ingress, egress and version")
    return RuleSet(rules["ingress"], rules["egress"], inner.text("version") or None)
