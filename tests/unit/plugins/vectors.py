# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The signing vectors, as parameters of tests. Every expected value comes from the vendors' own clients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Vector = dict[str, Any]
_FOLDER = Path(__file__).parents[1] / "vectors"


def vectors(cloud: str, kind: str) -> list[Vector]:
    """The vectors of one kind of signature of a cloud."""
    read: dict[str, list[Vector]] = json.loads((_FOLDER / f"{cloud}_signing.json").read_text(encoding="utf-8"))
    return read[kind]


def each_of(found: list[Vector]) -> pytest.MarkDecorator:
    """Parametrize a test with ``vector``, named as in the file."""
    return pytest.mark.parametrize("vector", found, ids=[vector["name"] for vector in found])


def altered(text: str) -> str:
    """The text with one character changed."""
    middle = len(text) // 2
    return text[:middle] + ("x" if text[middle] != "x" else "y") + text[middle + 1 :]
