# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Ansible callback plugin that records every task's result as a line of JSON, besides the console output."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: notification
short_description: Notes results in a file
description: The file is named by the environment variable RECORDER_FILE.
"""


class CallbackModule(CallbackBase):
    """Writes lines with ``task``, ``status`` (ok, failed or skipped) and ``result``."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def _note(self, status: str, outcome: Any) -> None:
        entry = {"task": outcome._task.get_name(), "status": status, "result": outcome._result}
        with open(os.environ["RECORDER_FILE"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, default=str, ensure_ascii=False) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task succeeded."""
        self._note("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task failed; ``ignore_errors`` makes no difference here."""
        self._note("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task was skipped."""
        self._note("skipped", result)
