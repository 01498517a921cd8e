# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""`ansible-test sanity` on a copy of the checkout: `python -m tests.tooling.sanity [ARGUMENT …]`.

ansible-test wants a real folder …/ansible_collections/cnclouds/security_groups that no git repository around it
ignores; otherwise it skips every target and calls that a success. So the copy lives in a temporary folder.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tooling.environment import HOME
from tests.tooling.stage import copy_source

# ansible-test fetches this script from the network to put pip into its own virtual environments. Python brings pip
# along, so no other host than the package index is needed. One name for each version of
# the script that ansible-core asks for.
GET_PIP_NAMES = ("get_pip_24_2.py", "get_pip_25_2.py")
GET_PIP = """\
import subprocess, sys
packages = [argument for argument in sys.argv[1:] if not argument.startswith("--no-")]
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install", "--upgrade", *packages])
"""


def write_get_pip() -> None:
    """Puts the script where ansible-test keeps what it has fetched before."""
    folder = HOME / ".ansible/test/cache"
    folder.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        (folder / name).write_text(GET_PIP)


def main(arguments: list[str]) -> int:
    """Runs the sanity tests; returns the exit status, which is 1 also when nothing was tested."""
    write_get_pip()
    with tempfile.TemporaryDirectory(prefix="security_groups-sanity-") as temporary:
        folder = Path(temporary).resolve() / "ansible_collections/cnclouds/security_groups"
        copy_source(folder)
        command = ["ansible-test", "sanity", "--local", "--color", "no", *arguments]
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    print(done.stdout, end="")
    if "All targets skipped" in done.stdout:
        print("ansible-test found nothing to test.")
        return 1
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
