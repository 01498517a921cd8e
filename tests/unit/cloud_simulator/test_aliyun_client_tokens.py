# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory of ClientTokens: one effect per token, and every response that a repetition can get."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.unit.cloud_simulator.aliyun_requests import caller

TOKEN = {"ClientToken": "123e4567-e89b-12d3-a456-426655440000"}
REGION = {"RegionId": "cn-hangzhou"}


def test_repeat_has_no_second_effect() -> None:
    sender = caller()
    assert sender.set_policy("sg-basic", "Drop", **TOKEN) == (200, "")
    sender.cloud.foreign_write("sg-basic", {"inner_access_policy": "Accept"})
    assert sender.set_policy("sg-basic", "Drop", **TOKEN) == (200, "")
    assert sender.policy("sg-basic") == "Accept"
    assert sender.set_policy("sg-basic", "Drop") == (200, "")
    assert sender.policy("sg-basic") == "Drop"


@pytest.mark.parametrize(
    ("group", "policy", "more"),
    [
        ("sg-basic", "Accept", {}),
        ("sg-basic", "drop", {}),
        ("sg-classic", "Drop", {}),
        ("sg-basic", "Drop", {"OwnerId": "1"}),
    ],
)
def test_other_parameters_are_a_mismatch(group: str, policy: str, more: dict[str, str]) -> None:
    sender = caller()
    sender.set_policy("sg-basic", "Drop", **TOKEN)
    before = sender.cloud.dump()
    assert sender.set_policy(group, policy, **TOKEN, **more) == (400, "IdempotentParameterMismatch")
    assert sender.cloud.dump() == before


def test_the_other_signature_is_not_another_parameter() -> None:
    sender = caller()
    sender.set_policy("sg-basic", "Drop", **TOKEN)
    assert replace(sender, signature="v1", method="GET").set_policy("sg-basic", "Drop", **TOKEN) == (200, "")


@pytest.mark.parametrize(
    ("value", "expected", "message"),
    [
        ("400", (400, "IdempotentParameterMismatch"), "The request is retried with updated parameters."),
        ("403", (403, "IdempotentParameterMismatch"), "The specified clientToken is used."),
        (
            "400_newer_text",
            (400, "IdempotentParameterMismatch"),
            "Request uses a client token in a previous request but is not identical to that request.",
        ),
        (
            "InvalidIdempotenceParameter.Mismatch",
            (403, "InvalidIdempotenceParameter.Mismatch"),
            "The specified parameters are different from before.",
        ),
    ],
)
def test_mismatch_as_switched(value: str, expected: tuple[int, str], message: str) -> None:
    sender = caller()
    sender.cloud.set_switch("idempotent_parameter_mismatch", value)
    sender.set_policy("sg-basic", "Drop", **TOKEN)
    request = {**REGION, "SecurityGroupId": "sg-basic", "InnerAccessPolicy": "Accept", **TOKEN}
    reply = sender.reply("ModifySecurityGroupPolicy", **request)
    assert (reply.status, reply.error_code) == expected
    assert json.loads(reply.body)["Message"] == message


@pytest.mark.parametrize("token", ["", "a" * 65, "ä", "a\nb", "a\x7f"])
def test_malformed_token(token: str) -> None:
    sender = caller()
    expected = (400, "InvalidClientToken.ValueNotSupported")
    assert sender.set_policy("sg-basic", "Drop", ClientToken=token) == expected
    assert sender.policy("sg-basic") == "Accept"


@pytest.mark.parametrize("token", ["a", "a" * 64, "tok en/2*~+%&="])
def test_wellformed_token(token: str) -> None:
    assert caller().set_policy("sg-basic", "Drop", ClientToken=token) == (200, "")


def test_tokens_are_case_sensitive() -> None:
    sender = caller()
    sender.set_policy("sg-basic", "Drop", ClientToken="abc")
    assert sender.set_policy("sg-basic", "Accept", ClientToken="ABC") == (200, "")
    assert sender.policy("sg-basic") == "Accept"


@pytest.mark.parametrize(("value", "seconds"), [("24h", 86400), ("10min", 600), ("1min", 60)])
def test_retention(value: str, seconds: int) -> None:
    sender = caller()
    sender.cloud.set_switch("client_token_retention", value)
    sender.set_policy("sg-basic", "Drop", **TOKEN)
    sender.clock.seconds += seconds - 1
    assert sender.set_policy("sg-basic", "Accept", **TOKEN)[1] == "IdempotentParameterMismatch"
    sender.clock.seconds += 1
    assert sender.set_policy("sg-basic", "Accept", **TOKEN) == (200, "")
    assert sender.policy("sg-basic") == "Accept"


def test_no_retention_means_every_call_has_its_effect() -> None:
    sender = caller()
    sender.cloud.set_switch("client_token_retention", "none")
    sender.set_policy("sg-basic", "Drop", **TOKEN)
    assert sender.set_policy("sg-basic", "Accept", **TOKEN) == (200, "")


@pytest.mark.parametrize(
    ("scope", "code"),
    [("account_region_action", ""), ("account_region", ""), ("account", "IdempotentParameterMismatch")],
)
def test_scope(scope: str, code: str) -> None:
    sender = caller()
    sender.cloud.set_switch("client_token_scope", scope)
    sender.set_policy("sg-basic", "Drop", **TOKEN)
    elsewhere = {"RegionId": "cn-beijing", "SecurityGroupId": "sg-far", "InnerAccessPolicy": "Drop", **TOKEN}
    assert (sender.reply("ModifySecurityGroupPolicy", **elsewhere).error_code or "") == code


@pytest.mark.parametrize(
    ("value", "code"),
    [("forgotten", ""), ("burnt", "IdempotentFailed"), ("replayed", "InvalidOperation.ResourceManagedByCloudProduct")],
)
def test_token_of_a_refused_call(value: str, code: str) -> None:
    sender = caller()
    sender.cloud.set_switch("client_token_after_refusal", value)
    managed = "InvalidOperation.ResourceManagedByCloudProduct"
    assert sender.set_policy("sg-managed", "Drop", **TOKEN) == (403, managed)
    sender.cloud.foreign_write("sg-managed", {"service_managed": False})
    assert sender.set_policy("sg-managed", "Drop", **TOKEN)[1] == code
    assert sender.policy("sg-managed") == ("Accept" if code else "Drop")


@pytest.mark.parametrize("code", ["IdempotentProcessing", "LastTokenProcessing"])
def test_processing_for_some_repeats(code: str) -> None:
    sender = caller()
    sender.cloud.set_switch("idempotent_processing", "2")
    sender.cloud.set_switch("idempotent_processing_code", code)
    answers = [sender.set_policy("sg-basic", "Drop", **TOKEN) for dummy in range(4)]
    assert answers == [(200, ""), (403, code), (403, code), (200, "")]
    assert sender.policy("sg-basic") == "Drop"


def test_failed_although_it_took_effect() -> None:
    sender = caller()
    sender.cloud.set_switch("idempotent_failed", "after_effect")
    assert sender.set_policy("sg-basic", "Drop", **TOKEN) == (200, "")
    assert sender.set_policy("sg-basic", "Drop", **TOKEN) == (400, "IdempotentFailed")
    assert sender.policy("sg-basic") == "Drop"


def test_failed_without_effect_once_per_group() -> None:
    sender = caller()
    sender.cloud.set_switch("idempotent_failed", "without_effect")
    assert sender.set_policy("sg-basic", "Drop", **TOKEN) == (500, "InternalError")
    assert sender.set_policy("sg-basic", "Drop", **TOKEN) == (400, "IdempotentFailed")
    assert sender.policy("sg-basic") == "Accept"
    assert sender.set_policy("sg-basic", "Drop", ClientToken="another") == (200, "")
    assert sender.set_policy("sg-classic", "Accept", ClientToken="third") == (500, "InternalError")
    sender.cloud.set_switch("idempotent_failed", "without_effect")
    assert sender.set_policy("sg-basic", "Accept", ClientToken="fourth") == (500, "InternalError")


def test_denied_or_unsigned_calls_use_up_no_token() -> None:
    sender = caller()
    denied = replace(sender, key_id="reader", secret="readersecret")
    assert denied.set_policy("sg-basic", "Accept", **TOKEN)[1] == "Forbidden.RAM"
    assert replace(sender, secret="wrong").set_policy("sg-basic", "Accept", **TOKEN)[1] == "SignatureDoesNotMatch"
    assert sender.set_policy("sg-basic", "Drop", **TOKEN) == (200, "")


def test_load_forgets_tokens() -> None:
    sender = caller()
    sender.set_policy("sg-basic", "Drop", **TOKEN)
    sender.cloud.load(sender.cloud.dump())
    assert sender.set_policy("sg-basic", "Accept", **TOKEN) == (200, "")
