# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of a long run of the reliability and property tests: ``docs/reliability.md``, and the full tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.reliability.tally import Tally

LICENCE = """<!--
Copyright: the cnclouds.security_groups contributors
SPDX-License-Identifier: GPL-3.0-or-later
-->
"""
# Where a long run writes every table, from the root of the repository.
FULL_TABLES = ".cache/reports/reliability.md"

HEAD = f"""{LICENCE}# Reliability

`make test-long` runs every case of `tests/reliability` and `tests/properties`, and writes this page. `make test` runs
a sample of the same cases and does not change the page. The tables with every row, and what each part does, are in
`{FULL_TABLES}` after a long run.

Each case runs a module against the simulated clouds of `tests/cloud_simulator`; in most cases a second run follows. A
case passes in one of two ways:

- *Converged*: the group has exactly the state that the task describes, and the second run changes nothing.
- *Loud*: the task failed with the reason. Every rule that should stay is still in the group, or the message says that
  the change of another writer may have been overwritten.

Any other outcome is a defect. The last four columns of the summary count them by kind.
"""
SUMMARY = """
- *Lost rule*: a rule that should have stayed is gone. *False ok*: the task succeeded, but the group does not have the
  desired state. *Traceback*: the module crashed. *Secret*: a key, a token or a signature appeared in a result, a log
  or any other output.
- *Not noticeable* is not a defect, because no client can do better: API 2.0 returned no version and another
  writer changed the group between the last read and the write, or API 2.0 did not return rules that it has no fields
  for, such as IPv6 rules. Every response is the same as without the change, or without these rules.
"""
# Section of the tally, title, explanation, columns of a row's name.
PARTS = (
    (
        "documented",
        "Default settings",
        "Every scenario with each switch of the simulator at its default. The loud ones must fail: unknown groups "
        "and malformed IDs, keys without permission, quotas, groups that cannot be changed, and rules that API 2.0 "
        "does not support.",
        "Cloud",
    ),
    (
        "switches",
        "One undocumented behaviour at a time",
        "Every scenario under every other setting of each switch. The simulator's pages explain the switches.",
        "Cloud | Switch | Setting",
    ),
    (
        "combinations",
        "Random combinations of these behaviours",
        "Every switch at a random setting, and twelve scenarios for each combination.",
        "Cloud",
    ),
    (
        "faults",
        "One fault, at every call of every scenario",
        "After a failure, the next run without the fault has to converge.",
        "Cloud | Fault",
    ),
    ("fault places", "One fault, by the call that it affected", "", "Cloud | Call"),
    ("pairs of faults", "Two faults", "Faults of all kinds, at random calls.", "Cloud"),
    (
        "endless faults",
        "Faults that never end",
        "Calls take from 0.1 seconds to more than the timeout. By the module's own clock, no run took longer than its "
        "deadline and one timeout.",
        "Cloud | Fault",
    ),
    (
        "races",
        "A second writer between any two calls",
        "Eight kinds of change. *Converged*: the other change was kept, or was read before the write and is in "
        "`before`. *Conflict that reports an overwritten change*: the task failed, and its message says that the other "
        "change may have been overwritten. *Not noticeable*: API 2.0 returned no version, the change was made between "
        "the last read and the write, and every response is the same as without it.",
        "API | State",
    ),
    (
        "two changes",
        "Two changes by other writers",
        "With `state: merged` and `state: deleted`, both changes are kept.",
        "API | State",
    ),
    (
        "expected_version",
        "`expected_version`",
        "The module does not write to a group that has another version.",
        "State",
    ),
    (
        "kills",
        "The process is killed during a call",
        "The module's process is killed while it waits for a response. *Before*: the call is not carried out. *After*: "
        "it is. The next run has to converge.",
        "Cloud | Killed",
    ),
    (
        "properties",
        "Random tasks",
        "Random groups and rules, each in two random spellings, under random settings of how the cloud spells its "
        "responses: a preview, the run that it approves in the other spelling, and two runs that find nothing to "
        "change. A model that shares no code with the collection judges them. *Rules written and read* are lists of "
        "rules that the cloud returns as they were given. *Read, then applied* passes the result of an info module to "
        "the module that manages the same group.",
        "Cloud | What",
    ),
    (
        "fuzz",
        "Fuzzed inputs",
        "Arbitrary values in options and environment variables, arbitrary and damaged responses, and arbitrary bytes "
        "on the wire. Every run ends in time, with a result (*ok*) or a documented kind of failure (*refused*: "
        "`invalid_input`). No result contains a secret, and the result accounts for every request that arrived.",
        "Input | Module",
    ),
    (
        "secrets",
        "Search for secrets",
        "Results, logs and output of runs that end in each of the documented ways, with temporary keys and behind a "
        "proxy with a password. They are searched for secrets in many encodings and for every signature that was sent.",
        "Where",
    ),
)
BROKEN = ("lost rule", "false ok", "traceback", "secret")
NOT_NOTICEABLE = "not noticeable"
# The reason why a fault ends in a failure of this kind.
REASONS = {
    "invalid_input": "The service refused a value.",
    "auth": "The service refused the key, the signature, or the time of the request.",
    "permission": "The key does not have permission for the call.",
    "not_found": "The group does not exist.",
    "unsupported": "The group or the API does not support the change.",
    "conflict": (
        "The group does not have the state that the plan expects: another writer changed it, or reads still return an "
        "old state. Or the service refused a write because of an earlier one."
    ),
    "quota": "The change exceeds a quota.",
    "throttled": "The service refused every attempt as too frequent.",
    "unavailable": "No attempt got a usable response.",
    "timeout": "The deadline was over.",
    "outcome_unknown": (
        "A write got no usable response. The module could not find out whether it took effect, or repeating it would "
        "not have been safe."
    ),
    "protocol": "The response is not one of the API, such as an HTML page, or its error code is unknown.",
}


def page(tally: Tally) -> str:
    """Return ``docs/reliability.md``: the summary, and what differs from the usual outcome."""
    parts = [HEAD, *_summary(tally), "## What fails loudly, and why", *_whole(tally, "documented")]
    return _joined([*parts, *_switches(tally), *_faults(tally), *_whole(tally, "races")])


def full_tables(tally: Tally) -> str:
    """Return the tables with every row, for the file ``FULL_TABLES``."""
    parts = [f"{LICENCE}# Reliability: every row", "The summary is in `docs/reliability.md`."]
    for section, title, text, columns in PARTS:
        if tally.total(section):
            parts += [f"## {title}", text, _table(tally, section, columns)]
    return _joined(parts)


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _summary(tally: Tally) -> Iterator[str]:
    broken = [*BROKEN, *sorted({name for _unused, name in tally.problems} - set(BROKEN))]
    head = ["Part", "Cases", *(name.capitalize() for name in (NOT_NOTICEABLE, *broken))]
    lines = [_row(head), f"|---|{'---:|' * (len(head) - 1)}"]
    columns = [[0]] * (len(head) - 1)
    for section, title, *_unused in PARTS:
        if section != "fault places":  # the cases of "faults" again
            numbers = [tally.total(section), tally.total(section, outcome=NOT_NOTICEABLE)]
            numbers += [tally.problems[section, name] for name in broken]
            columns = [[*column, number] for column, number in zip(columns, numbers, strict=True)]
            lines.append(_row([title, *numbers]))
    lines.append(_row(["**All**", *(f"**{sum(column)}**" for column in columns)]))
    yield from ("## Summary", "\n".join(lines), SUMMARY)


def _outcomes(tally: Tally, section: str) -> list[str]:
    known = ("converged", "loud")
    found = {outcome for name, _unused, outcome in tally.cases if name == section}
    return sorted(found, key=lambda outcome: (known.index(outcome) if outcome in known else 2, outcome))


def _counts(tally: Tally, section: str, row: str) -> dict[str, int]:
    counts = {outcome: tally.total(section, row, outcome) for outcome in _outcomes(tally, section)}
    return {outcome: number for outcome, number in counts.items() if number}


def _table(tally: Tally, section: str, columns: str) -> str:
    outcomes = _outcomes(tally, section)
    lines = [_row([columns, "Cases", *(outcome.capitalize() for outcome in outcomes)])]
    lines.append(f"|{'---|' * (columns.count(' | ') + 1)}{'---:|' * (len(outcomes) + 1)}")
    for row in tally.rows(section):
        numbers = [tally.total(section, row, outcome) for outcome in outcomes]
        lines.append(_row([row, sum(numbers), *numbers]))
    return "\n".join(lines)


def _switches(tally: Tally) -> Iterator[str]:
    """The settings under which scenarios fail that succeed by default, or with another outcome."""
    usual = {row: _counts(tally, "documented", row) for row in tally.rows("documented")}
    failing = {place for (section, *_rest), places in tally.loud.items() if section == "documented" for place in places}
    outcomes = _outcomes(tally, "switches")
    lines = [_row(["Cloud", "Switch", "Setting", *map(str.capitalize, outcomes), "Additional failures"])]
    lines.append(f"|---|---|---|{'---:|' * len(outcomes)}---|")
    rows = tally.rows("switches")
    for row in rows:
        counts, failures = _counts(tally, "switches", row), list(_failures(tally, row, failing))
        if failures or counts != usual.get(row.partition(" | ")[0]):
            lines.append(_row([row, *(counts.get(outcome, 0) for outcome in outcomes), "; ".join(failures)]))
    same = len(rows) - (len(lines) - 2)
    switches = {row.rpartition(" | ")[0] for row in rows}
    yield "### Behaviour that the vendors do not document"
    yield (
        f"The simulator has {len(switches)} switches for behaviour that the vendors' documentation leaves open, with "
        f"{len(rows)} settings besides the defaults. {same} of these settings have the same outcome as the defaults "
        f"({_usual(usual)}). The others:"
    )
    yield "\n".join(lines)


def _usual(usual: dict[str, dict[str, int]]) -> str:
    return "; ".join(
        f"{cloud}: {', '.join(f'{number} {outcome}' for outcome, number in counts.items())}"
        for cloud, counts in usual.items()
    )


def _failures(tally: Tally, row: str, failing: set[str]) -> Iterator[str]:
    """The reasons for failures of scenarios that do not fail by default, each with the scenarios."""
    for (section, name, reason), places in tally.loud.items():
        others = [place.partition(" ")[2] for place in places if place not in failing]
        if (section, name) == ("switches", row) and others:
            more = f", and {len(others) - 2} more" if len(others) > 2 else ""
            shown = ", ".join(f'"{other}"' for other in others[:2])
            yield f"`{reason}` in {shown}{more}"


def _faults(tally: Tally) -> Iterator[str]:
    """The reason for each kind of failure, and the faults that ended in it."""
    found: dict[str, Counter[str]] = {}
    for (section, row, reason), places in tally.loud.items():
        if section == "faults":
            found.setdefault(reason.partition(" ")[0], Counter())[row.partition(" | ")[2]] += len(places)
    rows = tally.rows("faults")
    names = list(dict.fromkeys(row.partition(" | ")[2] for row in rows))  # the same order in every run
    lines = [_row(["Failure", "Why", "Faults, and the number of cases"]), "|---|---|---|"]
    for kind, faults in sorted(found.items()):
        listed = "; ".join(f"{fault}: {faults[fault]}" for fault in names if fault in faults)
        lines.append(_row([f"`{kind}`", REASONS[kind], listed]))
    loud = {row for section, row, _reason in tally.loud if section == "faults"}
    yield "### Faults"
    yield (
        f"{len(rows) - len(loud)} of {len(rows)} faults never make a task fail, whichever call they affect. The others "
        "can make it fail as follows. *For good* means in every call from that one on."
    )
    yield "\n".join(lines)


def _whole(tally: Tally, wanted: str) -> Iterator[str]:
    """A section with its full table."""
    for section, title, text, columns in PARTS:
        if section == wanted and tally.total(section):
            yield from (f"### {title}", text, _table(tally, section, columns))
