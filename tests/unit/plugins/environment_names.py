# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment variables of a cloud, and where they are documented."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[3]


def variables(module: ModuleType) -> list[str]:
    """The names of all variables in the constants of a module, at any depth, with repetitions."""
    texts = [repr(value) for name, value in vars(module).items() if name.isupper()]
    return re.findall(r"'([A-Z][A-Z0-9_]+)'", " ".join(texts))


def documented(cloud: str) -> set[str]:
    """The variables in the documentation of a cloud's options and on its page about credentials."""
    pages = (ROOT / "plugins/doc_fragments" / f"_{cloud}.py", ROOT / "docs" / f"credentials_{cloud}.md")
    more = (ROOT / "docs" / "sites.md",)
    return set(re.findall(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+", " ".join(page.read_text("utf-8") for page in pages + more)))
