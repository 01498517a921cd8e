# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the configuration files of the vendors' tools, and describe what is wrong with a broken one.

Nothing in a file is quoted, because it may be a secret. Every function raises Unusable.
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

from .key_chain import Unusable, read_text


def json_file(path: str) -> Mapping[str, Any] | None:
    """Return the object in a file of a command line tool, or None if there is no such file."""
    text = read_text(path)
    if text is None:
        return None
    if not text.strip():
        raise _not_of_the_tool(path, "it is empty")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        # What follows the colon may quote the file.
        raise _not_of_the_tool(path, f"{_place(error)}: {error.msg.partition(':')[0]}") from None
    except (ValueError, RecursionError):
        raise _not_of_the_tool(path, "it is not JSON") from None
    if not isinstance(found, Mapping):
        raise _not_of_the_tool(path, "it does not contain a JSON object")
    return found


def _place(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}"


def _not_of_the_tool(path: str, why: str) -> Unusable:
    return Unusable(f"{path} is not a file of the command line tool: {why}")


def named_profiles(path: str, config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the profiles of a list by their names."""
    listed = config.get("profiles") or []
    if not isinstance(listed, list):
        raise _not_of_the_tool(path, "its profiles are not a list")
    for number, entry in enumerate(listed):
        if not isinstance(entry, Mapping) or not entry.get("name"):
            raise _not_of_the_tool(path, f"profiles[{number}] is not a profile with a name")
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
        raise Unusable(f"{path} is not an INI file: {_ini_mistake(error)}") from None
    return parser


def _ini_mistake(error: IniError) -> str:
    if isinstance(error, MissingSectionHeaderError):
        return f"line {error.lineno} comes before any section, such as [default]"
    if isinstance(error, DuplicateSectionError):
        return f"line {error.lineno} begins the section {error.section} a second time"
    if isinstance(error, DuplicateOptionError):
        return f"line {error.lineno} sets {error.option} of the section {error.section} a second time"
    lines = [str(number) for number, _line in error.errors] if isinstance(error, ParsingError) else []
    return f"line {' and line '.join(lines)} is not a setting" if lines else "it cannot be parsed"


def no_profile(name: str, there: Sequence[str]) -> str:
    """Return a sentence about a missing profile. ``name`` is empty if the file does not name a current profile."""
    wanted = f"no profile {name}" if name else "no current profile"
    return f"{wanted}; there are {', '.join(there)}" if there else f"{wanted}, and no other"
