# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tools never report a failure as a success, and use the index that pip is configured for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.tooling import ansible_test, artifact, documentation, gates, importer, integration, molecule, sanity, units
from tests.tooling.demo import Run, problems
from tests.tooling.environment import pip_settings, uv_settings
from tests.tooling.isolation import command_path, isolated
from tests.tooling.runner import Step, count, run, run_all

RECAP = "localhost                  : ok=2    changed={}    unreachable=0    failed=0\n"
DIFF = "--- before\n+++ after\n@@ -1 +1 @@\n-accept\n+drop\n\nchanged: [localhost]\n"


def python(code: str) -> Step:
    return Step("step", "group", (sys.executable, "-c", code))


def write_report(path: Path, failures: int, errors: int) -> None:
    path.write_text(
        f'<testsuites><testsuite tests="5" failures="{failures}" errors="{errors}" skipped="1"/></testsuites>'
    )


@pytest.mark.parametrize(
    ("failures", "errors", "status", "expected"),
    [(0, 0, 0, (4, 0, 1)), (2, 1, 1, (1, 3, 1)), (0, 0, 2, (4, 1, 1))],
    ids=["all pass", "failures and errors", "pytest itself failed"],
)
def test_junit_counts(tmp_path: Path, failures: int, errors: int, status: int, expected: tuple[int, int, int]) -> None:
    report = tmp_path / "report.xml"
    write_report(report, failures, errors)
    assert count(Step("unit", "unit", ("pytest",), report), status) == expected


@pytest.mark.parametrize(("status", "expected"), [(0, (1, 0, 0)), (3, (0, 1, 0))])
def test_a_command_counts_as_one_test(status: int, expected: tuple[int, int, int]) -> None:
    assert count(Step("ruff", "lint", ("ruff",)), status) == expected


def test_an_old_report_is_not_counted_again(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    write_report(report, 0, 0)
    outcome = run(Step("unit", "unit", (sys.executable, "-c", "raise SystemExit(1)"), report), {}, tmp_path, live=False)
    assert (outcome.passed, outcome.failed) == (0, 1)


def test_one_failure_fails_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = [python("print('fine')"), python("print('the reason'); raise SystemExit(4)"), python("pass")]
    assert run_all(steps, {}, tmp_path, jobs=2) == 1
    printed = capsys.readouterr().out
    assert "the reason" in printed
    assert "fine" not in printed
    assert printed.splitlines()[-1] == "2 passed, 1 failed"


def test_success_and_nothing_at_all(tmp_path: Path) -> None:
    assert run_all([python("pass"), python("pass")], {}, tmp_path, jobs=2) == 0
    assert run_all([], {}, tmp_path, jobs=2) == 1


def test_sanity_that_tests_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ansible-test"
    program.write_text("#!/bin/sh\necho 'WARNING: All targets skipped.'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(sanity, "HOME", tmp_path)
    monkeypatch.setattr(ansible_test, "copy_source", lambda folder: folder.mkdir(parents=True))
    assert sanity.main([]) == 1
    program.write_text("#!/bin/sh\necho 'Running sanity test'\n")
    assert sanity.main([]) == 0
    program.write_text("#!/bin/sh\nexit 1\n")
    assert sanity.main([]) == 1


def fake_program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program with this name before all others in PATH."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_integration_that_skips_a_target_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = tmp_path / "targets"
    for name in ("one", "two", "setup_three"):
        (targets / name).mkdir(parents=True)
    monkeypatch.setattr(integration, "TARGETS", targets)
    monkeypatch.setattr(ansible_test, "copy_source", lambda folder: folder.mkdir(parents=True))
    ran = "echo Running {} integration test role"
    both = f"{ran.format('one')}; {ran.format('two')}"
    for script, status in ((ran.format("one"), 1), (both, 0), (f"{both}; exit 1", 1)):
        fake_program(tmp_path, "ansible-test", script, monkeypatch)
        assert integration.main([]) == status
    fake_program(tmp_path, "ansible-test", ran.format("one"), monkeypatch)
    assert integration.main(["one"]) == 0


def test_units_that_test_nothing_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ansible_test, "copy_source", lambda folder: folder.mkdir(parents=True))
    for script, status in (("echo '=== 3 passed in 1 s ==='", 0), ("true", 1), ("echo '= 3 passed =='; exit 1", 1)):
        fake_program(tmp_path, "ansible-test", script, monkeypatch)
        assert units.main([]) == status


def test_the_gates_name_what_they_skip(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A version without a Python is listed, but is no failure.

    A failed version is a failure, and so is a run of no version.
    """
    pythons = {(2, 18): "/of/2.18", (2, 19): None, (2, 20): None, (2, 21): "/of/2.21"}
    monkeypatch.setattr(gates, "python_for", pythons.get)
    for failing, expected in ((None, 0), ("2.21", 1)):
        monkeypatch.setattr(gates, "make", lambda *given, of=failing: f"ANSIBLE_CORE={of}" not in given)
        assert gates.main([]) == expected
        printed = capsys.readouterr().out
        assert "ansible-core 2.19: SKIPPED: no Python from 3.11 to 3.13" in printed
        assert f"ansible-core 2.21: {'FAILED' if failing else 'ok'}" in printed
    assert gates.main(["2.19"]) == 1
    assert gates.main(["2.17"]) == 2
    monkeypatch.setattr(gates, "make", lambda *given: given != ("importer",))
    assert gates.main([]) == 1


def test_galaxy_importer_that_only_warns_fails() -> None:
    assert importer.problems(f"Loading module\n{importer.SUCCESS}\n") == []
    assert importer.problems(f"WARNING: no changelog\n{importer.SUCCESS}\n") == ["WARNING: no changelog"]
    assert importer.problems("ERROR: The import failed") == [
        "ERROR: The import failed",
        "galaxy-importer did not complete.",
    ]


def test_a_molecule_scenario_that_fails_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(molecule, "SCENARIOS", tmp_path)
    assert molecule.main([]) == 1  # it does not exist
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "molecule.yml").touch()
    for status, expected in (({"one": 0, "two": 0}, 0), ({"one": 2, "two": 0}, 1), ({"one": 0, "two": 1}, 1)):
        monkeypatch.setattr(molecule, "run", lambda name, command, of=status: of[name])
        assert molecule.main([]) == expected


def test_artifact_differences() -> None:
    source = {"README.md", "plugins/modules/a.py", "tests/config.yml", "tests/unit/test_a.py"}
    good = {"MANIFEST.json", "README.md", "plugins/modules/a.py", "tests/config.yml"}
    assert artifact.differences(good, source) == []
    assert artifact.differences({"README.md", "notes.txt", "tests/unit/test_a.py"}, source) == [
        "notes.txt is packed and should not be: see build_ignore in galaxy.yml.",
        "tests/unit/test_a.py is packed and should not be: see build_ignore in galaxy.yml.",
        "plugins/modules/a.py is not packed: see build_ignore in galaxy.yml.",
    ]


def test_pip_settings_become_those_of_uv() -> None:
    listing = (
        ":env:.index-url='https://from.the.environment/simple'\n"
        "global.extra-index-url='https://one/simple\\nhttps://two/simple'\n"
        "global.find-links='/a /b'\n"
        "global.index-url='https://from.the.file/simple'\n"
        "install.cert='/of/install.pem'\n"
        "global.cert='/of/all.pem'\n"
        "freeze.timeout='10'\n"
    )
    assert uv_settings(pip_settings(listing)) == {
        "UV_DEFAULT_INDEX": "https://from.the.environment/simple",
        "UV_INDEX": "https://one/simple https://two/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/a,/b",
        "SSL_CERT_FILE": "/of/install.pem",
    }
    assert uv_settings(pip_settings("")) == {}


def test_isolation_keeps_credentials_out_and_loopback_direct() -> None:
    outer = {"PATH": "/bin", "TENCENTCLOUD_SECRET_ID": "x", "ANSIBLE_CONFIG": "/x", "no_proxy": "corp", "LANG": "C"}
    inner = isolated(outer)
    assert "TENCENTCLOUD_SECRET_ID" not in inner
    assert "ANSIBLE_CONFIG" not in inner
    assert inner["LANG"] == "C"
    assert inner["NO_PROXY"] == "corp,127.0.0.1,localhost"


def test_shims_leave_the_path_and_python_39_joins_it(tmp_path: Path) -> None:
    for version in ("3.9.2", "3.12.1"):
        (tmp_path / "versions" / version / "bin").mkdir(parents=True)
    path = command_path(os.pathsep.join([str(tmp_path / "shims"), "/usr/bin"]))
    assert path.split(os.pathsep)[1:] == ["/usr/bin", str(tmp_path / "versions/3.9.2/bin")]


def demo_problems(preview: str, first: str, second: str, states: str, status: int = 0) -> list[str]:
    """The problems of three runs with these outputs, and with four states, given as one letter each."""
    return problems([Run(0, preview), Run(0, first), Run(status, second)], list(states))


def test_the_demo_stops_at_a_failed_preview() -> None:
    assert problems([Run(4, "")], ["a", "a"]) == ["The playbook failed."]


def test_the_demo_accepts_a_good_run() -> None:
    assert demo_problems(DIFF + RECAP.format(1), DIFF + RECAP.format(1), RECAP.format(0), "aabb") == []


@pytest.mark.parametrize(
    ("preview", "first", "second", "states", "status", "sentence"),
    [
        (DIFF + RECAP.format(1), DIFF + RECAP.format(1), RECAP.format(0), "aabb", 2, "The playbook failed."),
        (DIFF + RECAP.format(1), DIFF + RECAP.format(1), RECAP.format(0), "abcc", 0, "The preview changed something"),
        (RECAP.format(1), RECAP.format(1), RECAP.format(0), "aabb", 0, "The preview showed no diff."),
        (
            DIFF.replace("drop", "deny") + RECAP.format(1),
            DIFF + RECAP.format(1),
            RECAP.format(0),
            "aabb",
            0,
            "The preview and the run showed different diffs.",
        ),
        (DIFF + RECAP.format(2), DIFF + RECAP.format(1), RECAP.format(0), "aabb", 0, "counted different changes."),
        (DIFF + RECAP.format(1), DIFF + RECAP.format(1), RECAP.format(0), "aaaa", 0, "The first run changed nothing"),
        (DIFF + RECAP.format(1), DIFF + RECAP.format(1), RECAP.format(1), "aabb", 0, "second run reported changes."),
        (DIFF + RECAP.format(1), DIFF + RECAP.format(1), RECAP.format(0), "aabc", 0, "second run changed something"),
        (DIFF + RECAP.format(1), DIFF + RECAP.format(1), "", "aabb", 0, "The second run reported changes."),
    ],
)
def test_the_demo_notices_a_broken_promise(
    preview: str, first: str, second: str, states: str, status: int, sentence: str
) -> None:
    (found,) = demo_problems(preview, first, second, states, status)
    assert sentence in found


def test_a_rule_field_without_documentation_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(documentation, "ALIASES", {"port": (), "log": ("Log",)})
    assert documentation.main(write=False) == 1
    assert capsys.readouterr().out == "tests/tooling/snippets/rule_fields.txt: describe log\n"
