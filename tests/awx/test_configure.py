# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``extensions/awx/configure.yml`` with the real modules of ``awx.awx``, against a stand-in for AWX's API."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.awx.awx_stand_in import ADMINISTRATOR, StandIn
from tests.awx.kit import KIT, PROJECT, credential_types, load
from tests.support.ansible_commands import Ansible, Run
from tests.tooling import awx_collection

WORKFLOW = "Security groups: preview, approve, apply"
PREVIEW, APPLY, DRIFT = (f"Security groups: {name}" for name in ("preview", "apply", "drift"))
TEAMS = {"approver": "Network approvers", "operator": "Network operators", "outsider": "Web developers"}
WEBHOOK = {"url": "https://hooks.example.com/security-groups"}
EMAIL = {"host": "smtp.example.com", "sender": "awx@example.com", "recipients": ["network@example.com"]}
EVERYTHING = {
    "awx_approvers_team": TEAMS["approver"],
    "awx_operators_team": TEAMS["operator"],
    "awx_notification_webhook": WEBHOOK,
    "awx_notification_email": EMAIL,
}


class Kit:
    """A copy of the kit, an AWX to configure with it, and the runs of its playbook so far."""

    def __init__(self, folder: Path, awx: StandIn) -> None:
        self.awx = awx
        self.ansible = Ansible(folder)
        for name in ("configure.yml", "settings.yml", "credential_types.yml"):
            shutil.copy(KIT / name, folder)
        organization = awx.store.add("organizations", name="Default")["id"]
        for user, team in TEAMS.items():
            awx.store.teams[user] = [awx.store.add("teams", name=team, organization=organization)["id"]]

    def configure(self, *arguments: str, **settings: Any) -> Run:
        """Run configure.yml with these settings instead of those in settings.yml."""
        file = self.ansible.folder / "settings.yml"
        file.write_text(yaml.safe_dump({**load(KIT / "settings.yml"), **settings}), encoding="utf-8")
        return self.run("configure.yml", *arguments)

    def configure_only(self, *names: str, **settings: Any) -> Run:
        """Run only the tasks of configure.yml with these names."""
        (play,) = load(KIT / "configure.yml")
        chosen = [task for task in play["tasks"] if task["name"] in names]
        assert len(chosen) == len(names)
        file = self.ansible.folder / "overrides.yml"
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return self.run_tasks(chosen, "-e", "@overrides.yml", vars_files=play["vars_files"], vars=play["vars"])

    def run_tasks(self, tasks: list[dict[str, Any]], *arguments: str, **play: Any) -> Run:
        """Run these tasks with the modules of ``awx.awx``."""
        whole = {"hosts": "localhost", "gather_facts": False, **play, "tasks": tasks}
        (self.ansible.folder / "tasks.yml").write_text(yaml.safe_dump([whole]), encoding="utf-8")
        return self.run("tasks.yml", *arguments)

    def run(self, playbook: str, *arguments: str) -> Run:
        """Run a playbook that finds ``awx.awx`` and the stand-in."""
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(awx_collection.ensure()),
            "CONTROLLER_HOST": self.awx.url,
            "CONTROLLER_OAUTH_TOKEN": ADMINISTRATOR,
            "ANSIBLE_DEPRECATION_WARNINGS": "false",
        }
        return self.ansible.command("ansible-playbook", playbook, *arguments, environment=environment)

    def create_credentials(self) -> None:
        """Create the two credentials, as section 3 of docs/awx.md describes."""
        for kind in list(self.awx.store.objects["credential_types"].values()):
            self.awx.store.add("credentials", name=f"Security groups: {kind['name']}", credential_type=kind["id"])

    def call(self, user: str, method: str, path: str, data: Any = None) -> tuple[int, Any]:
        """Send one request as a user. Return the status and the JSON of the response."""
        headers = {"Authorization": f"Bearer {user}"}
        response = requests.request(method, self.awx.url + path, json=data, headers=headers, timeout=30)
        return response.status_code, response.json() if response.content else None

    def named(self, endpoint: str, name: str, field: str = "name") -> dict[str, Any]:
        """The object with this name, as the administrator reads it."""
        dummy, found = self.call(ADMINISTRATOR, "GET", f"/api/v2/{endpoint}/?{field}={name}")
        (item,) = found["results"]
        return dict(item)

    def associated(self, item: dict[str, Any], name: str) -> list[str]:
        """The names, or identifiers, of the objects that are associated with an object."""
        dummy, found = self.call(ADMINISTRATOR, "GET", item["related"][name])
        return sorted(str(each.get("identifier", each.get("name"))) for each in found["results"])

    def launch(self, user: str, endpoint: str, name: str, **answers: str) -> tuple[int, Any]:
        """Launch a template as a user."""
        item = self.named(endpoint, name)
        return self.call(user, "POST", f"{item['url']}launch/", {"extra_vars": answers})


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Kit]:
    """An AWX that has not been configured yet."""
    with StandIn().running() as awx:
        yield Kit(tmp_path, awx)


@pytest.fixture(scope="module")
def _configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    with StandIn().running() as awx:
        kit = Kit(tmp_path_factory.mktemp("configure"), awx)
        types = kit.configure("--tags", "credential_types", **EVERYTHING)
        assert types.status == 0, types.stdout
        kit.create_credentials()
        first = kit.configure(**EVERYTHING)
        assert first.status == 0, first.stdout
        yield kit


@pytest.fixture
def kit(_configured: Kit) -> Iterator[Kit]:
    """AWX after configure.yml has run, in the steps of docs/awx.md and with every setting."""
    before = copy.deepcopy(vars(_configured.awx.store))
    yield _configured
    vars(_configured.awx.store).update(before)


def changed(run: Run) -> list[str]:
    """The tasks that reported a change."""
    return [task.task for task in run.tasks if task.result.get("changed")]


def test_a_second_run_changes_nothing(kit: Kit) -> None:
    kit.awx.changes.clear()
    second = kit.configure(**EVERYTHING)
    assert second.status == 0, second.stdout
    assert changed(second) == [] and kit.awx.changes == []
    assert "[WARNING]" not in second.stdout + second.stderr


def test_the_schedule_answers_the_survey(kit: Kit) -> None:
    schedule = kit.named("schedules", "Security groups: drift every night")
    assert schedule["extra_data"] == {"security_groups_drift_fails": "true"}
    assert schedule["summary_fields"]["unified_job_template"]["name"] == DRIFT
    without = {"name": "x", "unified_job_template": DRIFT, "rrule": schedule["rrule"]}
    refused = kit.run_tasks([{"name": "Schedule without an answer", "awx.awx.schedule": without}])
    assert refused.status != 0
    assert "'security_groups_drift_fails' value missing" in refused.stdout


def test_a_workflow_of_one_task_would_never_settle(kit: Kit) -> None:
    """The stand-in shows why the kit has one task for each node."""
    target = {"name": "Ask", "type": "workflow_approval", "timeout": 60}
    node = {"identifier": "ask", "unified_job_template": target}
    workflow = {"name": "One task", "workflow_nodes": [node]}
    task = {"name": "Workflow", "awx.awx.workflow_job_template": workflow}
    assert kit.run_tasks([task]).status == 0
    again = kit.run_tasks([task])
    assert changed(again) == ["Workflow"]
    assert "may inaccurately report task is changed" in again.stdout + again.stderr


def test_the_apply_comes_only_after_an_approval(kit: Kit) -> None:
    nodes = {
        name: kit.named("workflow_job_template_nodes", name, "identifier") for name in ("preview", "approve", "apply")
    }
    follows = {name: kit.associated(node, "success_nodes") for name, node in nodes.items()}
    assert follows == {"preview": ["approve"], "approve": ["apply"], "apply": []}
    for node in nodes.values():
        assert kit.associated(node, "failure_nodes") == kit.associated(node, "always_nodes") == []
    targets = {name: node["summary_fields"]["unified_job_template"]["name"] for name, node in nodes.items()}
    assert targets == {"preview": PREVIEW, "approve": "Approve the previewed changes", "apply": APPLY}
    preview, apply = (kit.named("job_templates", name) for name in (PREVIEW, APPLY))
    assert (preview["job_type"], preview["diff_mode"]) == ("check", True)
    assert (apply["job_type"], json.loads(apply["extra_vars"])) == ("run", {"security_groups_require_approval": True})


def test_links_that_bypass_the_approval_are_removed(kit: Kit) -> None:
    nodes = {
        name: kit.named("workflow_job_template_nodes", name, "identifier") for name in ("preview", "approve", "apply")
    }
    for name, link in (("preview", "always_nodes"), ("preview", "success_nodes"), ("approve", "failure_nodes")):
        added, dummy = kit.call(ADMINISTRATOR, "POST", nodes[name]["related"][link], {"id": nodes["apply"]["id"]})
        assert added == 204 and "apply" in kit.associated(nodes[name], link)
    again = kit.configure_only("Link the nodes of the workflow")
    assert again.status == 0, again.stdout
    assert changed(again) == ["Link the nodes of the workflow"]
    follows = {
        (name, link): kit.associated(node, link)
        for name, node in nodes.items()
        for link in ("success_nodes", "failure_nodes", "always_nodes")
    }
    kept = {key: linked for key, linked in follows.items() if linked}
    assert kept == {("preview", "success_nodes"): ["approve"], ("approve", "success_nodes"): ["apply"]}


def test_operators_launch_and_approvers_approve_what_they_can_read(kit: Kit) -> None:
    scope = {"security_groups_hosts": "security_groups"}
    for user, status in {"outsider": 403, "approver": 403, "operator": 201}.items():
        launched, workflow = kit.launch(user, "workflow_job_templates", WORKFLOW, **scope)
        assert launched == status, user
    preview, approval = workflow["jobs"]
    for path, expected in {
        f"{preview}stdout/": {"outsider": 403, "approver": 200, "operator": 200},
        approval: {"outsider": 403, "approver": 200, "operator": 200},
    }.items():
        assert {user: kit.call(user, "GET", path)[0] for user in expected} == expected
    approved = {user: kit.call(user, "POST", f"{approval}approve/")[0] for user in ("outsider", "operator", "approver")}
    assert approved == {"outsider": 403, "operator": 403, "approver": 204}
    dummy, workflow = kit.call("operator", "GET", workflow["url"])
    apply = workflow["jobs"][2]
    output = {user: kit.call(user, "GET", f"{apply}stdout/")[0] for user in TEAMS}
    assert output == {"outsider": 403, "approver": 403, "operator": 200}


def test_no_one_gets_more_roles_than_documented(kit: Kit) -> None:
    store = kit.awx.store
    teams = {item["id"]: item["name"] for item in store.objects["teams"].values()}
    granted = {
        (teams[team], store.find(item)[1]["name"], role)
        for key, (item, role) in store.roles.items()
        for team in store.granted.get(key, [])
    }
    approvers, operators = TEAMS["approver"], TEAMS["operator"]
    assert granted == {
        (approvers, WORKFLOW, "approval_role"),
        (approvers, PREVIEW, "read_role"),
        (operators, WORKFLOW, "execute_role"),
        (operators, PREVIEW, "execute_role"),
        (operators, DRIFT, "execute_role"),
        (operators, APPLY, "read_role"),
    }
    refused, dummy = kit.launch("operator", "job_templates", APPLY)
    assert refused == 403


def test_notifications_of_drift_and_pending_approvals(kit: Kit) -> None:
    both = ["Security groups: e-mail", "Security groups: webhook"]
    assert kit.associated(kit.named("job_templates", DRIFT), "notification_templates_error") == both
    workflow = kit.named("workflow_job_templates", WORKFLOW)
    assert kit.associated(workflow, "notification_templates_approvals") == both
    assert kit.named("notification_templates", both[1])["notification_configuration"]["url"] == WEBHOOK["url"]
    assert kit.named("notification_templates", both[0])["notification_configuration"]["port"] == 25


def test_a_password_of_a_notification_is_reported_as_a_change_and_never_shown(kit: Kit) -> None:
    settings = {"awx_notification_webhook": {**WEBHOOK, "username": "awx", "password": "hunter2"}}
    for _dummy in range(2):
        run = kit.configure_only("Create the webhook notification", **settings)
        assert run.status == 0, run.stdout
        assert changed(run) == ["Create the webhook notification"]
        assert "hunter2" not in str(run)
    assert "hunter2" in str(kit.awx.store.objects["notification_templates"])


def test_removed_notifications_are_detached(kit: Kit) -> None:
    tasks = ("Create the job template for drift detection", "Create the workflow from preview to apply")
    assert kit.configure_only(*tasks, **{**EVERYTHING, "awx_notification_email": {}}).status == 0
    workflow, drift = kit.named("workflow_job_templates", WORKFLOW), kit.named("job_templates", DRIFT)
    for attached in (
        kit.associated(drift, "notification_templates_error"),
        kit.associated(workflow, "notification_templates_approvals"),
    ):
        assert attached == ["Security groups: webhook"]


def test_inventory_sources_and_job_templates_name_files_of_the_project(kit: Kit) -> None:
    for name in credential_types():
        source = kit.named("inventory_sources", name)
        assert (PROJECT / source["source_path"]).is_file()
        assert source["summary_fields"]["credential"]["name"] == f"Security groups: {name}"
    for name in (PREVIEW, APPLY, DRIFT):
        template = kit.named("job_templates", name)
        assert (PROJECT / template["playbook"]).is_file()
        assert kit.associated(template, "credentials") == [f"Security groups: {each}" for each in credential_types()]


def test_types_in_use_keep_their_fields(kit: Kit) -> None:
    """AWX refuses to change the inputs of a credential type that has credentials."""
    kind = kit.named("credential_types", "Tencent Cloud")
    status, dummy = kit.call(ADMINISTRATOR, "PATCH", kind["url"], {"inputs": {"fields": []}})
    assert status == 403


def test_a_missing_credential_is_named_before_anything_else_is_created(fresh: Kit) -> None:
    run = fresh.configure()
    assert run.status != 0
    for cloud in credential_types():
        assert f'needs one credential named "Security groups: {cloud}", of the type "{cloud}"' in " ".join(
            str(task.result) for task in run.tasks
        )
    assert "section 3 of docs/awx.md" in run.stdout
    assert {change.split("/")[3] for change in fresh.awx.changes} == {"credential_types"}


def test_a_credential_of_another_type_and_a_missing_team_are_refused(fresh: Kit) -> None:
    only = {"awx_clouds": ["Tencent Cloud"]}
    assert fresh.configure("--tags", "credential_types").status == 0
    types = {item["name"]: item["id"] for item in fresh.awx.store.objects["credential_types"].values()}
    wrong = fresh.awx.store.add(
        "credentials", name="Security groups: Tencent Cloud", credential_type=types["Alibaba Cloud"]
    )
    refused = fresh.configure(**only)
    assert refused.status != 0 and "1, of the type Alibaba Cloud" in refused.stdout
    wrong["credential_type"] = types["Tencent Cloud"]
    refused = fresh.configure(**only, awx_operators_team="Nobody")
    assert refused.status != 0
    assert 'The organization "Default" has no team named "Nobody"' in " ".join(str(t.result) for t in refused.tasks)


def test_one_cloud_without_teams_and_notifications(fresh: Kit) -> None:
    only = {"awx_clouds": ["Tencent Cloud"]}
    assert fresh.configure("--tags", "credential_types", **only).status == 0
    fresh.create_credentials()
    run = fresh.configure(**only)
    assert run.status == 0, run.stdout
    store = fresh.awx.store
    assert [item["name"] for item in store.objects["inventory_sources"].values()] == ["Tencent Cloud"]
    assert fresh.associated(fresh.named("job_templates", DRIFT), "credentials") == ["Security groups: Tencent Cloud"]
    assert not any(store.granted.values()) and not store.objects["notification_templates"]
