# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The parts of an argument spec that modules share, and the module class that reads empty text as not given."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.errors import AnsibleFallbackNotFound

from .._http.errors import Mistake, invalid_input
from .._options.misplaced import secret_words, shown
from .._options.service_options import from_variables

# Numbers that ansible-core breaks over: infinite, or with more digits than a conversion may have.
_UNCOUNTABLE = re.compile(r"\s*[+-]?(?:inf|s?nan|[\d_.]+e).*|.{41,}", re.IGNORECASE | re.DOTALL)


def first_non_empty(*names: str) -> str:
    """A fallback of an option: AWX sets the variables of unfilled credential fields, to nothing."""
    value = from_variables(names)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def from_environment(*names: str, **option: Any) -> dict[str, Any]:
    """A text option that the first non-empty of these variables stands in for."""
    return {"type": "str", "fallback": (first_non_empty, list(names)), **option}


def _from_json(text: str) -> Any:
    """What the JSON text stands for. Equal texts in it are kept once, for the rules of a fleet repeat themselves."""
    once: dict[str, str] = {}

    def share(members: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: once.setdefault(value, value) if isinstance(value, str) else value for name, value in members}

    return json.loads(text, object_pairs_hook=share)


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


def _briefly(groups: Any) -> list[dict[str, Any]]:
    """Of entries of C(groups), the ids."""
    entries = [entry for entry in groups if isinstance(entry, dict)] if isinstance(groups, list) else []
    known = ("security_group_id", "sg_id", "sgId", "SecurityGroupId")
    return [{name: entry[name] for name in known if name in entry} for entry in entries]


class _Complaint(Exception):
    """ansible-core found options to be wrong, and which these are is known."""


class SecurityGroupModule(AnsibleModule):
    """An AnsibleModule for which an empty text is no value, as null is none.

    C(mistakes) are those that ansible-core finds. It would end the module over them, and those in the rules would be
    told another time; so the options that they are in are left out, and the others are gone on with.
    """

    def __init__(self, argument_spec: dict[str, dict[str, Any]]) -> None:
        self.mistakes: list[Mistake] = []
        # Hundreds of groups would be copied, scanned for secrets and written to the system's log: seconds, and a log
        # line of megabytes. They hold no secrets, and are checked rule by rule elsewhere.
        self._apart = {"groups"} & set(argument_spec)
        self._left_out: set[str] = set()
        self._may_go_on = True
        try:
            AnsibleModule.__init__(self, argument_spec=argument_spec, supports_check_mode=True)
        except _Complaint:
            AnsibleModule.__init__(self, argument_spec=argument_spec, supports_check_mode=True)
        self._may_go_on = False
        self.params.update(self._unchecked)

    def _load_params(self) -> None:
        AnsibleModule._load_params(self)
        own = {name: value for name, value in self.params.items() if name.startswith("_ansible_")}
        spec = self.argument_spec.items()
        known = {spelling for name, option in spec for spelling in (name, *option.get("aliases", ()))}
        self._given = {
            name: self._value(name, value)
            for name, value in self.params.items()
            if name not in own and name not in self._left_out and not (name in known and value in (None, ""))
        }
        # Of all options, because a wrong one is left out later, and quoted where it is said to be wrong.
        self.no_log_values.update(secret_words({**self.params, **self._given}))
        self._unchecked = {name: self._given.pop(name, None) for name in self._apart}
        self.params = {**own, **self._given}

    def _log_invocation(self) -> None:
        params, self.params = self.params, self._shown()
        # Half a character is found to be a mistake later on, with its path; ansible-core would break over it here.
        try:
            with contextlib.suppress(UnicodeError):
                AnsibleModule._log_invocation(self)
        finally:
            self.params = params

    def _shown(self) -> dict[str, Any]:
        """The options without values that may be secrets in the wrong place, and of groups only which they are."""
        own = {name: value for name, value in self.params.items() if not name.startswith("_ansible_")}
        known = {spelling for name, o in self.argument_spec.items() for spelling in (name, *o.get("aliases", ()))}
        options = shown(own, dict.fromkeys(known))
        return {**options, "groups": _briefly(own["groups"])} if own.get("groups") else options

    def exit_json(self, **result: Any) -> NoReturn:
        super().exit_json(**{"invocation": {"module_args": self._shown()}, **result})

    def _value(self, name: str, value: Any) -> Any:
        """Lists are taken as JSON or Python text as well: ad-hoc commands and surveys can give nothing else."""
        spec = self.argument_spec.get(name, {})
        if "choices" in spec and isinstance(value, str):
            return next((choice for choice in spec["choices"] if choice.lower() == value.strip().lower()), value)
        if spec.get("type") == "int" and isinstance(value, (bool, list, dict)):
            return str(value)  # ansible-core would count true as 1, and take a list for the parts of a number
        if spec.get("type") == "int" and isinstance(value, (str, float)) and _UNCOUNTABLE.fullmatch(str(value)):
            return f"{str(value)[:40]}..."  # what ansible-core finds to be no number, before it knows any secret
        if spec.get("type") == "list" and isinstance(value, str) and value.lstrip().startswith("["):
            for parse in (_from_json, ast.literal_eval):
                with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
                    return parse(value)
        return value

    def record_briefly(self) -> None:
        """Leave all but the ids of C(groups) out of the invocation that Ansible returns beside the result.

        A fleet's rules are in the playbook and in the result; a third time, they would be copied once more, and kept in
        each job event.
        """
        self.params["groups"] = _briefly(self._unchecked.pop("groups", None))

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        if "failure" not in result:
            from .spec_mistakes import spec_mistakes  # only a complaint of ansible-core's needs it

            mistakes = spec_mistakes(self.argument_spec, self._given)
            if mistakes and self._may_go_on:
                self._may_go_on = False
                self._leave_out(mistakes)
                raise _Complaint
            error = invalid_input(self.mistakes + (mistakes or [Mistake("", msg)]))
            msg = f"Failed to read the options: {error.reason}."
            result.update(changed=False, failure=error.report())
        super().fail_json(msg, **{"invocation": {"module_args": self._shown()}, **result})

    def _leave_out(self, mistakes: list[Mistake]) -> None:
        """Lists of dictionaries are kept apart instead: what reads them finds what is wrong in them, and all of it."""
        names = {mistake: mistake.path.partition("[")[0] for mistake in mistakes}
        lists = {name for name, option in self.argument_spec.items() if option.get("elements") == "dict"}
        self._left_out = set(names.values()) - lists
        self._apart |= set(names.values()) & lists
        self.mistakes = [mistake for mistake, name in names.items() if name in self._left_out]
