# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run commands one after the other, and report their resources:

`python -m tests.benchmarks.launcher`. This is a separate process because Linux counts the memory of the starting
process towards the peak memory of a command. This process is smaller than everything that it measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time


def run(command: list[str], environment: dict[str, str], output: str) -> dict[str, float]:
    """Wall and CPU time in seconds, peak memory in MB, and the exit status.

    Both output streams are written to the file.
    """
    with open(output, "wb") as stream:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return {"wall": wall, "cpu": cpu, "memory": usage.ru_maxrss / 1024, "status": process.returncode}


if __name__ == "__main__":
    for line in iter(sys.stdin.readline, ""):
        print(json.dumps(run(*json.loads(line))), flush=True)
