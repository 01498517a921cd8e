# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task's own client with a fake transport, and a machine without any key."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._keys.access import TaskClient
from tests.unit.plugins.fakes import Answer, FakeTime, FakeTransport

_OURS = ("TENCENTCLOUD_", "TCCLI_", "TKE_", "ALIBABA_CLOUD_", "ALICLOUD_", "ECS_", "STS_", "CNCLOUDS_")


@dataclass
class TaskTalk:
    """The client, and the parts that it uses."""

    client: TaskClient
    transport: FakeTransport
    time: FakeTime


def task_talk(*answers: Answer, deadline: float = 120) -> TaskTalk:
    """A task that has begun, and gets these responses."""
    passing = FakeTime(1_767_225_600.0)
    transport = FakeTransport(answers)
    client = TaskClient(passing.clock(), 10, deadline)
    client.transport = transport
    return TaskTalk(client, transport, passing)


def empty_machine(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Remove the variables of both clouds, and have an empty home directory."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))


@contextlib.contextmanager
def far_east() -> Iterator[None]:
    """Eight hours ahead of UTC, to detect local time that is used as UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC-8")
        time.tzset()
        yield
    time.tzset()


def write_files(home: Path, files: Iterable[tuple[str, str]]) -> None:
    """Write files below the home directory."""
    for name, text in files:
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
