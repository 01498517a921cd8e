# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud_simulator.harness import Harness, running_simulator
from tests.support.ansible_commands import Ansible
from tests.support.worlds import seed


@pytest.fixture(scope="session")
def _simulator() -> Iterator[Harness]:
    with running_simulator(seed()) as harness:
        yield harness


@pytest.fixture
def clouds(_simulator: Harness) -> Harness:
    """Both clouds in the state of ``worlds.seed``, with an empty journal."""
    _simulator.reset()
    return _simulator


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    """The real commands."""
    return Ansible(tmp_path)
