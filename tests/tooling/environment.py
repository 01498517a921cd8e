# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create a virtual environment with locked packages below .cache, and nothing outside the checkout.

`python3 -m tests.tooling.environment test` creates .cache/envs/test from tests/requirements.txt, `... demo` creates
.cache/envs/demo from tests/requirements-demo.txt, and `... tccli` likewise. It is quick if the environment is up to
date. With ANSIBLE_CORE=2.18, a separate environment has the newest ansible-core 2.18 instead of the locked one; with
ANSIBLE_CORE=devel, it has the main branch. This file uses only the standard library, because it runs before anything is
installed.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
HOME = CACHE / "home"
OLDEST_PYTHON = (3, 11)
LOCKS = {
    "test": ROOT / "tests/requirements.txt",
    "demo": ROOT / "tests/requirements-demo.txt",
    "docs": ROOT / "tests/requirements-docs.txt",
    "importer": ROOT / "tests/requirements-importer.txt",
    "tccli": ROOT / "tests/requirements-tccli.txt",
}
# Neither has ansible-core, nor is compiled: of 340 MB of clients for every service, the tests use one.
CLIENTS = ("tccli",)
# The current development version of ansible-core. Only CI uses it.
DEVEL = "ansible-core @ https://github.com/ansible/ansible/archive/devel.tar.gz"

# The folders of the installers. pip runs `rustc --version`, and the rustc of rustup writes to its home.
IN_THE_CHECKOUT = {
    "PIP_CACHE_DIR": str(CACHE / "pip"),
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "RUSTUP_HOME": str(CACHE / "rustup"),
    "UV_CACHE_DIR": str(CACHE / "uv"),
    "UV_PYTHON_DOWNLOADS": "never",
}

# The names of pip's settings in uv. uv does not read pip's configuration, and both must use the same index.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
}


def wanted_core(name: str) -> str:
    """The version of ansible-core that replaces the locked one, or ""."""
    return "" if name in (*CLIENTS, "docs", "importer") else os.environ.get("ANSIBLE_CORE", "")


def directory(name: str) -> Path:
    """The folder of the environment with that name."""
    core = wanted_core(name)
    return CACHE / "envs" / (f"{name}-core-{core}" if core else name)


def pip_settings(listing: str) -> dict[str, str]:
    """Read the output of `pip config list` as option -> value.

    Variables override [install], which overrides [global].
    """
    ranked: dict[str, tuple[int, str]] = {}
    for section, option, value in re.findall(r"^(\S+)\.([a-z-]+)=(.+)$", listing, re.MULTILINE):
        rank = {"global": 0, ":env:": 2}.get(section, 1)
        if section in ("global", "install", ":env:") and rank >= ranked.get(option, (0, ""))[0]:
            ranked[option] = (rank, str(ast.literal_eval(value)))
    return {option: value for option, (_rank, value) in ranked.items()}


def uv_settings(pip: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that make uv use the index that pip is configured for."""
    values = {UV_NAMES[option]: " ".join(value.split()) for option, value in pip.items() if option in UV_NAMES}
    if "UV_FIND_LINKS" in values:
        values["UV_FIND_LINKS"] = values["UV_FIND_LINKS"].replace(" ", ",")
    if "UV_INDEX" in values:
        values["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # like pip: use the best version of all indexes
    return values


def write_pip_configuration(pip: Mapping[str, str]) -> None:
    """Pass on the user's pip settings to ansible-test, which runs pip with our HOME and few variables."""
    file = HOME / ".config/pip/pip.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{option} = {' '.join(pip[option].split())}" for option in sorted(UV_NAMES.keys() & pip.keys())]
    file.touch(mode=0o600)
    file.write_text("\n".join(["[global]", *lines, ""]))


def link_collection() -> None:
    """Make the checkout importable as ansible_collections.cnclouds.security_groups, by a relative link."""
    link = CACHE / "collections/ansible_collections/cnclouds/security_groups"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to("../../../..", target_is_directory=True)


def installer_environment(python: str) -> dict[str, str]:
    """The environment of pip and uv: they use the user's index, and keep their caches in the checkout."""
    command = [python, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    pip = pip_settings(listing)
    write_pip_configuration(pip)
    return {**uv_settings(pip), **os.environ, **IN_THE_CHECKOUT}


def install(name: str) -> None:
    """Create the environment from its lock file. Packages are compiled, except those of clients."""
    target, lock = directory(name), LOCKS[name]
    print(f"Installing {lock.relative_to(ROOT)} into {target.relative_to(ROOT)} …", flush=True)
    environment = {**os.environ, **IN_THE_CHECKOUT}
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(target)], env=environment, check=False)
    if made.returncode:
        sys.exit("python3 -m venv failed; on Debian and Ubuntu it needs the package python3-venv.")
    python = str(target / "bin/python")
    environment = installer_environment(python)
    uv = re.findall(r"^uv==\S+", lock.read_text(), re.MULTILINE)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *uv], env=environment, check=True)
    command = [str(target / "bin/uv"), "pip", "install", "--quiet", "--python", python]
    command += ["--build-constraints", str(lock)] + ([] if name in CLIENTS else ["--compile-bytecode"])
    subprocess.run([*command, "--requirements", str(lock)], env=environment, check=True)
    core = wanted_core(name)
    if core:
        requirement = DEVEL if core == "devel" else f"ansible-core=={core}.*"
        subprocess.run([*command, requirement], env=environment, check=True)


def ensure(name: str) -> Path:
    """Create the environment unless it matches its lock file. Return its folder."""
    lock, target = LOCKS[name], directory(name)
    link_collection()
    HOME.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(
        b"\0".join([lock.read_bytes(), sys.version.encode(), Path(__file__).read_bytes()])
    ).hexdigest()
    stamp = target / "installed.sha256"
    if not stamp.exists() or stamp.read_text() != wanted:
        install(name)
        stamp.write_text(wanted)
    return target


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Try `make PYTHON=…`.")
    try:
        ensure(sys.argv[1])
    except subprocess.CalledProcessError as error:
        sys.exit(f"Setting up failed: {error}")
