# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the line of a rule in its YAML file, for reports that code hosts show next to the line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from .._change.contract import GivenRule
from .._options.options import GROUP_ID_NAMES

DIRECTIONS = ("ingress", "egress")


class _Group(NamedTuple):
    """A mapping with rules: its group ID, or "", and for each direction the line of each rule, counted from 1."""

    identifier: str
    lines: dict[str, list[int]]


class SourceLines:
    """The lists of rules in a file. Without PyYAML or a readable YAML file, there are none."""

    def __init__(self, path: str) -> None:
        self._groups = list(_groups(path)) if path else []

    def line(self, group: str, rule: GivenRule | None) -> int | None:
        """Return the line of a rule of a group; None if that is not certain.

        A group whose ID is not in the file is found if only one mapping, without any ID, has rules of that direction.
        If the file has more or fewer rules than the option, the option was put together from several lists.
        """
        lines = self._of_group(group, rule.direction) if rule else []
        return lines[rule.number] if rule and len(lines) == rule.total else None

    def _of_group(self, group: str, direction: str) -> list[int]:
        candidates = [each for each in self._groups if direction in each.lines]
        same = [each for each in candidates if each.identifier == group]
        if not same and not any(each.identifier for each in candidates):
            same = candidates
        return same[0].lines[direction] if len(same) == 1 else []


def _groups(path: str) -> Iterator[_Group]:
    try:
        import yaml  # ansible-core requires it, but a managed host may not have it
    except ImportError:
        return
    with contextlib.suppress(OSError, ValueError, RecursionError, yaml.YAMLError), open(path, encoding="utf-8") as file:
        for document in yaml.compose_all(file, yaml.SafeLoader):
            yield from _in_node(document, set())


def _in_node(node: Any, seen: set[Any]) -> Iterator[_Group]:
    """Yield the mappings with rules in a node of a YAML document: a list of nodes, a list of pairs, or text.

    An alias is the node of its anchor, which is ``seen`` only once.
    """
    if node in seen:
        return
    seen.add(node)
    members = {str(key.value): value for key, value in _children(node, True)}
    lines = {name: _lines(members[name]) for name in DIRECTIONS if name in members}
    if any(lines.values()):
        yield _Group(_identifier(members), lines)
    for child in (*members.values(), *_children(node, False)):
        yield from _in_node(child, seen)


def _children(node: Any, is_pair: bool) -> list[Any]:
    """Return the pairs of a mapping, or the nodes of a list."""
    children = node.value if node is not None and isinstance(node.value, list) else []
    return [child for child in children if isinstance(child, tuple) is is_pair]


def _lines(node: Any) -> list[int]:
    return [rule.start_mark.line + 1 for rule in _children(node, False)]


def _identifier(members: dict[str, Any]) -> str:
    named = [members[name].value for name in GROUP_ID_NAMES if name in members]
    return named[0] if named and isinstance(named[0], str) else ""
