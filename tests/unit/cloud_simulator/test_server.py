# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server and its command line: connections, admin endpoints, start and stop."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.cloud_simulator.exchange import SeedError
from tests.cloud_simulator.harness import Harness, running_simulator
from tests.unit.cloud_simulator.tencent_clients import EMPTY, WEB, Vpc

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ROOT = Path(__file__).parents[3]


def test_many_requests_on_one_connection(simulator: Harness) -> None:
    connection = http.client.HTTPConnection(simulator.address)
    connection.connect()
    first = connection.sock
    for path in ("/_simulator/healthz", "/nothing", "/_simulator/nothing", "/_simulator/healthz"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_sixteen_calls_at_a_time(simulator: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    # Instead of sleeping for the latency, every call waits for fifteen others.
    together = threading.Barrier(16, timeout=30)
    monkeypatch.setattr("tests.cloud_simulator.simulator.time.sleep", lambda seconds: together.wait())
    simulator.simulator.latency = 1.0
    workers = [threading.Thread(target=Vpc(simulator).policies) for dummy in range(16)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    entries = simulator.journal()
    assert [entry["status"] for entry in entries] == [200] * 16
    assert max(entry["in_flight"] for entry in entries) == 16


def test_ipv6() -> None:
    with running_simulator(host="::1") as simulator:
        assert simulator.url == f"http://[::1]:{simulator.port}"
        assert requests.get(f"{simulator.url}/_simulator/healthz").json()["status"] == "ok"


def test_stopping_hangs_up() -> None:
    with running_simulator() as simulator:
        connection = socket.create_connection(("127.0.0.1", simulator.port))
        connection.sendall(b"GET /_simulator/healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(17) == b"HTTP/1.1 200 OK\r\n"
    connection.settimeout(10)
    while connection.recv(4096):
        pass
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", simulator.port))


def test_as_a_proxy_and_behind_a_path_prefix(simulator: Harness) -> None:
    simulator.simulator.path_prefix = "/gateway"
    answer = requests.get(f"{simulator.url}/gateway/v2/index.php?Action=DescribeSecurityGroupPolicys")
    assert answer.json()["code"] == 4000
    assert requests.get(f"{simulator.url}/v2/index.php").status_code == 404
    simulator.reset()
    proxies = {"http": simulator.url}
    answer = requests.get("http://dfw.api.qcloud.com/v2/index.php?Action=X", proxies=proxies)
    assert answer.json()["code"] == 4000


def test_a_request_without_a_length_is_refused(simulator: Harness) -> None:
    answer = requests.post(simulator.url, data=iter([b"a", b"b"]))
    assert answer.status_code == 411


def test_a_request_that_no_cloud_recognises(simulator: Harness) -> None:
    assert requests.post(f"{simulator.url}/", data=b"x").status_code == 404
    assert simulator.journal() == []


def admin(simulator: Harness, method: str, name: str, value: object = None) -> tuple[int, object]:
    answer = requests.request(method, f"{simulator.url}/_simulator/{name}", json=value)
    return answer.status_code, answer.json()


def test_state_journal_and_reset_over_http(simulator: Harness) -> None:
    status, state = admin(simulator, "GET", "state")
    assert (status, state) == (200, json.loads(json.dumps(simulator.state())))
    Vpc(simulator).write("Modify", {"Ingress": [{"Action": "DROP"}]}, EMPTY)
    assert admin(simulator, "GET", "journal") == (200, json.loads(json.dumps(simulator.journal())))
    assert len(simulator.journal()) == 1
    assert admin(simulator, "DELETE", "journal") == (200, {})
    assert simulator.journal() == []
    assert admin(simulator, "PUT", "state", state) == (200, {})
    assert simulator.group("tencent", EMPTY)["version"] == 0
    simulator.switch("tencent", era="2022")
    simulator.foreign_write("tencent", EMPTY, ingress=[{"Action": "DROP"}])
    assert admin(simulator, "POST", "reset") == (200, {})
    assert simulator.group("tencent", EMPTY)["ingress"] == []
    assert Vpc(simulator).policies()["PolicyStatistics"]


def test_settings_and_foreign_writes_over_http(simulator: Harness) -> None:
    given = {"latency_ms": 1.0, "clock_shift": 4000.0, "path_prefix": "", "rate_limits": {"*": 9.0}}
    assert admin(simulator, "PUT", "settings", given) == (200, {})
    assert admin(simulator, "GET", "settings") == (200, given)
    assert admin(simulator, "PUT", "settings", {"speed": 1})[0] == 400
    write = {"cloud": "tencent", "group": WEB, "change": {"ingress": []}}
    assert admin(simulator, "POST", "foreign_write", write) == (200, {})
    assert simulator.group("tencent", WEB)["version"] == 4
    assert admin(simulator, "POST", "foreign_write", {**write, "group": "sg-00000000"})[0] == 400


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"azure": {}}, "azure"),
        ({"tencent": {"groups": []}}, "groups"),
        ({"tencent": {"security_groups": [{"id": "web", "region": "r"}]}}, "malformed"),
        ({"tencent": {"security_groups": [{"id": WEB}]}}, "region"),
        ({"tencent": {"security_groups": [{"id": WEB, "region": "r", "colour": "red"}]}}, "colour"),
        ({"tencent": {"security_groups": [{"id": WEB, "region": "r", "ingress": [{}]}]}}, "ingress.0.Action"),
        ({"tencent": {"secret_keys": [{"id": "x"}]}}, "key"),
    ],
)
def test_bad_states_are_refused(simulator: Harness, state: dict[str, object], words: str) -> None:
    before = simulator.state()
    with pytest.raises(SeedError, match=words):
        simulator.set_state(state)
    assert admin(simulator, "PUT", "state", state)[0] == 400
    assert simulator.state() == before


@contextmanager
def process(tmp_path: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command line, once it listens."""
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "tests.cloud_simulator", "--port", "0", "--port-file", str(port_file), *arguments]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        while not port_file.exists():
            assert running.poll() is None, running.stderr and running.stderr.read()
            time.sleep(0.02)
        yield running, int(port_file.read_text("ascii"))
    finally:
        running.kill()
        running.communicate()


def test_command_line_and_sigterm(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yml"
    seed.write_text("tencent: {regions: [ap-tokyo]}\n", "utf-8")
    with process(tmp_path, "--seed", str(seed), "--latency", "5", "--rate-limit", "7") as (running, port):
        idle = socket.create_connection(("127.0.0.1", port))
        url = f"http://127.0.0.1:{port}/_simulator"
        assert requests.get(f"{url}/state").json()["tencent"]["regions"] == ["ap-tokyo"]
        assert requests.get(f"{url}/settings").json()["latency_ms"] == 5
        assert requests.get(f"{url}/settings").json()["rate_limits"] == {"*": 7}
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=10) == 0
        idle.close()


def test_tls(tmp_path: Path) -> None:
    pem = tmp_path / "both.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(tmp_path / "key.pem")]
    made = ["openssl", "req", "-x509", "-days", "2", *key, "-out", str(pem), *subject]
    subprocess.run(made, check=True, capture_output=True)
    options = ("--tls-cert", str(pem), "--tls-key", str(tmp_path / "key.pem"))
    with process(tmp_path, *options) as (dummy, port):
        url = f"https://127.0.0.1:{port}/_simulator/healthz"
        assert requests.get(url, verify=str(pem)).json()["status"] == "ok"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url)
        context = ssl.create_default_context(cafile=str(pem))
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context)
        for _try in range(2):
            connection.request("GET", "/_simulator/healthz")
            assert connection.getresponse().read()
        connection.close()
