# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the configuration files of the vendors' tools, and describe what is wrong with an invalid one.

Nothing in a file is quoted, because it may be a secret. The functions that read a file raise UnusablePlace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from configparser import (
    ConfigParser,
    DuplicateOptionError,
    DuplicateSectionError,
    MissingSectionHeaderError,
    ParsingError,
)
from configparser import Error as IniError
from typing import Any

from .key_chain import UnusablePlace, read_text


def json_file(path: str) -> Mapping[str, Any] | None:
    """Return the object in a file of a command line tool, or None if there is no such file."""
    text = read_text(path)
    if text is None:
        return None
    if not text.strip():
        raise _invalid_tool_file(path, "it is empty")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        # What follows the colon may quote the file.
        raise _invalid_tool_file(path, f"{_place(error)}: {error.msg.partition(':')[0]}") from None
    except (ValueError, RecursionError):
        raise _invalid_tool_file(path, "it is not JSON") from None
    if not isinstance(found, Mapping):
        raise _invalid_tool_file(path, "it does not contain a JSON object")
    return found


def _place(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}"


def _invalid_tool_file(path: str, why: str) -> UnusablePlace:
    return UnusablePlace(f"{path} is not a valid file of the command line tool: {why}")


def named_profiles(path: str, config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the profiles of a list by their names."""
    listed = config.get("profiles") or []
    if not isinstance(listed, list):
        raise _invalid_tool_file(path, "its profiles are not a list")
    for number, entry in enumerate(listed):
        if not isinstance(entry, Mapping) or not entry.get("name"):
            raise _invalid_tool_file(path, f"profiles[{number}] is not a profile with a name")
    return {str(entry["name"]): entry for entry in listed}


def ini_file(path: str, comments: Sequence[str] = ()) -> ConfigParser | None:
    """Return the sections of a file of a library, or None if there is no such file."""
    text = read_text(path)
    if text is None:
        return None
    parser = ConfigParser(interpolation=None, inline_comment_prefixes=tuple(comments) or None)
    try:
        parser.read_string(text)
    except IniError as error:
        raise UnusablePlace(f"{path} is not an INI file: {_ini_mistake(error)}") from None
    return parser


def _ini_mistake(error: IniError) -> str:
    if isinstance(error, MissingSectionHeaderError):
        return f"line {error.lineno} comes before any section, such as [default]"
    if isinstance(error, DuplicateSectionError):
        return f"line {error.lineno} starts the section {error.section} a second time"
    if isinstance(error, DuplicateOptionError):
        return f"line {error.lineno} sets {error.option} of the section {error.section} a second time"
    lines = [str(number) for number, _line in error.errors] if isinstance(error, ParsingError) else []
    return f"line {' and line '.join(lines)} is not a setting" if lines else "it cannot be parsed"


def no_profile(name: str, present: Sequence[str]) -> str:
    """Return a sentence about a missing profile. ``name`` is empty if the file does not name a current profile."""
    missing = f"no profile {name}" if name else "no current profile"
    return f"{missing}; there are {', '.join(present)}" if present else f"{missing}; the file has no profiles"
