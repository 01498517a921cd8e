# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The line of a rule in its source file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._change.contract import GivenRule
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


MERGED = """\
base: &base
  ingress: &list
    - {action: accept, port: 22}
  egress: []
web:
  <<: *base
  more: *list
"""
FIRST_OF_1, FIRST_OF_2 = (GivenRule("ingress", 0, total) for total in (1, 2))
SECOND_OF_2 = FIRST_OF_2._replace(number=1)
EGRESS = FIRST_OF_1._replace(direction="egress")


@pytest.mark.parametrize(
    ("text", "group", "rule", "line"),
    [
        (ONE, "sg-any", FIRST_OF_2, 3),
        (ONE, "sg-any", SECOND_OF_2, 5),
        (ONE, "sg-any", FIRST_OF_1, None),  # the option has only one of the two rules
        (ONE, "sg-any", GivenRule("ingress", 2, 3), None),
        (ONE, "sg-any", EGRESS, None),
        (ONE, "sg-any", None, None),
        (SEVERAL, "sg-1", FIRST_OF_1, 4),
        (SEVERAL, "sg-2", SECOND_OF_2, 8),
        (SEVERAL, "sg-2", EGRESS, None),
        (SEVERAL, "sg-3", FIRST_OF_1, None),
        (SEVERAL.replace("sg-2", "sg-1"), "sg-1", FIRST_OF_2, None),  # which of the two is not certain
        (MERGED, "sg-any", FIRST_OF_1, 3),  # one list, although the file names it three times
        (ONE + "---\n" + ONE, "sg-any", FIRST_OF_2, None),
        ("{", "sg-1", FIRST_OF_1, None),
        ("", "sg-1", FIRST_OF_1, None),
        ("a: &a [*a]", "sg-1", FIRST_OF_1, None),
    ],
)
def test_a_line_only_if_it_is_certain(
    tmp_path: Path, text: str, group: str, rule: GivenRule | None, line: int | None
) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(text, "utf-8")
    assert SourceLines(str(path)).line(group, rule) == line


@pytest.mark.parametrize("path", ["", "/nonexistent/rules.yml", "/", "a\x00b"])
def test_a_file_that_cannot_be_read_has_no_lines(path: str) -> None:
    assert SourceLines(path).line("sg-1", FIRST_OF_1) is None
