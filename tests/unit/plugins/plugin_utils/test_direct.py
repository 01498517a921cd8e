# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct execution in this process: what remains afterwards, what an error prints, and that nothing runs twice."""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.plugins.action.normal import ActionModule

from ansible_collections.cnclouds.security_groups.plugins.plugin_utils import _direct, _direct_conditions, _direct_core
from ansible_collections.cnclouds.security_groups.plugins.plugin_utils._in_process import as_a_process

ROOT = Path(__file__).resolve().parents[4]
ARGUMENTS = b'{"ANSIBLE_MODULE_ARGS": {"a": 1}}'


def snapshot() -> list[Any]:
    """Everything that a module can change and that could affect the next one."""
    return [
        dict(os.environ),
        Path.cwd(),
        logging.root.manager.disable,
        [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)],
        [getattr(basic, name, None) for name in ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE", "_PARSED_MODULE_ARGS")],
        [list(store) for store in (warnings._global_warnings, warnings._global_deprecations)],
        (sys.stdout, sys.stderr),
    ]


@pytest.mark.parametrize("error", [None, SystemExit(1), RuntimeError("x"), KeyboardInterrupt()])
def test_nothing_stays(tmp_path: Path, error: BaseException | None) -> None:
    before = snapshot()
    raised: BaseException | None = None
    try:
        with as_a_process(ARGUMENTS, {"NEW_ONE": "1", "PATH": "/other"}, str(tmp_path)) as streams:
            assert (os.environ["NEW_ONE"], os.environ["PATH"], Path.cwd()) == ("1", "/other", tmp_path)
            assert vars(basic)["_ANSIBLE_ARGS"] == ARGUMENTS
            os.environ["LEFT"] = "behind"
            del os.environ["NEW_ONE"]
            os.environ.pop("HOME", None)
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            logging.disable(logging.NOTSET)
            os.chdir("/")
            store: Any = warnings._global_warnings
            store.append("w") if isinstance(store, list) else store.update({"w": None})
            print("said")
            if error:
                raise error
    except BaseException as caught:
        raised = caught
    assert raised is error
    assert snapshot() == before
    assert streams.out.getvalue() == "said\n"


def core() -> _direct_core.Core:
    """The functions of the installed ansible-core."""
    return _direct_core.this_core()


def test_exit_status_and_output() -> None:
    def main() -> None:
        print("out")
        print("err", file=sys.stderr)
        sys.exit(3)

    assert core().run(main, ARGUMENTS, {}, "") == (3, "out\n", "err\n")


@pytest.mark.parametrize(("code", "status"), [(None, 0), (0, 0), (1, 1), ("words", 1)])
def test_exit_codes(code: str | int | None, status: int) -> None:
    assert core().run(lambda: sys.exit(code), ARGUMENTS, {}, "")[0] == status


def failing() -> None:
    raise ValueError("unexpected")


@pytest.mark.parametrize("main", [failing, lambda: None], ids=["an exception", "no exit"])
def test_an_unexpected_end_is_what_a_process_reports(main: Any) -> None:
    status, out, err = core().run(main, ARGUMENTS, {}, "")
    assert status == 1
    if out:  # from ansible-core 2.19 on
        assert json.loads(out)["failed"]
    else:
        assert "Traceback" in err


def test_nothing_runs_twice() -> None:
    """Whatever the module did, it does not run again, neither here nor in a separate process."""
    main = mock.Mock(side_effect=MemoryError)
    made: Any = type("Made", (_direct.DirectAction,), {"obstacle": "", "core": core(), "main": (main,)})
    action: Any = made.__new__(made)
    action._loader = mock.Mock(get_basedir=lambda: "/")
    action._here = True
    with mock.patch.object(ActionModule, "_low_level_execute_command") as ordinary:
        assert action._low_level_execute_command("", in_data=ARGUMENTS)["rc"] == 1
        assert not ordinary.called
        assert main.call_count == 1
        action._low_level_execute_command("", in_data=ARGUMENTS)
        assert ordinary.called and main.call_count == 1


def test_every_module_has_its_action_plugin() -> None:
    names = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
    assert {path.stem for path in (ROOT / "plugins/action").glob("*.py")} == names
    for name in names:
        plugin = importlib.import_module(f"ansible_collections.cnclouds.security_groups.plugins.action.{name}")
        module = importlib.import_module(f"ansible_collections.cnclouds.security_groups.plugins.modules.{name}")
        assert plugin.ActionModule.main == (module.main,), name


@pytest.mark.parametrize(
    ("version", "compared"),
    [(version, True) for version in ("2.18.0", "2.21.5", "2.19.0rc1")]
    + [(version, False) for version in ("2.17.9", "2.22.0rc1", "3.18.0", "2", "", "devel")],
)
def test_versions(version: str, compared: bool) -> None:
    assert _direct_conditions.is_compared(version) == compared


def test_macos() -> None:
    with mock.patch.object(sys, "platform", "darwin"):
        assert "macOS" in _direct_conditions.of_this_process()


@pytest.mark.parametrize("option", ["-I", "-S", "-O"])
def test_start_options(option: str) -> None:
    program = f"import sys; sys.path[:0] = {sys.path!r}\nfrom {_direct_conditions.__name__} import start_options\n"
    command = [sys.executable, option, "-c", program + "print(start_options())"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert option in printed


@pytest.mark.parametrize(
    ("name", "known"),
    [(name, True) for name in ("ALIBABA_CLOUD_REGION", "TKE_REGION", "HTTP_PROXY", "no_proxy", "REQUESTS_CA_BUNDLE")]
    + [(name, False) for name in ("PATH", "HOME", "SSL_CERT_FILE", "OPENSSL_CONF", "LANG", "TZ", "LD_PRELOAD", "")],
)
def test_names_in_the_environment(name: str, known: bool) -> None:
    assert (_direct_conditions.of_environment({name: "x"}) == "") == known


def test_a_value_that_no_process_can_have() -> None:
    assert _direct_conditions.of_environment({"TKE_REGION": "a\0b"})
