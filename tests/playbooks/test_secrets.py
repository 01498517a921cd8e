# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No result, message, warning or log contains a secret or a signature, whatever the service echoes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import pytest

from tests.cloud_simulator.exchange import Reply, Request
from tests.cloud_simulator.harness import Harness
from tests.support.ansible_commands import Ansible
from tests.support.module_runner import Result, logged_invocations, run_module, without_waiting
from tests.support.worlds import (
    ACCEPTING,
    ALIYUN_TEMPORARY_ID,
    ALIYUN_TEMPORARY_SECRET,
    ALIYUN_TOKEN,
    SECRETS,
    TENCENT_TEMPORARY_ID,
    TENCENT_TEMPORARY_KEY,
    TENCENT_TOKEN,
    WEB,
    aliyun_options,
    assert_no_secret,
    spellings,
    tencent_options,
)

ALIYUN = {
    "access_key_id": ALIYUN_TEMPORARY_ID,
    "access_key_secret": ALIYUN_TEMPORARY_SECRET,
    "security_token": ALIYUN_TOKEN,
    "security_group_id": ACCEPTING,
    "inner_access_policy": "drop",
}
TENCENT = {
    "secret_id": TENCENT_TEMPORARY_ID,
    "secret_key": TENCENT_TEMPORARY_KEY,
    "token": TENCENT_TOKEN,
    "security_group_id": WEB,
    "ingress": [],
}
DIALECTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "aliyun v3": ("aliyun", "SignatureDoesNotMatch", {**ALIYUN}),
    "aliyun v1": ("aliyun", "SignatureDoesNotMatch", {**ALIYUN, "signature_version": "v1"}),
    "tencent 3.0": ("tencent", "AuthFailure.SignatureFailure", {**TENCENT}),
    "tencent 2.0": ("tencent", "4100", {**TENCENT, "api_version": "2.0"}),
    "tencent 2.0 SHA1": (
        "tencent",
        "4100",
        {**TENCENT, "api_version": "2.0", "signature_method": "HmacSHA1"},
    ),
}
VARIABLES = {
    "access_key_id": "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "secret_id": "TENCENTCLOUD_SECRET_ID",
    "access_key_secret": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "security_token": "ALIBABA_CLOUD_SECURITY_TOKEN",
    "secret_key": "TENCENTCLOUD_SECRET_KEY",
    "token": "TENCENTCLOUD_TOKEN",
}


def signature_of(request: Request) -> str:
    """Return the decoded signature of a request."""
    header = re.search(r"Signature=(\w+)", request.headers.get("authorization", ""))
    if header:
        return header[1]
    form = request.query_string if "Signature=" in request.query_string else request.body.decode()
    return dict(parse_qsl(form))["Signature"]


def whole_request(request: Request) -> str:
    """Return the whole request, as sent and decoded."""
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    body = request.body.decode()
    parts = [request.query_string, unquote_plus(request.query_string), headers, body, unquote_plus(body)]
    return "\n".join(parts)


ECHOES: dict[str, Callable[[Request], str]] = {
    "the whole request": whole_request,
    "the request as JSON": lambda request: json.dumps(dict(request.headers) | dict(parse_qsl(request.query_string))),
    "the signature": lambda request: f"The signature {signature_of(request)} is not the expected one.",
    "the signature, quoted": lambda request: f"Signature '{signature_of(request)}' is wrong",
    "the signature, a colon": lambda request: f"your signature: {signature_of(request)}",
    "the secrets": lambda request: "keys: " + ", ".join(SECRETS),
    "the secrets, quoted": lambda request: json.dumps(SECRETS),
    "the secrets, encoded": lambda request: " ".join(text for each in SECRETS for text in sorted(spellings(each))),
    "a string to sign": lambda request: f"server string to sign is:POST&%2F&{whole_request(request)}",
}


@pytest.fixture
def echo(clouds: Harness, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], list[str]]]:
    """Make a cloud refuse every call with a message from the request; return the signatures that it receives."""

    def install(cloud: str, code: str, kind: str) -> list[str]:
        signatures: list[str] = []
        simulated = clouds.simulator.clouds[cloud]

        def handle(request: Request) -> Reply:
            signatures.append(signature_of(request))
            return simulated.refuse(request, code, ECHOES[kind](request))

        monkeypatch.setattr(simulated, "handle", handle)
        return signatures

    yield install


def run(clouds: Harness, dialect: str, environment: dict[str, str], **options: Any) -> Result:
    cloud, dummy, right = DIALECTS[dialect]
    given = aliyun_options(clouds.url, **right) if cloud == "aliyun" else tencent_options(clouds.url, **right)
    given.update(options)
    for name, variable in VARIABLES.items():
        if environment and name in given:
            environment[variable] = given.pop(name)
    module = "aliyun_sg_policy" if cloud == "aliyun" else "tencent_sg_rules"
    with logged_invocations() as log, without_waiting():
        result = run_module(module, given, environment=environment)
    assert log
    assert_no_secret("\n".join(log))
    return result


@pytest.mark.parametrize("source", ["options", "environment"])
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", ECHOES)
def test_a_service_that_echoes(
    clouds: Harness, echo: Callable[[str, str, str], list[str]], kind: str, dialect: str, source: str
) -> None:
    cloud, code, dummy = DIALECTS[dialect]
    signatures = echo(cloud, code, kind)
    result = run(clouds, dialect, {"SHELL": "/bin/sh"} if source == "environment" else {})
    assert result["failure"]["kind"] == "auth"
    text = json.dumps(result, ensure_ascii=False)
    mine = [ALIYUN_TEMPORARY_SECRET, ALIYUN_TOKEN] if cloud == "aliyun" else [TENCENT_TEMPORARY_KEY, TENCENT_TOKEN]
    for secret in mine:
        for spelling in spellings(secret):
            assert spelling not in text
    assert signatures
    for signature in signatures:
        for spelling in spellings(signature):
            assert spelling not in text, "a signature is in the result"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_wrong_secret(clouds: Harness, dialect: str) -> None:
    wrong = "aWrongSecretThatIsSecretAllTheSame/+="
    name = "access_key_secret" if dialect.startswith("aliyun") else "secret_key"
    result = run(clouds, dialect, {}, **{name: wrong})
    assert result["failure"]["kind"] == "auth"
    assert not any(spelling in json.dumps(result) for spelling in spellings(wrong))


@pytest.mark.parametrize("fault", ["http", "html", "lost", "reset", "truncated", "malformed", "throttled"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_failing_calls(clouds: Harness, dialect: str, fault: str) -> None:
    clouds.fault(fault, times=1000)
    result = run(clouds, dialect, {}, deadline=5)
    assert result["failed"]
    assert_no_secret(json.dumps(result, ensure_ascii=False))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_secret_in_the_wrong_option(clouds: Harness, dialect: str) -> None:
    """In another option, ansible-core hides it as well."""
    secret = ALIYUN_TEMPORARY_SECRET if dialect.startswith("aliyun") else TENCENT_TEMPORARY_KEY
    for name in ("security_group_id", "region", "endpoint"):
        result = run(clouds, dialect, {}, **{name: f"sg-{secret}"})
        assert result["failed"]
        assert_no_secret(json.dumps(result, ensure_ascii=False))


def test_real_runs_at_the_highest_verbosity(
    clouds: Harness, ansible: Ansible, echo: Callable[[str, str, str], list[str]]
) -> None:
    signatures = echo("aliyun", "SignatureDoesNotMatch", "the whole request")
    module = {
        "aliyun": "cnclouds.security_groups.aliyun_sg_policy",
        "tencent": "cnclouds.security_groups.tencent_sg_rules",
    }
    wrong = {"secret_key": TENCENT_TEMPORARY_KEY[::-1]}
    table = {
        "echo": (module["aliyun"], aliyun_options(clouds.url, **DIALECTS["aliyun v1"][2])),
        "success": (module["tencent"], tencent_options(clouds.url, **DIALECTS["tencent 3.0"][2])),
        "wrong secret": (module["tencent"], tencent_options(clouds.url, **{**DIALECTS["tencent 2.0"][2], **wrong})),
        "mistakes": (module["tencent"], tencent_options(clouds.url, **{**TENCENT, "ingress": [{"acton": 1}], "x": 1})),
    }
    tasks = [{"name": name, action: options, "ignore_errors": True} for name, (action, options) in table.items()]
    run = ansible.tasks(tasks, "-vvvv", "--diff")
    assert run.status == 0
    assert [each.status for each in run.tasks] == ["failed", "ok", "failed", "failed"]
    told = run.stdout + run.stderr + json.dumps([each.result for each in run.tasks], ensure_ascii=False)
    assert_no_secret(told)
    assert signatures
    for hidden in (*signatures, *wrong.values()):
        assert not any(spelling in told for spelling in spellings(hidden))
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in told
