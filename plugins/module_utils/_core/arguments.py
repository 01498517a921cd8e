# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The parts of an argument spec that modules share, and the module class that reads empty text as not given."""

from __future__ import annotations

import contextlib
import json
import os
import re
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.errors import AnsibleFallbackNotFound

from .errors import Mistake, invalid_input

# Numbers that ansible-core breaks over: infinite, or with more digits than a conversion may have.
_UNCOUNTABLE = re.compile(r"\s*[+-]?(?:inf|s?nan|[\d_.]+e).*|.{41,}", re.IGNORECASE | re.DOTALL)


def first_non_empty(*names: str) -> str:
    """A fallback of an option: AWX sets the variables of unfilled credential fields, to nothing."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def from_environment(*names: str, **option: Any) -> dict[str, Any]:
    """A text option that the first non-empty of these variables stands in for."""
    return {"type": "str", "fallback": (first_non_empty, list(names)), **option}


def transport_spec() -> dict[str, dict[str, Any]]:
    return {
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "int", "default": 10},
        "deadline": {"type": "int", "default": 120},
    }


def fleet_spec() -> dict[str, dict[str, Any]]:
    return {
        "groups": {"type": "list", "elements": "dict"},
        "max_concurrency": {"type": "int", "default": 8},
        "return_unchanged": {"type": "bool", "default": True},
        "expected_fingerprint": {"type": "str"},
        "progress_file": {"type": "path"},
    }


def info_spec() -> dict[str, dict[str, Any]]:
    return {
        "security_group_ids": {"type": "list", "elements": "str"},
        "filters": {"type": "dict"},
        "max_concurrency": {"type": "int", "default": 8},
    }


class Module(AnsibleModule):
    """An AnsibleModule for which an empty text is no value, and whose own complaints carry a C(failure) as well."""

    def __init__(self, argument_spec: dict[str, dict[str, Any]]) -> None:
        # Hundreds of groups would be copied, scanned for secrets and written to the system's log: seconds, and a log
        # line of megabytes. They hold no secrets, and are checked rule by rule elsewhere.
        self._groups: Any = None
        AnsibleModule.__init__(self, argument_spec=argument_spec, supports_check_mode=True)
        if "groups" in argument_spec:
            self.params["groups"] = self._groups

    def _load_params(self) -> None:
        AnsibleModule._load_params(self)
        self.params = {name: self._value(name, value) for name, value in self.params.items() if value != ""}
        self._groups = self.params.pop("groups", None) if "groups" in self.argument_spec else None
        self._given = {name: value for name, value in self.params.items() if not name.startswith("_ansible_")}

    def _log_invocation(self) -> None:
        # Half a character is found to be a mistake later on, with its path; ansible-core would break over it here.
        with contextlib.suppress(UnicodeError):
            AnsibleModule._log_invocation(self)

    def _value(self, name: str, value: Any) -> Any:
        """Lists are taken as JSON text as well: ad-hoc commands and surveys can give nothing else."""
        spec = self.argument_spec.get(name, {})
        if spec.get("type") == "int" and isinstance(value, (str, float)) and _UNCOUNTABLE.fullmatch(str(value)):
            return f"{str(value)[:40]}..."  # what ansible-core finds to be no number, before it knows any secret
        if spec.get("type") == "list" and isinstance(value, str) and value.lstrip().startswith("["):
            try:
                return json.loads(value)
            except (ValueError, RecursionError):
                return value
        return value

    def record_briefly(self) -> None:
        """Leave all but the ids of C(groups) out of the invocation that Ansible returns beside the result.

        A fleet's rules are in the playbook and in the result; a third time, they would be copied once more, and kept in
        each job event.
        """
        entries = self._groups if isinstance(self._groups, list) else []
        known = ("security_group_id", "sg_id", "sgId", "SecurityGroupId")
        self._groups = None
        self.params["groups"] = [{name: entry[name] for name in known if name in entry} for entry in entries]

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        if "failure" not in result:
            from .spec_mistakes import spec_mistakes  # only a complaint of ansible-core's needs it

            mistakes = spec_mistakes(self.argument_spec, self._given)
            error = invalid_input(mistakes or [Mistake("", msg)])
            msg = f"Failed to read the options: {error.reason}."
            result.update(changed=False, failure=error.report())
        super().fail_json(msg, **result)
