# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmarks run and write their tables. These tests do not examine the measured times."""

from __future__ import annotations

import ast
import json
import re
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.__main__ import main
from tests.benchmarks.ansible_runs import Payload
from tests.benchmarks.measure import in_turns, ratios
from tests.benchmarks.planning import exponent
from tests.benchmarks.tables import verdict
from tests.benchmarks.words import EXPLANATIONS

OLD = {"ANSIBLE_MODULE_ARGS": {"_ansible_check_mode": False, "old": "it's"}}
WILD = 'it\'s "\u00e9" \\n \\'


def test_the_smallest_profile_fills_every_section(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    assert main(["tiny", str(report)]) == 0
    sections = report.read_text(encoding="utf-8").split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == list(EXPLANATIONS)
    for section in sections:
        head, _rule, *rows = re.findall(r"^\|.*\|$", section, re.MULTILINE)
        assert rows, section
        assert {row.count("|") for row in rows} == {head.count("|")}
    assert str(tmp_path) not in report.read_text(encoding="utf-8")


def test_the_sections_on_direct_execution_are_replaced_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    direct, inside, tasks, *_others = EXPLANATIONS
    measured = [(direct, lambda: "new\n"), (inside, lambda: "new\n"), (tasks, lambda: "not measured\n")]
    monkeypatch.setattr(benchmarks, "measured", lambda profile: (section for section in measured))
    report = tmp_path / "report.md"
    report.write_text(f"# Head\n\n## {direct}\n\nold\n\n## {tasks}\n\nkept\n", encoding="utf-8")
    assert main(["direct", str(report)]) == 0
    head, first, second, third = report.read_text(encoding="utf-8").split("\n## ")
    assert (head, third) == ("# Head\n", f"{tasks}\n\nkept\n")
    assert all(part.startswith(title) and "new" in part for part, title in ((first, direct), (second, inside)))


def test_an_unknown_profile_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["huge"]) == 2
    assert "huge" in capsys.readouterr().err


def test_every_round_runs_every_variant_once() -> None:
    order: list[str] = []

    def run(name: str) -> float:
        order.append(name)
        return float(len(order))

    values = in_turns({name: partial(run, name) for name in "abc"}, 3)
    assert "".join(order) == "abccbaabc"
    assert values == {"a": [1, 6, 7], "b": [2, 5, 8], "c": [3, 4, 9]}


def test_ratios_are_those_of_the_rounds() -> None:
    assert ratios([2, 30, 4], [1, 10, 4]) == [2, 3, 1]


@pytest.mark.parametrize(
    ("values", "word"),
    [([0.9], "met"), ([1.1], "MISSED"), ([0.8, 0.9, 9], "undecided"), ([0.1, 0.5, 0.9, 1.0, 9], "met")],
)
def test_a_target_is_judged_by_the_middle_half(values: list[float], word: str) -> None:
    assert f": {word}" in verdict(values, 1.0, "it is fast")


@pytest.mark.parametrize("power", [1, 2])
def test_the_exponent_describes_the_growth(power: int) -> None:
    sizes = [100, 1000, 2000]
    assert exponent(sizes, [3e-6 * size**power for size in sizes]) == pytest.approx(power)


def test_a_payload_with_other_options(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text(f"parameters={json.dumps(OLD)!r}\n")
    other = Payload(file).having("two", {"new": WILD}).file.read_text(encoding="utf-8")
    assert json.loads(ast.literal_eval(other.partition("=")[2])) == {
        "ANSIBLE_MODULE_ARGS": {"_ansible_check_mode": False, "new": WILD}
    }
