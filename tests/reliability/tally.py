# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what the runs came to. ``docs/reliability.md`` is written from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.reliability.laboratory import Judgement

# Of these cases, one in so many.
Sample = Callable[[Iterable[Any], int], list[Any]]


@dataclass
class Tally:
    """Counters by section (``switches``, ``faults``, ...), row of the section's table, and outcome."""

    cases: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    loud: dict[tuple[str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def count(self, section: str, row: str, outcome: str) -> None:
        """One more run."""
        self.cases[section, row, outcome] += 1

    def note(self, section: str, row: str, where: str, judgement: Judgement) -> list[str]:
        """Count a judgement, and tell its problems as lines. ``where`` names the scenario."""
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
        """Runs of a section, of a row of it, with an outcome."""
        return sum(
            number
            for (name, each, what), number in self.cases.items()
            if name == section and row in (None, each) and outcome in (None, what)
        )


# Where a session of pytest keeps its tally; tests in several folders count in one.
TALLY = pytest.StashKey[Tally]()
