# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report the progress of a long task in a file, because Ansible shows nothing before the task ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any


class Progress:
    """Appends a line of JSON to a file for each group that is done. Threads may share it.

    Raises OSError, or ValueError for an impossible file name, if the file cannot be written when the task begins. A
    later error must not lose results, so it is only recorded in ``write_error``.
    """

    write_error = ""

    def __init__(self, path: str, total: int) -> None:
        self._path = path
        self._total = total
        self._done = 0
        self._lock = threading.Lock()
        with open(path, "a", encoding="utf-8"):
            pass

    def add(self, result: Mapping[str, Any]) -> None:
        """Record that one more group is done."""
        with self._lock:
            self._done += 1
            line = {
                "done": self._done,
                "total": self._total,
                "security_group_id": result["security_group_id"],
                "changed": result["changed"],
                "failed": "failure" in result,
            }
            try:
                with open(self._path, "a", encoding="utf-8") as stream:
                    stream.write(f"{json.dumps(line)}\n")
            except OSError as error:
                self.write_error = f"{self._path} could not be written: {error.strerror}"
