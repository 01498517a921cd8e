# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cloud_simulator.harness import Harness, running_simulator
from tests.properties.profile import PROFILE
from tests.properties.shortcut import Shortcut, shortcut
from tests.properties.tasks import storable_id
from tests.reliability.tally import TALLY, Tally
from tests.support.module_runner import Pauses, without_waiting
from tests.support.worlds import TENCENT_REGION, VENDOR_EXAMPLE, seed
from tests.unit.plugins.strategies import ID_PARTS


def pytest_configure(config: pytest.Config) -> None:
    config.stash.setdefault(TALLY, Tally())
    PROFILE.long = bool(config.getoption("--long"))


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    return pytestconfig.stash[TALLY]


@pytest.fixture(scope="session")
def clouds() -> Iterator[Harness]:
    """Both clouds. Each case sets up its own state, because fixtures are shared by all cases of a test."""
    world = seed()
    peers = sorted({storable_id(f"sg-{name}") for name in ID_PARTS})
    world["tencent"]["security_groups"] += [
        {"id": peer, "region": TENCENT_REGION} for peer in peers if peer != VENDOR_EXAMPLE
    ]
    with running_simulator(world) as harness:
        yield harness


@pytest.fixture(scope="module")
def way(clouds: Harness) -> Iterator[Shortcut]:
    """The modules' connection to the clouds, without sockets."""
    with shortcut(clouds) as way:
        yield way


@pytest.fixture(scope="module", autouse=True)
def pauses() -> Iterator[Pauses]:
    """Time passes only when a module waits, and immediately."""
    with without_waiting() as pauses:
        yield pauses
