# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``meta/execution-environment.yml`` and the example of an image, tested with ansible-builder."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from tests.awx.kit import KIT
from tests.support.ansible_commands import ROOT
from tests.tooling.isolation import COLLECTIONS

BUILDER = Path(sys.executable).with_name("ansible-builder")


def builder(*arguments: str) -> str:
    """Run ansible-builder, which must succeed. Return its output."""
    return subprocess.run([str(BUILDER), *arguments], capture_output=True, text=True, check=True).stdout


def test_the_collection_declares_its_requirements() -> None:
    needed = yaml.safe_load(builder("introspect", str(COLLECTIONS)))
    assert needed == {"python": ["requests>=2.28  # from collection cnclouds.security_groups"], "system": []}


def created(definition: Path, folder: Path) -> str:
    """The build instructions that ansible-builder creates, with the files that they copy, in this folder."""
    builder("create", "-f", str(definition), "-c", str(folder))
    return (folder / "Dockerfile").read_text(encoding="utf-8")


def test_the_requirements_of_the_collection_can_be_built_alone(tmp_path: Path) -> None:
    instructions = created(ROOT / "meta" / "execution-environment.yml", tmp_path)
    assert "--user-pip=requirements.txt" in instructions
    requirements = tmp_path / "_build" / "requirements.txt"
    assert not requirements.is_symlink(), "a link would lead nowhere in an image"
    assert "requests>=2.28" in requirements.read_text(encoding="utf-8").splitlines()


def test_the_example_is_an_image_with_an_ansible_that_is_new_enough(tmp_path: Path) -> None:
    instructions = created(KIT / "execution-environment.yml", tmp_path)
    assert 'ARG EE_BASE_IMAGE="quay.io/centos/centos:stream9"' in instructions
    collections = yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [each["name"] for each in collections["collections"]] == ["cnclouds.security_groups"]
    required = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    brought = re.search(r'ANSIBLE_INSTALL_REFS="ansible-core(>=[0-9.]+) ansible-runner"', instructions)
    assert brought and f"{brought[1]}.0" == required
    assert 'ARG PYPKG="python3.12"' in instructions
