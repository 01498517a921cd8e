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

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.arguments import aliyun_spec
from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.policy_task import (
    PolicyTask,
    policy_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.arguments import (
    Module,
    fleet_spec,
    transport_spec,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.run import run


def main() -> None:
    run(Module({**policy_spec(), **aliyun_spec(), **transport_spec(), **fleet_spec()}), PolicyTask())


if __name__ == "__main__":
    main()
