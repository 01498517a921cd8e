# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting a simulator together: its clouds and its seed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .exchange import Cloud, SeedError, ShiftedClock
from .simulator import Simulator

CLOUDS = ("aliyun", "tencent")
EXAMPLE_SEED = Path(__file__).with_name("seed.yml")


def read_seed(path: Path) -> dict[str, Any]:
    """A seed from a YAML file. SeedError if it is not a mapping, OSError if it cannot be read."""
    seed = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(seed, dict):
        raise SeedError(f"{path} holds no mapping")
    return seed


def create_clouds(clock: ShiftedClock) -> list[Cloud]:
    """Every simulated cloud, empty."""
    clouds: list[Cloud] = []
    for name in CLOUDS:
        if importlib.util.find_spec(f"{__package__}.{name}") is not None:
            module = importlib.import_module(f"{__package__}.{name}")
            clouds.append(module.create(clock))
    return clouds


def build(seed: Mapping[str, Any] | None = None) -> Simulator:
    """A simulator with this seed; by default the packaged example. SeedError."""
    clock = ShiftedClock()
    clouds = create_clouds(clock)
    names = {cloud.name for cloud in clouds}
    chosen = seed if seed is not None else {k: v for k, v in read_seed(EXAMPLE_SEED).items() if k in names}
    return Simulator(clouds, clock, chosen)
