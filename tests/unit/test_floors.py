# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floors of module_utils: what the table in docs/architecture.md says, held against every import.

Imports inside functions and for type checking only count as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULE_UTILS = ROOT / "plugins" / "module_utils"
PREFIX = "ansible_collections.cnclouds.security_groups.plugins.module_utils."
TABLE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
# A row of the table: the folder, its files, and the folders that it imports.
ROW = re.compile(r"^\| `(_\w+)/` \| (.*) \| ([^|]*) \|$", re.MULTILINE)


def allowed() -> dict[str, set[str]]:
    """By folder, the folders that it may import."""
    return {folder: set(re.findall(r"`(_\w+)`", imports)) for folder, _files, imports in ROW.findall(TABLE)}


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield the parts of each module of module_utils that the file imports: folder, and file."""
    parts = path.relative_to(MODULE_UTILS).parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            base = parts[: len(parts) - node.level]
            yield (*base, *(node.module.split(".") if node.module else ()))
        elif (node.module or "").startswith(PREFIX):
            yield tuple((node.module or "").removeprefix(PREFIX).split("."))


FILES = sorted(MODULE_UTILS.glob("_*/*.py"))


def test_every_folder_is_in_the_table() -> None:
    assert set(allowed()) == {path.parent.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_is_in_the_row_of_its_folder(path: Path) -> None:
    files = {folder: listed for folder, listed, _imports in ROW.findall(TABLE)}[path.parent.name]
    readme = path.parent / "README.md"
    assert f"`{path.stem}`" in files or (readme.is_file() and f"`{path.name}`" in readme.read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_imports_only_floors_below_its_own(path: Path) -> None:
    own = path.parent.name
    assert {found[0] for found in imports(path)} <= allowed()[own] | {own}


def test_no_folder_imports_itself_through_others() -> None:
    tuple(TopologicalSorter(allowed()).static_order())  # raises CycleError


def test_no_file_imports_itself_through_others() -> None:
    graph = {f"{path.parent.name}.{path.stem}": {".".join(found[:2]) for found in imports(path)} for path in FILES}
    tuple(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_the_task_floor_knows_ansible(path: Path) -> None:
    """Except one exception class, which a fallback of an option has to raise."""
    names = {
        name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
        if name.partition(".")[0] == "ansible"
    }
    if path.parent.name != "_task":
        assert names <= ({"ansible.module_utils.errors"} if path.stem == "spec" else set())
