# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""``ansible-test sanity``: ``python -m tests.tooling.sanity [ARGUMENT ...]``."""

from __future__ import annotations

import sys

from tests.tooling.ansible_test import ansible_test
from tests.tooling.environment import HOME

# ansible-test downloads this script to install pip in its own virtual environments. Python already contains pip
# itself, so the package index is the only host that is needed. One name for each version of
# the script that ansible-core requests.
GET_PIP_NAMES = ("get_pip_24_2.py", "get_pip_25_2.py")
GET_PIP = """\
import subprocess, sys
packages = [argument for argument in sys.argv[1:] if not argument.startswith("--no-")]
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install", "--upgrade", *packages])
"""


def write_get_pip() -> None:
    """Write the script to ansible-test's cache of downloads."""
    folder = HOME / ".ansible/test/cache"
    folder.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        (folder / name).write_text(GET_PIP)


def main(arguments: list[str]) -> int:
    """Run the sanity tests. Return the exit status, which is also 1 if nothing was tested."""
    write_get_pip()
    status, output = ansible_test("sanity", arguments)
    if "All targets skipped" in output:
        print("ansible-test found nothing to test.")
        return 1
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
