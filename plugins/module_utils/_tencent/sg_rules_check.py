# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module tencent_sg_rules_check supplies: groups whose current rules are options."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from .._change.contract import GivenRule, OptionProblems
from .._change.plan import Plan
from .._http.client import Client
from .._options.options import Options
from .._options.spec import Spec
from .arguments import api_version_spec
from .rule_group import RuleGroup
from .rule_input import Limits, RuleReader
from .rule_set import Rules, RuleSet
from .rules import DIRECTIONS
from .sg_rules import OWN_OPTIONS, RulesModule, rules_spec

_POSITION = re.compile(r"(ingress|egress)\[(\d+)\]")


def check_spec() -> Spec:
    """Return the argument spec of the module."""
    return {
        **rules_spec(),
        **api_version_spec(),
        "region": {"type": "str"},
        "present": {"type": "dict"},
        "groups": {"type": "list", "elements": "dict"},
        "return_unchanged": {"type": "bool", "default": True},
        "source": {"type": "str"},
        "sarif_file": {"type": "path"},
        "junit_file": {"type": "path"},
    }


class PresentGroup(RuleGroup):
    """Implements the OfflineGroup protocol. A group whose current rules come from the option ``present``."""

    present = RuleSet((), (), None)

    def read(self, client: Client) -> RuleSet:
        return self.present

    def extra_results(self, plan: Plan[RuleSet]) -> dict[str, Any]:
        return {"requests": [{"action": step.action, "parameters": dict(step.parameters)} for step in plan.steps]}

    @functools.cached_property
    def _after(self) -> RuleSet:
        return self.plan(self.present).after

    def given_rule(self, position: str) -> GivenRule | None:
        """Return the rule of the options at a position after the change; None if that is another rule of the group."""
        found = _POSITION.fullmatch(position)
        given = dict(self.desired.given()).get(found[1]) if found else None
        if not found or not given or self.desired.state == "deleted":
            return None
        direction, index = found[1], int(found[2])
        if self.desired.state == "merged":
            same = [rule.identity for rule in given]
            identity = self._after.of(direction)[index].identity
            if identity not in same:
                return None
            index = same.index(identity)
        return GivenRule(direction, index, len(given))


class RulesCheckModule(RulesModule):
    """Implements the OfflineCloud protocol."""

    purpose = "check the rules"
    own_options: Mapping[str, tuple[str, ...]] = {**OWN_OPTIONS, "present": ()}

    def group(self, options: Options, region: str, problems: OptionProblems) -> PresentGroup:
        group = PresentGroup(**vars(super().group(options, region, problems)))
        group.present = _present(options)
        return group


def _present(options: Options) -> RuleSet:
    """Return the current rules of a group from the option, which is like ``before`` of a result. Default: none."""
    given = options.mapping("present")
    path = options.path("present")
    rules: dict[str, Rules] = dict.fromkeys(DIRECTIONS, ())
    inner = Options(given, path, options.mistakes)
    for direction in DIRECTIONS:
        reader = RuleReader(Limits(), mistakes=options.mistakes, accepts_duplicates=True)
        rules[direction] = reader.read(inner.entries(direction) or [], inner.path(direction))
    for name in given:
        if name not in (*DIRECTIONS, "version"):
            inner.wrong(str(name), "is not a member of present; the members are ingress, egress and version")
    return RuleSet(rules["ingress"], rules["egress"], inner.text("version") or None)
