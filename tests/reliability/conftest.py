# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness, running_simulator
from tests.reliability.laboratory import Laboratory
from tests.reliability.report import FULL_TABLES, full_tables, page
from tests.reliability.scenarios import EXTRA_KEYS
from tests.reliability.tally import TALLY, Sample, Tally
from tests.reliability.wire import Wire, hurried, tapped
from tests.support.worlds import seed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
# The page contains the figures of both folders.
FOLDERS = (Path(__file__).parent, Path(__file__).parents[1] / "properties")


def pytest_configure(config: pytest.Config) -> None:
    config.stash.setdefault(TALLY, Tally())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the page and the full tables after a long run of everything, whether it passed or not."""
    config = session.config
    whole = not config.getoption("keyword") and not config.getoption("maxfail") and session.testscollected
    files = {item.path for item in session.items}
    needed = {path for folder in FOLDERS for path in folder.glob("test_*.py")}
    if config.getoption("--long") and whole and files >= needed:
        tables = ROOT / FULL_TABLES
        tables.parent.mkdir(parents=True, exist_ok=True)
        tables.write_text(full_tables(config.stash[TALLY]), encoding="utf-8")
        PAGE.write_text(page(config.stash[TALLY]), encoding="utf-8")


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    return pytestconfig.stash[TALLY]


@pytest.fixture(scope="session")
def long(pytestconfig: pytest.Config) -> bool:
    """Whether to run every case."""
    return bool(pytestconfig.getoption("--long"))


@pytest.fixture(scope="session")
def sample(long: bool) -> Sample:
    """Return one in this many cases, always the same ones and at least one. The long profile runs all of them."""

    def chosen(cases: Iterable[Any], one_in: int) -> list[Any]:
        listed = list(cases)
        if long:
            return listed
        wanted = sorted(range(len(listed)), key=lambda index: zlib.crc32(repr(listed[index]).encode()))
        return [listed[index] for index in sorted(wanted[: -(-len(listed) // one_in)])]

    return chosen


@pytest.fixture(scope="session")
def _simulator() -> Iterator[Harness]:
    world = seed()
    world["aliyun"]["access_keys"] += EXTRA_KEYS
    with running_simulator(world) as harness:
        yield harness


@pytest.fixture(scope="module")
def _wire() -> Iterator[Wire]:
    """Connect the wire for these test modules only.

    ``make test-long`` runs those of other folders in the same session.
    """
    with tapped() as wire:
        yield wire


@pytest.fixture
def patient_lab(_simulator: Harness, _wire: Wire) -> Laboratory:
    """The clouds, and modules that pause as long as they do for users."""
    return Laboratory(_simulator, _wire)


@pytest.fixture
def lab(patient_lab: Laboratory) -> Iterator[Laboratory]:
    """The clouds, and modules whose pauses take milliseconds."""
    with hurried():
        yield patient_lab
