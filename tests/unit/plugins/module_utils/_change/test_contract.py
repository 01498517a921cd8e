# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups that the modules supply agree with the documented options."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sg_policy import (
    PolicyModule,
    inner_access_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.sg_policy_info import PolicyInfoModule
from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import OptionProblems
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import Mistake
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules import RulesModule, rules_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules_check import (
    RulesCheckModule,
    check_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.sg_rules_info import RulesInfoModule

MODULES = [
    (PolicyModule(), inner_access_spec()),
    (RulesModule("3.0"), rules_spec()),
    (RulesModule("2.0"), rules_spec()),
    (RulesCheckModule("3.0"), check_spec()),
]


@pytest.mark.parametrize(("module", "spec"), MODULES)
def test_the_options_of_one_group_are_options_of_the_module_with_the_same_aliases(module: Any, spec: Any) -> None:
    assert {name: tuple(spec[name].get("aliases", ())) for name in module.own_options} == dict(module.own_options)


@pytest.mark.parametrize(
    ("info", "module"),
    [
        (PolicyInfoModule(), PolicyModule()),
        (RulesInfoModule("3.0"), RulesModule("3.0")),
        (RulesInfoModule("2.0"), RulesModule("2.0")),
    ],
)
def test_a_group_ignores_the_values_that_its_info_module_filters_by(info: Any, module: Any) -> None:
    """An entry of an info module is valid in ``groups``, so all of its fields are known there."""
    assert set(info.filters) <= {*module.own_options, *module.info_only_fields}


def test_problems_of_one_group_are_not_those_of_another_one() -> None:
    mistakes = [Mistake("region", "is required")]
    one, other = OptionProblems(mistakes), OptionProblems(mistakes)
    one.mistakes.append(Mistake("timeout", "is no number"))
    one.warnings.append("odd")
    assert (other.mistakes, other.warnings, mistakes) == (mistakes, [], [Mistake("region", "is required")])
