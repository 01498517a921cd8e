# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost of a plan: from the options and the response of the service to the calls, without network."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import OptionProblems
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent import rule_input, rule_text
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent import rules as rule_values
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules import RulesModule
from tests.benchmarks.clouds import Rules, api_rule, group_id, tencent_rules

# Case -> whether its plan has steps.
CASES = {"replaced, converged": False, "replaced, one rule differs": True, "merged": True, "deleted": True}


def answer(rules: Rules) -> dict[str, Any]:
    """The body of DescribeSecurityGroupPolicies for these rules in both directions."""
    listed = [{**api_rule(rule), "PolicyIndex": index} for index, rule in enumerate(rules)]
    return {"SecurityGroupPolicySet": {"Version": "7", "Ingress": listed, "Egress": listed}}


def situation(case: str, count: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options and response for this many rules, half of them in each direction. A tenth is merged or deleted."""
    rules = tencent_rules(count // 2)
    tenth = max(1, len(rules) // 10)
    given, present = {
        "replaced, converged": (rules, rules),
        "replaced, one rule differs": (tencent_rules(len(rules), 1), rules),
        "merged": (rules, rules[tenth:]),
        "deleted": (rules[:tenth], rules),
    }[case]
    state = case.partition(",")[0]
    return {"security_group_id": group_id(0), "state": state, "ingress": given, "egress": given}, answer(present)


def forget() -> None:
    """Clear the caches of rules, because a module process plans only once."""
    for module in (rule_values, rule_input, rule_text):
        for function in vars(module).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()


def seconds(case: str, options: Mapping[str, Any], body: Mapping[str, Any]) -> float:
    """CPU seconds of one plan: parse both sides, bring them to canonical form, compare them, and build the calls."""
    forget()
    start = time.process_time()
    problems = OptionProblems()
    group = RulesModule("3.0").group(Options(options, "", problems.mistakes), "ap-guangzhou", problems)
    plan = group.plan(Api30().parse(body))
    passed = time.process_time() - start
    if problems.mistakes or bool(plan.steps) != CASES[case]:
        raise AssertionError(f"{case}: {problems.mistakes} {plan.steps[:1]}")
    return passed


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """The best fitting b of cost = a * size ** b, by least squares of the logarithms."""
    points = [(math.log(size), math.log(cost)) for size, cost in zip(sizes, costs, strict=True)]
    middle_x = sum(x for x, _y in points) / len(points)
    middle_y = sum(y for _x, y in points) / len(points)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return slope / sum((x - middle_x) ** 2 for x, _y in points)
