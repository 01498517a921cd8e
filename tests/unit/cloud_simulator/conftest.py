# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One running simulator per test module, which every test resets that uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cloud_simulator.harness import Harness, running_simulator


@pytest.fixture(scope="module")
def running() -> Iterator[Harness]:
    with running_simulator() as harness:
        yield harness


@pytest.fixture
def simulator(running: Harness) -> Harness:
    running.reset()
    return running
