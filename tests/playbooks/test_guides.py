# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook of docs/fleets.md does what the page says."""

from __future__ import annotations

import json
import re

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import ROOT, Ansible
from tests.support.worlds import PEER, TENCENT_ID, TENCENT_KEY, WEB

DNS = {"action": "accept", "protocol": "udp", "port": 53}


@pytest.mark.parametrize("check", [True, False])
def test_a_fleet_is_changed_while_its_progress_is_watched(clouds: Harness, ansible: Ansible, check: bool) -> None:
    (playbook,) = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "docs/fleets.md").read_text("utf-8"), re.M | re.S)
    progress = ansible.folder / "progress"
    for text, instead in (("/tmp/fleet.progress", str(progress)), ("delay: 5", "delay: 1")):
        assert text in playbook
        playbook = playbook.replace(text, instead)
    # One group will change, and one is up to date. The playbook reads the file from its own folder.
    groups = [
        {"security_group_id": PEER, "ingress": [DNS]},
        {"security_group_id": WEB, "state": "deleted", "egress": [DNS]},
    ]
    (ansible.folder / "fleet.json").write_text(json.dumps(groups), encoding="utf-8")
    environment = {
        "TENCENTCLOUD_SECRET_ID": TENCENT_ID,
        "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY,
        "TENCENTCLOUD_ENDPOINT_VPC": clouds.url,
        "ANSIBLE_ASYNC_DIR": str(ansible.folder / "async"),  # the default folder is not below HOME
    }
    run = ansible.playbook(playbook, *(["--check"] if check else []), environment=environment)
    assert run.status == 0, run.stdout
    assert run.result("Show the changed groups")["msg"] == [PEER]
    told = [json.loads(line) for line in progress.read_text("utf-8").splitlines()]
    assert {line["security_group_id"]: line["changed"] for line in told} == {PEER: True, WEB: False}
    assert any(call["effect"] == "write" for call in clouds.journal()) is not check
