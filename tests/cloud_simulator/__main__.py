# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.cloud_simulator``: the simulator as a separate process.

Once it listens, it prints shell commands that set the environment variables for the modules.
"""

from __future__ import annotations

import argparse
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from .build import EXAMPLE_SEED, build, read_seed
from .exchange import SeedError
from .server import SimulatorServer, serve_in_thread
from .variables import PROCESS, as_exports, as_file, variables, with_keys

START_SECONDS = 60.0


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.cloud_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; 0, the default, selects a free one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; ::1 is possible too")
    parser.add_argument("--seed", type=Path, default=EXAMPLE_SEED, help="the YAML file with the initial state")
    parser.add_argument("--port-file", type=Path, help="the file to write the port to once the server listens")
    parser.add_argument(
        "--env-file", type=Path, help="the file to write the variables to; JSON if its name ends with .json"
    )
    parser.add_argument("--background", action="store_true", help="continue in the background once the server listens")
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="MS", help="how long to wait in every vendor call"
    )
    parser.add_argument(
        "--rate-limit", type=float, metavar="N", help="refuse more than N calls per second of one action"
    )
    parser.add_argument(
        "--path-prefix", default="", help="simulate a gateway in front: remove this prefix from every path"
    )
    parser.add_argument("--tls-cert", type=Path, help="the PEM certificate; the server then uses HTTPS")
    parser.add_argument("--tls-key", type=Path, help="the PEM key, if it is not in the file of the certificate")
    return parser.parse_args(arguments)


def write_atomically(path: Path, text: str) -> None:
    """Write the file atomically, readable only by its owner."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(name).replace(path)


def tls_context(options: argparse.Namespace) -> ssl.SSLContext | None:
    """Return the TLS context of the server, if TLS was requested."""
    if options.tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.tls_cert, options.tls_key)
    return context


def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT. Raises SeedError and OSError."""
    seed = with_keys(read_seed(options.seed), read_seed(EXAMPLE_SEED))
    simulator = build(seed)
    simulator.latency = options.latency / 1000
    simulator.path_prefix = options.path_prefix.rstrip("/")
    if options.rate_limit is not None:
        simulator.limiter.limits = {"*": options.rate_limit}
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    tls = tls_context(options)
    try:
        server = SimulatorServer(simulator, options.host, options.port, tls)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, f"{options.host}:{options.port}") from problem
    stop = serve_in_thread(server)
    found = variables(server.url + simulator.path_prefix, seed) | {PROCESS: str(os.getpid())}
    if options.env_file:
        write_atomically(options.env_file, as_file(options.env_file, found))
    if options.port_file:
        write_atomically(options.port_file, f"{server.port}\n")
    print(
        f"# cloud simulator for {', '.join(simulator.clouds)} at {server.url}\n{as_exports(found)}", end="", flush=True
    )
    stopping.wait()
    stop()


def serve_in_background(arguments: list[str]) -> int:
    """Start the same command as a separate process, and pass on its output up to the last variable.

    Return the exit status: 0 once it listens.
    """
    command = [sys.executable, "-m", "tests.cloud_simulator", *arguments]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        give_up = time.monotonic() + START_SECONDS
        text = ""
        while f"export {PROCESS}=" not in text:
            if process.poll() is not None or time.monotonic() > give_up:
                process.kill()
                print(f"The cloud simulator did not start.\n{text}", file=sys.stderr)
                return 1
            time.sleep(0.02)
            output.seek(0)
            text = output.read()
    print(text, end="", flush=True)
    return 0


def main() -> int:
    """Return the exit status."""
    options = parse()
    if options.background:
        return serve_in_background([argument for argument in sys.argv[1:] if argument != "--background"])
    try:
        serve(options)
    except (OSError, SeedError) as problem:
        sys.exit(f"The cloud simulator cannot start: {problem}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
