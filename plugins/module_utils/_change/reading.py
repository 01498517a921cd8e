# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a group during a change. After a write, a service may return the old state for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from .._http.client import Client
from .contract import Group
from .outcome import Outcome
from .state import S

# Stale responses are assumed to be rare, so a few more reads are enough.
READS = 6


class Reader(Generic[S]):
    """Reads one group, and keeps the outcome up to date."""

    def __init__(self, group: Group[S], client: Client, outcome: Outcome[S]) -> None:
        self.group = group
        self.client = client
        self.outcome = outcome

    def read(self) -> S:
        """Return the current state. Raises CloudError."""
        observed = self.group.read(self.client)
        self.outcome.saw(observed)
        return observed

    def read_until_moved(self, stale: Sequence[S]) -> S:
        """Return the state, which is read up to READS times while it is one of the stale ones. Raises CloudError."""
        for number in range(1, READS):
            observed = self.read()
            if not any(observed.matches(state) for state in stale):
                return observed
            if not self.client.deadline.pause(self.client.pause_before(number)):
                return observed
        return self.read()
