# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the outcomes of the runs, for ``docs/reliability.md``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.reliability.laboratory import Judgement

# Run one in this many of these cases.
Sample = Callable[[Iterable[Any], int], list[Any]]


@dataclass
class Tally:
    """Counters by section (``switches``, ``faults``, ...), row of the section's table, and outcome."""

    cases: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    loud: dict[tuple[str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def count(self, section: str, row: str, outcome: str) -> None:
        """Count one run."""
        self.cases[section, row, outcome] += 1

    def note(self, section: str, row: str, where: str, judgement: Judgement) -> list[str]:
        """Count a judgement, and return its problems as lines. ``where`` names the scenario."""
        self.count(section, row, judgement.outcome)
        if judgement.outcome == "loud" and not judgement.attempt.raised:
            self.loud[section, row, judgement.attempt.reason].append(where)
        for name, _what in judgement.problems:
            self.problems[section, name] += 1
        return [f"{section} | {row} | {where}: {name}: {what}" for name, what in judgement.problems]

    def rows(self, section: str) -> list[str]:
        """The rows of a section, in the order of their first run."""
        return list(dict.fromkeys(row for name, row, _unused in self.cases if name == section))

    def total(self, section: str, row: str | None = None, outcome: str | None = None) -> int:
        """The number of runs of a section, optionally of one row, and with one outcome."""
        return sum(
            number
            for (name, each, what), number in self.cases.items()
            if name == section and row in (None, each) and outcome in (None, what)
        )


# The key of the tally in a pytest session. Tests in several folders share one tally.
TALLY = pytest.StashKey[Tally]()
