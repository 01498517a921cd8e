# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions of direct execution: each check returns why the module must not run in the worker process, or "".

The reasons are shown at ``-vvv``. The checks use interfaces of ansible-core, some of which are private; after an
exception, the module runs as a process of its own.
"""

from __future__ import annotations

import os
import re
import site
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.loader import module_loader, module_utils_loader
from ansible.release import __version__

# The minor versions of ansible-core on which CI compares direct execution with module processes.
COMPARED = ((2, 18), (2, 19), (2, 20), (2, 21))
SWITCH = "cnclouds_direct_execution"
AUTOMATIC = ("auto", "auto_legacy", "auto_silent", "auto_legacy_silent")
# Variables that the modules and requests read during a call. Those that Python, OpenSSL or the C library read when a
# process starts would have no effect.
READ_DURING_A_CALL = re.compile(
    r"(ALIBABA_CLOUD|ALICLOUD|TENCENTCLOUD|TCCLI|TKE|CNCLOUDS)_\w+|(ECS|STS)_ENDPOINT|\w+_PROXY|\w+_proxy"
    r"|(REQUESTS|CURL)_CA_BUNDLE",
    re.ASCII,
)
DEBUGGERS = ("_ANSIBALLZ_DEBUGPY_CONFIG", "_ANSIBALLZ_PYDEVD_CONFIG")


def of_this_process() -> str:
    """Check the conditions of a whole run, before the module is imported."""
    switch = os.environ.get(SWITCH.upper(), "").strip()
    if switch and not boolean(switch, strict=False):
        return f"{SWITCH.upper()}={switch}"
    if sys.platform == "darwin":
        return "on macOS, HTTP requests can crash a forked process"
    if not is_compared(__version__):
        return f"CI does not compare direct execution on ansible-core {__version__}"
    return start_options()


def is_compared(version: str) -> bool:
    """Return whether ``version``, such as ``2.19.4``, has one of the minor versions in COMPARED."""
    parts = re.match(r"(\d+)\.(\d+)\.", version)
    return parts is not None and (int(parts[1]), int(parts[2])) in COMPARED


def start_options() -> str:
    """Check the options of the Python command, which the interpreter of a module would not have."""
    flags, variables = sys.flags, os.environ
    user_site = "PYTHONNOUSERSITE" not in variables and os.path.isdir(site.getusersitepackages())
    used = {
        "-I or -S": flags.isolated or flags.no_site,
        "-E": flags.ignore_environment and any(name.startswith("PYTHON") for name in variables),
        "-s": flags.no_user_site and user_site,
        "-O": flags.optimize and "PYTHONOPTIMIZE" not in variables,
    }
    return next((f"Ansible's Python was started with {option}" for option, is_used in used.items() if is_used), "")


def of_this_task(action: Any, task_vars: Mapping[str, Any]) -> str:
    """Check the conditions of one execution. ``action`` is the action plugin."""
    checks = (_task, _switch, _connection, _settings, _interpreter, _overridden)
    return next(filter(None, (check(action, task_vars) for check in checks)), "")


def _task(action: Any, _task_vars: Mapping[str, Any]) -> str:
    if action._task.async_val:
        return "async"
    # The alarm that ends a task would have to wait for the module's threads.
    return "timeout" if action._task.timeout else ""


def _switch(action: Any, task_vars: Mapping[str, Any]) -> str:
    value = action._templar.template(task_vars.get(SWITCH, True))
    return "" if boolean(value, strict=False) else f"{SWITCH} is {value}"


def _connection(action: Any, _task_vars: Mapping[str, Any]) -> str:
    connection = action._connection
    # Other connection plugins are named local as well.
    if type(connection).__module__ != "ansible.plugins.connection.local":
        return f"the connection is {type(connection).__module__}"
    return "become" if connection.become is not None else ""


def _settings(action: Any, task_vars: Mapping[str, Any]) -> str:
    if _setting("DEFAULT_KEEP_REMOTE_FILES", task_vars):
        return "ANSIBLE_KEEP_REMOTE_FILES"
    if {_setting("DEFAULT_EXECUTABLE", task_vars), action._play_context.executable} != {"/bin/sh"}:
        return "the shell is not /bin/sh"
    if action._templar.template(_setting("PYTHON_MODULE_RLIMIT_NOFILE", task_vars)):
        return "ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE"
    if any(_setting(name, task_vars) for name in DEBUGGERS):
        return "a debugger of modules is configured"
    return ""


def _setting(name: str, task_vars: Mapping[str, Any]) -> Any:
    """Return a setting of ansible-core, or None in a version that does not have it."""
    known = C.config.get_configuration_definition(name)
    return C.config.get_config_value(name, variables=task_vars) if known else None


def _interpreter(action: Any, task_vars: Mapping[str, Any]) -> str:
    """Check the interpreter that ansible-core chooses, which is not known before its discovery."""
    host = action._task.delegate_to
    variables = task_vars["ansible_delegated_vars"][host] if host else task_vars
    configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
    interpreter = str(action._templar.template(configured) or "auto").strip()
    if interpreter in AUTOMATIC:
        interpreter = variables.get("ansible_facts", {}).get("discovered_interpreter_python", interpreter)
    return "" if same_interpreter(str(interpreter), sys.executable) else f"the interpreter is {interpreter}"


def same_interpreter(one: str, other: str) -> bool:
    """Return whether two paths name the same file in the same folder.

    The folder counts, because the links of two virtual environments lead to the same file.
    """
    first, second = Path(one), Path(other)
    if first == second:
        return True
    if first.parent != second.parent or not first.exists() or not second.exists():
        return False
    return first.samefile(second)


def _overridden(_action: Any, _task_vars: Mapping[str, Any]) -> str:
    """Check for a folder ``module_utils``, which replaces files of ansible-core in modules."""
    own = os.path.dirname(os.path.abspath(C.__file__))
    folders = [path for path in module_utils_loader._get_paths(subdirs=False) if not path.startswith(own)]
    found = [path for path in folders if os.path.isdir(path) and os.listdir(path)]
    return f"the folder {found[0]} may replace module_utils" if found else ""


def environment_of(action: Any) -> dict[str, str]:
    """Return the variables that the task's ``environment`` keyword sets, templated."""
    variables: dict[str, Any] = {}
    action._compute_environment_string(variables)
    return {str(name): str(value) for name, value in variables.items()}


def of_environment(variables: Mapping[str, str]) -> str:
    """Check for variables that only have an effect when a process starts, or that no process can have."""
    for name, value in variables.items():
        if not READ_DURING_A_CALL.fullmatch(name) or "\0" in value:
            return f"environment sets {name}"
    return ""


def module_path(action: Any, name: str) -> str:
    """Return the file that ansible-core finds for the module."""
    context = module_loader.find_plugin_with_context(name, ".py", collection_list=action._task.collections)
    return str(context.plugin_resolved_path)
