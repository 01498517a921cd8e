# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct execution is indistinguishable from a module process: all output of a run is compared.

An ansible-core version may only be in ``_direct_conditions.COMPARED`` if these playbooks pass.
"""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from tests.cloud_simulator.exchange import Reply, Request
from tests.cloud_simulator.harness import Harness
from tests.direct.both_ways import BothWays
from tests.direct.scenarios import PLAYS, UNORDERED
from tests.support.ansible_commands import Ansible, Run
from tests.support.loopback import serving
from tests.support.worlds import (
    ACCEPTING,
    TENCENT_ID,
    TENCENT_KEY,
    TENCENT_REGION,
    aliyun_options,
    assert_no_secret,
    tencent_options,
)

PASSWORD = "password of the vault\n"
INVENTORY = {
    "all": {
        "hosts": {"one": None, "two": None, "three": None},
        "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
    }
}


@pytest.fixture
def secure(clouds: Harness, tmp_path: Path) -> Iterator[str]:
    """The URL of the clouds with TLS, whose certificate authority is in ``authority.pem`` next to the playbook."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def answer(request: Request) -> Reply:
        return clouds.simulator.answer(request).reply

    with serving(answer, tls=context) as service:
        yield service.url


@pytest.fixture
def both(clouds: Harness, ansible: Ansible) -> BothWays:
    (ansible.folder / "vault.password").write_text(PASSWORD, encoding="utf-8")
    environment = {
        "TENCENTCLOUD_SECRET_ID": TENCENT_ID,
        "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY,
        "TENCENTCLOUD_REGION": TENCENT_REGION,
        "ANSIBLE_VAULT_PASSWORD_FILE": str(ansible.folder / "vault.password"),
    }
    return BothWays(clouds, ansible, environment)


def variables(clouds: Harness, secure: str) -> dict[str, Any]:
    """The variables of the plays; endpoints are set as defaults of the modules."""
    return {
        "aliyun": aliyun_options(clouds.url),
        "tencent": tencent_options(clouds.url),
        "tencent_endpoint": clouds.url,
        "secure_endpoint": secure,
    }


def prepared(folder: Path, data: Mapping[str, Any]) -> None:
    """The files next to the playbook."""
    (folder / "inventory.yml").write_text(yaml.safe_dump(INVENTORY), encoding="utf-8")
    (folder / "variables.json").write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize("name", PLAYS)
def test_a_playbook(clouds: Harness, ansible: Ansible, both: BothWays, secure: str, name: str) -> None:
    prepared(ansible.folder, variables(clouds, secure))
    arguments = ["-v", "-i", str(ansible.folder / "inventory.yml"), "-e", f"@{ansible.folder / 'variables.json'}"]
    if name in UNORDERED:
        arguments += ["--forks", "1"]

    def command(environment: Mapping[str, str]) -> Run:
        return ansible.playbook(PLAYS[name], *arguments, environment=environment)

    run = both.run(command, ordered=name != "free hosts")
    assert run.status == 0, run.stdout + run.stderr
    assert run.tasks, run.stdout
    assert_no_secret(run.stdout + run.stderr)


@pytest.mark.parametrize("more", [(), ("--check", "--diff"), ("-e", "ansible_check_mode=true")])
def test_a_whole_run_with_options_of_the_command(
    clouds: Harness, ansible: Ansible, both: BothWays, secure: str, more: tuple[str, ...]
) -> None:
    prepared(ansible.folder, variables(clouds, secure))
    extra = ["-e", f"@{ansible.folder / 'variables.json'}", *more]
    run = both.run(lambda environment: ansible.playbook(PLAYS["changes"], *extra, environment=environment))
    assert run.status == 0, run.stdout


@pytest.mark.parametrize(
    ("policy", "status"), [("drop", 0), ("accept", 0), ("perhaps", 2)], ids=["changed", "unchanged", "wrong"]
)
def test_ad_hoc(clouds: Harness, ansible: Ansible, both: BothWays, policy: str, status: int) -> None:
    options = aliyun_options(clouds.url, security_group_id=ACCEPTING, inner_access_policy=policy, client_token="t-1")
    words = " ".join(f"{name}={value}" for name, value in options.items())
    command = ["localhost", "-v", "--diff", "-m", "cnclouds.security_groups.aliyun_sg_policy", "-a", words]
    run = both.run(lambda environment: ansible.command("ansible", *command, environment=environment))
    assert run.status == status, run.stdout


def test_a_failure_ends_the_run_the_same_way(clouds: Harness, ansible: Ansible, both: BothWays) -> None:
    task = {"cnclouds.security_groups.tencent_sg_rules": tencent_options(clouds.url, sgId="sg-missing0", ingress=[])}
    run = both.run(lambda environment: ansible.tasks([task, task], "-v", environment=environment))
    assert run.status == 2
    assert len(run.tasks) == 1


def events(folder: Path, clouds: Harness, plays: str, environment: Mapping[str, str], ident: str) -> list[Any]:
    """The events of a job of ansible-runner, as AWX stores them, without times, identifiers and processes."""
    project = folder / "project"
    project.mkdir(exist_ok=True)
    (project / "play.yml").write_text(plays, encoding="utf-8")
    command = [str(project / "play.yml"), "-e", f"@{folder / 'variables.json'}"]
    command += ["-i", str(folder / "inventory.yml")]
    (folder / "env").mkdir(exist_ok=True)
    (folder / "env" / "cmdline").write_text(" ".join(command[1:]), encoding="utf-8")
    ansible = Ansible(folder)
    arguments = ["run", str(folder), "-p", "play.yml", "-i", ident, "-q"]
    ansible.command(str(Path(sys.executable).with_name("ansible-runner")), *arguments, environment=environment)
    files = sorted((folder / "artifacts" / ident / "job_events").glob("*.json"), key=_counter)
    kept = []
    for file in files:
        event = json.loads(file.read_text(encoding="utf-8"))
        data = {name: value for name, value in event.get("event_data", {}).items() if name not in VOLATILE}
        kept.append([event["event"], event["stdout"], data])
    return kept


VOLATILE = {"uuid", "playbook_uuid", "play_uuid", "task_uuid", "parent_uuid", "pid", "start", "end", "duration"}


def _counter(file: Path) -> int:
    return int(file.name.split("-")[0])


@pytest.mark.parametrize("name", ["loops", "mistakes"])
def test_events_of_a_job(clouds: Harness, ansible: Ansible, both: BothWays, secure: str, name: str) -> None:
    prepared(ansible.folder, variables(clouds, secure))
    observed = {}

    def command(environment: Mapping[str, str]) -> Run:
        way = "ordinary" if "CNCLOUDS_DIRECT_EXECUTION" in environment else "direct"
        listed = events(ansible.folder, clouds, PLAYS[name], environment, way)
        observed[way] = listed
        return Run(0, json.dumps(listed, indent=1), "", ())

    both.run(command)
    resolved = {data.get("resolved_action") for event, _stdout, data in observed["direct"] if event == "runner_on_ok"}
    modules = {action for action in resolved if action and action.startswith("cnclouds.")}
    assert modules, observed["direct"]
    assert modules <= {f"cnclouds.security_groups.{module}" for module in MODULES}


MODULES = ("aliyun_sg_policy", "aliyun_sg_policy_info", "tencent_sg_rules", "tencent_sg_rules_info")
