# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module of the collection in this process, with the input that Ansible passes, within milliseconds.

The module gets its options as the JSON that Ansible sends, and only the given environment. It ends through
``exit_json`` or ``fail_json``, and the result is its output, so it includes everything that ansible-core does to
results (hiding ``no_log`` values, collecting warnings). One run at a time: environment and standard output belong to
the whole process. ``module_processes`` runs modules concurrently.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from ansible.module_utils import basic
from ansible.release import __version__

COLLECTION = "cnclouds.security_groups"
# No user's files and no metadata services, so that a module only finds keys that a test provides.
NO_KEYS_ANYWHERE = {
    "HOME": "/nonexistent",
    "CNCLOUDS_ALIYUN_METADATA_ENDPOINT": "http://127.0.0.1:1",
    "CNCLOUDS_TENCENT_METADATA_ENDPOINT": "http://127.0.0.1:1",
}
Result = dict[str, Any]


def run_module(
    name: str, options: Mapping[str, Any], *, check: bool = False, environment: Mapping[str, str] | None = None
) -> Result:
    """Return the result of one run.

    ``name`` is the short name (``tencent_sg_rules``). The module has only the variables in ``environment``, and
    ``NO_KEYS_ANYWHERE``. ``warnings`` is always present, as a list of texts. Exceptions of the module are passed on.
    """
    main = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.modules.{name}").main
    arguments = {**options, **_internal_arguments(name, check)}
    printed = io.StringIO()
    _forget_warnings()
    with (
        mock.patch.dict(os.environ, {**NO_KEYS_ANYWHERE, **(environment or {})}, clear=True),
        _module_arguments(arguments),
        _outside_the_controller(),
        contextlib.redirect_stdout(printed),
    ):
        status = _exit_status(main)
    return _parsed(printed.getvalue(), status)


def _internal_arguments(name: str, check: bool) -> dict[str, Any]:
    """Return the internal arguments that the controller adds to the options."""
    return {
        "_ansible_check_mode": check,
        "_ansible_debug": False,
        "_ansible_diff": False,
        "_ansible_ignore_unknown_opts": False,
        "_ansible_keep_remote_files": False,
        "_ansible_module_name": f"{COLLECTION}.{name}",
        "_ansible_no_log": False,
        "_ansible_remote_tmp": "~/.ansible/tmp",
        "_ansible_selinux_special_fs": [],
        "_ansible_shell_executable": "/bin/sh",
        "_ansible_socket": None,
        "_ansible_syslog_facility": "LOG_USER",
        "_ansible_tmpdir": None,
        "_ansible_verbosity": 0,
        "_ansible_version": __version__,
    }


def _module_arguments(arguments: Mapping[str, Any]) -> AbstractContextManager[Any]:
    try:
        testing = importlib.import_module("ansible.module_utils.testing")
    except ImportError:  # ansible-core 2.18
        sent = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        return mock.patch.object(basic, "_ANSIBLE_ARGS", sent)
    patched: AbstractContextManager[Any] = testing.patch_module_args(dict(arguments))
    return patched


def _outside_the_controller() -> AbstractContextManager[Any]:
    """Let ansible-core return warnings. It displays them once a test of the same process has imported a plugin."""
    internal = importlib.import_module("ansible.module_utils._internal")
    return mock.patch.object(internal, "is_controller", False, create=True)  # ansible-core 2.18 has no such switch


def _forget_warnings() -> None:
    """Clear the warnings, which ansible-core collects in globals for one run per process."""
    collected = importlib.import_module("ansible.module_utils.common.warnings")
    for name in ("_global_warnings", "_global_deprecations"):
        getattr(collected, name).clear()


def _exit_status(main: Any) -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    raise AssertionError("the module returned instead of exiting")


def _parsed(printed: str, status: int) -> Result:
    result: Result = json.loads(printed)
    if bool(status) != bool(result.get("failed")):
        raise AssertionError(f"exit status {status} with the result {result}")
    result["warnings"] = [_text(warning) for warning in result.get("warnings", [])]
    return result


def _text(warning: Any) -> str:
    """Since ansible-core 2.19, a warning is an object that contains its text."""
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])


@dataclass
class Pauses:
    """The seconds that a module would have waited between calls."""

    seconds: list[float] = field(default_factory=list)


@contextlib.contextmanager
def another_clock(monotonic: Callable[[], float], sleep: Callable[[float], None]) -> Iterator[None]:
    """Replace the functions with which modules measure and wait.

    The time of day stays the real one, because it is signed.
    """
    clock = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.module_utils._http.clock").Clock
    functions = {"now": time.time, "monotonic": monotonic, "sleep": sleep}
    with mock.patch.object(clock.__new__, "__defaults__", tuple(functions[member] for member in clock._fields)):
        yield


@contextlib.contextmanager
def without_waiting() -> Iterator[Pauses]:
    """Modules do not wait, but their clock advances as if they did, so that deadlines still apply."""
    pauses = Pauses()
    with another_clock(lambda: time.monotonic() + sum(pauses.seconds), pauses.seconds.append):
        yield pauses


@contextlib.contextmanager
def logged_invocations() -> Iterator[list[str]]:
    """The messages that modules send to the system log."""
    lines: list[str] = []
    with (
        mock.patch.object(basic, "has_journal", False),
        mock.patch("syslog.openlog"),
        mock.patch("syslog.syslog", side_effect=lambda level, line: lines.append(str(line))),
    ):
        yield lines
