# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each condition of direct execution.

If one is not met, the module runs as a separate process, and ``-vvv`` shows why.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cloud_simulator.harness import Harness
from tests.direct.both_ways import ways
from tests.support.ansible_commands import Ansible, Run
from tests.support.worlds import ACCEPTING, DROPPING, aliyun_options
from tests.tooling.stage import copy_source

HERE = "in Ansible's worker process"
MODULE = "cnclouds.security_groups.aliyun_sg_policy"
# Runs a command locally instead of on another host or as another user: the last argument, or those after the options.
SSH = '#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c "$last"\n'
SUDO = '#!/bin/sh\nwhile [ "$1" != /bin/sh ]; do shift; done\nexec "$@"\n'


def task(clouds: Harness, **keywords: Any) -> dict[str, Any]:
    """A task that meets all conditions."""
    options = aliyun_options(clouds.url, security_group_id=ACCEPTING, inner_access_policy="accept")
    return {"name": "it", MODULE: options, **keywords}


def program(path: Path, text: str) -> str:
    """Write an executable file."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def run(clouds: Harness, ansible: Ansible, surroundings: dict[str, str] | None = None, /, **keywords: Any) -> Run:
    """Run one task at ``-vvv``. ``surroundings`` are environment variables of Ansible itself."""
    return ansible.tasks([task(clouds, **keywords)], "-vvv", environment=surroundings)


def test_without_an_obstacle(clouds: Harness, ansible: Ansible) -> None:
    done = run(clouds, ansible)
    assert (done.status, ways(done)) == (0, [HERE]), done.stdout
    assert "EXEC" not in done.stdout, "something was executed"


@pytest.mark.parametrize(
    ("keywords", "reason"),
    [
        ({"async": 60, "poll": 1}, "async"),
        ({"timeout": 60}, "timeout"),
        ({"environment": {"PYTHONPATH": "/nowhere"}}, "environment sets PYTHONPATH"),
        ({"environment": [{"TENCENTCLOUD_REGION": "r"}, {"LC_ALL": "C"}]}, "environment sets LC_ALL"),
        ({"environment": {"HOME": "/nowhere"}}, "environment sets HOME"),
        ({"vars": {"cnclouds_direct_execution": False}}, "cnclouds_direct_execution is False"),
        ({"vars": {"cnclouds_direct_execution": "{{ 'no' }}"}}, "cnclouds_direct_execution is no"),
        ({"vars": {"ansible_shell_executable": "/bin/bash"}}, "the shell is not /bin/sh"),
        ({"vars": {"ansible_python_module_rlimit_nofile": 512}}, "ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE"),
        ({"vars": {"ansible_python_interpreter": "/usr/bin/env python3"}}, "the interpreter is /usr/bin/env python3"),
        ({"vars": {"ansible_python_interpreter": "auto_silent"}}, "the interpreter is auto_silent"),
    ],
)
def test_keywords_and_variables(clouds: Harness, ansible: Ansible, keywords: dict[str, Any], reason: str) -> None:
    assert ways(run(clouds, ansible, **keywords)) == [reason]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("CNCLOUDS_DIRECT_EXECUTION", "0", "CNCLOUDS_DIRECT_EXECUTION=0"),
        ("CNCLOUDS_DIRECT_EXECUTION", "off", "CNCLOUDS_DIRECT_EXECUTION=off"),
        ("CNCLOUDS_DIRECT_EXECUTION", "", HERE),
        ("CNCLOUDS_DIRECT_EXECUTION", "true", HERE),
        ("ANSIBLE_KEEP_REMOTE_FILES", "1", "ANSIBLE_KEEP_REMOTE_FILES"),
    ],
)
def test_variables_of_ansible_itself(clouds: Harness, ansible: Ansible, name: str, value: str, reason: str) -> None:
    done = run(clouds, ansible, {name: value})
    assert (done.status, ways(done)) == (0, [reason])


def test_names_that_are_read_during_a_call_are_allowed(clouds: Harness, ansible: Ansible) -> None:
    names = ("ALIBABA_CLOUD_REGION", "TENCENTCLOUD_TOKEN", "ECS_ENDPOINT", "https_proxy", "NO_PROXY", "CURL_CA_BUNDLE")
    assert ways(run(clouds, ansible, environment=dict.fromkeys(names, ""))) == [HERE]


def test_become(clouds: Harness, ansible: Ansible, tmp_path: Path) -> None:
    sudo = {"ansible_become_exe": program(tmp_path / "sudo", SUDO), "ansible_become_method": "sudo"}
    done = run(clouds, ansible, become=True, vars=sudo)
    assert (done.status, ways(done)) == (0, ["become"]), done.stdout


def hosts(tmp_path: Path) -> list[str]:
    """The arguments for an inventory with a host behind ssh, and others on this machine."""
    ssh = program(tmp_path / "ssh", SSH)
    here = "ansible_python_interpreter='{{ ansible_playbook_python }}'"
    file = tmp_path / "hosts.ini"
    lines = [
        f"far ansible_connection=ssh ansible_ssh_executable={ssh} ansible_pipelining=true {here}",
        f"near ansible_connection=local {here}",
        "unknown ansible_connection=local ansible_python_interpreter=auto_silent",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return ["-i", str(file), "-vvv"]


@pytest.mark.parametrize(
    ("host", "delegate", "reason"),
    [
        ("near", {}, HERE),
        ("far", {}, "the connection is ansible.plugins.connection.ssh"),
        ("far", {"delegate_to": "near"}, HERE),
        ("far", {"delegate_to": "localhost"}, HERE),
        ("near", {"delegate_to": "far"}, "the connection is ansible.plugins.connection.ssh"),
        ("near", {"delegate_to": "unknown"}, "the interpreter is auto_silent"),
    ],
)
def test_hosts(
    clouds: Harness, ansible: Ansible, tmp_path: Path, host: str, delegate: dict[str, str], reason: str
) -> None:
    done = ansible.tasks([task(clouds, **delegate)], *hosts(tmp_path), hosts=host)
    assert ways(done) == [reason], done.stdout
    # Interpreter discovery may find an interpreter without requests.
    assert done.status == 0 or "requests" in str(done.result("it")["msg"]), done.stdout


def test_an_environment_that_shares_the_file_of_the_interpreter(
    clouds: Harness, ansible: Ansible, tmp_path: Path
) -> None:
    """The other environment has no requests, although both use the same file."""
    other = tmp_path / "other"
    real = Path(sys.executable).resolve()
    subprocess.run([real, "-m", "venv", "--without-pip", "--symlinks", other], check=True)
    python = str(other / "bin" / "python")
    assert Path(python).resolve() == real
    done = run(clouds, ansible, vars={"ansible_python_interpreter": python})
    assert ways(done) == [f"the interpreter is {python}"]
    assert "requests" in done.result("it")["msg"]


def test_another_name_of_the_interpreter_in_its_folder(clouds: Harness, ansible: Ansible) -> None:
    names = {str(path) for path in Path(sys.executable).parent.glob("python3*") if path.resolve().exists()}
    for name in names - {sys.executable}:
        assert ways(run(clouds, ansible, vars={"ansible_python_interpreter": name})) == [HERE]


def test_module_utils_beside_the_playbook(clouds: Harness, ansible: Ansible, tmp_path: Path) -> None:
    folder = tmp_path / "module_utils"
    folder.mkdir()
    assert ways(run(clouds, ansible)) == [HERE]
    (folder / "basic.py").write_text("from ansible.module_utils.common.warnings import nothing\n", encoding="utf-8")
    assert ways(run(clouds, ansible)) == [f"the folder {folder} may replace module_utils"]


def customized(folder: Path, text: str) -> dict[str, str]:
    """The environment in which Ansible's Python runs this text at its start."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize("version", ["2.17.0", "2.22.0rc1", "3.0.0", "devel"])
def test_an_unknown_version_of_ansible_core(clouds: Harness, ansible: Ansible, tmp_path: Path, version: str) -> None:
    text = f"import ansible.release\nansible.release.__version__ = {version!r}\n"
    # ansible-core 2.18 reads the real version at its start; the plugin reads it later.
    done = run(clouds, ansible, customized(tmp_path / "site", text))
    assert ways(done) == [f"CI does not compare direct execution on ansible-core {version}"], done.stdout


RESCUED = [{"name": "rescued", "ansible.builtin.debug": {"msg": "went on"}}]


@pytest.mark.parametrize("raised", ["OSError('no such thing')", "ImportError('half of it')", "SystemExit(3)"])
def test_a_library_that_cannot_be_imported(clouds: Harness, ansible: Ansible, tmp_path: Path, raised: str) -> None:
    """Ansible imports action plugins before it forks. An exception there would end the run without a message."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "requests.py").write_text(f"raise {raised}\n", encoding="utf-8")
    block = {"block": [task(clouds)], "rescue": RESCUED}
    done = ansible.tasks([block], "-vvv", environment={"PYTHONPATH": str(folder)})
    assert done.status == 0, done.stdout + done.stderr
    assert done.result("rescued")["msg"] == "went on"
    if not raised.startswith("ImportError"):  # the module itself reports that requests is missing
        (way,) = ways(done)
        assert way.startswith(f"the import of the module failed with {raised.partition('(')[0]}")


@pytest.mark.parametrize("name", ["_direct.py", "_direct_conditions.py", "_direct_core.py", "_in_process.py"])
def test_a_broken_file_of_this_collection(clouds: Harness, ansible: Ansible, tmp_path: Path, name: str) -> None:
    copy_source(tmp_path / "ansible_collections/cnclouds/security_groups")
    file = tmp_path / "ansible_collections/cnclouds/security_groups/plugins/plugin_utils" / name
    file.write_text("raise RuntimeError('broken')\n", encoding="utf-8")
    done = run(clouds, ansible, {"ANSIBLE_COLLECTIONS_PATH": str(tmp_path)})
    assert done.status == 0, done.stdout + done.stderr
    assert HERE not in ways(done)
    assert "EXEC" in done.stdout


def test_the_state_of_one_item_does_not_reach_the_next(clouds: Harness, ansible: Ansible, tmp_path: Path) -> None:
    """All items run in one process. After each item, its folder and its environment are the initial ones."""
    folder = tmp_path / "plays"
    folder.mkdir()
    (tmp_path / "here.txt").touch()
    item: dict[str, Any] = task(clouds)
    item[MODULE] = {**item[MODULE], "region": "", "security_group_id": "{{ item.group }}"}
    item |= {
        "environment": {"ALICLOUD_REGION": "{{ item.region }}"},
        "loop": [
            {"group": ACCEPTING, "region": "cn-hangzhou"},
            {"group": ACCEPTING, "region": ""},
            {"group": DROPPING, "region": "cn-hangzhou"},
        ],
        "register": "got",
        "failed_when": "'here.txt' is not ansible.builtin.exists or lookup('env', 'ALICLOUD_REGION') != ''",
    }
    play = folder / "play.yml"
    play.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [item]}]), encoding="utf-8")
    done = ansible.command("ansible-playbook", str(play), "-vvv")
    assert done.status == 0, done.stdout
    assert ways(done) == [HERE] * 3
    regions = [each.get("region") for each in done.result("it")["results"]]
    assert [region or "" for region in regions] == ["cn-hangzhou", "", "cn-hangzhou"]


def test_warnings_belong_to_one_item(clouds: Harness, ansible: Ansible) -> None:
    odd = "[{'action': 'accept', 'protocol': 'icmpv6', 'cidr': '10.0.0.0/8'}]"
    item = {
        "name": "it",
        "cnclouds.security_groups.tencent_sg_rules": {
            **{"endpoint": clouds.url, "secret_id": "AKIDnobody", "secret_key": "nobody's", "region": "ap-guangzhou"},
            **{"security_group_id": "sg-webtest1", "ingress": f"{{{{ {odd} if item == 2 else [] }}}}"},
        },
        "loop": [1, 2, 3],
        "ignore_errors": True,
    }
    done = ansible.tasks([item], "-vvv")
    assert ways(done) == [HERE] * 3
    assert len(re.findall("icmpv6 never comes", re.sub(r"\s+", " ", done.stdout + done.stderr))) == 1
