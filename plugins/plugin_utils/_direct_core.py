# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module in this process, with the interfaces of ansible-core that this needs and that differ by version.

``this_core`` raises an exception if one of them is missing. Modules then run as processes of their own.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ._in_process import Streams, as_a_process

SHEBANG = f"#!{sys.executable}"
NO_EXIT = "New-style module did not handle its own exit."
PROFILE = "legacy"


class Core(NamedTuple):
    """The functions of one version of ansible-core."""

    encoder: type[json.JSONEncoder]
    encoder_options: Mapping[str, Any]
    bits: Callable[[bytes], Any]  # makes the return value of `_configure_module`
    report: Callable[[Exception], None]  # prints what a module process prints for an unexpected exception

    def built(self, module_args: Mapping[str, Any], path: str) -> Any:
        """Return what ``_configure_module`` returns, with the JSON of the module's arguments instead of a program."""
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": module_args}, cls=self.encoder, **self.encoder_options)
        bits = self.bits(arguments.encode())
        return (*bits, path) if isinstance(bits, tuple) else (bits, path)

    def is_for_module(self, in_data: object) -> bool:
        """Return whether the input of a command is what ``built`` made."""
        return isinstance(in_data, bytes) and in_data.startswith(b'{"ANSIBLE_MODULE_ARGS": ')

    def run(
        self, main: Callable[[], None], arguments: bytes, variables: Mapping[str, str], folder: str
    ) -> tuple[int, str, str]:
        """Run the module to its end, and return the exit status, standard output and standard error of a process."""
        with as_a_process(arguments, variables, folder or ".") as streams:
            status = self._exit_status(main, streams)
        return status, streams.out.getvalue(), streams.err.getvalue()

    def _exit_status(self, main: Callable[[], None], streams: Streams) -> int:
        try:
            try:
                main()
                raise RuntimeError(NO_EXIT)
            except Exception as error:  # it would end the process of a module
                self.report(error)
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=streams.err)
            return end.code if isinstance(end.code, int) else int(end.code is not None)
        return 1


def this_core() -> Core:
    """Return the functions of the installed ansible-core. Raises AttributeError or ImportError."""
    common = importlib.import_module("ansible.executor.module_common")
    if hasattr(common, "_BuiltModule"):
        return _current(common._BuiltModule)
    encoder = importlib.import_module("ansible.module_utils.common.json").AnsibleJSONEncoder

    def bits(arguments: bytes) -> tuple[str, str, bytes]:
        return "new", SHEBANG, arguments

    def report(_error: Exception) -> None:
        traceback.print_exc()

    return Core(encoder, {"vault_to_text": True}, bits, report)  # ansible-core 2.18


def _current(built_module: Callable[..., Any]) -> Core:
    """Return the functions of ansible-core 2.19 and later."""
    json_helpers = importlib.import_module("ansible.module_utils.common.json")
    encoder = json_helpers.get_module_encoder(PROFILE, json_helpers.Direction.CONTROLLER_TO_MODULE)
    json_helpers.get_module_encoder(
        PROFILE, json_helpers.Direction.MODULE_TO_CONTROLLER
    )  # imported now, for the module
    handle = importlib.import_module("ansible.module_utils._internal._ansiballz._loader")._handle_exception

    def bits(arguments: bytes) -> Any:
        return built_module(b_module_data=arguments, module_style="new", shebang=SHEBANG, serialization_profile=PROFILE)

    def report(error: Exception) -> None:
        handle(error, PROFILE)

    return Core(encoder, {}, bits, report)
