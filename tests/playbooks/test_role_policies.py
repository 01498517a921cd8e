# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of the role, for all groups and for one entry, and the traffic in previews."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible
from tests.support.worlds import TENCENT_ID, TENCENT_KEY, TENCENT_REGION, WEB, writes

OPEN = [{"action": "accept", "protocol": "tcp", "port": 22}]
OURS = {"name": "our way in", "protocol": "tcp", "port": 22, "peer": "10.1.2.3"}
LOCKOUT = [{"action": "accept", "protocol": "tcp", "port": 443}]


def variables(clouds: Harness, ingress: list[dict[str, Any]], entry: dict[str, Any], **all_groups: Any) -> str:
    group = {"security_group_id": WEB, "ingress": ingress}
    groups = {"region": TENCENT_REGION, "endpoint": clouds.url, "groups": [group], **entry}
    return json.dumps({"security_groups_tencent": [groups], **all_groups})


def preview(clouds: Harness, ansible: Ansible, tmp_path: Path, text: str) -> Any:
    file = tmp_path / "groups.json"
    file.write_text(text, "utf-8")
    keys = {"TENCENTCLOUD_SECRET_ID": TENCENT_ID, "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY}
    plays = [{"ansible.builtin.import_playbook": "cnclouds.security_groups.preview"}]
    run = ansible.playbook(plays, "-e", f"@{file}", environment=keys)
    assert writes(clouds) == []
    return run


POLICIES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any], str]] = {
    "forbidden for all": (OPEN, {}, {"security_groups_forbid": ["world_open_admin_ports"]}, "world_open_admin_ports"),
    "forbidden in one entry": (OPEN, {"forbid": ["world_open_admin_ports"]}, {}, "world_open_admin_ports"),
    "an entry adds to what is for all": (
        LOCKOUT,
        {"forbid": ["any_any"]},
        {"security_groups_protect": [OURS]},
        "our way in",
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_violation_fails_the_preview(clouds: Harness, ansible: Ansible, tmp_path: Path, name: str) -> None:
    ingress, entry, all_groups, policy = POLICIES[name]
    run = preview(clouds, ansible, tmp_path, variables(clouds, ingress, entry, **all_groups))
    assert run.status != 0
    assert policy in run.stdout


@pytest.mark.parametrize("name", ["protect", "forbid"])
def test_a_policy_for_all_groups_cannot_be_replaced(
    clouds: Harness, ansible: Ansible, tmp_path: Path, name: str
) -> None:
    """A list of a single group would replace it."""
    described = json.loads(variables(clouds, OPEN, {}, security_groups_forbid=["world_open_admin_ports"]))
    described["security_groups_protect"] = [OURS]
    described["security_groups_tencent"][0]["groups"][0][name] = []
    run = preview(clouds, ansible, tmp_path, json.dumps(described))
    assert run.status != 0
    assert "would replace that of all groups" in run.stdout.replace("\n", " ") + run.stderr


def test_the_override_of_an_entry_wins(clouds: Harness, ansible: Ansible, tmp_path: Path) -> None:
    entry = {"override": {"reason": "an exercise"}}
    text = variables(clouds, OPEN, entry, security_groups_forbid=["world_open_admin_ports"])
    run = preview(clouds, ansible, tmp_path, text)
    assert run.status == 0, run.stdout
    assert "Overridden: an exercise" in run.stdout + run.stderr


def test_the_summary_shows_what_the_change_opens(clouds: Harness, ansible: Ansible, tmp_path: Path) -> None:
    run = preview(clouds, ansible, tmp_path, variables(clouds, OPEN, {}))
    assert run.status == 0, run.stdout
    assert f"{WEB} ({TENCENT_REGION}): + newly allowed: ingress tcp 22 from any IPv4 address" in run.stdout
