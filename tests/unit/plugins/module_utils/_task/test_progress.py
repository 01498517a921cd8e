# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress file of a long task."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.progress import Progress


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_for_each_group(tmp_path: Path) -> None:
    path = tmp_path / "progress"
    progress = Progress(str(path), 2)
    assert path.read_text(encoding="utf-8") == ""
    progress.add({"security_group_id": "sg-1", "changed": True, "before": {}})
    progress.add({"security_group_id": "sg-2", "changed": False, "failure": {}})
    assert lines(path) == [
        {"done": 1, "total": 2, "security_group_id": "sg-1", "changed": True, "failed": False},
        {"done": 2, "total": 2, "security_group_id": "sg-2", "changed": False, "failed": True},
    ]


def test_existing_rules_stay(tmp_path: Path) -> None:
    path = tmp_path / "progress"
    for name in ("sg-1", "sg-2"):
        Progress(str(path), 1).add({"security_group_id": name, "changed": False})
    assert [line["security_group_id"] for line in lines(path)] == ["sg-1", "sg-2"]


def test_lines_of_several_threads(tmp_path: Path) -> None:
    path = tmp_path / "progress"
    progress = Progress(str(path), 200)
    together = threading.Barrier(8)

    def work(worker: int) -> None:
        together.wait()
        for number in range(25):
            progress.add({"security_group_id": f"sg-{worker}-{number}", "changed": False})

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line["done"] for line in lines(path)] == list(range(1, 201))
    assert len({line["security_group_id"] for line in lines(path)}) == 200


def test_a_file_that_cannot_be_written_is_found_at_once(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(OSError, match=r"."):
            Progress(str(path), 1)
