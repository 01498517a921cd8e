# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the artifact as Galaxy does on upload:

`make importer`, as a part of `make gates`. galaxy-importer only warns about findings of ansible-lint, a missing
changelog and more. Here, a warning is a failure.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tooling.environment import ROOT

SUCCESS = "Importer processing completed successfully"


def problems(log: str) -> list[str]:
    """The warnings and errors in a log. A log without the final success message is a problem as well."""
    found = re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL)\b.*$", log, re.MULTILINE)
    return found if SUCCESS in log else [*found, "galaxy-importer did not complete."]


def main() -> int:
    """Return the exit status."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory(prefix="security_groups-importer-") as temporary:
        environment = {**os.environ, "PATH": path, "ANSIBLE_COLLECTIONS_PATH": temporary}
        build = ["ansible-galaxy", "collection", "build", "--output-path", temporary]
        subprocess.run(build, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
        (artifact,) = Path(temporary).glob("*.tar.gz")
        command = [sys.executable, "-m", "galaxy_importer.main", str(artifact)]
        done = subprocess.run(
            command,
            cwd=temporary,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    found = problems(done.stdout)
    print("\n".join(found) if found else done.stdout, end="\n")
    return 1 if found or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
