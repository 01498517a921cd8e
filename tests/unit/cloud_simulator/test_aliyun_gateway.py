# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication and operations: keys, times, nonces, tokens, and parameters."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud_simulator.exchange import Request
from tests.unit.cloud_simulator.aliyun_requests import FORM, HOST, START, Caller, caller

BOTH = pytest.mark.parametrize("signature", ["v1", "v3"])
GROUPS = {"RegionId": "cn-hangzhou"}


def refusal(sender: Caller) -> tuple[int, str]:
    return sender.refusal("DescribeSecurityGroups", **GROUPS)


@BOTH
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_right_signature_is_accepted(signature: str, method: str) -> None:
    answer = caller(signature=signature, method=method).ask("DescribeSecurityGroups", **GROUPS)
    assert answer["TotalCount"] == 4


@BOTH
def test_parameters_in_a_form_body_are_accepted(signature: str) -> None:
    sender = caller(signature=signature, in_body=True)
    assert sender.set_policy("sg-basic", "Drop", ClientToken="tok en/2*~") == (200, "")
    assert sender.policy("sg-basic") == "Drop"


@BOTH
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"secret": "wrong"}, (400, "SignatureDoesNotMatch")),
        ({"key_id": "reader"}, (400, "SignatureDoesNotMatch")),
        ({"key_id": "nobody"}, (404, "InvalidAccessKeyId.NotFound")),
        ({"key_id": "sleeping", "secret": "asleep"}, (400, "InvalidAccessKeyId.Inactive")),
        ({"key_id": "STS.one", "secret": "stssecret"}, (400, "MissingSecurityToken")),
        (
            {"key_id": "STS.one", "secret": "stssecret", "token": "token-two"},
            (400, "InvalidSecurityToken.MismatchWithAccessKey"),
        ),
        ({"key_id": "STS.one", "secret": "stssecret", "token": "nonsense"}, (400, "InvalidSecurityToken.Malformed")),
        ({"token": "token-one"}, (400, "InvalidSecurityToken.MismatchWithAccessKey")),
        ({"version": "2014-05-27"}, (400, "InvalidVersion")),
        ({"version": ""}, (400, "MissingParameter")),
        ({"method": "PUT"}, (403, "UnsupportedHTTPMethod")),
    ],
)
def test_refused(signature: str, settings: dict[str, Any], expected: tuple[int, str]) -> None:
    assert refusal(caller(signature=signature, **settings)) == expected


@BOTH
@pytest.mark.parametrize(
    ("switch", "value", "settings", "expected"),
    [
        ("access_key_not_found_status", "400", {"key_id": "nobody"}, (400, "InvalidAccessKeyId.NotFound")),
        ("security_token_status", "403", {"token": "x"}, (403, "InvalidSecurityToken.Malformed")),
        (
            "inactive_key_code",
            "Forbidden.AccessKeyDisabled",
            {"key_id": "sleeping"},
            (403, "Forbidden.AccessKeyDisabled"),
        ),
    ],
)
def test_refused_as_switched(
    signature: str, switch: str, value: str, settings: dict[str, Any], expected: tuple[int, str]
) -> None:
    sender = caller(signature=signature, **settings)
    sender.cloud.set_switch(switch, value)
    assert refusal(sender) == expected


@BOTH
def test_temporary_key_works_until_its_token_expires(signature: str) -> None:
    sender = caller(signature=signature, key_id="STS.one", secret="stssecret", token="token-one")
    sender.ask("DescribeSecurityGroups", **GROUPS)
    sender.clock.seconds = START + 3600
    assert refusal(sender) == (400, "InvalidSecurityToken.Expired")


@pytest.mark.parametrize(("signature", "name"), [("v1", "Timestamp"), ("v3", "x-acs-date")])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-01-02T02:49:05Z", ""),
        ("2026-01-02T02:49:04Z", "InvalidTimeStamp.Expired"),
        ("2026-01-02T03:19:05Z", ""),
        ("2026-01-02T03:19:06Z", "InvalidTimeStamp.Expired"),
        ("2026-01-02 03:04:05", "InvalidTimeStamp.Format"),
        ("2026-13-02T03:04:05Z", "InvalidTimeStamp.Format"),
        ("1767323045", "InvalidTimeStamp.Format"),
    ],
)
def test_time_may_be_fifteen_minutes_off(signature: str, name: str, text: str, code: str) -> None:
    reply = caller(signature=signature, changes={name: text}).reply("DescribeSecurityGroups", **GROUPS)
    assert (reply.error_code or "") == code


@BOTH
def test_nonce_is_good_once_and_only_a_right_signature_uses_it_up(signature: str) -> None:
    name = "x-acs-signature-nonce" if signature == "v3" else "SignatureNonce"
    sender = caller(signature=signature, changes={name: "the-nonce"})
    assert refusal(replace(sender, secret="wrong"))[1] == "SignatureDoesNotMatch"
    sender.ask("DescribeSecurityGroups", **GROUPS)
    assert refusal(sender) == (400, "SignatureNonceUsed")
    # Not after the time during which the first request could be replayed.
    sender.clock.seconds += 1799
    assert refusal(sender) == (400, "SignatureNonceUsed")
    sender.clock.seconds += 1
    sender.ask("DescribeSecurityGroups", **GROUPS)


@pytest.mark.parametrize(
    "name", ["AccessKeyId", "SignatureMethod", "SignatureNonce", "SignatureVersion", "Timestamp", "Action", "Version"]
)
def test_v1_common_parameter_missing(name: str) -> None:
    assert refusal(caller(signature="v1", changes={name: None})) == (400, "MissingParameter")


@pytest.mark.parametrize(
    "name", ["x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version", "host"]
)
def test_v3_header_missing(name: str) -> None:
    assert refusal(caller(changes={name: None})) == (400, "MissingParameter")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SignatureMethod": "HMAC-SHA256"}, "InvalidParameter"),
        ({"SignatureVersion": "2.0"}, "InvalidParameter"),
        ({"SignatureType": "BEARERTOKEN"}, "InvalidParameter"),
        ({"Format": "yaml"}, "InvalidParameter.Format"),
    ],
)
def test_v1_fixed_parameters(changes: dict[str, str], code: str) -> None:
    assert refusal(caller(signature="v1", changes=changes)) == (400, code)


def test_v1_accepts_the_empty_signature_type_of_the_older_clients() -> None:
    caller(signature="v1", changes={"SignatureType": ""}).ask("DescribeSecurityGroups", **GROUPS)


@BOTH
def test_unknown_action(signature: str) -> None:
    assert caller(signature=signature).refusal("DescribeSecurityGroup") == (404, "InvalidAction.NotFound")
    assert caller(signature=signature).refusal("GetCallerIdentity") == (404, "InvalidAction.NotFound")


@BOTH
def test_unknown_parameter_is_refused_unless_switched(signature: str) -> None:
    sender = caller(signature=signature)
    assert sender.set_policy("sg-basic", "Drop", SecurityGroupID="sg-basic") == (400, "UnsupportedParameter")
    assert sender.policy("sg-basic") == "Accept"
    sender.cloud.set_switch("unknown_parameters", "ignored")
    assert sender.set_policy("sg-basic", "Drop", SecurityGroupID="sg-basic") == (200, "")


def test_v3_refuses_common_parameters() -> None:
    assert caller().set_policy("sg-basic", "Drop", Format="JSON") == (400, "UnsupportedParameter")


@BOTH
def test_denied_action(signature: str) -> None:
    sender = caller(signature=signature, key_id="reader", secret="readersecret")
    assert sender.policy("sg-basic") == "Accept"
    assert sender.set_policy("sg-basic", "Drop") == (403, "Forbidden.RAM")
    assert sender.set_policy("sg-nowhere", "Drop") == (403, "Forbidden.RAM")
    assert sender.policy("sg-basic") == "Accept"
    sender.cloud.set_switch("permission_check", "after_existence")
    assert sender.set_policy("sg-basic", "Drop") == (403, "Forbidden.RAM")
    assert sender.set_policy("sg-nowhere", "Drop") == (404, "InvalidSecurityGroupId.NotFound")
    for code in ("Forbidden.SubUser", "Forbidden.Unauthorized"):
        sender.cloud.set_switch("permission_denied_code", code)
        assert sender.set_policy("sg-basic", "Drop") == (403, code)
    assert sender.policy("sg-basic") == "Accept"


def test_denied_action_carries_its_detail() -> None:
    sender = caller(key_id="reader", secret="readersecret")
    request = sender.request("ModifySecurityGroupPolicy")
    detail = json.loads(sender.cloud.handle(request).body)["AccessDeniedDetail"]
    assert detail["AuthAction"] == "ecs:ModifySecurityGroupPolicy"
    assert detail["AuthPrincipalOwnerId"] == "1111222233334444"


def test_v1_responds_in_xml_unless_json_is_requested() -> None:
    reply = caller(signature="v1", xml=True).reply("DescribeSecurityGroups", **GROUPS)
    assert reply.content_type == "text/xml;charset=utf-8"
    root = ElementTree.fromstring(reply.body)
    assert root.tag == "DescribeSecurityGroupsResponse"
    assert root.findtext("RequestId") == reply.request_id
    assert [group.findtext("SecurityGroupId") for group in root.iter("SecurityGroup")] == [
        "sg-managed",
        "sg-classic",
        "sg-basic",
        "sg-advanced",
    ]
    assert root.findtext("SecurityGroups/SecurityGroup/ServiceManaged") == "true"


def test_v1_errors_are_xml_as_well() -> None:
    reply = caller(signature="v1", xml=True, secret="wrong").reply("DescribeSecurityGroups", **GROUPS)
    root = ElementTree.fromstring(reply.body)
    assert (reply.status, root.tag, root.findtext("Code")) == (400, "Error", "SignatureDoesNotMatch")
    assert root.findtext("HostId") == HOST
    strange = caller(signature="v1", xml=True).reply("DescribeSecurityGroups", **GROUPS, **{"a\x01b": "<&>"})
    assert "a\N{REPLACEMENT CHARACTER}b" in str(ElementTree.fromstring(strange.body).findtext("Message"))


def test_error_envelope() -> None:
    sender = caller()
    error = json.loads(sender.reply("DescribeSecurityGroups", RegionId="mars").body)
    assert sorted(error) == ["Code", "HostId", "Message", "Recommend", "RequestId"]
    assert error["HostId"] == HOST
    assert error["RequestId"] == error["RequestId"].upper()
    sender.cloud.set_switch("error_members", "minimal")
    error = json.loads(sender.reply("DescribeSecurityGroups", RegionId="mars").body)
    assert sorted(error) == ["Code", "Message", "RequestId"]


@pytest.mark.parametrize("signature", ["v1", "v3"])
def test_a_name_twice_is_refused(signature: str) -> None:
    sender = caller(signature=signature)
    request = sender.request("DescribeSecurityGroups", **GROUPS)
    twice = replace(request, query_string=request.query_string + "&RegionId=cn-beijing")
    assert sender.cloud.handle(twice).error_code == "InvalidParameter"
    in_both = replace(
        request, body=b"RegionId=cn-beijing", headers={**request.headers, "content-type": FORM}, method="POST"
    )
    assert sender.cloud.handle(in_both).error_code == "InvalidParameter"


def test_recognises_its_own_requests_only() -> None:
    cloud = caller().cloud
    for signature in ("v1", "v3"):
        assert cloud.recognises(caller(signature=signature).request("DescribeSecurityGroups"))
    bare = Request("GET", "/", "Action=DescribeSecurityGroups&Version=2014-05-26", {}, b"", HOST)
    assert cloud.recognises(bare)
    tencent = [
        replace(bare, query_string="Action=DescribeSecurityGroups&SecretId=x&Version=2017-03-12&Signature=x"),
        replace(bare, query_string="", headers={"x-tc-action": "DescribeSecurityGroups"}),
        replace(bare, query_string="", headers={"authorization": "TC3-HMAC-SHA256 Credential=x"}),
        replace(bare, query_string=""),
    ]
    assert not any(cloud.recognises(request) for request in tencent)


@BOTH
def test_describe_returns_the_call_without_secrets(signature: str) -> None:
    sender = caller(signature=signature, key_id="STS.one", secret="wrong", token="token-one")
    call = sender.cloud.describe(sender.request("ModifySecurityGroupPolicy", SecurityGroupId="sg-a", ClientToken="t"))
    assert (call.action, call.group, call.effect) == ("ModifySecurityGroupPolicy", "sg-a", "write")
    assert call.parameters == {"SecurityGroupId": "sg-a", "ClientToken": "t"}
    listing = sender.cloud.describe(sender.request("DescribeSecurityGroups", SecurityGroupId="sg-a"))
    assert (listing.action, listing.group, listing.effect) == ("DescribeSecurityGroups", None, "read")


def test_describe_keeps_misplaced_secrets_out() -> None:
    sender = caller()
    misplaced = {"AccessKeyId": "testid", "SecurityToken": "t", "Signature": "s", "SignatureNonce": "n"}
    request = sender.request("DescribeSecurityGroups", RegionId="cn-hangzhou", **misplaced)
    assert sender.cloud.describe(request).parameters == {"RegionId": "cn-hangzhou"}


def test_describe_of_nothing() -> None:
    call = caller().cloud.describe(Request("GET", "/", "%zz", {}, b"", HOST))
    assert (call.action, call.group, call.effect) == ("", None, "read")


def test_refuse_is_the_vendors_error_and_changes_nothing() -> None:
    sender = caller(signature="v1", xml=True)
    request = sender.request("ModifySecurityGroupPolicy")
    before = sender.cloud.dump()
    reply = sender.cloud.refuse(request, sender.cloud.throttling_code, "")
    root = ElementTree.fromstring(reply.body)
    assert (reply.status, reply.error_code) == (400, "Throttling.User")
    assert root.findtext("Message") == "Request was denied due to user flow control."
    assert sender.cloud.refuse(request, "ServiceUnavailable", "down").status == 503
    assert sender.cloud.refuse(request, "InternalError", "").status == 500
    assert sender.cloud.dump() == before
    assert sender.cloud.handle(request).error_code == "MissingParamter.RegionId"


def test_throttling_as_switched() -> None:
    cloud = caller().cloud
    request = caller().request("DescribeSecurityGroups")
    assert "x-acs-retry-after" not in cloud.refuse(request, "Throttling", "").headers
    assert cloud.refuse(request, "ServiceUnavailable", "").status == 503
    for status in (400, 429, 503):
        cloud.set_switch("throttling_status", str(status))
        assert cloud.refuse(request, "Throttling.Api", "").status == status
    for header in ("100", "2000", "0", "soon"):
        cloud.set_switch("retry_after_header", header)
        assert cloud.refuse(request, "Throttling", "").headers["x-acs-retry-after"] == header
    cloud.set_switch("service_unavailable_status", "500")
    assert cloud.refuse(request, "ServiceUnavailable", "").status == 500


@given(query=st.text(), body=st.binary(), authorization=st.text(), form=st.booleans())
def test_never_raises(query: str, body: bytes, authorization: str, form: bool) -> None:
    cloud = caller().cloud
    headers = {"content-type": FORM if form else "", "authorization": authorization}
    for prefix in ("", "Action=DescribeSecurityGroups&Version=2014-05-26&AccessKeyId=testid&"):
        request = Request("POST", "/", prefix + query, headers, body, HOST)
        assert cloud.handle(request).status >= 400
        cloud.describe(request)
        cloud.recognises(request)


@given(
    name=st.sampled_from(["SecurityGroupIds", "SecurityGroupId", "NextToken", "MaxResults", "PageNumber", "Tag.1.Key"]),
    value=st.text() | st.integers().map(str) | st.just("[" * 5000) | st.just("9" * 5000),
)
def test_never_raises_behind_the_signature(name: str, value: str) -> None:
    caller().reply("DescribeSecurityGroups", RegionId="cn-hangzhou", **{name: value})


def test_switches_are_checked() -> None:
    cloud = caller().cloud
    assert cloud.switch_values() == {name: switch.default for name, switch in cloud.switches.items()}
    assert all(switch.default in switch.values for switch in cloud.switches.values())
    with pytest.raises(KeyError):
        cloud.set_switch("no_such", "x")
    with pytest.raises(ValueError, match="throttling_status"):
        cloud.set_switch("throttling_status", "200")


def test_caller_identity() -> None:
    answer = caller(version="2015-04-01").ask("GetCallerIdentity")
    assert answer["AccountId"] == "1111222233334444"
    assert answer["Arn"] == "acs:ram::1111222233334444:root"
