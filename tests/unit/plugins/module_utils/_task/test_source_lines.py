# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The line of a rule in its source file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._task.source_lines import SourceLines

ONE = """\
---
ingress:
  - {action: accept, port: 22}

  - action: drop
    cidr: 10.0.0.0/8
egress: []
"""
SEVERAL = """\
security_groups:
  - security_group_id: sg-1
    ingress:
      - {action: drop}
  - sg_id: sg-2
    ingress:
      - {action: accept, description: "{{ remark }}"}
      - {action: drop}
    egress: "{{ shared }}"
  - name: another thing
    list: [[1, 2], [3]]
"""


@pytest.mark.parametrize(
    ("text", "group", "position", "line"),
    [
        (ONE, "sg-any", "ingress[0]", 3),
        (ONE, "sg-any", "ingress[1]", 5),
        (ONE, "sg-any", "ingress[2]", None),
        (ONE, "sg-any", "egress[0]", None),
        (ONE, "sg-any", "", None),
        (SEVERAL, "sg-1", "ingress[0]", 4),
        (SEVERAL, "sg-2", "ingress[1]", 8),
        (SEVERAL, "sg-2", "egress[0]", None),
        (SEVERAL, "sg-3", "ingress[0]", None),
        (SEVERAL.replace("sg-2", "sg-1"), "sg-1", "ingress[0]", None),  # which of the two is not certain
        (ONE + "---\n" + ONE, "sg-any", "ingress[0]", None),
        ("{", "sg-1", "ingress[0]", None),
        ("", "sg-1", "ingress[0]", None),
        ("a: &a [*a]", "sg-1", "ingress[0]", None),
    ],
)
def test_a_line_only_if_it_is_certain(tmp_path: Path, text: str, group: str, position: str, line: int | None) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(text, "utf-8")
    assert SourceLines(str(path)).line(group, position) == line


@pytest.mark.parametrize("path", ["", "/nonexistent/rules.yml", "/", "a\x00b"])
def test_a_file_that_cannot_be_read_has_no_lines(path: str) -> None:
    assert SourceLines(path).line("sg-1", "ingress[0]") is None
