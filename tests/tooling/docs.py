# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the documentation site: the guides in ``docs/`` and a page for each plugin and role.

Warnings are errors. The build makes no network requests; the site only links to Ansible's own documentation.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from tests.tooling.environment import CACHE, ROOT

COLLECTION = "cnclouds.security_groups"
BUILD = CACHE / "docs"
SOURCE, SITE = BUILD / "source", BUILD / "site"
BIN = Path(sys.executable).parent
README, LANDING = ROOT / "README.md", ROOT / "docs/docsite"
# The guides in reading order, by section. A page without a section is an error, so that no page is forgotten.
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
REPOSITORY = "https://github.com/cnclouds/security_groups/blob/main"
# Pages of Ansible's own documentation that descriptions of plugins refer to, by their labels. Their inventory cannot be
# fetched, so these few are listed. A label that is not here is an error.
ANSIBLE = "https://docs.ansible.com/ansible/latest/"
LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_collections.ansible.builtin.file_lookup": "collections/ansible/builtin/file_lookup.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
CONFIGURATION = f"""
project = "cnclouds.security_groups"
author = "the cnclouds.security_groups contributors"
copyright = author
extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_design", "sphinx.ext.intersphinx"]
html_theme = "furo"
html_title = "Security groups for Ansible"
pygments_style = "default"
html_static_path = ["static"]
html_css_files = ["site.css"]
intersphinx_mapping = {{"ansible": ("{ANSIBLE}", "ansible.inv")}}
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
nitpicky = False
"""
# Align cells with several lines at the top, show commands like other code, wrap output instead of cutting it off, and
# fit titles on a phone.
STYLE = """
article table.docutils td { vertical-align: top; }
.highlight-console .go { color: inherit; }
:is(.highlight-console, .highlight-diff, .highlight-text, .highlight-sh) pre { white-space: pre-wrap; }
@media (max-width: 46em) { article h1 { font-size: 1.6em; overflow-wrap: anywhere; } }
"""
TOCTREE = """
```{{toctree}}
:hidden:
:caption: {title}
:maxdepth: 1

{pages}
```
"""


def guides() -> list[str]:
    """The names of the existing guides. Raises SystemExit if one is in no section."""
    there = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
    forgotten = set(there).difference(*SECTIONS.values())
    if forgotten:
        sys.exit(f"tests/tooling/docs.py: {', '.join(sorted(forgotten))} belongs to no section of the site.")
    return there


def linked(text: str) -> str:
    """A page whose links to files outside the site point to the repository."""
    return re.sub(r"\]\((?:\.\./|(?=vendor_facts/))", lambda found: f"]({REPOSITORY}/{OUTSIDE[found[0]]}", text)


OUTSIDE = {"](../": "", "](": "docs/"}


def inventory() -> bytes:
    """The labels in the format that Sphinx reads."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n# The rest is compressed using zlib.\n"
    lines = "".join(f"{label} std:label -1 {page} {label}\n" for label, page in LABELS.items())
    return head.encode() + zlib.compress(lines.encode())


def preview() -> str:
    """The console output in README.md, without the command. A test ensures that it is that of a real run."""
    (console,) = [
        text for text in re.findall(r"```console\n(.*?)```", README.read_text("utf-8"), re.S) if "TASK" in text
    ]
    return str(console.partition("\n\n")[2])


def toctrees() -> str:
    """The pages in their order, for the sidebar."""
    there = guides()
    sections = {title: "\n".join(page for page in pages if page in there) for title, pages in SECTIONS.items()}
    sections["Reference"] = "Modules, plugins and the role <collections/index>"
    return "".join(TOCTREE.format(title=title, pages=pages) for title, pages in sections.items())


def write_sources() -> None:
    """Write the guides, the landing page, the included files, and the configuration."""
    for name in guides():
        (SOURCE / f"{name}.md").write_text(linked((ROOT / "docs" / f"{name}.md").read_text("utf-8")), "utf-8")
    landing = (LANDING / "index.md").read_text("utf-8")
    (SOURCE / "index.md").write_text(landing + toctrees(), "utf-8")
    shutil.copy(LANDING / "change.svg", SOURCE)
    (SOURCE / "preview.txt").write_text(preview(), "utf-8")
    (SOURCE / "ansible.inv").write_bytes(inventory())
    (SOURCE / "static").mkdir()
    (SOURCE / "static/site.css").write_text(STYLE, "utf-8")
    (SOURCE / "conf.py").write_text(CONFIGURATION, "utf-8")


def fit_theme(folder: Path) -> None:
    """Remove what the theme shows already: the table of contents, and the collection's name in the titles of pages."""
    for page in folder.rglob("*.rst"):
        text = re.sub(r"^\.\. contents::\n(?:   .*\n)*", "", page.read_text("utf-8"), flags=re.M)
        page.write_text(re.sub(rf"^{re.escape(COLLECTION)}\.(?=.*\n\++$)", "", text, flags=re.M), "utf-8")


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
    status = subprocess.run(plugins, env=environment, check=False).returncode
    if not status:
        fit_theme(collections)
        status = subprocess.run(build, env=environment, check=False).returncode
    if not status:
        print(f"The site is {(SITE / 'index.html').relative_to(ROOT)}.")
    return status


if __name__ == "__main__":
    sys.exit(main())
