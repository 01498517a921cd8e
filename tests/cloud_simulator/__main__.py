# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.cloud_simulator``: the simulator as a process of its own."""

from __future__ import annotations

import argparse
import os
import signal
import ssl
import sys
import tempfile
import threading
from pathlib import Path

from .build import EXAMPLE_SEED, build, read_seed
from .server import SimulatorServer, serve_in_thread


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.cloud_simulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on, also ::1")
    parser.add_argument("--seed", type=Path, default=EXAMPLE_SEED, help="YAML file with the state to start from")
    parser.add_argument("--port-file", type=Path, help="written, with the port in it, once the server listens")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS", help="wait so long in every vendor call")
    parser.add_argument("--rate-limit", type=float, metavar="N", help="refuse more than N calls a second per action")
    parser.add_argument("--path-prefix", default="", help="a gateway is in front: take this off every path")
    parser.add_argument("--tls-cert", type=Path, help="PEM certificate; the server then speaks HTTPS")
    parser.add_argument("--tls-key", type=Path, help="PEM key, if it is not in the certificate's file")
    return parser.parse_args(arguments)


def write_atomically(path: Path, text: str) -> None:
    """Whoever sees the file sees all of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)
    Path(name).replace(path)


def tls_context(options: argparse.Namespace) -> ssl.SSLContext | None:
    """The server side's TLS, if it was asked for."""
    if options.tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.tls_cert, options.tls_key)
    return context


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    options = parse()
    simulator = build(read_seed(options.seed))
    simulator.latency = options.latency / 1000
    simulator.path_prefix = options.path_prefix.rstrip("/")
    if options.rate_limit is not None:
        simulator.limiter.limits = {"*": options.rate_limit}
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    server = SimulatorServer(simulator, options.host, options.port, tls_context(options))
    stop = serve_in_thread(server)
    print(f"cloud simulator for {', '.join(simulator.clouds)} at {server.url}", flush=True)
    if options.port_file:
        write_atomically(options.port_file, f"{server.port}\n")
    stopping.wait()
    stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
