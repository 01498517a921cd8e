# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment variables for checks and the demo.

They are the same on every machine, and keep all files in the checkout.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.tooling.environment import CACHE, HOME

# Variables that would let a run reach a real cloud, or make it behave differently on another machine.
PRIVATE_VARIABLES = (
    *("ALIBABA_CLOUD_", "ALICLOUD_", "ECS_ENDPOINT", "STS_ENDPOINT", "TENCENTCLOUD_", "TCCLI_", "TKE_", "CNCLOUDS_"),
    *("ANSIBLE_", "PYTEST_", "XDG_"),
)
# `CNCLOUDS_DIRECT_EXECUTION=0 make playbooks awx` runs the tests with every module as a separate process.
DIRECT_EXECUTION = "CNCLOUDS_DIRECT_EXECUTION"
# The path of the collection: the checkout, or the collection that `make artifact` has installed.
TESTED_COLLECTIONS = "TESTED_COLLECTIONS"
COLLECTIONS = Path(os.environ.get(TESTED_COLLECTIONS) or CACHE / "collections")


def command_path(path: str) -> str:
    """PATH with this environment first, without pyenv's shims, and with pyenv's Python 3.9 last.

    A shim for an unselected Python would fail, because ansible-test clears the environment. Python 3.9 is the oldest
    version that runs the modules. If it exists, ansible-test compiles and imports them with it.
    """
    entries = [entry for entry in path.split(os.pathsep) if entry]
    kept = [entry for entry in entries if Path(entry).name != "shims"]
    shims = [Path(entry) for entry in entries if Path(entry).name == "shims"]
    oldest = sorted(str(found) for folder in shims for found in folder.parent.glob("versions/3.9.*/bin"))
    return os.pathsep.join([str(Path(sys.executable).parent), *kept, *oldest[-1:]])


def isolated(outer: Mapping[str, str]) -> dict[str, str]:
    """These variables, with a home in the checkout, without credentials, and with no proxy for loopback."""
    kept = {
        name: value
        for name, value in outer.items()
        if name == DIRECT_EXECUTION or not name.startswith(PRIVATE_VARIABLES)
    }
    no_proxy = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy", ""), "127.0.0.1", "localhost"]))
    return kept | {
        "HOME": str(HOME),
        "PATH": command_path(outer.get("PATH", os.defpath)),
        "ANSIBLE_HOME": str(HOME / ".ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CACHE / "hypothesis"),
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }
