#!/usr/bin/python
# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
"""

EXAMPLES = r"""
"""

RETURN = r"""
"""

from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.arguments import (
    Module,
    fleet_spec,
    transport_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.run import run
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.arguments import tencent_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.rules_task import (
    RulesTask,
    rules_spec,
)


def main() -> None:
    module = Module({**rules_spec(), **tencent_spec(), **transport_spec(), **fleet_spec()})
    run(module, RulesTask(module.params["api_version"]))


if __name__ == "__main__":
    main()
