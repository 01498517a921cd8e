# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""``ansible-test units``:

``python -m tests.tooling.units [FILE ...]``, for `make units` and `make gates`. These are the tests of the plugins that
`make unit` runs as well, here with ansible-test's own settings instead of those in pyproject.toml.
"""

from __future__ import annotations

import re
import sys

from tests.tooling.ansible_test import ansible_test

PLUGINS = "tests/unit/plugins/"


def main(arguments: list[str]) -> int:
    """Run the tests. Return the exit status, which is also 1 if nothing was tested."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    status, output = ansible_test("units", ["--python", python, *(arguments or [PLUGINS])])
    if not re.search(r"= \d+ passed", output):
        print("ansible-test found nothing to test.")
        return 1
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
