# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the documentation site: the guides in ``docs/`` and a page for each plugin and role. Warnings are errors.

Nothing is fetched: the site refers to pages of Ansible's own documentation by their address only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tooling.environment import CACHE, ROOT

COLLECTION = "cnclouds.security_groups"
BUILD = CACHE / "docs"
SOURCE, SITE = BUILD / "source", BUILD / "site"
BIN = Path(sys.executable).parent
# The guides in reading order, by section. A page that is in none of them is an error, so that no page is forgotten.
SECTIONS = {
    "Guides": (
        "quickstart",
        "changes",
        "impact",
        "fleets",
        "awx",
        "pull_requests",
        "simulator",
        "migration",
        "troubleshooting",
    ),
    "Alibaba Cloud and Tencent Cloud": ("credentials_aliyun", "credentials_tencent", "permissions", "sites"),
    "Background": ("direct_execution", "performance", "reliability", "architecture", "releasing"),
}
CONFIGURATION = """
project = "cnclouds.security_groups"
author = "the cnclouds.security_groups contributors"
copyright = author
extensions = ["myst_parser", "sphinx_antsibull_ext"]
html_theme = "furo"
html_title = project
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
nitpicky = False
# Labels of Ansible's own documentation, which is not there to look at; links out of docs/ to files of the repository;
# and code blocks with console output, which is of no language.
suppress_warnings = ["ref.ref", "myst.xref_missing", "myst.header", "misc.highlighting_failure"]
"""
INDEX = """# cnclouds.security_groups

Keeps security groups on Alibaba Cloud and Tencent Cloud in the state that your playbooks describe. Previews are true,
writes are never guessed, and a change says what traffic it opens and closes before it is made.

```{{toctree}}
:caption: Modules, plugins and the role
:maxdepth: 1

collections/index
```
{sections}"""
SECTION = """
```{{toctree}}
:caption: {title}
:maxdepth: 1

{pages}
```
"""


def guides() -> list[str]:
    """The names of the guides that are there. SystemExit if one is in no section."""
    there = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
    forgotten = set(there).difference(*SECTIONS.values())
    if forgotten:
        sys.exit(f"tests/tooling/docs.py: {', '.join(sorted(forgotten))} belongs to no section of the site.")
    return there


def write_sources() -> None:
    """The guides, the index and the configuration."""
    there = guides()
    for name in there:
        shutil.copy(ROOT / "docs" / f"{name}.md", SOURCE)
    sections = ""
    for title, pages in SECTIONS.items():
        listed = "\n".join(page for page in pages if page in there)
        sections += SECTION.format(title=title, pages=listed)
    (SOURCE / "index.md").write_text(INDEX.format(sections=sections), "utf-8")
    (SOURCE / "conf.py").write_text(CONFIGURATION, "utf-8")


def main() -> int:
    """Returns the exit status of the tool that failed, or 0."""
    shutil.rmtree(BUILD, ignore_errors=True)
    collections = SOURCE / "collections"
    collections.mkdir(parents=True, mode=0o755)
    write_sources()
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(CACHE / "collections"),
        "ANSIBLE_HOME": str(CACHE / "ansible"),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }
    plugins = [str(BIN / "antsibull-docs"), "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    plugins += ["--dest-dir", str(collections), COLLECTION]
    build = [str(BIN / "sphinx-build"), "-W", "--keep-going", "-q", "-b", "html", str(SOURCE), str(SITE)]
    for command in (plugins, build):
        status = subprocess.run(command, env=environment, check=False).returncode
        if status:
            return status
    print(f"The site is {(SITE / 'index.html').relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
