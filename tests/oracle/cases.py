# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The random cases for the oracle: a few hundred, or as many as the variable ``TRAFFIC_PAIRS`` says."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._traffic.rules import (
    Members,
    TrafficRule,
    parse_members,
)
from tests.oracle import oracle, random_rules

PAIRS = int(os.environ.get("TRAFFIC_PAIRS", "300"))
BATCH = 50
Pair = tuple[list[TrafficRule], list[TrafficRule]]

batches = pytest.mark.parametrize("batch", range((PAIRS + BATCH - 1) // BATCH))


def pairs(batch: int, salt: str) -> Iterator[tuple[random.Random, tuple[str, ...], Pair]]:
    """The random pairs of a batch; they are the same in every run."""
    for number in range(batch * BATCH, min(PAIRS, (batch + 1) * BATCH)):
        choose = random.Random(f"{salt} {number}")
        peers = random_rules.some_peers(choose)
        yield choose, peers, random_rules.pair(choose, peers)


def names(*lists: list[TrafficRule], known: oracle.Known = oracle.NOTHING_KNOWN) -> set[str]:
    """Everything that the rules name and whose content is not known."""
    return {name for rules in lists for rule in rules for name in oracle.symbols(rule, known)}


def members_of(known: oracle.Known) -> Members:
    """The known members, in the form that the engine reads."""
    members, mistakes = parse_members(known)
    assert not mistakes
    return members
