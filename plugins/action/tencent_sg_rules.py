# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ``tencent_sg_rules`` in Ansible's worker process if the result is the same, and as usual otherwise."""

from __future__ import annotations

import contextlib

from ansible.plugins.action.normal import ActionModule as Ordinary

ActionModule: type[Ordinary] = type("ActionModule", (Ordinary,), {})
# Ansible imports this file before it starts the first task, and an exception here would end the whole run.
with contextlib.suppress(Exception):
    from ansible_collections.cnclouds.security_groups.plugins.plugin_utils._direct import direct_action

    ActionModule = direct_action("tencent_sg_rules", "_tencent.api_3_0")
