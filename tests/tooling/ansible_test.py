# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""``ansible-test`` on a copy of the checkout.

It requires a real folder ``.../ansible_collections/cnclouds/security_groups`` that no surrounding git repository
ignores. Otherwise, it skips every target and reports success. Therefore, the copy is in a temporary folder.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.tooling.stage import copy_source


def ansible_test(kind: str, arguments: list[str]) -> tuple[int, str]:
    """Run ``ansible-test <kind>`` with this Python, and print its output. Return its exit status and the output."""
    with tempfile.TemporaryDirectory(prefix=f"security_groups-{kind}-") as temporary:
        folder = Path(temporary).resolve() / "ansible_collections/cnclouds/security_groups"
        copy_source(folder)
        command = ["ansible-test", kind, "--local", "--color", "no", *arguments]
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    print(done.stdout, end="")
    return done.returncode, done.stdout
