# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each file of module_utils has its own unit test file, so that a failure shows where the fault is."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULE_UTILS = ROOT / "plugins" / "module_utils"
TESTS = ROOT / "tests" / "unit" / "plugins" / "module_utils"
FILES = sorted(path for path in MODULE_UTILS.glob("_*/*.py") if path.name != "__init__.py")
TEST_FILES = sorted(TESTS.glob("_*/test_*.py"))


def test_there_are_files() -> None:
    assert FILES
    assert TEST_FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_has_its_test_file(path: Path) -> None:
    assert (TESTS / path.parent.name / f"test_{path.name}").is_file()


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_test_file_is_named_after_a_file(path: Path) -> None:
    assert (MODULE_UTILS / path.parent.name / path.name.removeprefix("test_")).is_file()
