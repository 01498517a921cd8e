# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change of one group is judged from: its rules in both directions, before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from .rules import NO_MEMBERS, Members, RuleList
from .sentences import SELF


class Lists(NamedTuple):
    """One direction before and after a change."""

    before: RuleList
    after: RuleList


class Situation(NamedTuple):
    """What policies are checked against.

    ``lists`` are the rules of both directions before and after. ``self_id`` is what rules call the group itself.
    ``peer_field`` returns the field of a rule that an ID belongs in, or an empty text if no rule can name it.
    ``remedies`` is whether rules can be inserted at all.
    """

    lists: Mapping[str, Lists]
    members: Members = NO_MEMBERS
    self_id: str = SELF
    peer_field: Callable[[str], str] = lambda _peer: ""
    remedies: bool = True
