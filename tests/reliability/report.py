# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/reliability.md``: what the long profile found, good or bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.reliability.tally import Tally

HEAD = """<!--
Copyright: the cnclouds.security_groups contributors
SPDX-License-Identifier: GPL-3.0-or-later
-->
# Reliability

Written by the long profile of the tests in `tests/reliability` and `tests/properties`: `make test-long`. `make test`
runs a sample of the same cases and leaves this page alone.

Each case is a run of a module against the simulated clouds of `tests/cloud_simulator`, and mostly a second run behind
it. It is right if the group is exactly what the task asks for and the second run changes nothing (*converged*), or if
the run failed and said so, and nothing that was in the cloud and should stay is gone (*loud*). Anything else is a
broken promise, and is counted as one.
"""
PARTS = (
    (
        "documented",
        "As documented",
        "The convergence suite with every switch of the simulator at its default. The loud ones have to fail: unknown "
        "and malformed groups, keys that may not, quotas, groups that cannot be changed, rules that API 2.0 cannot "
        "hold.",
        "Cloud",
    ),
    (
        "switches",
        "What the vendors' pages leave open, one at a time",
        "The suite under every other setting of every switch. The switches are explained in the simulator's pages.",
        "Cloud | Switch | Setting",
    ),
    (
        "combinations",
        "All of them at once",
        "Every switch at a random setting, twelve scenarios for each combination.",
        "Cloud",
    ),
    (
        "faults",
        "One fault, at every call of every scenario",
        "After a failure the next run, without the fault, has to converge.",
        "Cloud | Fault",
    ),
    ("fault places", "The same by the call that it struck", "", "Cloud | Call"),
    ("pairs of faults", "Two faults", "Of all kinds, at calls drawn at random.", "Cloud"),
    (
        "endless faults",
        "Trouble that never ends",
        "By the module's own clock no run took longer than its deadline and one timeout, with calls that take from 0.1 "
        "seconds to more than the timeout.",
        "Cloud | Fault",
    ),
    (
        "races",
        "A second writer between any two calls",
        "Eight kinds of change. *Converged*: the other change is kept, or was seen and is in `before`. *Not "
        "noticeable*: API 2.0 told no version, the change fell between the last look and the write, and every answer "
        "is what it would be without it.",
        "API | state",
    ),
    ("two changes", "Two changes of others", "Merging and deleting keep both.", "API | state"),
    (
        "expected_version",
        "expected_version",
        "A group of another version is not written.",
        "state",
    ),
    (
        "kills",
        "Killed at a call",
        "The module's process is killed while it waits for an answer: *before* means that the call is not carried out, "
        "*after* that it is. The next run has to converge.",
        "Cloud | Killed",
    ),
    (
        "properties",
        "Random tasks",
        "Random groups and rules, each in two random spellings, under random settings of how the cloud spells its "
        "answers: the preview, the run that it approves in other words, and two runs that find nothing to do, held "
        "against a model that shares no code with the collection. *Rules written and read* are lists of rules that the "
        "cloud tells as they were given; *told, and then asked for* hands what an info module returns to its sibling.",
        "Cloud | What",
    ),
    (
        "fuzz",
        "Fuzzed inputs",
        "Arbitrary values in options and environment variables, arbitrary and damaged answers, arbitrary bytes on the "
        "wire. Every run ends in time, with a result (*ok*) or with a failure of a documented kind (*refused*: "
        "`invalid_input`), holds no secret, and every request that has arrived is known to have been sent.",
        "Input | Module",
    ),
    (
        "secrets",
        "Searched for secrets",
        "Results, logs and output of runs that end in each of the documented ways, with temporary keys and behind a "
        "proxy with a password, searched for secrets in many encodings and for every signature that was sent.",
        "Where",
    ),
)
BROKEN = ("lost rule", "false ok", "traceback", "secret")


def written(tally: Tally) -> str:
    """The whole page."""
    parts = [HEAD, _summary(tally)]
    for section, title, text, columns in PARTS:
        if tally.total(section):
            parts.append(
                "\n".join([f"## {title}", "", *([text, ""] if text else []), *_table(tally, section, columns)])
            )
    parts.append(_why(tally))
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def _summary(tally: Tally) -> str:
    names = [*BROKEN, *sorted({name for _unused, name in tally.problems} - set(BROKEN))]
    lines = [
        "## Summary",
        "",
        f"| Part | Cases | {' | '.join(name.capitalize() for name in names)} |",
        f"|---|{'---:|' * (len(names) + 1)}",
    ]
    sections = [(section, title) for section, title, _unused, _unused in PARTS if section != "fault places"]
    for section, title in sections:
        numbers = [tally.problems[section, name] for name in names]
        lines.append(f"| {title} | {tally.total(section)} | {' | '.join(map(str, numbers))} |")
    cases = sum(tally.total(section) for section, _unused in sections)
    numbers = [sum(tally.problems[section, name] for section, _unused in sections) for name in names]
    lines.append(f"| **All** | **{cases}** | {' | '.join(f'**{number}**' for number in numbers)} |")
    switches = {row.rsplit(" | ", 1)[0] for row in tally.rows("switches")}
    lines += ["", f"{len(switches)} switches with {len(tally.rows('switches'))} settings beside the defaults."]
    return "\n".join(lines)


def _table(tally: Tally, section: str, columns: str) -> Iterator[str]:
    outcomes = sorted({outcome for name, _unused, outcome in tally.cases if name == section}, key=_rank)
    yield f"| {columns} | Cases | {' | '.join(outcome.capitalize() for outcome in outcomes)} |"
    yield f"|{'---|' * (columns.count(' | ') + 1)}{'---:|' * (len(outcomes) + 1)}"
    for row in tally.rows(section):
        numbers = [tally.total(section, row, outcome) for outcome in outcomes]
        yield f"| {row} | {sum(numbers)} | {' | '.join(map(str, numbers))} |"


def _rank(outcome: str) -> tuple[int, str]:
    return ("converged", "loud").index(outcome) if outcome in ("converged", "loud") else 2, outcome


def _why(tally: Tally) -> str:
    """Which settings fail where the defaults do not, and what each kind of fault fails with."""
    usual = {
        where
        for (section, _unused, _unused), places in tally.loud.items()
        if section == "documented"
        for where in places
    }
    lines = ["## What fails loudly, and why", "", "### Under a switch, where it would not by default", ""]
    lines += ["| Cloud | Switch | Setting | Failure | Scenarios |", "|---|---|---|---|---|"]
    for (section, row, reason), places in tally.loud.items():
        if section == "switches" and set(places) - usual:
            lines.append(f"| {row} | {reason} | {_named([place for place in places if place not in usual])} |")
    lines += ["", "### After a fault", "", "| Cloud | Fault | Failures |", "|---|---|---|"]
    for row in tally.rows("faults"):
        reasons = Counter({reason: len(p) for (s, r, reason), p in tally.loud.items() if (s, r) == ("faults", row)})
        if reasons:
            lines.append(f"| {row} | {', '.join(f'{reason}: {number}' for reason, number in reasons.most_common())} |")
    return "\n".join(lines)


def _named(places: list[str]) -> str:
    shown = [place.partition(" ")[2] for place in places[:4]]
    return "; ".join(shown) + (f"; and {len(places) - 4} more" if len(places) > 4 else "")
