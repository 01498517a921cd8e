# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's clients with the simulated Tencent Cloud: they accept its responses, and report its refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.vpc.v20170312 import models

from tests.cloud_simulator.harness import Harness
from tests.unit.cloud_simulator.tencent_clients import (
    EMPTY,
    SECRET_ID,
    SECRET_KEY,
    TEMPORARY,
    WEB,
    DfwCaller,
    DfwError,
    Vpc,
    vpc_client,
)

# Warnings about the clients: datetime.utcfromtimestamp, and connections left to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

HARD_TEXT = "内网 a&b=c+d %41 / \\ 'quoted' \"twice\" é #?;"
SIGNATURES = [("TC3-HMAC-SHA256", "GET"), ("TC3-HMAC-SHA256", "POST"), ("HmacSHA1", "GET"), ("HmacSHA1", "POST")]
SIGNATURES += [("HmacSHA256", "GET"), ("HmacSHA256", "POST")]
V2_SIGNATURES = [("HmacSHA1", "GET"), ("HmacSHA1", "POST"), ("HmacSHA256", "GET"), ("HmacSHA256", "POST")]


def twelve_rules(spelling: dict[str, str]) -> list[dict[str, str]]:
    ports = [str(8000 + number) for number in range(12)]
    return [{spelling["port"]: port, spelling["protocol"]: "tcp", spelling["action"]: "ACCEPT"} for port in ports]


@pytest.mark.parametrize(("sign", "method"), SIGNATURES)
def test_api_3_write_and_read_back(simulator: Harness, sign: str, method: str) -> None:
    vpc = Vpc(simulator, sign=sign, method=method)
    rules = twelve_rules({"port": "Port", "protocol": "Protocol", "action": "Action"})
    rules[3]["PolicyDescription"] = HARD_TEXT
    vpc.write("Modify", {"Ingress": rules, "Egress": [{"Action": "DROP", "PolicyDescription": "@ops"}]})
    read = vpc.policies()
    assert [rule["Port"] for rule in read["Ingress"]] == [str(8000 + number) for number in range(12)]
    assert read["Ingress"][3]["PolicyDescription"] == HARD_TEXT
    assert read["Egress"][0]["PolicyDescription"] == "@ops"
    assert read["Version"] == "4"


@pytest.mark.filterwarnings("ignore:Diff fileds are useless:UserWarning")  # seen in responses, but not in the model
def test_api_3_typed_models(simulator: Harness) -> None:
    client = vpc_client(simulator)
    write = models.ModifySecurityGroupPoliciesRequest()
    write.from_json_string(
        json.dumps(
            {
                "SecurityGroupId": EMPTY,
                "SecurityGroupPolicySet": {"Ingress": [{"Protocol": "TCP", "Port": "22", "Action": "accept"}]},
                "SortPolicys": True,
            }
        )
    )
    assert client.ModifySecurityGroupPolicies(write).RequestId
    read = models.DescribeSecurityGroupPoliciesRequest()
    read.SecurityGroupId = EMPTY
    policies = client.DescribeSecurityGroupPolicies(read).SecurityGroupPolicySet
    rule = policies.Ingress[0]
    assert (rule.PolicyIndex, rule.Protocol, rule.Port, rule.CidrBlock) == (0, "tcp", "22", "0.0.0.0/0")
    assert (rule.Action, rule.Ipv6CidrBlock, rule.ServiceTemplate.ServiceId) == ("ACCEPT", "", "")
    assert policies.Version == "1"
    assert policies.PolicyStatistics.IngressIPv4TotalCount == 1
    groups = client.DescribeSecurityGroups(models.DescribeSecurityGroupsRequest())
    assert groups.TotalCount == 5
    assert groups.SecurityGroupSet[0].TagSet[0].Key == "env"


@pytest.mark.parametrize("sign", ["TC3-HMAC-SHA256", "HmacSHA256"])
@pytest.mark.parametrize(
    ("key", "code"),
    [
        ((SECRET_ID, "wrongKey", None), "AuthFailure.SignatureFailure"),
        (("AKIDunknown", SECRET_KEY, None), "AuthFailure.SecretIdNotFound"),
        ((SECRET_ID, SECRET_KEY, "aToken"), "AuthFailure.TokenFailure"),
        ((TEMPORARY[0], TEMPORARY[1], None), "AuthFailure.TokenFailure"),
        ((TEMPORARY[0], TEMPORARY[1], "wrong"), "AuthFailure.TokenFailure"),
    ],
)
def test_api_3_refuses_wrong_credentials(simulator: Harness, sign: str, key: Any, code: str) -> None:
    with pytest.raises(TencentCloudSDKException) as caught:
        Vpc(simulator, key=key, sign=sign).policies()
    assert caught.value.code == code
    assert caught.value.requestId == simulator.journal()[0]["request_id"]


@pytest.mark.parametrize("sign", ["TC3-HMAC-SHA256", "HmacSHA256"])
def test_api_3_accepts_temporary_keys(simulator: Harness, sign: str) -> None:
    assert Vpc(simulator, key=TEMPORARY, sign=sign).policies()["Version"] == "3"


@pytest.mark.parametrize("sign", ["TC3-HMAC-SHA256", "HmacSHA256"])
@pytest.mark.parametrize("seconds", [301, -301])
def test_api_3_refuses_a_wrong_clock(simulator: Harness, sign: str, seconds: int) -> None:
    simulator.move_clock(seconds - (seconds // abs(seconds)) * 10)
    assert Vpc(simulator, sign=sign).policies()
    simulator.move_clock((seconds // abs(seconds)) * 20)
    with pytest.raises(TencentCloudSDKException, match="AuthFailure.SignatureExpire"):
        Vpc(simulator, sign=sign).policies()


def test_api_3_refuses_unknown_region_action_and_version(simulator: Harness) -> None:
    with pytest.raises(TencentCloudSDKException, match="UnsupportedRegion"):
        Vpc(simulator, region="ap-nowhere").policies()
    with pytest.raises(TencentCloudSDKException, match="MissingParameter"):
        Vpc(simulator, region="").policies()
    with pytest.raises(TencentCloudSDKException, match="InvalidAction"):
        Vpc(simulator).call("DescribeSecurityGroupPolicys", SecurityGroupId=WEB)
    vpc = Vpc(simulator)
    vpc.client._apiVersion = "2016-01-01"
    with pytest.raises(TencentCloudSDKException, match="NoSuchVersion"):
        vpc.policies()


def test_journal_has_no_secrets(simulator: Harness) -> None:
    for sign, method in SIGNATURES:
        Vpc(simulator, key=TEMPORARY, sign=sign, method=method).policies()
    for method in ("GET", "POST"):
        DfwCaller(simulator, key=TEMPORARY, method=method).policies()
    entries = simulator.journal()
    assert [entry["parameters"] for entry in entries] == [{"SecurityGroupId": WEB}] * 6 + [{"sgId": WEB}] * 2
    text = json.dumps(entries)
    assert not [part for part in (*TEMPORARY, "Signature", "Nonce", "Token") if part in text]


def test_the_journal_lists_calls_in_order(simulator: Harness) -> None:
    Vpc(simulator).write("Modify", {"Ingress": [{"Action": "ACCEPT"}]})
    with pytest.raises(TencentCloudSDKException):
        Vpc(simulator).policies("sg-00000000")
    with pytest.raises(DfwError):
        DfwCaller(simulator).policies("sg-00000000")
    told = [(entry["number"], entry["action"], entry["effect"], entry["error_code"]) for entry in simulator.journal()]
    assert told == [
        (1, "ModifySecurityGroupPolicies", "write", None),
        (2, "DescribeSecurityGroupPolicies", "read", "ResourceNotFound"),
        (3, "DescribeSecurityGroupPolicys", "read", "7001"),
    ]
    assert simulator.journal(effect="write")[0]["group"] == WEB


@pytest.mark.parametrize(("sign", "method"), V2_SIGNATURES)
def test_api_2_write_and_read_back(simulator: Harness, sign: str, method: str) -> None:
    dfw = DfwCaller(simulator, sign=sign, method=method)
    rules = twelve_rules({"port": "portRange", "protocol": "ipProtocol", "action": "action"})
    rules[3]["desc"] = HARD_TEXT
    dfw.call("ModifySecurityGroupPolicys", sgId=WEB, ingress=rules, egress=[{"action": "drop"}])
    read = dfw.policies()
    assert [rule["portRange"] for rule in read["ingress"]] == [str(8000 + number) for number in range(12)]
    assert read["ingress"][3]["desc"] == HARD_TEXT
    assert read["egress"] == [{"index": 0, "action": "DROP"}]
    assert read["version"] == 4


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("key", "code"),
    [
        ((SECRET_ID, "wrongKey", ""), 4100),
        (("AKIDunknown", SECRET_KEY, ""), 4104),
        ((SECRET_ID, SECRET_KEY, "aToken"), 4100),
        ((TEMPORARY[0], TEMPORARY[1], ""), 4100),
    ],
)
def test_api_2_refuses_wrong_credentials(simulator: Harness, method: str, key: Any, code: int) -> None:
    with pytest.raises(DfwError) as caught:
        DfwCaller(simulator, key=key, method=method).policies()
    assert caught.value.code == code


def test_api_2_refuses_replays_wrong_clocks_regions_and_actions(simulator: Harness) -> None:
    dfw = DfwCaller(simulator)
    dfw.call("DescribeSecurityGroupPolicys", sgId=WEB, Nonce=7)
    with pytest.raises(DfwError) as replay:
        dfw.call("DescribeSecurityGroupPolicys", sgId=WEB, Nonce=7)
    simulator.move_clock(7190)
    dfw.policies()
    simulator.move_clock(20)
    with pytest.raises(DfwError) as late:
        dfw.policies()
    simulator.move_clock(-7210)
    with pytest.raises(DfwError) as region:
        DfwCaller(simulator, region="xx").policies()
    with pytest.raises(DfwError) as action:
        dfw.call("DescribeSecurityGroupPolicies", sgId=WEB)
    assert [caught.value.code for caught in (replay, late, region, action)] == [4500, 4500, 4000, 6100]
    assert DfwCaller(simulator, region="gz").policies()["version"] == 3


def test_a_new_state_forgets_nonces(simulator: Harness) -> None:
    dfw = DfwCaller(simulator)
    dfw.call("DescribeSecurityGroupPolicys", sgId=WEB, Nonce=7)
    simulator.set_state(simulator.state())
    assert dfw.call("DescribeSecurityGroupPolicys", sgId=WEB, Nonce=7)["code"] == 0


def test_one_state_behind_both_apis(simulator: Harness) -> None:
    DfwCaller(simulator).call(
        "ModifySecurityGroupPolicys",
        sgId=WEB,
        ingress=[{"action": "accept", "addressModule": "ipmg-2uw6ujo6", "serviceModule": "ppm-f5n1f8da"}],
        egress=[{"action": "accept", "sgId": WEB, "ipProtocol": "UDP", "portRange": "53"}],
    )
    read = Vpc(simulator).policies()
    assert read["Ingress"][0]["AddressTemplate"] == {"AddressId": "", "AddressGroupId": "ipmg-2uw6ujo6"}
    assert read["Ingress"][0]["ServiceTemplate"] == {"ServiceId": "ppm-f5n1f8da", "ServiceGroupId": ""}
    assert (read["Ingress"][0]["Protocol"], read["Ingress"][0]["CidrBlock"]) == ("", "")
    assert (read["Egress"][0]["SecurityGroupId"], read["Egress"][0]["Protocol"]) == (WEB, "udp")
    assert DfwCaller(simulator).policies()["ingress"] == [
        {"index": 0, "action": "ACCEPT", "addressModule": "ipmg-2uw6ujo6", "serviceModule": "ppm-f5n1f8da"}
    ]


def test_sts_caller_identity(simulator: Harness) -> None:
    vpc = Vpc(simulator)
    vpc.client._service, vpc.client._apiVersion = "sts", "2018-08-13"
    assert vpc.call("GetCallerIdentity")["AccountId"] == "100000000001"


def test_transport_rules(simulator: Harness) -> None:
    wide = [{"Action": "ACCEPT", "CidrBlock": f"10.0.0.{n}", "PolicyDescription": "字" * 60} for n in range(50)]
    with pytest.raises(TencentCloudSDKException, match="RequestSizeLimitExceeded"):
        Vpc(simulator, method="GET").write("Modify", {"Ingress": wide})
    Vpc(simulator, method="POST").write("Modify", {"Ingress": wide})
    url = f"{simulator.url}/v2/index.php"
    plain = requests.post(url, data=b"Action=DescribeSecurityGroupPolicys", headers={"Content-Type": "text/plain"})
    assert (plain.json()["code"], "Content-Type" in plain.json()["message"]) == (4000, True)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    twice = requests.post(url, data=b"Action=A&Action=B", headers=form)
    assert (twice.json()["code"], "twice" in twice.json()["message"]) == (4000, True)
    assert "method PUT" in requests.put(url).json()["message"]
    unsigned = requests.post(simulator.url, json={}, headers={"X-TC-Action": "X", "X-TC-Version": "2017-03-12"})
    assert unsigned.json()["Response"]["Error"]["Code"] == "AuthFailure.InvalidAuthorization"
