# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory sources of the kit find the collection, whether or not the image contains it.

The environment is that of AWX 24.6.1: ``RunInventoryUpdate.build_env`` of awx/main/tasks/jobs.py. AWX mounts the
collections of the project's requirements.yml at /runner; here, a folder replaces /runner.
"""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.awx.descriptions import cloud_environment
from tests.awx.kit import PROJECT, configured
from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import ROOT, Ansible, Run

REQUIREMENTS, IMAGE = "requirements_collections", ".ansible/collections"
SEARCHED = "/runner/requirements_collections:~/.ansible/collections:/usr/share/ansible/collections"
DEFAULT = "~/.ansible/collections:/usr/share/ansible/collections"  # of ansible-core
CORE = tuple(int(part) for part in version("ansible-core").split(".")[:2])


def update(ansible: Ansible, clouds: Harness, source: str, place: str, *, variables: bool) -> Run:
    """Run an inventory source with the collection in ``place``, with or without its variables."""
    installed = ansible.folder / place / "ansible_collections" / "cnclouds"
    installed.mkdir(parents=True)
    (installed / "security_groups").symlink_to(ROOT)
    configuration = configured("inventory_source")[source]
    name = Path(configuration["source_path"]).name
    shutil.copy(PROJECT / configuration["source_path"], ansible.folder / name)
    environment = {"ANSIBLE_COLLECTIONS_PATHS": SEARCHED}
    environment.update(configuration["source_vars"] if variables else {"ANSIBLE_COLLECTIONS_PATH": DEFAULT})
    environment = {key: value.replace("/runner", str(ansible.folder)) for key, value in environment.items()}
    environment["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "1"
    arguments = ("--list", "-i", str(ansible.folder / name))
    return ansible.command("ansible-inventory", *arguments, environment={**cloud_environment(clouds), **environment})


@pytest.mark.parametrize("place", [REQUIREMENTS, IMAGE])
@pytest.mark.parametrize("source", sorted(configured("inventory_source")))
def test_a_source_finds_the_collection(ansible: Ansible, clouds: Harness, source: str, place: str) -> None:
    run = update(ansible, clouds, source, place, variables=True)
    assert run.status == 0, run.stderr
    assert "security_groups" in run.stdout


@pytest.mark.skipif(CORE < (2, 19), reason="ansible-core 2.18 still reads ANSIBLE_COLLECTIONS_PATHS")
def test_without_its_variables_a_source_misses_the_project_collections(ansible: Ansible, clouds: Harness) -> None:
    run = update(ansible, clouds, "Tencent Cloud", REQUIREMENTS, variables=False)
    assert run.status != 0
    assert "cnclouds.security_groups.tencent_sg" in run.stderr
