# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client tokens: one per planned write, so that a later write never gets the response of an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud_simulator.harness import Harness
from tests.support.four_runs import succeeded
from tests.support.module_runner import Result, run_module, without_waiting
from tests.support.worlds import ACCEPTING, DROPPING, aliyun_options, assert_clean

MODULE = "aliyun_sg_policy"
TOKEN = "change-4711 of the 22nd"


@pytest.fixture(autouse=True)
def _hurry() -> Iterator[None]:
    with without_waiting():
        yield


def task(clouds: Harness, policy: str, **options: Any) -> dict[str, Any]:
    return aliyun_options(clouds.url, **{"security_group_id": ACCEPTING, "inner_access_policy": policy, **options})


def policy(clouds: Harness, group: str = ACCEPTING) -> str:
    return str(clouds.group("aliyun", group)["inner_access_policy"]).lower()


def sent_tokens(clouds: Harness) -> list[str]:
    return [call["parameters"]["ClientToken"] for call in clouds.journal(effect="write")]


def failed(result: Result) -> Result:
    assert result["failed"], result
    assert_clean(result)
    return result


@pytest.mark.parametrize("scope", ["account_region_action", "account_region", "account"])
@pytest.mark.parametrize("retention", ["24h", "10min", "1min", "none"])
def test_a_change_and_its_reversal_have_different_tokens(clouds: Harness, retention: str, scope: str) -> None:
    clouds.switch("aliyun", client_token_retention=retention, client_token_scope=scope)
    tokens = []
    for wanted in ("drop", "accept", "drop", "accept"):
        result = succeeded(clouds, MODULE, task(clouds, wanted))
        assert result["changed"]
        assert result["after"] == {"inner_access_policy": wanted}
        assert policy(clouds) == wanted
        tokens.append(result["client_token"])
    assert sent_tokens(clouds) == tokens
    assert len(set(tokens)) == len(tokens)
    for token in tokens:
        assert 1 <= len(token) <= 64 and token.isascii() and token.isprintable()


@pytest.mark.parametrize("check", [True, False])
def test_two_groups_cannot_have_the_same_token(clouds: Harness, check: bool) -> None:
    """The service would refuse the second write, which no preview would show."""
    groups = [
        {"security_group_id": ACCEPTING, "inner_access_policy": "drop", "client_token": TOKEN},
        {"security_group_id": DROPPING, "inner_access_policy": "accept", "client_token": TOKEN},
    ]
    result = failed(run_module(MODULE, aliyun_options(clouds.url, groups=groups), check=check))
    assert [error["path"] for error in result["failure"]["errors"]] == ["groups[1].client_token"]
    assert sent_tokens(clouds) == []


def test_each_group_has_its_own_token(clouds: Harness) -> None:
    entries = [{"security_group_id": ACCEPTING}, {"security_group_id": DROPPING, "inner_access_policy": "accept"}]
    options = aliyun_options(clouds.url, inner_access_policy="drop", groups=entries)
    result = succeeded(clouds, MODULE, options)
    tokens = [group["client_token"] for group in result["groups"]]
    assert len(set(tokens)) == 2
    assert sorted(tokens) == sorted(sent_tokens(clouds))


def test_a_user_token(clouds: Harness) -> None:
    preview = succeeded(clouds, MODULE, task(clouds, "drop", client_token=TOKEN), check=True)
    assert preview["client_token"] == TOKEN
    assert succeeded(clouds, MODULE, task(clouds, "drop", client_token=TOKEN))["client_token"] == TOKEN
    assert sent_tokens(clouds) == [TOKEN]
    again = succeeded(clouds, MODULE, task(clouds, "drop", client_token=TOKEN))
    assert not again["changed"]
    assert sent_tokens(clouds) == [TOKEN]


def test_a_user_token_for_another_value(clouds: Harness) -> None:
    succeeded(clouds, MODULE, task(clouds, "drop", client_token=TOKEN))
    result = failed(run_module(MODULE, task(clouds, "accept", client_token=TOKEN)))
    assert result["failure"]["kind"] == "conflict"
    assert result["failure"]["code"] == "IdempotentParameterMismatch"
    assert not result["changed"]
    assert result["before"] == result["after"] == {"inner_access_policy": "drop"}
    assert policy(clouds) == "drop"


def test_a_user_token_for_the_same_value_again(clouds: Harness) -> None:
    """Accept, drop, accept, drop with one token for both drops: the module detects the replayed response."""
    succeeded(clouds, MODULE, task(clouds, "drop", client_token=TOKEN))
    succeeded(clouds, MODULE, task(clouds, "accept"))
    result = failed(run_module(MODULE, task(clouds, "drop", client_token=TOKEN)))
    assert result["failure"]["kind"] == "conflict"
    assert policy(clouds) == "accept"
    assert result["after"] == {"inner_access_policy": "accept"}
    assert "client_token" in result["msg"], "it does not say what to do about it"


def test_a_user_token_for_another_group(clouds: Harness) -> None:
    succeeded(clouds, MODULE, task(clouds, "drop", client_token=TOKEN))
    options = task(clouds, "accept", client_token=TOKEN, security_group_id=DROPPING)
    result = failed(run_module(MODULE, options))
    assert result["failure"]["kind"] == "conflict"
    assert policy(clouds, DROPPING) == "drop"


@pytest.mark.parametrize("outcome", ["after_effect", "without_effect"])
def test_a_burnt_token_is_replaced(clouds: Harness, outcome: str) -> None:
    clouds.switch("aliyun", idempotent_failed=outcome)
    if outcome == "after_effect":
        clouds.fault("lost", cloud="aliyun", action="ModifySecurityGroupPolicy")
    result = succeeded(clouds, MODULE, task(clouds, "drop"))
    assert result["changed"]
    assert policy(clouds) == "drop"
    assert len(set(sent_tokens(clouds))) == (1 if outcome == "after_effect" else 2)
    assert sent_tokens(clouds)[-1] == result["client_token"]


def test_after_a_lost_response_the_call_is_repeated_with_the_same_token(clouds: Harness) -> None:
    clouds.fault("lost", cloud="aliyun", action="ModifySecurityGroupPolicy")
    result = succeeded(clouds, MODULE, task(clouds, "drop"))
    assert sent_tokens(clouds) == [result["client_token"]] * 2
    assert policy(clouds) == "drop"
