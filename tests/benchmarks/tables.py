# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and verdicts in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.benchmarks.measure import quartiles


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose other columns are numbers."""
    rule = ["---", *("---:" for _column in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows)) + "\n"


def verdict(values: Sequence[float], limit: float, text: str) -> str:
    """Whether a target is met. The middle half of the values must agree."""
    low, middle, high = quartiles(values)
    word = "met" if high <= limit else "MISSED" if low > limit else "undecided in this run"
    spread = f"median {middle:.3g}, middle half {low:.3g} to {high:.3g}" if len(values) > 1 else f"{middle:.3g}"
    return f"**Target: {text}: {word}** ({spread}).\n"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"
