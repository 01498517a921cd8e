# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration files of the vendors' tools, and what is wrong with one that is broken.

Nothing of what a file holds is quoted: it may be a secret. Every function raises Unusable.
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
    """The object in a file of a command line tool; None if there is no such file."""
    text = read_text(path)
    if text is None:
        return None
    if not text.strip():
        raise _not_of_the_tool(path, "it is empty")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        # The words before a colon are the parser's own.
        raise _not_of_the_tool(path, f"{_place(error)}: {error.msg.partition(':')[0]}") from None
    except (ValueError, RecursionError):
        raise _not_of_the_tool(path, "it is no JSON") from None
    if not isinstance(found, Mapping):
        raise _not_of_the_tool(path, "it holds no JSON object")
    return found


def _place(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}"


def _not_of_the_tool(path: str, why: str) -> Unusable:
    return Unusable(f"{path} is not a file of the command line tool: {why}")


def named_profiles(path: str, config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The profiles in a list of them, by their names."""
    listed = config.get("profiles") or []
    if not isinstance(listed, list):
        raise _not_of_the_tool(path, "its profiles are no list")
    for number, entry in enumerate(listed):
        if not isinstance(entry, Mapping) or not entry.get("name"):
            raise _not_of_the_tool(path, f"profiles[{number}] is no profile with a name")
    return {str(entry["name"]): entry for entry in listed}


def ini_file(path: str, comments: Sequence[str] = ()) -> ConfigParser | None:
    """The sections of a file of a library; None if there is no such file."""
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
    return f"line {' and line '.join(lines)} is no setting" if lines else "it cannot be parsed"


def no_profile(name: str, there: Sequence[str]) -> str:
    """What to say of a profile that is not in a file. ``name`` is empty if the file names none as the current one."""
    wanted = f"no profile {name}" if name else "no current profile"
    return f"{wanted}; there are {', '.join(there)}" if there else f"{wanted}, and no other"
