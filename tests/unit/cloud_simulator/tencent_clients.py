# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own clients, connected to the simulator. Only their transport is replaced, not their signing code."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any

from QcloudApi.modules.dfw import Dfw
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.vpc.v20170312.vpc_client import VpcClient

from tests.cloud_simulator.harness import Harness

SECRET_ID = "AKIDexampleExampleExample0123456789"
SECRET_KEY = "exampleSecretKeyExample012345678"
TEMPORARY = ("AKIDtemporaryExample0123456789", "temporarySecretKeyExample0123456", "exampleToken/+=0123456789")
REGION = "ap-guangzhou"
WEB = "sg-33ocnj9n"
APP = "sg-app00001"
EMPTY = "sg-empty001"
DEFAULT = "sg-default1"


def vpc_client(
    simulator: Harness,
    key: tuple[str, str, str | None] = (SECRET_ID, SECRET_KEY, None),
    region: str = REGION,
    sign: str = "TC3-HMAC-SHA256",
    method: str = "POST",
) -> Any:
    """tencentcloud-sdk-python-vpc, over plain HTTP."""
    http = HttpProfile(protocol="http", endpoint=simulator.address, reqMethod=method, reqTimeout=10)
    return VpcClient(Credential(*key), region, ClientProfile(signMethod=sign, httpProfile=http))


class Vpc:
    """A short form of API 3.0 calls with the vendor's client."""

    def __init__(self, simulator: Harness, **options: Any) -> None:
        self.client = vpc_client(simulator, **options)

    def call(self, action: str, **parameters: Any) -> dict[str, Any]:
        """Return the Response member. Raises TencentCloudSDKException."""
        answer: dict[str, Any] = self.client.call_json(action, parameters)["Response"]
        return answer

    def policies(self, group: str = WEB, **parameters: Any) -> dict[str, Any]:
        """Return the SecurityGroupPolicySet of a group."""
        answer = self.call("DescribeSecurityGroupPolicies", SecurityGroupId=group, **parameters)
        policies: dict[str, Any] = answer["SecurityGroupPolicySet"]
        return policies

    def write(self, verb: str, policies: dict[str, Any], group: str = WEB, **more: Any) -> dict[str, Any]:
        """Call ``write("Modify", {"Ingress": [...]})``."""
        action = f"{verb}SecurityGroupPolicies" if verb != "ReplaceOne" else "ReplaceSecurityGroupPolicy"
        return self.call(action, SecurityGroupId=group, SecurityGroupPolicySet=policies, **more)


class PlainHttp(HTTPConnection):
    """Replaces the HTTPS connection of the 2.0 SDK, with the one attribute that it adds."""

    request_length = 0


def dfw_client(address: str, config: dict[str, str]) -> Any:
    """The dfw module of qcloudapi-sdk-python with another host, over plain HTTP."""
    client = Dfw(config)
    client.requestHost = address
    client.apiRequest.conn = PlainHttp(address)
    return client


class DfwError(Exception):
    """A response whose code is not 0."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer["message"])
        self.code = answer["code"]


class DfwCaller:
    """A short form of API 2.0 calls with the vendor's client."""

    def __init__(
        self,
        simulator: Harness,
        key: tuple[str, str, str] = (SECRET_ID, SECRET_KEY, ""),
        region: str = REGION,
        sign: str = "HmacSHA256",
        method: str = "POST",
    ) -> None:
        config = {"secretId": key[0], "secretKey": key[1], "Token": key[2], "Region": region}
        self.client = dfw_client(simulator.address, {**config, "SignatureMethod": sign, "method": method})

    def call(self, action: str, **parameters: Any) -> dict[str, Any]:
        """Return the whole response. Raises DfwError."""
        answer: dict[str, Any] = json.loads(self.client.call(action, parameters))
        if answer["code"] != 0:
            raise DfwError(answer)
        return answer

    def policies(self, group: str = WEB) -> dict[str, Any]:
        """``data`` of DescribeSecurityGroupPolicys."""
        data: dict[str, Any] = self.call("DescribeSecurityGroupPolicys", sgId=group)["data"]
        return data
