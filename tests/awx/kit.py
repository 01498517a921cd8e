# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of AWX in ``extensions/awx``, as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.tooling.isolation import COLLECTIONS

KIT = COLLECTIONS / "ansible_collections/cnclouds/security_groups/extensions/awx"
PROJECT = KIT / "project"


class _Loader(yaml.SafeLoader):
    """Supports the tag ``!unsafe``, which marks a text that is not a template of Ansible."""


def _text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _text)


def load(path: Path) -> Any:
    """The content of one of Ansible's YAML files."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)


def settings() -> dict[str, Any]:
    """The settings that users adapt."""
    loaded: dict[str, Any] = load(KIT / "settings.yml")
    return loaded


def credential_types() -> dict[str, dict[str, Any]]:
    """The credential types by name."""
    return {each["name"]: each for each in load(KIT / "credential_types.yml")["awx_credential_types"]}


def tasks() -> list[dict[str, Any]]:
    """The tasks that configure AWX."""
    (play,) = load(KIT / "configure.yml")
    listed: list[dict[str, Any]] = play["tasks"]
    return listed


def configured(module: str) -> dict[str, dict[str, Any]]:
    """The objects that the tasks with this module of ``awx.awx`` create, by name."""
    made = [task[f"awx.awx.{module}"] for task in tasks() if f"awx.awx.{module}" in task]
    return {str(each["name"]): each for each in made}


def survey_defaults(template: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that AWX assumes if the user changes none."""
    questions = template.get("survey_spec", {}).get("spec", [])
    return {question["variable"]: question.get("default", "") for question in questions}
