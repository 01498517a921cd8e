# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the quickstart playbook against simulated clouds: preview, apply, apply again.

`python -m tests.tooling.demo`. The exit status is 0 only if every run succeeded, the preview changed nothing and showed
what the run then did, and the last run changed nothing.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tooling.environment import ROOT
from tests.tooling.isolation import isolated

PLAYBOOK = "cnclouds.security_groups.quickstart"
SEED = "tests/tooling/demo_seed.yml"
CREDENTIALS = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "demo-access-key-id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "demo-access-key-secret",
    "TENCENTCLOUD_SECRET_ID": "demo-secret-id",
    "TENCENTCLOUD_SECRET_KEY": "demo-secret-key",
}
RUNS = {
    "1. Preview: what would change?": ("--check", "--diff"),
    "2. Apply": ("--diff",),
    "3. Apply again: nothing is left to do": ("--diff",),
}
GOOD = "The preview changed nothing and showed exactly what the first run did; the second run changed nothing."
START_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Run:
    """One run of the playbook: its exit status, and its output without colours."""

    status: int
    output: str

    @property
    def changed(self) -> int | None:
        """The number of changed tasks in the recap; None without a recap."""
        found = re.search(r"^localhost\s.*\bchanged=(\d+)", self.output, re.MULTILINE)
        return int(found[1]) if found else None

    @property
    def diffs(self) -> list[str]:
        """Every printed diff, from its `---` line to the next empty line."""
        return re.findall(r"^--- .*?(?=^$)", self.output, re.MULTILINE | re.DOTALL)


@contextmanager
def simulator(environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    """The URL of a running simulator, which is stopped in any case. Raises RuntimeError if it does not start."""
    port_file = folder / "port"
    command = [sys.executable, "-m", "tests.cloud_simulator", "--port", "0", "--seed", SEED]
    process = subprocess.Popen([*command, "--port-file", str(port_file)], cwd=ROOT, env=dict(environment))
    try:
        give_up = time.monotonic() + START_SECONDS
        while not port_file.exists():
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError("The cloud simulator did not start.")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port_file.read_text().strip()}"
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def state(url: str) -> str:
    """The state of the simulated clouds as JSON."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}/_simulator/state", timeout=START_SECONDS) as answer:
        return str(answer.read(), "utf-8")


def play(title: str, environment: Mapping[str, str], *options: str) -> Run:
    """Run the playbook below a heading, and show its output immediately."""
    command = ["ansible-playbook", PLAYBOOK, *options]
    print(f"\n=== {title}\n$ {' '.join(command)}", flush=True)
    lines = []
    with subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(re.sub(r"\x1b\[[0-9;]*m", "", line))
    return Run(process.returncode, "".join(lines))


def problems(runs: Sequence[Run], states: Sequence[str]) -> list[str]:
    """One sentence for each deviation from the expected outcome.

    `states` are those before the runs and after each run.
    """
    if any(run.status for run in runs):
        return ["The playbook failed."]
    preview, first, second = runs
    before, after_preview, after_first, after_second = states
    promises = {
        "The preview changed something in the clouds.": before == after_preview,
        "The preview showed no diff.": bool(preview.diffs),
        "The preview and the run showed different diffs.": preview.diffs == first.diffs,
        "The preview and the run counted different changes.": preview.changed == first.changed,
        "The first run changed nothing in the clouds.": bool(first.changed) and after_preview != after_first,
        "The second run reported changes.": second.changed == 0,
        "The second run changed something in the clouds.": after_first == after_second,
    }
    return [sentence for sentence, kept in promises.items() if not kept]


def main() -> int:
    """Return the exit status."""
    environment = isolated(os.environ) | CREDENTIALS | {"ANSIBLE_LOCALHOST_WARNING": "false"}
    environment |= {"ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "ANSIBLE_NOCOWS": "true"}
    if sys.stdout.isatty():
        environment["ANSIBLE_FORCE_COLOR"] = "true"
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="security_groups-demo-") as folder:
        print("=== Starting the cloud simulator", flush=True)
        with simulator(environment, Path(folder)) as url:
            environment |= {"ALIBABA_CLOUD_ENDPOINT_ECS": url, "TENCENTCLOUD_ENDPOINT_VPC": url}
            states = [state(url)]
            for title, options in RUNS.items():
                runs.append(play(title, environment, *options))
                states.append(state(url))
                if runs[-1].status:
                    break
    found = problems(runs, states)
    print("\n=== Result\n" + "\n".join(found or [GOOD]), flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit("The demo was told to stop.")
    )  # unwinds, and so stops the simulator
    try:
        sys.exit(main())
    except (OSError, RuntimeError) as error:
        sys.exit(f"The demo failed: {error}")
