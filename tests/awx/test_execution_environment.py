# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``meta/execution-environment.yml`` and the example of an image, as ansible-builder understands them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from tests.awx.kit import KIT
from tests.support.ansible_commands import COLLECTIONS

BUILDER = Path(sys.executable).with_name("ansible-builder")


def builder(*arguments: str) -> str:
    """Run ansible-builder, which must succeed; what it printed."""
    return subprocess.run([str(BUILDER), *arguments], capture_output=True, text=True, check=True).stdout


def test_the_collection_says_what_it_needs() -> None:
    needed = yaml.safe_load(builder("introspect", str(COLLECTIONS)))
    assert needed == {"python": ["requests>=2.28  # from collection cnclouds.security_groups"], "system": []}


def test_the_example_is_an_image_definition(tmp_path: Path) -> None:
    builder("create", "-f", str(KIT / "execution-environment.yml"), "-c", str(tmp_path))
    instructions = (tmp_path / "Dockerfile").read_text(encoding="utf-8")
    assert 'ARG EE_BASE_IMAGE="quay.io/ansible/awx-ee:latest"' in instructions
    collections = yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [each["name"] for each in collections["collections"]] == ["cnclouds.security_groups"]
