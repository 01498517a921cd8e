# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin behind every module of this collection: direct execution in Ansible's worker process.

For each task and each loop item, Ansible starts a Python interpreter that compiles the module again, although it has
already forked a worker process for the task, with the module imported before the fork. If the result is the same, the
module runs in that process.

``DirectAction`` replaces only the layer below ``_execute_module`` of ansible-core's ``normal`` action: arguments still
reach the module as JSON, and ansible-core still parses the JSON that the module prints. The module runs as usual
unless every condition in ``_direct_conditions`` holds. After the module's ``main`` has begun, nothing runs it again.

Nothing version-dependent is imported at module level, because a failing import would end the run.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from ansible.plugins.action.normal import ActionModule as Ordinary
from ansible.utils.display import Display

from . import _direct_conditions as conditions

PLUGINS = "ansible_collections.cnclouds.security_groups.plugins"
display = Display()


def direct_action(name: str, *parts: str) -> type[Ordinary]:
    """Return the action plugin class for the module ``name``, a file in ``plugins/modules``.

    Import the module, so that all worker processes forked later have it. ``parts`` are files of ``module_utils`` that
    every usual run of the module imports, but not the module itself, such as ``_tencent.api_3_0``. Never raises.
    """
    main, core, obstacle = None, None, ""
    try:
        obstacle = conditions.of_this_process()
        if not obstacle:
            core = importlib.import_module("._direct_core", __package__).this_core()
            main = importlib.import_module(f"{PLUGINS}.modules.{name}").main
            for part in parts:
                importlib.import_module(f"{PLUGINS}.module_utils.{part}")
    except (Exception, SystemExit) as error:
        obstacle = f"the import of the module failed with {type(error).__name__}: {error}"
    return type("ActionModule", (DirectAction,), {"obstacle": obstacle, "core": core, "main": (main,)})


class DirectAction(Ordinary):
    """Run a module in this process if all conditions hold, and like ansible-core's ``normal`` action otherwise."""

    obstacle = "this class has no module"  # why this Ansible process never runs the module directly; "" if it may
    core: Any = None  # _direct_core.Core
    main: tuple[Callable[[], None] | None] = (None,)  # in a tuple, or it would become a method
    _here = False  # whether the execution in progress is direct
    _variables: Mapping[str, str] = {}

    def _execute_module(  # the signature of ansible-core, which differs between versions from `persist_files` on
        self,
        module_name: str | None = None,
        module_args: dict[str, Any] | None = None,
        tmp: str | None = None,
        task_vars: dict[str, Any] | None = None,
        *more: Any,
        **options: Any,
    ) -> Any:
        """Decide where the module runs, and leave everything else to ansible-core."""
        special = any(value is not None for value in (module_name, module_args, tmp)) or any((*more, *options.values()))
        reason = self._reason_against(task_vars or {}, special)
        self._here = not reason
        way = "in Ansible's worker process" if self._here else f"as a process of its own: {reason}"
        display.vvv(f"{self._task.action} runs {way}", host=self._play_context.remote_addr)
        try:
            return super()._execute_module(module_name, module_args, tmp, task_vars, *more, **options)
        finally:
            self._here = False

    def _reason_against(self, task_vars: Mapping[str, Any], special: bool) -> str:
        """Return why this execution must not be direct, or "" if it may."""
        try:
            reason = self.obstacle or conditions.of_this_task(self, task_vars)
            reason = reason or ("the module is called in an unusual way" if special else "")
            self._variables = {} if reason else conditions.environment_of(self)
            return reason or conditions.of_environment(self._variables)
        except Exception as error:  # an interface that this ansible-core no longer has
            return f"the conditions could not be checked ({type(error).__name__}: {error})"

    def _is_pipelining_enabled(self, *arguments: Any, **options: Any) -> bool:
        # With pipelining, no temporary folder is made and no file is copied.
        return self._here or bool(super()._is_pipelining_enabled(*arguments, **options))

    def _configure_module(self, module_name: str, module_args: Mapping[str, Any], task_vars: dict[str, Any]) -> Any:
        """Return the module's arguments instead of a program that contains them, if the execution is direct."""
        if self._here:
            try:
                return self.core.built(module_args, conditions.module_path(self, module_name))
            except Exception as error:  # ansible-core itself reports arguments that it cannot encode
                self._here = False
                display.vvv(f"{module_name} runs as a process of its own: {type(error).__name__}: {error}")
        return super()._configure_module(module_name, module_args, task_vars)

    def _low_level_execute_command(self, *arguments: Any, **options: Any) -> Any:
        """Run the module here if the input of the command is the JSON of its arguments, as ``built`` made it."""
        (main,) = self.main
        in_data = options.get("in_data")
        if not self._here or main is None or not self.core.is_for_module(in_data):
            return Ordinary._low_level_execute_command(self, *arguments, **options)
        self._here = False  # whatever happens, the module must not run a second time
        status, out, err = self.core.run(main, in_data, self._variables, self._loader.get_basedir())
        return {
            **{"rc": status, "stdout": out, "stdout_lines": out.splitlines()},
            **{"stderr": err, "stderr_lines": err.splitlines()},
        }
