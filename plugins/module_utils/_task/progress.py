# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What a long task has done so far, for somebody who watches: Ansible shows nothing of a task before it ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any


class Progress:
    """Appends a line of JSON to a file for each group that is done. Safe to share by threads.

    Raises OSError or ValueError (a name that no file can have) at once if the file cannot be written, before anything
    else is done.  What goes wrong later, when results are there that must not be lost, is told by C(trouble).
    """

    trouble = ""

    def __init__(self, path: str, total: int) -> None:
        self._path = path
        self._total = total
        self._done = 0
        self._lock = threading.Lock()
        with open(path, "a", encoding="utf-8"):
            pass

    def tell(self, result: Mapping[str, Any]) -> None:
        """One more group is done."""
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
                self.trouble = f"{self._path} could not be written: {error.strerror}"
