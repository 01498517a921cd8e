# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of the role, for all groups and for one entry, and the traffic in previews."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible, Run
from tests.support.worlds import (
    ALIYUN_KEY_ID,
    ALIYUN_REGION,
    ALIYUN_SECRET,
    DROPPING,
    PEER,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    WEB,
    WEB_INGRESS,
    writes,
)

OPEN = [{"action": "accept", "protocol": "tcp", "port": 22}]
OURS = {"name": "our way in", "protocol": "tcp", "port": 22, "peer": "10.1.2.3"}
LOCKOUT = [{"action": "accept", "protocol": "tcp", "port": 443}]


def variables(clouds: Harness, ingress: list[dict[str, Any]], entry: dict[str, Any], **all_groups: Any) -> str:
    group = {"security_group_id": WEB, "ingress": ingress}
    groups = {"region": TENCENT_REGION, "endpoint": clouds.url, "groups": [group], **entry}
    return json.dumps({"security_groups_tencent": [groups], **all_groups})


def aliyun_variables(clouds: Harness, policy: str, entry: dict[str, Any], **all_groups: Any) -> str:
    groups = [{"security_group_id": DROPPING, "inner_access_policy": policy}]
    described = {"region": ALIYUN_REGION, "endpoint": clouds.url, "groups": groups, **entry}
    return json.dumps({"security_groups_aliyun": [described], **all_groups})


KEYS = {
    "TENCENTCLOUD_SECRET_ID": TENCENT_ID,
    "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY,
    "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_KEY_ID,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_SECRET,
}


def play(ansible: Ansible, name: str, text: str) -> Run:
    """Run a playbook of the collection with these variables."""
    file = ansible.folder / "groups.json"
    file.write_text(text, "utf-8")
    plays = [{"ansible.builtin.import_playbook": f"cnclouds.security_groups.{name}"}]
    return ansible.playbook(plays, "-e", f"@{file}", environment=KEYS)


def preview(clouds: Harness, ansible: Ansible, text: str) -> Run:
    run = play(ansible, "preview", text)
    assert writes(clouds) == []
    return run


def readable(run: Run) -> str:
    """The output as a person reads it, without the line breaks of warnings."""
    return " ".join((run.stdout + run.stderr).split())


POLICIES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any], str]] = {
    "forbidden for all": (OPEN, {}, {"security_groups_forbid": ["world_open_admin_ports"]}, "world_open_admin_ports"),
    "forbidden in one entry": (OPEN, {"forbid": ["world_open_admin_ports"]}, {}, "world_open_admin_ports"),
    "an entry adds to what is for all": (
        LOCKOUT,
        {"forbid": ["any_any"]},
        {"security_groups_protect": [OURS]},
        "our way in",
    ),
    "keys without a value in an entry": (
        LOCKOUT,
        {"protect": None, "forbid": None, "known_members": None},
        {"security_groups_protect": [OURS]},
        "our way in",
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_violation_fails_the_preview(clouds: Harness, ansible: Ansible, name: str) -> None:
    ingress, entry, all_groups, policy = POLICIES[name]
    run = preview(clouds, ansible, variables(clouds, ingress, entry, **all_groups))
    assert run.status != 0
    assert policy in run.stdout


@pytest.mark.parametrize("name", ["protect", "forbid"])
def test_a_policy_for_all_groups_cannot_be_replaced(clouds: Harness, ansible: Ansible, name: str) -> None:
    """The list of a single group would replace it."""
    described = json.loads(variables(clouds, OPEN, {}, security_groups_forbid=["world_open_admin_ports"]))
    described["security_groups_protect"] = [OURS]
    described["security_groups_tencent"][0]["groups"][0][name] = []
    run = preview(clouds, ansible, json.dumps(described))
    assert run.status != 0
    assert (
        "would replace security_groups_protect or security_groups_forbid" in run.stdout.replace("\n", " ") + run.stderr
    )


def test_the_override_of_an_entry_wins(clouds: Harness, ansible: Ansible) -> None:
    entry = {"override": {"reason": "an exercise"}}
    text = variables(clouds, OPEN, entry, security_groups_forbid=["world_open_admin_ports"])
    run = preview(clouds, ansible, text)
    assert run.status == 0, run.stdout
    assert "Overridden: an exercise" in run.stdout + run.stderr


def test_the_summary_shows_what_the_change_opens(clouds: Harness, ansible: Ansible) -> None:
    run = preview(clouds, ansible, variables(clouds, OPEN, {}))
    assert run.status == 0, run.stdout
    assert f"{WEB} ({TENCENT_REGION}): + newly allowed: ingress tcp 22 from any IPv4 address" in run.stdout


@pytest.mark.parametrize("name", ["apply", "drift"])
@pytest.mark.parametrize("case", POLICIES)
def test_a_violation_fails_apply_and_drift(clouds: Harness, ansible: Ansible, name: str, case: str) -> None:
    ingress, entry, all_groups, policy = POLICIES[case]
    run = play(ansible, name, variables(clouds, ingress, entry, **all_groups))
    assert run.status == 2, run.stdout
    assert f'"{policy}"' in readable(run).replace("\\", "")
    assert writes(clouds) == []


def test_apply_makes_an_overridden_change_and_gives_the_reason(clouds: Harness, ansible: Ansible) -> None:
    override = {"reason": "an exercise", "policies": ["world_open_admin_ports"]}
    text = variables(
        clouds, OPEN, {}, security_groups_forbid=["world_open_admin_ports"], security_groups_override=override
    )
    run = play(ansible, "apply", text)
    assert run.status == 0, run.stdout
    assert "Overridden: an exercise" in readable(run)
    assert [rule["CidrBlock"] for rule in clouds.group("tencent", WEB)["ingress"]] == ["0.0.0.0/0"]


def test_an_old_violation_is_a_warning_and_not_drift(clouds: Harness, ansible: Ansible) -> None:
    """Otherwise, a policy could only be enabled after every group satisfies it."""
    group = {"security_group_id": PEER, "ingress": [{"action": "accept"}]}
    text = variables(clouds, [], {"groups": [group]}, security_groups_forbid=["any_any"])
    for name in ("drift", "apply"):
        run = play(ansible, name, text)
        assert run.status == 0, run.stdout
        assert '"any_any" (forbid)' in readable(run)
    assert writes(clouds) == []


def test_known_members_of_all_groups_and_of_an_entry(clouds: Harness, ansible: Ansible) -> None:
    """Two templates are open to the world: one is known for all groups, the other one in the entry."""
    templates = [{"action": "accept", "service_template": name} for name in ("ppm-known001", "ppm-known002")]
    forbid = {"security_groups_forbid": ["world_open_admin_ports"]}
    for_all = {"security_groups_known_members": {"ppm-known001": ["tcp:443"]}}
    known = variables(clouds, templates, {"known_members": {"ppm-known002": ["udp:53"]}}, **forbid, **for_all)
    run = preview(clouds, ansible, known)
    assert run.status == 0, run.stdout
    unknown = preview(clouds, ansible, variables(clouds, templates, {}, **forbid, **for_all))
    assert unknown.status == 2
    assert "ppm-known002" in unknown.stdout


INSIDE = {"name": "no SSH inside", "protocol": "tcp", "port": 22, "peer": "self"}
DROP_SSH = {"SecurityGroupRuleId": "sgr-no-ssh", "IpProtocol": "TCP", "PortRange": "22/22", "Policy": "Drop"}


@pytest.mark.parametrize("name", ["preview", "apply", "drift"])
@pytest.mark.parametrize("level", ["all groups", "entry"])
def test_a_violation_on_alibaba_cloud(clouds: Harness, ansible: Ansible, name: str, level: str) -> None:
    clouds.foreign_write("aliyun", DROPPING, rules=[{**DROP_SSH, "SourceGroupId": DROPPING}])
    entry = {"forbid": [INSIDE]} if level == "entry" else {}
    all_groups = {} if entry else {"security_groups_forbid": [INSIDE]}
    text = aliyun_variables(clouds, "accept", entry, **all_groups)
    run = play(ansible, name, text)
    assert run.status == 2, run.stdout
    assert '"no SSH inside"' in readable(run).replace("\\", "")
    assert writes(clouds) == []
    assert clouds.group("aliyun", DROPPING)["inner_access_policy"] == "Drop"


def test_an_override_on_alibaba_cloud(clouds: Harness, ansible: Ansible) -> None:
    entry = {"forbid": [INSIDE], "override": {"reason": "an exercise"}}
    run = play(ansible, "apply", aliyun_variables(clouds, "accept", entry))
    assert run.status == 0, run.stdout
    assert "Overridden: an exercise" in readable(run)
    assert clouds.group("aliyun", DROPPING)["inner_access_policy"] == "Accept"


def test_a_violation_of_one_cloud_keeps_an_approved_run_from_writing_anywhere(
    clouds: Harness, ansible: Ansible
) -> None:
    """The change on Alibaba Cloud is allowed and comes first, but is not made, because the other cloud fails."""
    described = {
        **json.loads(aliyun_variables(clouds, "accept", {})),
        **json.loads(variables(clouds, LOCKOUT, {})),
        "security_groups_require_approval": True,
    }
    file = ansible.folder / "approved.json"
    approved = preview(clouds, ansible, json.dumps({**described, "security_groups_approval_file": str(file)}))
    assert approved.status == 0, approved.stdout
    fingerprints = json.loads(file.read_text("utf-8"))
    guarded = {**described, **fingerprints, "security_groups_protect": [OURS]}
    run = play(ansible, "apply", json.dumps(guarded))
    assert run.status == 2, run.stdout
    assert "our way in" in run.stdout
    assert writes(clouds) == []
    assert len(clouds.group("tencent", WEB)["ingress"]) == len(WEB_INGRESS)
