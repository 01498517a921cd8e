# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-playbook cnclouds.security_groups.preview``, ``apply`` and ``drift``, on localhost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.awx.descriptions import cloud_environment, description, description_text, written_groups
from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible, Run
from tests.support.worlds import ACCEPTING, NEVER_EDITED, WEB, assert_no_secret, calls, writes

ROLE = "cnclouds.security_groups.security_groups : "


def play(ansible: Ansible, clouds: Harness, name: str, *arguments: str) -> Run:
    """Run a playbook of the collection with the description in this folder. By default, that is the usual one."""
    if not (ansible.folder / "groups.yml").exists():
        (ansible.folder / "groups.yml").write_text(description_text(), encoding="utf-8")
    run = ansible.command(
        "ansible-playbook",
        f"cnclouds.security_groups.{name}",
        *("-e", "@groups.yml", *arguments),
        environment={
            **cloud_environment(clouds),
            "ANSIBLE_SHOW_CUSTOM_STATS": "true",
        },
    )
    assert_no_secret(run.stdout + run.stderr)
    return run


def message_of(run: Run, task: str) -> str:
    """The message of a task of the role."""
    message = run.result(ROLE + task)["msg"]
    return message if isinstance(message, str) else "\n".join(message)


def summary(run: Run) -> str:
    """The summary of all groups in the output."""
    return message_of(run, "Show the summary")


def test_a_preview_is_approved_applied_and_leaves_no_drift(ansible: Ansible, clouds: Harness) -> None:
    state = clouds.state()
    preview = play(ansible, clouds, "preview", "-e", "security_groups_approval_file=approved.json")
    assert preview.status == 0, preview.stdout
    assert clouds.state() == state
    assert "4 security groups checked, 3 would change, 0 failures." in summary(preview)
    assert f"{WEB} (ap-guangzhou) would change." in summary(preview)
    assert f"--- before: {WEB}" in preview.stdout

    fingerprints = json.loads((ansible.folder / "approved.json").read_text(encoding="utf-8"))
    names = ["security_groups_approved_localhost_aliyun_0", "security_groups_approved_localhost_tencent_0"]
    assert sorted(fingerprints) == names
    assert all(f'"{name}": "{value}"' in preview.stdout for name, value in fingerprints.items())

    partly = play(ansible, clouds, "apply", "-e", json.dumps({names[0]: fingerprints[names[0]]}))
    assert partly.status == 2
    assert f"Nothing was changed: the approval does not contain {names[1]}." in partly.stdout

    ingress = clouds.group("tencent", WEB)["ingress"]
    clouds.foreign_write("tencent", WEB, ingress=[])
    overtaken = play(ansible, clouds, "apply", "-e", "@approved.json")
    assert overtaken.status == 2
    refusal = next(task for task in overtaken.tasks if task.status == "failed" and "results" in task.result)
    assert [each["failure"]["kind"] for each in refusal.result["results"]] == ["conflict"]
    assert writes(clouds) == []  # not even in the other cloud

    clouds.foreign_write("tencent", WEB, ingress=ingress)  # reverted, so the approval is valid again
    applied = play(ansible, clouds, "apply", "-e", "@approved.json")
    assert applied.status == 0, applied.stdout
    assert "changed=2" in applied.stdout  # one task for each cloud; the comparison before does not count
    assert written_groups(clouds) == {ACCEPTING, WEB, NEVER_EDITED}
    clouds.clear_journal()
    assert play(ansible, clouds, "drift").status == 0
    assert writes(clouds) == []


def test_apply_needs_no_approval_unless_it_is_required(ansible: Ansible, clouds: Harness) -> None:
    assert play(ansible, clouds, "apply").status == 0
    assert written_groups(clouds) == {ACCEPTING, WEB, NEVER_EDITED}


def test_drift_can_be_no_failure(ansible: Ansible, clouds: Harness) -> None:
    reported = play(ansible, clouds, "drift", "-e", "security_groups_drift_fails=false")
    assert reported.status == 0
    assert f"{ACCEPTING} (cn-hangzhou) would change." in summary(reported)
    assert writes(clouds) == []


def test_one_cloud_that_fails_does_not_hide_the_other(ansible: Ansible, clouds: Harness) -> None:
    clouds.fault("error", cloud="aliyun", group=ACCEPTING, code="Forbidden.RAM", message="denied", times=100)
    drift = play(ansible, clouds, "drift", "-e", "security_groups_drift_fails=false")
    assert drift.status == 2
    assert "3 security groups checked, 2 would change, 1 failures." in summary(drift)
    assert "Forbidden.RAM" in message_of(drift, "Fail if a security group could not be previewed")


@pytest.mark.parametrize("name", ["preview", "apply", "drift"])
def test_a_description_without_groups_is_a_mistake(ansible: Ansible, clouds: Harness, name: str) -> None:
    """A misspelt variable must not look like groups in their desired state."""
    (ansible.folder / "groups.yml").write_text("security_group_aliyun: [{region: cn-hangzhou}]\n", encoding="utf-8")
    run = play(ansible, clouds, name)
    assert run.status == 2
    assert "No security group is described" in message_of(run, "Fail if no security group is described")


def test_the_expected_account_of_an_entry(ansible: Ansible, clouds: Harness) -> None:
    entries = description()
    for entry in (*entries["security_groups_aliyun"], *entries["security_groups_tencent"]):
        entry |= {"expected_account_id": "42", "sts_endpoint": clouds.url}
    (ansible.folder / "groups.yml").write_text(json.dumps(entries), encoding="utf-8")
    for name, asked in (("apply", 1), ("preview", 2)):  # a preview continues with the other cloud
        clouds.clear_journal()
        run = play(ansible, clouds, name)
        assert run.status == 2
        assert run.stdout.count("expected_account_id is 42") >= asked
        assert calls(clouds) == ["GetCallerIdentity"] * asked


def one_listed(ansible: Ansible, clouds: Harness, region: str, identifier: str | None) -> Run:
    """Run drift with one listed group, where each host represents a group."""
    group: dict[str, Any] = {"security_group_id": identifier, "ingress": []}
    entry = {"region": region, "endpoint": clouds.url, "groups": [group]}
    (ansible.folder / "groups.yml").write_text(json.dumps({"security_groups_tencent": [entry]}), encoding="utf-8")
    source = "plugin: cnclouds.security_groups.tencent_sg\nregion: ap-guangzhou\ndetails: false\n"
    (ansible.folder / "tencent_sg.yml").write_text(source, encoding="utf-8")
    options = {"security_groups_require_hosts": True, "security_groups_hosts": "security_groups"}
    return play(ansible, clouds, "drift", "-i", "tencent_sg.yml", "-e", json.dumps(options))


def test_a_group_in_the_wrong_region_has_no_host(ansible: Ansible, clouds: Harness) -> None:
    """A host has the same ID, and would report no drift because nothing was compared."""
    run = one_listed(ansible, clouds, "ap-beijing", WEB)
    assert run.status == 2
    assert f"No host of this job represents {WEB}." in run.stdout


def test_blanks_around_a_region_do_not_leave_out_its_groups(ansible: Ansible, clouds: Harness) -> None:
    run = one_listed(ansible, clouds, "ap-guangzhou\n", WEB)
    assert run.status == 2
    assert f"{WEB} (ap-guangzhou) would change." in run.stdout


@pytest.mark.parametrize("identifier", [None, "", " ", f" {WEB}", f"{WEB}\n"])
def test_a_group_with_an_unusable_id(ansible: Ansible, clouds: Harness, identifier: str | None) -> None:
    run = one_listed(ansible, clouds, "ap-guangzhou", identifier)
    assert run.status == 2
    assert "without blanks. Correct these groups: " in message_of(
        run, "Fail if a security group cannot be assigned to a host"
    )


def test_a_group_by_another_spelling_of_its_id_has_no_host(ansible: Ansible, clouds: Harness) -> None:
    text = description_text().replace(f'"security_group_id": "{WEB}"', f'"sg_id": "{WEB}"')
    (ansible.folder / "groups.yml").write_text(text, encoding="utf-8")
    assert play(ansible, clouds, "drift", "-e", "security_groups_drift_fails=false").status == 0
    source = "plugin: cnclouds.security_groups.tencent_sg\nregion: ap-guangzhou\ndetails: false\n"
    (ansible.folder / "tencent_sg.yml").write_text(source, encoding="utf-8")
    run = play(ansible, clouds, "drift", "-i", "tencent_sg.yml", "-e", "security_groups_hosts=security_groups")
    assert run.status == 2
    assert f'without its aliases and without blanks. Correct these groups: {{"sg_id": "{WEB}"' in message_of(
        run, "Fail if a security group cannot be assigned to a host"
    )


def test_drift_needs_hosts(ansible: Ansible, clouds: Harness) -> None:
    run = play(ansible, clouds, "drift", "-e", "security_groups_hosts=security_groups")
    assert run.status == 2
    assert "The inventory has no host in security_groups, so nothing was checked." in run.stdout


def test_several_hosts_must_not_do_the_same_work(ansible: Ansible, clouds: Harness) -> None:
    run = play(ansible, clouds, "apply", "-i", "one,two", "-c", "local", "-e", "security_groups_hosts=all")
    assert run.status == 2
    assert "Every host of this play would manage the same" in run.stdout
    assert writes(clouds) == []
