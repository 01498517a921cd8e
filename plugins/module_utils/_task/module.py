# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subclass of AnsibleModule for all modules, which collects all mistakes in the options and ends the module."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule

from .._http.errors import Mistake, invalid_input
from .._options.misplaced import displayable, secret_words
from .._options.options import GROUP_ID_NAMES, has_value
from .._options.spec import Spec
from .task import TaskResult

# Numbers for which ansible-core fails with a traceback: infinite, or with more digits than a conversion may have.
_UNREADABLE_NUMBER = re.compile(r"\s*[+-]?(?:inf|s?nan|[\d_.]+e).*|.{41,}", re.IGNORECASE | re.DOTALL)


def _number(value: Any) -> Any:
    if isinstance(value, (bool, list, dict)):
        return str(value)  # ansible-core reads true as 1, and a list as the parts of a decimal number
    if isinstance(value, (str, float)) and _UNREADABLE_NUMBER.fullmatch(str(value)):
        return f"{str(value)[:40]}..."  # ansible-core refuses it, and quotes it before any secret is known
    return value


def _list(text: str) -> Any:
    """Convert JSON or Python text to a list, because ad-hoc commands and surveys can only pass text."""
    if text.lstrip().startswith("["):
        for parse in (_from_json, ast.literal_eval):
            with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
                return parse(text)
    return text


def _from_json(text: str) -> Any:
    """Parse JSON. Equal texts are kept once, because many rules of a fleet are the same."""
    once: dict[str, str] = {}

    def share(members: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: once.setdefault(value, value) if isinstance(value, str) else value for name, value in members}

    return json.loads(text, object_pairs_hook=share)


def _ids_only(groups: Any) -> list[dict[str, Any]]:
    """Return only the IDs of the entries of ``groups``."""
    entries = [entry for entry in groups if isinstance(entry, dict)] if isinstance(groups, list) else []
    return [{name: entry[name] for name in GROUP_ID_NAMES if name in entry} for entry in entries]


class _KnownMistakes(Exception):
    """ansible-core has refused the options, and the mistakes have been identified."""


class SecurityGroupModule(AnsibleModule):
    """An AnsibleModule that treats empty text like null.

    ``mistakes`` are those that ansible-core finds. It would end the module, and the user would only see the mistakes in
    the rules after the next run. So the options with mistakes are left out, and the module goes on with the others.
    """

    def __init__(self, argument_spec: Spec) -> None:
        self.mistakes: list[Mistake] = []
        # ansible-core would copy hundreds of groups, scan them for secrets and write them to the system's log, which
        # takes seconds. They contain no secrets, and are validated rule by rule later.
        self._set_aside = {"groups"} & set(argument_spec)
        self._left_out: set[str] = set()
        self._may_retry = True
        try:
            AnsibleModule.__init__(self, argument_spec=argument_spec, supports_check_mode=True)
        except _KnownMistakes:
            AnsibleModule.__init__(self, argument_spec=argument_spec, supports_check_mode=True)
        self._may_retry = False
        self.params.update(self._unchecked)

    def _load_params(self) -> None:
        AnsibleModule._load_params(self)
        own = {name: value for name, value in self.params.items() if name.startswith("_ansible_")}
        left_out = own.keys() | self._left_out | self._empty()
        self._given = {name: self._readable(name, value) for name, value in self.params.items() if name not in left_out}
        # Search all options, because ansible-core quotes a wrong value in its message.
        self.no_log_values.update(secret_words({**self.params, **self._given}))
        self.mistakes += self._conflicting_names()
        self._unchecked = {name: self._given.pop(name, None) for name in self._set_aside}
        self.params = {**own, **self._given}

    def _empty(self) -> set[str]:
        """Return the names of options without a value. ansible-core refuses blank text itself, but not in groups."""
        known = self._spellings()
        empty = {name for name, value in self.params.items() if name in known and value in (None, "")}
        return empty | {name for name in self._set_aside if not has_value(self.params.get(name))}

    def _conflicting_names(self) -> list[Mistake]:
        """Return a mistake for each option that is given under two names with different values.

        ansible-core only warns and ignores one of them, so another group than the intended one could be changed.
        """
        mistakes = []
        for name, option in self.argument_spec.items():
            given = [spelling for spelling in (name, *option.get("aliases", ())) if spelling in self._given]
            mistakes += [
                Mistake(spelling, f"is another name for {given[0]}, which is also given with another value")
                for spelling in given[1:]
                if self._given[spelling] != self._given[given[0]]
            ]
        return mistakes

    def _log_invocation(self) -> None:
        params, self.params = self.params, self._invocation()
        # An unpaired surrogate is reported as a mistake later, with its path; ansible-core would fail here.
        try:
            with contextlib.suppress(UnicodeError):
                AnsibleModule._log_invocation(self)
        finally:
            self.params = params

    def _invocation(self) -> dict[str, Any]:
        """Return the options without values that may be misplaced secrets, and only the IDs of groups."""
        own = {name: value for name, value in self.params.items() if not name.startswith("_ansible_")}
        options = displayable(own, dict.fromkeys(self._spellings()))
        return {**options, "groups": _ids_only(own["groups"])} if own.get("groups") else options

    def _spellings(self) -> set[str]:
        """Return the names of all options and their aliases."""
        spec = self.argument_spec.items()
        return {spelling for name, option in spec for spelling in (name, *option.get("aliases", ()))}

    def exit_json(self, **result: Any) -> NoReturn:
        super().exit_json(**{"invocation": {"module_args": self._invocation()}, **result})

    def _readable(self, name: str, value: Any) -> Any:
        """Return the value in a form that ansible-core does not misread."""
        spec = self.argument_spec.get(name, {})
        if "choices" in spec and isinstance(value, str):
            return next((choice for choice in spec["choices"] if choice.lower() == value.strip().lower()), value)
        if spec.get("type") == "int":
            return _number(value)
        return _list(value) if spec.get("type") == "list" and isinstance(value, str) else value

    def shorten_invocation(self) -> None:
        """Keep only the IDs of ``groups`` in the invocation that Ansible returns with the result.

        A fleet's rules are in the playbook and in the result already, and every job event would store another copy.
        """
        self.params["groups"] = _ids_only(self._unchecked.pop("groups", None))

    def finish(self, result: TaskResult) -> NoReturn:
        """End the module with the result of its task."""
        for warning in result.warnings:
            self.warn(warning)
        self.no_log_values.update(result.secrets)
        if "failure" in result.values:
            self.fail_json(**result.values)
        self.exit_json(**result.values)

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        if "failure" not in result:
            from .spec_mistakes import spec_mistakes  # only needed if ansible-core refuses the options

            mistakes = spec_mistakes(self.argument_spec, self._given)
            if mistakes and self._may_retry:
                self._may_retry = False
                self._leave_out(mistakes)
                raise _KnownMistakes
            error = invalid_input(self.mistakes + (mistakes or [Mistake("", msg)]))
            msg = f"Failed to read the options: {error.reason}."
            result.update(changed=False, failure=error.as_result())
        super().fail_json(msg, **{"invocation": {"module_args": self._invocation()}, **result})

    def _leave_out(self, mistakes: list[Mistake]) -> None:
        """Leave out the options with mistakes; lists of dictionaries are validated entry by entry later instead."""
        names = {mistake: mistake.path.partition("[")[0] for mistake in mistakes}
        lists = {name for name, option in self.argument_spec.items() if option.get("elements") == "dict"}
        self._left_out = set(names.values()) - lists
        self._set_aside |= set(names.values()) & lists
        self.mistakes = [mistake for mistake, name in names.items() if name in self._left_out]
