# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes to the pages before the site is built."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tests.tooling import docs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[sites](sites.md)", "[sites](sites.md)"),
        ("[code](../plugins/x/README.md)", f"[code]({docs.REPOSITORY}/plugins/x/README.md)"),
        ("[facts](vendor_facts/alibaba_ecs.md#a)", f"[facts]({docs.REPOSITORY}/docs/vendor_facts/alibaba_ecs.md#a)"),
        ("[there](https://example.com/../x)", "[there](https://example.com/../x)"),
    ],
)
def test_links_out_of_the_site_lead_to_the_repository(text: str, expected: str) -> None:
    assert docs.linked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title\n=====\n\n.. contents::\n   :local:\n   :depth: 1\n\nText\n", "Title\n=====\n\n\nText\n"),
        ("cnclouds.security_groups.x module -- X\n++++++\n", "x module -- X\n++++++\n"),
        ("cnclouds.security_groups.x is used:\n\n++++++\n", "cnclouds.security_groups.x is used:\n\n++++++\n"),
    ],
)
def test_generated_pages_do_not_repeat_what_the_theme_shows(tmp_path: Path, text: str, expected: str) -> None:
    """The theme shows a table of contents in red, and long titles broken anywhere."""
    page = tmp_path / "module.rst"
    page.write_text(text, "utf-8")
    docs.fit_theme(tmp_path)
    assert page.read_text("utf-8") == expected


def test_a_page_without_a_position_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "quickstart" in docs.guides()
    monkeypatch.setattr(docs, "SECTIONS", {"Guides": ("impact",)})
    with pytest.raises(SystemExit, match="quickstart"):
        docs.guides()


def test_the_landing_page_shows_the_preview_of_the_readme() -> None:
    shown = docs.preview()
    assert shown.startswith("TASK [")
    assert "newly denied" in shown


def test_the_labels_are_an_inventory() -> None:
    head, compressed = docs.inventory().split(b"zlib.\n")
    assert head.startswith(b"# Sphinx inventory version 2\n")
    assert zlib.decompress(compressed).decode().count("\n") == len(docs.LABELS)
