# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the mistakes in options that ansible-core refuses, each with its path.

ansible-core stops at the first mistake, names no list entry, and returns nothing that a playbook could branch on. This
file is only used after ansible-core has refused the options.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_int,
    check_type_list,
    check_type_raw,
    check_type_str,
)

from .._http.errors import Mistake
from .._options.text import did_you_mean, not_a_choice, not_a_list

CHECKS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "str": (check_type_str, "text"),
    "path": (check_type_str, "a path"),
    "int": (check_type_int, "a whole number"),
    "bool": (check_type_bool, "true or false"),
    "dict": (check_type_dict, "a dictionary"),
    "list": (check_type_list, "a list"),
    "raw": (check_type_raw, "a value"),
}


def spec_mistakes(spec: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> list[Mistake]:
    """Return the options that do not exist, have the wrong type or are not one of the choices."""
    names = {spelling: name for name, option in spec.items() for spelling in (name, *option.get("aliases", ()))}
    mistakes: list[Mistake] = []
    for spelling, value in given.items():
        if spelling not in names:
            mistakes.append(Mistake(spelling, f"is not an option of this module{did_you_mean(spelling, names)}"))
        elif value is not None:
            mistakes += _wrong_values(spelling, spec[names[spelling]], value)
    return mistakes


def _wrong_values(path: str, option: Mapping[str, Any], value: Any) -> Iterator[Mistake]:
    choices = option.get("choices")
    if choices and value not in choices:
        yield Mistake(path, not_a_choice(value, choices))
        return
    kind = option["type"]
    if kind == "list":
        yield from _wrong_list(path, option["elements"], value)
    elif _converted(kind, value) is None:
        # A dictionary is not quoted, because a role may contain a key.
        found = f"a value of the type {type(value).__name__}" if kind == "dict" else repr(value)
        yield Mistake(path, f"has to be {CHECKS[kind][1]}, not {found}")


def _wrong_list(path: str, elements: str, value: Any) -> Iterator[Mistake]:
    unparsed = isinstance(value, str) and value.lstrip().startswith("[")
    converted = None if unparsed else _converted("list", value)
    if converted is None:
        yield Mistake(path, not_a_list(value))
    else:
        yield from _wrong_elements(path, elements, converted)


def _wrong_elements(path: str, kind: str, values: list[Any]) -> Iterator[Mistake]:
    for number, value in enumerate(values):
        if _converted(kind, value) is None:
            yield Mistake(f"{path}[{number}]", f"has to be {CHECKS[kind][1]}, not {value!r}")


def _converted(kind: str, value: Any) -> Any:
    if value is None:
        return None
    try:
        return CHECKS[kind][0](value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
