# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The situation that a change of one group is judged in: its rules in both directions, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from .difference import CompiledList
from .rules import NO_MEMBERS, Members, RuleList, compile_rules
from .sentences import SELF


class ListPair(NamedTuple):
    """One direction before and after a change."""

    before: RuleList
    after: RuleList

    def compiled(self, members: Members) -> tuple[CompiledList, CompiledList]:
        """Return both lists in the form in which they are compared."""
        before = CompiledList(compile_rules(self.before.rules, members), self.before.default_allows)
        return before, CompiledList(compile_rules(self.after.rules, members), self.after.default_allows)


class Situation(NamedTuple):
    """What policies are checked against.

    ``lists`` are the rules of both directions before and after. ``self_id`` is the ID of the group itself in rules.
    ``peer_field`` returns the field of a rule that an ID belongs in, or an empty text if no rule can name it.
    ``remedies`` is whether rules can be inserted, and ``is_writable`` whether a rule with these fields can be written.
    """

    lists: Mapping[str, ListPair]
    members: Members = NO_MEMBERS
    self_id: str = SELF
    peer_field: Callable[[str], str] = lambda _peer: ""
    remedies: bool = True
    is_writable: Callable[[dict[str, str]], bool] = lambda _fields: True
