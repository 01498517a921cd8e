# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No run leaves a secret, a proxy's password or a signature behind, in any encoding, however it ends."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse
from tests.cloud_simulator.exchange import Request
from tests.cloud_simulator.harness import Harness, running_simulator
from tests.cloud_simulator.simulator import Answer
from tests.playbooks.test_secrets import signature_of
from tests.properties.profile import PROFILE, cases
from tests.properties.shortcut import shortcut
from tests.reliability.laboratory import KINDS
from tests.reliability.tally import Tally
from tests.support.ansible_commands import Ansible
from tests.support.module_runner import logged_invocations, run_module
from tests.support.worlds import (
    ALIYUN_REGION,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    ALIYUN_TOKEN,
    SECRETS,
    TENCENT_REGION,
    TENCENT_TEMPORARY_ID,
    TENCENT_TEMPORARY_KEY,
    TENCENT_TOKEN,
    aliyun_options,
    seed,
    spellings,
    tencent_options,
)

PASSWORD = "proxyPasswordDistinctive9Xk4Lm"
WRONG = "wrongSecretDistinctive/7Hd2+Qp"
ALIYUN = {
    "access_key_id": ALIYUN_TEMPORARY_ID,
    "access_key_secret": ALIYUN_TEMPORARY_SECRET,
    "security_token": ALIYUN_TOKEN,
    "inner_access_policy": "drop",
}
TENCENT = {
    "secret_id": TENCENT_TEMPORARY_ID,
    "secret_key": TENCENT_TEMPORARY_KEY,
    "token": TENCENT_TOKEN,
    "ingress": [{"action": "accept", "protocol": "tcp", "port": "25"}],
}
# By dialect: the module, the options of a valid task, the option with the secret, and a code for each kind.
DIALECTS: dict[str, tuple[str, dict[str, Any], str, dict[str, str]]] = {
    "aliyun v3": (
        "aliyun_sg_policy",
        ALIYUN,
        "access_key_secret",
        {
            "permission": "Forbidden.RAM",
            "unsupported": "InvalidOperation.ResourceManagedByCloudProduct",
            "conflict": "OperationConflict",
            "quota": "QuotaExceed.Any",
            "throttled": "Throttling.User",
        },
    ),
    "tencent 3.0": (
        "tencent_sg_rules",
        TENCENT,
        "secret_key",
        {
            "permission": "UnauthorizedOperation",
            "unsupported": "UnsupportedOperation",
            "conflict": "UnsupportedOperation.LockedResources",
            "quota": "LimitExceeded",
            "throttled": "RequestLimitExceeded",
        },
    ),
    "tencent 2.0": (
        "tencent_sg_rules",
        {**TENCENT, "api_version": "2.0"},
        "secret_key",
        {"permission": "4102", "unsupported": "7006", "conflict": "7003", "quota": "7002", "throttled": "4400"},
    ),
}
DIALECTS["aliyun v1"] = ("aliyun_sg_policy", {**ALIYUN, "signature_version": "v1"}, *DIALECTS["aliyun v3"][2:])
# The possible endings, each with a separate group.
ENDS = ("ok", *sorted(KINDS))


def group_of(dialect: str, end: str) -> str:
    """The group on which a task of this dialect ends like this."""
    number = list(DIALECTS).index(dialect) * len(ENDS) + ENDS.index(end)
    return f"sg-bp1secrets{number:06}" if dialect.startswith("aliyun") else f"sg-scrt{number:04}"


@pytest.fixture(scope="module")
def world() -> Iterator[Harness]:
    """Clouds with a group for every ending, except for those in which the group does not exist."""
    state = seed()
    for dialect in DIALECTS:
        cloud = dialect.partition(" ")[0]
        region = ALIYUN_REGION if cloud == "aliyun" else TENCENT_REGION
        ids = [group_of(dialect, end) for end in ENDS if end != "not_found"]
        state[cloud]["security_groups"] += [{"id": identifier, "region": region} for identifier in ids]
    with running_simulator(state) as harness:
        yield harness


@pytest.fixture
def signatures(world: Harness) -> Iterator[set[str]]:
    """The signatures of all requests that reach the clouds. Initially, the clouds have the faults for all endings."""
    world.reset()
    for dialect in DIALECTS:
        for end in ENDS:
            _go_wrong(world, dialect, end)
    seen: set[str] = set()
    answer = world.simulator.answer

    def watched(request: Request) -> Answer:
        seen.add(signature_of(request))
        return answer(request)

    with mock.patch.object(world.simulator, "answer", watched):
        yield seen


def _go_wrong(world: Harness, dialect: str, end: str) -> None:
    cloud = dialect.partition(" ")[0]
    where = {"cloud": cloud, "group": group_of(dialect, end), "times": 1000}
    code = DIALECTS[dialect][3].get(end)
    if code:
        own = [value for value in DIALECTS[dialect][1].values() if value in SECRETS]
        told = " ".join([*own, *map(json.dumps, own), *(quote(secret, safe="") for secret in own)])
        world.fault("error", **where, code=code, message=f"Refused. You sent {told}")
    elif end == "unavailable":
        world.fault("http", **where)
    elif end == "timeout":
        world.fault("slow", **where, seconds=1.2)
    elif end == "protocol":
        world.fault("html", **where)
    elif end == "outcome_unknown":
        world.fault("lost", **where, effect="write")
        world.fault("http", **where, effect="read", nth=2 if cloud == "aliyun" else 3)


def options_of(url: str, dialect: str, end: str) -> tuple[str, dict[str, Any]]:
    """The module, and the options of a task that ends like this."""
    module, right, secret, _codes = DIALECTS[dialect]
    lead = aliyun_options if dialect.startswith("aliyun") else tencent_options
    hurry = {"timeout": 1, "deadline": 2} if end in ("timeout", "throttled", "unavailable", "outcome_unknown") else {}
    mistakes = {"ingress": 5, "inner_access_policy": "x"}
    wrong: dict[str, dict[str, Any]] = {
        "auth": {secret: WRONG},
        "invalid_input": {name: mistakes[name] for name in mistakes if name in right},
    }
    return module, lead(url, security_group_id=group_of(dialect, end), **{**right, **hurry, **wrong.get(end, {})})


def encodings(secret: str) -> set[str]:
    """The encodings in which the secret could appear."""
    data = secret.encode()
    texts = {*spellings(secret), html.escape(secret), secret.replace("/", "\\/"), repr(secret)[1:-1], secret[::-1]}
    return texts | {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(), data.hex()}


def search(tally: Tally, where: str, text: str, signatures: set[str]) -> None:
    """Fail if the text contains a secret or a signature."""
    hidden = (*SECRETS, PASSWORD, WRONG, *signatures)
    found = [secret for secret in hidden if any(encoded in text for encoded in encodings(secret))]
    tally.count("secrets", where, "searched")
    tally.problems["secrets", "secret"] += len(found)
    assert not found


def proxied(url: str) -> dict[str, str]:
    """An environment with a proxy that requires a password."""
    return {"HTTP_PROXY": f"http://proxyUser:{PASSWORD}@{url.partition('//')[2]}"}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_way_to_end(world: Harness, signatures: set[str], tally: Tally, dialect: str, end: str) -> None:
    module, options = options_of(world.url, dialect, end)
    with logged_invocations() as log:
        result = run_module(module, options, environment=proxied(world.url))
    assert result.get("failure", {}).get("kind", "ok") == end, result.get("msg")
    search(tally, "Results", json.dumps(result, ensure_ascii=False), signatures)
    search(tally, "The system's log", "\n".join(log), signatures)
    search(tally, "The simulator's journal", json.dumps(world.journal(), ensure_ascii=False), signatures)
    assert log or end == "invalid_input"
    assert signatures or end == "invalid_input"


def test_real_runs(world: Harness, signatures: set[str], tally: Tally, tmp_path: Path) -> None:
    """The same at the highest verbosity. A sample runs one dialect for each ending."""
    pairs = [
        (dialect, end)
        for number, dialect in enumerate(DIALECTS)
        for place, end in enumerate(ENDS)
        if PROFILE.long or (place - number) % len(DIALECTS) == 0
    ]
    tasks = []
    for dialect, end in pairs:
        module, options = options_of(world.url, dialect, end)
        action = f"cnclouds.security_groups.{module}"
        tasks.append({"name": f"{dialect}, {end}", action: options, "ignore_errors": True, "diff": True})
    run = Ansible(tmp_path).tasks(tasks, "-vvvv", environment=proxied(world.url))
    kinds = {each.task: each.result.get("failure", {}).get("kind", "ok") for each in run.tasks}
    assert kinds == {f"{dialect}, {end}": end for dialect, end in pairs}
    search(tally, "What ansible-playbook prints at -vvvv", run.stdout + run.stderr, signatures)
    results = json.dumps([each.result for each in run.tasks], ensure_ascii=False)
    search(tally, "Results that ansible-playbook hands to callbacks", results, signatures)
    assert len(signatures) >= len(pairs) - 2


PROXIES = (
    *("http://user:{}@127.0.0.1:1", "http://{}@127.0.0.1:1", "user:{}@127.0.0.1:1", "http://user:{}/x@127.0.0.1:1"),
    *("http://user:{}#@127.0.0.1:1", "http://user:{}?@127.0.0.1:1", "http://user:{}@", "http://user:{}@[::1", "{}"),
    *("http://user:x@127.0.0.1:{}", "socks5://user:{}@127.0.0.1:1", "http://us er:{} @127.0.0.1:1", "ftp://user:{}@h"),
    *(
        "http://user:{}\\@127.0.0.1:1",
        "http://user:%zz{}@127.0.0.1:1",
        "//user:{}@127.0.0.1:1",
        "http:user:{}@127.0.0.1",
    ),
)


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_is_not_a_proxy(world: Harness, tally: Tally, scheme: str, proxy: str) -> None:
    module, options = options_of(f"{scheme}://ecs.example.test", "aliyun v3", "unavailable")
    address = proxy.format(PASSWORD)
    environment = {name: address for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")}
    result = run_module(module, options, environment=environment)
    assert result["failure"]["kind"] == "unavailable"
    text = json.dumps(result, ensure_ascii=False)
    search(tally, "Results behind a proxy with a password", f"{text}\n{text.swapcase()}", set())


# Not the name of an option, because every result contains those.
SECRET_TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60).map("9z{}Q8".format)
ENCODERS = (
    *(str, json.dumps, html.escape, quote, lambda text: quote(text, safe=""), lambda text: quote(quote(text, safe=""))),
    *(lambda text: json.dumps(json.dumps(text)), lambda text: json.dumps(text).replace("/", "\\/")),
    *(lambda text: "".join(f"\\u{ord(each):04x}" for each in text), lambda text: html.escape(json.dumps(text))),
)


@cases(40, 2000)
@given(
    dialect=st.sampled_from(list(DIALECTS)),
    secret=SECRET_TEXT,
    token=SECRET_TEXT,
    encode=st.sampled_from(ENCODERS),
    around=st.text(max_size=5),
    member=st.sampled_from(["message", "code"]),
)
def test_any_secret_that_a_vendor_echoes(
    world: Harness, tally: Tally, dialect: str, secret: str, token: str, encode: Any, around: str, member: str
) -> None:
    module, options = options_of(world.url, dialect, "ok")
    names = ("access_key_secret", "security_token") if "aliyun" in dialect else ("secret_key", "token")
    options.update(zip(names, (secret, token), strict=True))
    told = f"{around}{encode(secret)}{around}{encode(token)}"
    with shortcut(world) as way, way.spoiling(lambda number, response: refusal(dialect, member, told)):
        result = run_module(module, options)
    assert result["failed"]
    text = json.dumps(result, ensure_ascii=False)
    found = [each for each in (secret, token) for spelling in spellings(each) if spelling in text]
    tally.count("secrets", "Random secrets in a vendor's words", "searched")
    tally.problems["secrets", "secret"] += len(found)
    assert not found


def refusal(dialect: str, member: str, told: str) -> HttpResponse:
    """An error response with this text in one of its members."""
    texts = {"message": "Refused.", "code": "InvalidParameter", member: told}
    code, message = texts["code"], texts["message"]
    body: Mapping[str, Any] = {"Code": code, "Message": message, "RequestId": "r-1"}
    if dialect == "tencent 3.0":
        body = {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r-1"}}
    if dialect == "tencent 2.0":
        body = {"code": 9999, "codeDesc": code, "message": message, "requestId": "r-1"}
    return HttpResponse(400 if "aliyun" in dialect else 200, "application/json", json.dumps(body).encode())
