# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many groups in one task: what they share (rate limit, connections, approval), what they do not, and killed runs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.pace import Pace
from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.api_3_0 import Api30
from tests.cloud_simulator import simulator
from tests.cloud_simulator.harness import Harness
from tests.cloud_simulator.server import SimulatorServer
from tests.support.four_runs import assert_prediction_held, succeeded
from tests.support.module_processes import module_starter
from tests.support.module_runner import Result, another_clock, run_module, without_waiting
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_REGION,
    DROPPING,
    NEVER_EDITED,
    PEER,
    TENCENT_REGION,
    WEB,
    aliyun_options,
    assert_clean,
    calls,
    tencent_options,
    writes,
)

ALIYUN = "aliyun_sg_policy"
TENCENT = "tencent_sg_rules"
READ = "DescribeSecurityGroupPolicies"
DNS = {"action": "accept", "protocol": "udp", "port": "53", "cidr": "10.1.2.3"}
ANY = {"action": "accept", "protocol": "all", "port": "all", "cidr": "0.0.0.0/0"}
SSH = {"action": "accept", "protocol": "tcp", "port": "22", "cidr": "10.0.0.0/8", "description": "ssh"}
# The rate limit that the pages on API 3.0 document: calls of one action per second.
DOCUMENTED_RATE = 100.0


def group_id(number: int) -> str:
    return f"sg-{number:08}"


def entries(count: int) -> list[dict[str, Any]]:
    return [{"security_group_id": group_id(number)} for number in range(count)]


def wanted(rules: int) -> list[dict[str, str]]:
    return [
        {"action": "accept", "protocol": "tcp", "port": str(1000 + number), "cidr": "10.0.0.0/8"}
        for number in range(rules)
    ]


def fill(clouds: Harness, count: int, rules: int = 1) -> list[dict[str, str]]:
    """Create this many groups of Tencent Cloud with the same rules; return the rules as a user writes them."""
    listed = [
        {"Action": "ACCEPT", "Protocol": "tcp", "Port": rule["port"], "CidrBlock": rule["cidr"]}
        for rule in wanted(rules)
    ]
    groups = [
        {"id": group_id(number), "region": TENCENT_REGION, "version": 1, "ingress": listed} for number in range(count)
    ]
    clouds.set_state({"tencent": {**clouds.state()["tencent"], "security_groups": groups}})
    return wanted(rules)


def fill_aliyun(clouds: Harness, count: int) -> list[dict[str, Any]]:
    """Create this many groups of Alibaba Cloud whose members can reach each other; return them as entries."""
    ids = [f"sg-bp1fleet{number:04}" for number in range(count)]
    groups = [{"id": identifier, "region": ALIYUN_REGION} for identifier in ids]
    clouds.set_state({"aliyun": {**clouds.state()["aliyun"], "security_groups": groups}})
    return [{"security_group_id": identifier} for identifier in ids]


def aliyun(clouds: Harness, groups: Sequence[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return aliyun_options(clouds.url, groups=list(groups), **options)


def tencent(clouds: Harness, groups: Sequence[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return tencent_options(clouds.url, groups=list(groups), **options)


def ids(result: Result) -> list[str]:
    return [group["security_group_id"] for group in result["groups"]]


def refusals(clouds: Harness) -> int:
    """The calls that the simulator refused because of the rate limit."""
    codes = ("RequestLimitExceeded", "Throttling", "Throttling.User", "Throttling.Api")
    return sum(call["error_code"] in codes for call in clouds.journal())


def content(clouds: Harness) -> dict[str, Any]:
    """The groups of both clouds, without the times of their rules."""
    state = clouds.state()
    for group in state["tencent"]["security_groups"]:
        for rule in (*group["ingress"], *group["egress"]):
            del rule["ModifyTime"]
    return {cloud: part["security_groups"] for cloud, part in state.items()}


def comparable(result: Result) -> dict[str, Any]:
    """The result of one group, without the parts that differ in each run."""
    actions = [{**action, "request_id": None} for action in result["actions"]]
    same = {name: value for name, value in result.items() if name not in ("failed", "warnings", "msg", "invocation")}
    if "failure" in same:
        same["failure"] = {**same["failure"], "request_id": None}
    if "client_token" in same:
        same["client_token"] = "made anew"
    return {**same, "actions": actions}


MIXED_TENCENT: list[dict[str, Any]] = [
    {"security_group_id": WEB, "state": "merged", "position": "top", "ingress": [DNS]},
    {"sg_id": "sg-nosuch01", "ingress": [DNS]},
    {"sgId": PEER, "state": "replaced", "ingress": [], "egress": [DNS]},
    {"SecurityGroupId": NEVER_EDITED, "state": "deleted", "ingress": [DNS], "egress": [ANY]},
    {"security_group_id": "sg-33ocnj9n", "state": "merged", "ingress": [DNS], "egress": []},
]
MIXED_ALIYUN: list[dict[str, Any]] = [
    {"security_group_id": ACCEPTING, "policy": "DROP"},
    {"security_group_id": "sg-bp1nosuchgroup00000", "inner_access_policy": "accept"},
    {"sg_id": DROPPING, "InnerAccessPolicy": "Accept"},
]
MIXED: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any]]] = {
    "aliyun": (ALIYUN, MIXED_ALIYUN, {}),
    "tencent 3.0": (TENCENT, MIXED_TENCENT, {"api_version": "3.0"}),
    "tencent 2.0": (TENCENT, MIXED_TENCENT, {"api_version": "2.0"}),
}


@pytest.mark.parametrize("name", MIXED)
def test_each_group_has_the_result_of_a_task_of_its_own(clouds: Harness, name: str) -> None:
    """One task for all groups and one task for each have the same results, calls and state, as check mode predicts."""
    module, groups, options = MIXED[name]
    access = aliyun_options(clouds.url) if module == ALIYUN else tencent_options(clouds.url)
    alone = [comparable(run_module(module, {**access, **options, **entry})) for entry in groups]
    reached = content(clouds)
    alone_written = sorted(writes(clouds))

    clouds.reset()
    together = {**access, **options, "groups": groups, "max_concurrency": 3}
    preview = run_module(module, together, check=True)
    assert_clean(preview)
    assert writes(clouds) == []
    applied = run_module(module, together)
    assert content(clouds) == reached
    assert sorted(writes(clouds)) == alone_written != []
    assert [comparable(group) for group in applied["groups"]] == alone
    for foretold, group in zip(preview["groups"], applied["groups"], strict=True):
        if group["changed"]:
            assert_prediction_held(foretold, group)
        else:
            assert comparable(foretold) == comparable(group)
    assert [group["failed"] for group in applied["groups"]].count(True) == 1
    assert (preview["diff"], preview["changed"]) == (applied["diff"], applied["changed"])


@pytest.mark.parametrize("max_concurrency", [1, 4])
def test_a_failure_does_not_stop_the_other_groups(clouds: Harness, max_concurrency: int) -> None:
    """One write and one read are refused, and one read returns the page of a gateway."""
    fill(clouds, 12)
    clouds.fault("error", group=group_id(2), effect="write", times=99, code="UnauthorizedOperation")
    clouds.fault("error", group=group_id(5), effect="read", times=99, code="ResourceNotFound")
    clouds.fault("html", group=group_id(7), effect="read", times=99)
    task = tencent(clouds, entries(12), ingress=[DNS], max_concurrency=max_concurrency)
    result = run_module(TENCENT, task)
    assert ids(result) == [entry["security_group_id"] for entry in entries(12)]
    kinds = {group["security_group_id"]: group["failure"]["kind"] for group in result["groups"] if group["failed"]}
    assert kinds == {group_id(2): "permission", group_id(5): "not_found", group_id(7): "protocol"}
    assert [group["changed"] for group in result["groups"]] == [not group["failed"] for group in result["groups"]]
    assert "3 of 12" in result["msg"]
    assert all(identifier in result["msg"] for identifier in kinds)
    for number in range(12):
        kept = clouds.group("tencent", group_id(number))["version"] == 1
        assert kept is (group_id(number) in kinds)


def test_the_same_group_twice_in_any_spelling(clouds: Harness) -> None:
    """Two entries for one group are a mistake, whatever the spelling of its ID, and no call is made."""
    groups = [{"sg_id": WEB}, {"security_group_id": PEER}, {"SecurityGroupId": f" {WEB} "}, {"sgId": PEER}]
    result = run_module(TENCENT, tencent(clouds, groups, ingress=[DNS]))
    assert result["failure"]["kind"] == "invalid_input"
    paths = [error["path"] for error in result["failure"]["errors"]]
    assert paths == ["groups[2].security_group_id", "groups[3].security_group_id"]
    assert calls(clouds) == []


def test_a_short_result_of_unchanged_groups(clouds: Harness) -> None:
    """The size of the result of 200 unchanged groups of 50 rules, in full and with ``return_unchanged: false``."""
    rules = fill(clouds, 200, rules=50)
    sizes = {}
    for full in (True, False):
        with without_waiting():
            groups = [{**entry, "ingress": rules} for entry in entries(200)]
            task = tencent(clouds, groups, return_unchanged=full, max_concurrency=4)
            result = succeeded(clouds, TENCENT, task)
        assert len(result["groups"]) == 200
        assert not result["changed"]
        sizes[full] = len(json.dumps(result))
        left = {"security_group_id", "region", "changed", "failed", "fingerprint", "diff"}
        left |= {"impact", "lint", "policies"}
        assert set(result["groups"][0]) == (left | {"before", "after", "actions"} if full else left)
        given = result["invocation"]["module_args"]["groups"]
        assert given == [{"security_group_id": group["security_group_id"]} for group in groups]
    assert sizes[False] * 10 < sizes[True], sizes


@contextmanager
def counted_connections() -> Iterator[list[None]]:
    """A list with an entry for each connection to the simulator that is opened."""
    opened: list[None] = []
    original = SimulatorServer.opened

    def count(server: SimulatorServer, connection: Any) -> None:
        opened.append(None)
        original(server, connection)

    with mock.patch.object(SimulatorServer, "opened", count):
        yield opened


@pytest.mark.parametrize(("max_concurrency", "least"), [(1, 1), (4, 2), (100, 2)])
def test_connections_are_reused(clouds: Harness, max_concurrency: int, least: int) -> None:
    """At most as many connections as concurrent calls, however many calls are made."""
    fill(clouds, 20)
    clouds.simulator.latency = 0.01
    with counted_connections() as connections:
        result = succeeded(
            clouds, TENCENT, tencent(clouds, entries(20), ingress=[DNS], max_concurrency=max_concurrency)
        )
    assert [group["changed"] for group in result["groups"]] == [True] * 20
    assert least <= len(connections) <= min(max_concurrency, 20)
    assert max(call["in_flight"] for call in clouds.journal()) <= max_concurrency
    assert len(clouds.journal()) == 80


class Minute:
    """A clock for the module and the simulator's rate limit that only advances when the module waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        """Advance the clock by this many seconds."""
        self.seconds += seconds

    @contextmanager
    def passing(self) -> Iterator[None]:
        """For a single module that makes one call at a time."""
        here = SimpleNamespace(sleep=self.sleep, monotonic=lambda: self.seconds)
        with another_clock(here.monotonic, here.sleep), mock.patch.object(simulator, "time", here):
            yield


@pytest.mark.parametrize("paced", [True, False])
def test_the_documented_rate_is_kept(clouds: Harness, paced: bool) -> None:
    """At the documented rate, no call exceeds the limit; without the pace, calls would."""
    rules = fill(clouds, 300)
    clouds.limit_rate(DOCUMENTED_RATE)
    minute = Minute()
    with minute.passing(), mock.patch.dict(Api30.rates, {} if paced else {READ: 1e9}):
        result = succeeded(clouds, TENCENT, tencent(clouds, entries(300), ingress=rules, max_concurrency=1))
    assert not result["changed"]
    assert (refusals(clouds) == 0) is paced
    if paced:
        assert minute.seconds == pytest.approx(300 / DOCUMENTED_RATE, rel=0.05)


@pytest.mark.parametrize("action", ["Modify", "Create"])
def test_the_documented_rate_is_kept_in_changes(clouds: Harness, action: str) -> None:
    """Every change makes several reads, which all count against the same limit."""
    fill(clouds, 60)
    clouds.limit_rate(DOCUMENTED_RATE)
    state = "replaced" if action == "Modify" else "merged"
    with Minute().passing():
        task = tencent(clouds, entries(60), ingress=[DNS], state=state, max_concurrency=1)
        result = succeeded(clouds, TENCENT, task)
    assert all(group["changed"] for group in result["groups"])
    assert set(writes(clouds)) == {f"{action}SecurityGroupPolicies"}
    assert refusals(clouds) == 0


@pytest.mark.parametrize("shared", [True, False])
def test_all_groups_share_one_pace(clouds: Harness, shared: bool) -> None:
    """However many calls are concurrent, no call is made before the rate allows it.

    The rate is a low one, so that a slow machine cannot keep it by itself.
    """
    rules = fill(clouds, 40)
    began = time.time()
    with mock.patch.dict(Api30.rates, {READ: 20.0}), mock.patch.object(Pace, "wait", Pace.wait if shared else no_wait):
        succeeded(clouds, TENCENT, tencent(clouds, entries(40), ingress=rules, max_concurrency=16))
    arrivals = sorted(call["at"] for call in clouds.journal(action=READ))
    assert len(arrivals) == 40
    kept = all(at - began >= number / 20.0 for number, at in enumerate(arrivals))
    assert kept is shared


def no_wait(pace: Pace, action: str, deadline: Any) -> bool:
    return True


@pytest.mark.parametrize("max_concurrency", [1, 8])
def test_a_refusal_slows_all_groups_down(clouds: Harness, max_concurrency: int) -> None:
    """The service refuses six calls because of the rate limit. The other groups slow down as well."""
    groups = fill_aliyun(clouds, 16)
    for number in range(6):
        clouds.fault("throttled", group=groups[number]["security_group_id"], action="DescribeSecurityGroupAttribute")
    task = aliyun(clouds, groups, inner_access_policy="accept", max_concurrency=max_concurrency, deadline=600)
    with without_waiting() as pauses:
        result = succeeded(clouds, ALIYUN, task)
    assert not result["changed"]
    assert [group["actions"][0]["attempts"] for group in result["groups"]] == [2] * 6 + [1] * 10
    assert refusals(clouds) == 6
    # Each refused group pauses, and the following calls are spaced.
    assert len(pauses.seconds) > 6 + 5


def test_the_module_adapts_to_an_undocumented_limit(clouds: Harness) -> None:
    """Alibaba Cloud documents no rates: calls are as fast as responses until some are refused, and all succeed."""
    groups = fill_aliyun(clouds, 60)
    clouds.limit_rate(12)
    with Minute().passing():
        task = aliyun(clouds, groups, inner_access_policy="drop", max_concurrency=1)
        result = succeeded(clouds, ALIYUN, task)
    assert all(group["changed"] for group in result["groups"])
    assert 0 < refusals(clouds) < 60
    assert len({call["group"] for call in clouds.journal(effect="write", error_code=None)}) == 60
    assert {group["inner_access_policy"] for group in clouds.state()["aliyun"]["security_groups"]} == {"Drop"}


def test_the_deadline_applies_to_each_group(clouds: Harness) -> None:
    """Together they take far longer than the deadline, but all except one are well within it."""
    rules = fill(clouds, 12)
    for number in range(12):
        times = 99 if number == 4 else 1
        clouds.fault("http", group=group_id(number), status=503, times=times)
    with without_waiting() as pauses:
        task = tencent(clouds, entries(12), ingress=rules, deadline=2, max_concurrency=1)
        result = run_module(TENCENT, task)
    assert sum(pauses.seconds) > 2 * 1.2
    assert [group["failed"] for group in result["groups"]] == [number == 4 for number in range(12)]
    assert result["groups"][4]["failure"]["kind"] == "unavailable"
    assert "1 of 12" in result["msg"]


def test_a_thousand_groups(clouds: Harness) -> None:
    """One run finds the few groups that differ, and only writes to those."""
    rules = fill(clouds, 1000, rules=2)
    changed = [17, 400, 999]
    for number in changed:
        clouds.foreign_write("tencent", group_id(number), ingress=[])
    task = tencent(clouds, entries(1000), ingress=rules, return_unchanged=False, max_concurrency=16)
    with without_waiting():
        result = succeeded(clouds, TENCENT, task)
    assert ids(result) == [group_id(number) for number in range(1000)]
    assert [number for number, group in enumerate(result["groups"]) if group["changed"]] == changed
    assert sorted(call["group"] for call in clouds.journal(effect="write")) == [group_id(n) for n in changed]
    # One read for each group; those that changed are read again before and after the write.
    assert len(clouds.journal(effect="read")) == 1000 + 2 * len(changed)
    assert len(result["diff"]) == len(changed)


class Gate:
    """A gate at which slow calls wait until a test opens it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait until the gate opens."""
        self.reached.set()
        assert self.opened.wait(60)


@pytest.mark.parametrize(("cloud", "max_concurrency"), [("tencent", 1), ("aliyun", 4)])
def test_the_run_after_a_killed_one_writes_the_rest(
    clouds: Harness, tmp_path: Path, cloud: str, max_concurrency: int
) -> None:
    """Killed at the sixth write: the next run writes the groups that were not written, and only those."""
    progress = tmp_path / "progress"
    common: dict[str, Any] = {"max_concurrency": max_concurrency, "progress_file": str(progress)}
    if cloud == "tencent":
        fill(clouds, 14)
        module, task = TENCENT, tencent(clouds, entries(14), ingress=[DNS, SSH], **common)
    else:
        module, task = ALIYUN, aliyun(clouds, fill_aliyun(clouds, 14), inner_access_policy="drop", **common)
    gate = Gate()
    here = SimpleNamespace(sleep=gate.sleep, monotonic=time.monotonic)
    clouds.fault("slow", effect="write", nth=6, times=99, seconds=1)
    with module_starter() as starter, mock.patch.object(simulator, "time", here):
        run = starter.start(module, task)
        assert gate.reached.wait(60)
        run.kill()
        assert run.ended()
        gate.opened.set()
        while not all(call["performed"] for call in clouds.journal()):
            time.sleep(0.005)
    assert run.result() is None
    clouds.clear_faults()
    clouds.state()  # waits for the last call to be over
    done = {call["group"] for call in clouds.journal(effect="write")}
    assert 6 <= len(done) < 14
    told = [json.loads(line) for line in progress.read_text(encoding="utf-8").splitlines()]
    assert {line["security_group_id"] for line in told} < done

    clouds.clear_journal()
    with without_waiting():
        rest = succeeded(clouds, module, task)
    assert {group["security_group_id"] for group in rest["groups"] if not group["changed"]} == done
    written = [call["group"] for call in clouds.journal(effect="write")]
    assert sorted(written) == sorted(set(ids(rest)) - done)
    clouds.clear_journal()
    with without_waiting():
        assert not succeeded(clouds, module, task)["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_a_line_for_each_finished_group(clouds: Harness, tmp_path: Path, check: bool) -> None:
    progress = tmp_path / "progress"
    groups = [{"security_group_id": each} for each in (ACCEPTING, "sg-bp1nosuchgroup00000", DROPPING)]
    options = {"progress_file": str(progress), "max_concurrency": 1, "inner_access_policy": "drop"}
    run_module(ALIYUN, aliyun(clouds, groups, **options), check=check)
    lines = [json.loads(line) for line in progress.read_text(encoding="utf-8").splitlines()]
    assert [(line["done"], line["total"]) for line in lines] == [(1, 3), (2, 3), (3, 3)]
    assert [line["security_group_id"] for line in lines] == [group["security_group_id"] for group in groups]
    assert [(line["changed"], line["failed"]) for line in lines] == [(True, False), (False, True), (False, False)]
    run_module(ALIYUN, aliyun_options(clouds.url, security_group_id=ACCEPTING, **options), check=check)
    last = json.loads(progress.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["done"], last["total"], last["security_group_id"]) == (1, 1, ACCEPTING)
    assert last["changed"] is check


def test_lines_of_many_groups_at_a_time(clouds: Harness, tmp_path: Path) -> None:
    """Every line is complete, and every group has one."""
    progress = tmp_path / "progress"
    fill(clouds, 40)
    task = tencent(clouds, entries(40), ingress=[DNS], progress_file=str(progress), max_concurrency=16)
    with without_waiting():
        succeeded(clouds, TENCENT, task, check=True)
    lines = [json.loads(line) for line in progress.read_text(encoding="utf-8").splitlines()]
    assert [line["done"] for line in lines] == list(range(1, 41))
    assert sorted(line["security_group_id"] for line in lines) == [group_id(number) for number in range(40)]


def test_progress_that_cannot_be_written(clouds: Harness, tmp_path: Path) -> None:
    """The mistake is reported before the first call."""
    task = aliyun(clouds, [{"security_group_id": ACCEPTING}], inner_access_policy="drop", progress_file=str(tmp_path))
    result = run_module(ALIYUN, task)
    assert [error["path"] for error in result["failure"]["errors"]] == ["progress_file"]
    assert calls(clouds) == []


class Approved:
    """A task with one or several groups on either cloud, and a change that another user makes to one of them."""

    def __init__(self, module: str, options: dict[str, Any], change: dict[str, Any], other: dict[str, Any]) -> None:
        self.module = module
        self.options = options
        self.cloud = module.partition("_")[0]
        self.change = change  # members of a seed group
        self.other = other  # options of a task with another desired state

    def task(self, clouds: Harness, **more: Any) -> dict[str, Any]:
        access = aliyun_options(clouds.url) if self.cloud == "aliyun" else tencent_options(clouds.url)
        return {**access, **self.options, **more}

    def group(self) -> str:
        """The last group."""
        groups = self.options.get("groups", [self.options])
        return str(groups[-1]["security_group_id"])


MANY = [{"security_group_id": each} for each in (NEVER_EDITED, WEB, PEER)]
BOTH = [{"security_group_id": each} for each in (DROPPING, ACCEPTING)]
FOREIGN_RULE = {"ingress": [{"Action": "DROP", "Protocol": "tcp", "Port": "23", "CidrBlock": "10.9.0.0/16"}]}
APPROVED = {
    "a group of Tencent Cloud": Approved(
        TENCENT, {"security_group_id": WEB, "ingress": [DNS]}, FOREIGN_RULE, {"ingress": [DNS, ANY]}
    ),
    "a fleet of Tencent Cloud": Approved(
        TENCENT, {"groups": MANY, "ingress": [DNS], "state": "merged"}, FOREIGN_RULE, {"position": "top"}
    ),
    "a group of Alibaba Cloud": Approved(
        ALIYUN,
        {"security_group_id": ACCEPTING, "inner_access_policy": "drop"},
        {"inner_access_policy": "Drop"},
        {"inner_access_policy": "accept"},
    ),
    "a fleet of Alibaba Cloud": Approved(
        ALIYUN,
        {"groups": BOTH, "inner_access_policy": "drop"},
        {"inner_access_policy": "Drop"},
        {"inner_access_policy": "accept"},
    ),
}
approved_tasks = pytest.mark.parametrize("name", APPROVED)


def approve(clouds: Harness, case: Approved) -> str:
    """The fingerprint of what check mode shows."""
    fingerprint = succeeded(clouds, case.module, case.task(clouds), check=True)["fingerprint"]
    assert isinstance(fingerprint, str)
    assert len(fingerprint) == 64
    return fingerprint


def assert_refused(clouds: Harness, case: Approved, fingerprint: str, **more: Any) -> None:
    """In check mode and in a real run, without a write."""
    state = clouds.state()
    for check in (True, False):
        result = run_module(case.module, case.task(clouds, expected_fingerprint=fingerprint, **more), check=check)
        assert result["failed"]
        assert result["failure"]["kind"] == "conflict"
        assert "approved" in result["msg"]
        assert not result["changed"]
        assert_clean(result)
        if "groups" in case.options:
            assert ids(result) == [group["security_group_id"] for group in case.options["groups"]]
            assert_nothing_reached(result)
    assert writes(clouds) == []
    assert clouds.state() == state


def assert_nothing_reached(fleet: Result) -> None:
    """No group is described as changed, or about to be."""
    for entry in fleet["groups"]:
        assert not entry["changed"]
        assert entry["after"] == entry["before"]
        assert entry["diff"]["after"] == entry["diff"]["before"]
        assert {"planned", "done"} & {call["status"] for call in entry["actions"] if call["effect"] == "write"} == set()


@pytest.mark.parametrize("check", [True, False])
def test_a_violation_stops_an_approved_fleet_and_keeps_its_warnings(clouds: Harness, check: bool) -> None:
    """The impact shows what would have been done."""
    fill(clouds, 4)
    groups = entries(4)
    open_to_all = {"ingress": [{"action": "accept", "protocol": "tcp", "port": 22}], "forbid": ["any_any"]}
    groups[0].update(open_to_all, forbid=["world_open_admin_ports"], override={"reason": "an exercise"})
    groups[1].update(open_to_all, protect=[{"name": "ping", "protocol": "icmp", "peer": "10.0.0.1"}])
    groups[2].update(open_to_all, forbid=["world_open_admin_ports"])
    groups[3].update(groups[0], security_group_id=group_id(3))
    task = tencent(clouds, groups)
    preview = run_module(TENCENT, task, check=True)
    result = run_module(TENCENT, {**task, "expected_fingerprint": preview["fingerprint"]}, check=check)
    assert result["failure"]["kind"] == "policy"
    assert result["warnings"] == preview["warnings"]
    # In the order of the groups, although these are read side by side.
    assert [next(number for number in range(4) if group_id(number) in text) for text in result["warnings"]] == [0, 1, 3]
    assert [entry["impact"] for entry in result["groups"]] == [entry["impact"] for entry in preview["groups"]]
    assert_nothing_reached(result)
    assert writes(clouds) == []


@approved_tasks
def test_an_approved_change_is_made(clouds: Harness, name: str) -> None:
    case = APPROVED[name]
    fingerprint = approve(clouds, case)
    assert approve(clouds, case) == fingerprint
    task = case.task(clouds, expected_fingerprint=fingerprint)
    assert succeeded(clouds, case.module, task, check=True)["changed"]
    result = succeeded(clouds, case.module, task)
    assert result["changed"]
    assert result["fingerprint"] == fingerprint
    assert writes(clouds)
    assert not succeeded(clouds, case.module, case.task(clouds), check=True)["changed"]


@approved_tasks
def test_a_run_without_approval_has_the_fingerprint_of_its_preview(clouds: Harness, name: str) -> None:
    case = APPROVED[name]
    fingerprint = approve(clouds, case)
    assert succeeded(clouds, case.module, case.task(clouds))["fingerprint"] == fingerprint


# By API, the codes for a second write that fails once, after which the rest is planned again.
PLANNED_AGAIN = [
    *(("3.0", code) for code in ("UnsupportedOperation.VersionMismatch", "InternalError")),
    *(("2.0", code) for code in ("7000", "6000")),
]


@pytest.mark.parametrize(("api", "code"), PLANNED_AGAIN)
def test_a_change_that_is_planned_again_keeps_its_fingerprint(clouds: Harness, api: str, code: str) -> None:
    """It is the same change, with the same state before and after."""
    rules = {"ingress": [{"action": "accept", "cidr": "203.0.113.7"}], "egress": [{"action": "drop"}]}
    task = tencent_options(clouds.url, security_group_id=WEB, state="merged", api_version=api, **rules)
    preview = succeeded(clouds, TENCENT, task, check=True)
    clouds.fault("error", effect="write", nth=2, code=code)
    with without_waiting():
        result = succeeded(clouds, TENCENT, {**task, "expected_fingerprint": preview["fingerprint"]})
    assert len(writes(clouds)) == 3
    same = ("before", "after", "diff", "impact", "fingerprint")
    assert {name: result[name] for name in same} == {name: preview[name] for name in same}


@approved_tasks
def test_after_a_foreign_change_nothing_is_written(clouds: Harness, name: str) -> None:
    """Also if only the last of several groups was changed."""
    case = APPROVED[name]
    fingerprint = approve(clouds, case)
    clouds.foreign_write(case.cloud, case.group(), **case.change)
    assert_refused(clouds, case, fingerprint)


@approved_tasks
def test_an_approval_is_for_one_change(clouds: Harness, name: str) -> None:
    """Another task, a wrong fingerprint, and one that was already used."""
    case = APPROVED[name]
    fingerprint = approve(clouds, case)
    assert_refused(clouds, case, fingerprint, **case.other)
    assert_refused(clouds, case, "0" * 64)
    succeeded(clouds, case.module, case.task(clouds, expected_fingerprint=fingerprint))
    clouds.clear_journal()
    assert_refused(clouds, case, fingerprint)


@pytest.mark.parametrize("name", [name for name in APPROVED if "Tencent" in name])
def test_an_approval_stays_valid_after_a_change_and_its_reversal(clouds: Harness, name: str) -> None:
    """The version differs, but the rules are the same."""
    case = APPROVED[name]
    fingerprint = approve(clouds, case)
    before = clouds.group("tencent", case.group())
    clouds.foreign_write("tencent", case.group(), **case.change)
    clouds.foreign_write("tencent", case.group(), ingress=before["ingress"])
    assert clouds.group("tencent", case.group())["version"] == before["version"] + 2
    result = succeeded(clouds, case.module, case.task(clouds, expected_fingerprint=fingerprint))
    assert result["changed"]
    assert result["fingerprint"] == fingerprint


@pytest.mark.parametrize("cloud", ["Tencent", "Alibaba"])
def test_a_fleet_is_not_approved_while_a_group_cannot_be_read(clouds: Harness, cloud: str) -> None:
    case = APPROVED[f"a fleet of {cloud} Cloud"]
    fingerprint = approve(clouds, case)
    code = "UnauthorizedOperation" if cloud == "Tencent" else "Forbidden.RAM"
    clouds.fault("error", group=case.group(), times=99, code=code)
    unread = run_module(case.module, case.task(clouds), check=True)
    assert unread["fingerprint"] is None
    assert_refused(clouds, case, fingerprint)


def test_the_order_of_the_groups_is_part_of_the_approval(clouds: Harness) -> None:
    case = APPROVED["a fleet of Tencent Cloud"]
    fingerprint = approve(clouds, case)
    turned = case.task(clouds, groups=MANY[::-1], expected_fingerprint=fingerprint)
    assert run_module(case.module, turned)["failure"]["kind"] == "conflict"
    assert writes(clouds) == []


def test_an_approved_fleet_without_changes(clouds: Harness) -> None:
    """The approval of no change is valid until there is a change to make."""
    rules = fill(clouds, 5)
    with without_waiting():
        fingerprint = succeeded(clouds, TENCENT, tencent(clouds, entries(5), ingress=rules))["fingerprint"]
        task = tencent(clouds, entries(5), ingress=rules, expected_fingerprint=fingerprint)
        assert not succeeded(clouds, TENCENT, task)["changed"]
        clouds.foreign_write("tencent", group_id(3), ingress=[])
        late = run_module(TENCENT, task)
    assert late["failure"]["kind"] == "conflict"
    assert writes(clouds) == []
