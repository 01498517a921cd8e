# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the pages of the documentation: fenced blocks and tables."""

from __future__ import annotations

import re
import textwrap


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks in this language, in their order and without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.M | re.S)
    return [textwrap.dedent(body) for _indentation, body in found]


def section(text: str, heading: str) -> str:
    """The text below this heading of the second level, up to the next one. Raises LookupError."""
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        title, _newline, rest = part.partition("\n")
        if title == heading:
            return rest
    raise LookupError(f"no section {heading!r}")


def table(text: str, first: str) -> list[list[str]]:
    """The rows of the only table whose header begins with ``first``.

    Cells are without the backticks around a whole cell.
    """
    heads = re.findall(rf"^\| {re.escape(first)}.*\n\|[-|: ]+\n((?:\|.*\n)+)", text, re.M)
    if len(heads) != 1:
        raise LookupError(f"{len(heads)} tables begin with {first!r}")
    return [[cell(text) for text in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in heads[0].splitlines()]


def cell(text: str) -> str:
    """A cell without spaces around it, and without backticks if it is a single piece of code."""
    text = text.strip()
    return text[1:-1] if re.fullmatch(r"`[^`]+`", text) else text
