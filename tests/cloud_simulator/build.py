# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create a simulator from its clouds and its seed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from . import aliyun, tencent
from .exchange import Cloud, SeedError, ShiftedClock
from .simulator import Simulator

EXAMPLE_SEED = Path(__file__).with_name("seed.yml")


def read_seed(path: Path) -> dict[str, Any]:
    """Read a seed from a YAML file. Raises SeedError if it is not a mapping, and OSError if it cannot be read."""
    try:
        seed = yaml.safe_load(path.read_text(encoding="utf-8"))
        # YAML reads the surrogate pairs that JSON has for an emoji as two characters, which no response can contain.
        json.dumps(seed, ensure_ascii=False, default=str).encode()
    except (UnicodeError, yaml.YAMLError) as problem:
        raise SeedError(f"{path} is not a valid YAML file: {problem}") from problem
    if not isinstance(seed, dict):
        raise SeedError(f"{path} does not contain a mapping")
    return seed


def create_clouds(clock: ShiftedClock) -> list[Cloud]:
    """Return every simulated cloud, empty."""
    return [aliyun.create(clock), tencent.create(clock)]


def build(seed: Mapping[str, Any] | None = None) -> Simulator:
    """Return a simulator with this seed; by default, that of the example. Raises SeedError."""
    clock = ShiftedClock()
    return Simulator(create_clouds(clock), clock, read_seed(EXAMPLE_SEED) if seed is None else seed)
