# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: the response that the client gets, and the effect in the cloud."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from tests.cloud_simulator.exchange import Call
from tests.cloud_simulator.faults import FaultQueue, RateLimiter, Rule
from tests.cloud_simulator.harness import Harness
from tests.unit.cloud_simulator.tencent_clients import EMPTY, WEB, DfwCaller, DfwError, Vpc

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

DROP = {"Action": "DROP"}
DESCRIBE = "DescribeSecurityGroupPolicies"


class Wire:
    """Records the HTTP responses behind the vendor's client."""

    def __init__(self, simulator: Harness) -> None:
        self.vpc = Vpc(simulator)
        self.answers: list[requests.Response] = []
        self.vpc.client.request.conn._session.hooks["response"] = [lambda answer, **_: self.answers.append(answer)]

    def modify(self, group: str = EMPTY) -> requests.Response:
        """Return the HTTP response to a write, however the client interprets it."""
        with contextlib.suppress(TencentCloudSDKException, ValueError):
            self.vpc.write("Modify", {"Ingress": [DROP]}, group)
        return self.answers[-1]


@pytest.fixture
def wire(simulator: Harness) -> Iterator[Wire]:
    yield Wire(simulator)


def written(simulator: Harness) -> bool:
    return bool(simulator.group("tencent", EMPTY)["ingress"])


def test_throttled_so_many_times(simulator: Harness) -> None:
    simulator.fault("throttled", cloud="tencent", times=2)
    vpc, codes = Vpc(simulator), []
    for _call in range(3):
        try:
            vpc.policies()
            codes.append("ok")
        except TencentCloudSDKException as problem:
            codes.append(problem.code)
    assert codes == ["RequestLimitExceeded", "RequestLimitExceeded", "ok"]
    assert [entry["performed"] for entry in simulator.journal()] == [False, False, True]
    assert simulator.journal()[0]["faults"] == ("throttled",)


def test_throttled_in_api_2(simulator: Harness) -> None:
    simulator.fault("throttled")
    with pytest.raises(DfwError) as caught:
        DfwCaller(simulator).policies()
    assert caught.value.code == 4400


def test_given_code(simulator: Harness) -> None:
    simulator.fault("error", action=DESCRIBE, code="InternalError.ModuleError", message="busy")
    with pytest.raises(TencentCloudSDKException) as caught:
        Vpc(simulator).policies()
    assert (caught.value.code, caught.value.message) == ("InternalError.ModuleError", "busy")
    simulator.fault("error", code="7000")
    with pytest.raises(DfwError) as module:
        DfwCaller(simulator).policies()
    assert module.value.code == 7000


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("performed", [False, True])
def test_gateway_errors(simulator: Harness, wire: Wire, status: int, performed: bool) -> None:
    simulator.fault("http", status=status, performed=performed)
    answer = wire.modify()
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html")
    assert written(simulator) is performed
    assert simulator.journal()[0]["status"] == status


def test_html_with_200(simulator: Harness, wire: Wire) -> None:
    simulator.fault("html")
    answer = wire.modify()
    assert (answer.status_code, answer.text[:6], written(simulator)) == (200, "<html>", True)


def test_malformed_json(simulator: Harness, wire: Wire) -> None:
    simulator.fault("malformed")
    answer = wire.modify()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert written(simulator)


@pytest.mark.parametrize(
    ("fault", "words", "performed"),
    [("reset", "Connection reset", False), ("lost", "without response", True), ("truncated", "IncompleteRead", True)],
)
def test_broken_connections(simulator: Harness, wire: Wire, fault: str, words: str, performed: bool) -> None:
    simulator.fault(fault)
    with pytest.raises((TencentCloudSDKException, requests.RequestException), match=words):
        wire.vpc.write("Modify", {"Ingress": [DROP]}, EMPTY)
    assert written(simulator) is performed
    assert simulator.journal()[0]["status"] == (200 if fault == "truncated" else None)
    wire.vpc.write("Modify", {"Ingress": [DROP]}, EMPTY)


def test_slow_answer_runs_into_the_timeout(simulator: Harness, wire: Wire) -> None:
    simulator.fault("slow", seconds=0.5)
    wire.vpc.client.request.conn.timeout = 0.1
    with pytest.raises(TencentCloudSDKException, match="timed out"):
        wire.vpc.policies()


def test_stale_reads_after_a_write(simulator: Harness) -> None:
    simulator.fault("stale", group=EMPTY, reads=2)
    vpc = Vpc(simulator)
    vpc.policies(EMPTY)
    vpc.write("Modify", {"Ingress": [DROP]}, EMPTY)
    seen = [vpc.policies(group)["Version"] for group in (EMPTY, WEB, EMPTY, EMPTY)]
    assert seen == ["0", "3", "0", "1"]


def test_a_stale_read_does_not_undo_a_write_to_another_group(simulator: Harness) -> None:
    simulator.fault("stale", group=EMPTY)
    vpc = Vpc(simulator)
    vpc.write("Modify", {"Ingress": [DROP]}, EMPTY)
    vpc.write("Modify", {"Ingress": [DROP]}, WEB)
    assert [vpc.policies(group)["Version"] for group in (EMPTY, EMPTY, WEB)] == ["0", "1", "4"]


@pytest.mark.parametrize(("when", "seen"), [("before", "1"), ("after", "0")])
def test_foreign_write_around_the_second_read(simulator: Harness, when: str, seen: str) -> None:
    simulator.fault("foreign_write", action=DESCRIBE, nth=2, when=when, change={"ingress": [DROP]})
    vpc = Vpc(simulator)
    versions = [vpc.policies(EMPTY)["Version"] for dummy in range(3)]
    assert versions == ["0", seen, "1"]
    assert vpc.policies(EMPTY)["Ingress"][0]["Action"] == "DROP"


def test_foreign_write_at_once(simulator: Harness) -> None:
    simulator.foreign_write("tencent", WEB, egress=[])
    read = Vpc(simulator).policies()
    assert (read["Version"], read["Egress"], len(read["Ingress"])) == ("4", [], 3)


def test_rules_queue_up_and_choose() -> None:
    queue = FaultQueue()
    queue.add(Rule("throttled", times=2))
    queue.add(Rule("reset", effect="write"))
    queue.add(Rule("slow", seconds=1.0, nth=2))

    def judged(effect: Any) -> tuple[str, ...]:
        return queue.judge("tencent", Call("Modify", WEB, effect)).names

    seen = [judged(effect) for effect in ("write", "read", "read", "write", "write")]
    assert seen == [("throttled",), ("slow", "throttled"), (), ("reset",), ()]


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": "earthquake"},
        {"action": DESCRIBE},
        {"fault": "slow", "second": 1},
        {"fault": "error"},
        {"fault": "reset", "nth": 0},
        {"fault": "foreign_write", "when": "during"},
    ],
)
def test_bad_rules_are_refused(simulator: Harness, rule: dict[str, Any]) -> None:
    assert requests.post(f"{simulator.url}/_simulator/faults", json=[{"fault": "lost"}, rule]).status_code == 400
    assert requests.get(f"{simulator.url}/_simulator/faults").json() == []


def test_faults_over_the_admin_endpoint(simulator: Harness) -> None:
    url = f"{simulator.url}/_simulator/faults"
    requests.post(url, json={"fault": "error", "code": "InternalError", "times": 9})
    with pytest.raises(TencentCloudSDKException, match="InternalError"):
        Vpc(simulator).policies()
    assert requests.get(url).json()[0]["seen"] == 1
    requests.delete(url)
    assert Vpc(simulator).policies()["Version"] == "3"


def test_rate_limiter_lets_so_many_calls_of_an_action_through() -> None:
    limiter = RateLimiter()
    limiter.limits = {"*": 2.0, "tencent/Free": 100.0}
    moments = (10.0, 10.1, 10.2, 10.9, 11.05, 11.06)
    assert [limiter.allows("tencent", "Modify", now) for now in moments] == [True, True, False, False, True, False]
    assert all(limiter.allows("tencent", "Free", 10.0) for dummy in range(5))


def test_the_rate_limit_responds_with_the_vendors_code(simulator: Harness) -> None:
    simulator.limit_rate(0, f"tencent/{DESCRIBE}")
    with pytest.raises(TencentCloudSDKException, match="RequestLimitExceeded"):
        Vpc(simulator).policies()
    assert not simulator.journal()[0]["performed"]


def test_a_reset_forgets_the_calls_that_were_counted(simulator: Harness) -> None:
    for _round in range(2):
        simulator.limit_rate(1, f"tencent/{DESCRIBE}")
        limiter = simulator.simulator.limiter
        assert [limiter.allows("tencent", DESCRIBE, now=100.0) for _call in range(2)] == [True, False]
        simulator.reset()
    assert simulator.journal() == []
