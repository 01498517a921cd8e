# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible imports once, before it forks a worker process for each task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.worlds import ACCEPTING, WEB, aliyun_options, tencent_options

# Loads the action plugin as Ansible does before it forks, and prints what the first run imports besides.
FIRST_RUN = """
import importlib, json, sys
from ansible_collections.cnclouds.security_groups.plugins.plugin_utils import _direct
name, arguments = sys.argv[1:]
action = importlib.import_module(f"{_direct.PLUGINS}.action.{name}").ActionModule
(main,), before = action.main, set(sys.modules)
status, out, err = action.core.run(main, json.dumps({"ANSIBLE_MODULE_ARGS": json.loads(arguments)}).encode(), {}, ".")
assert status == 0 and not json.loads(out)["changed"], out + err
print(json.dumps([name for name in sys.modules if name not in before and name.startswith("ansible")]))
"""
CONVERGED: list[tuple[str, dict[str, Any]]] = [
    ("aliyun_sg_policy", {"security_group_id": ACCEPTING, "inner_access_policy": "accept"}),
    ("aliyun_sg_policy_info", {"security_group_ids": [ACCEPTING]}),
    ("tencent_sg_rules", {"security_group_id": WEB, "state": "merged", "ingress": []}),
    ("tencent_sg_rules_info", {"security_group_ids": [WEB]}),
]


@pytest.mark.parametrize(("name", "options"), CONVERGED)
def test_a_worker_process_imports_nothing_for_a_converged_task(
    clouds: Harness, name: str, options: dict[str, Any]
) -> None:
    given = aliyun_options(clouds.url) if name.startswith("aliyun") else tencent_options(clouds.url)
    command = [sys.executable, "-c", FIRST_RUN, name, json.dumps({**given, **options, "_ansible_remote_tmp": "/tmp"})]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
