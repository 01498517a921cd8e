# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to the simulated Alibaba Cloud, signed by the vendor's functions, for tests without a network."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from alibabacloud_tea_openapi.utils import Utils

from tests.cloud_simulator.aliyun import AliyunCloud
from tests.cloud_simulator.exchange import Reply, Request

HOST = "ecs.cn-hangzhou.aliyuncs.com"
START = 1767323045.0  # 2026-01-02T03:04:05Z
FORM = "application/x-www-form-urlencoded"
SEED: Mapping[str, Any] = {
    "account_id": "1111222233334444",
    "regions": ["cn-hangzhou", "cn-beijing"],
    "access_keys": [
        {"id": "testid", "secret": "testsecret"},
        {"id": "sleeping", "secret": "asleep", "active": False},
        {"id": "reader", "secret": "readersecret", "deny": ["ModifySecurityGroupPolicy"]},
        {"id": "STS.one", "secret": "stssecret", "token": "token-one", "token_expires": "2026-01-02T04:00:00Z"},
        {"id": "STS.two", "secret": "stssecret2", "token": "token-two"},
    ],
    "security_groups": [
        {
            "id": "sg-basic",
            "region": "cn-hangzhou",
            "name": "basic",
            "description": "a basic group",
            "type": "normal",
            "vpc_id": "vpc-1",
            "inner_access_policy": "Accept",
            "tags": {"env": "test", "team": "net"},
        },
        {"id": "sg-classic", "region": "cn-hangzhou", "name": "classic", "inner_access_policy": "Drop"},
        {"id": "sg-advanced", "region": "cn-hangzhou", "name": "advanced", "type": "enterprise", "vpc_id": "vpc-1"},
        {
            "id": "sg-managed",
            "region": "cn-hangzhou",
            "name": "managed",
            "vpc_id": "vpc-2",
            "service_managed": True,
            "service_id": 1234567890,
        },
        {"id": "sg-far", "region": "cn-beijing", "name": "basic"},
    ],
}

_nonces = itertools.count(1)


@dataclass
class FixedClock:
    """A clock that stands still until it is set."""

    seconds: float = START

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.seconds


@dataclass
class _Signed:
    method: str
    pathname: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """Signs and sends requests.

    ``changes`` of headers (V3) or common parameters (version 1.0) are signed as well; None removes.
    """

    cloud: AliyunCloud
    clock: FixedClock
    key_id: str = "testid"
    secret: str = "testsecret"
    token: str | None = None
    version: str = "2014-05-26"
    method: str = "POST"
    signature: str = "v3"
    xml: bool = False
    in_body: bool = False
    changes: Mapping[str, str | None] = field(default_factory=dict)

    def request(self, action: str, **parameters: str) -> Request:
        """The signed request."""
        return (self._v3 if self.signature == "v3" else self._v1)(action, parameters)

    def reply(self, action: str, **parameters: str) -> Reply:
        """Return the HTTP response."""
        return self.cloud.handle(self.request(action, **parameters))

    def ask(self, action: str, **parameters: str) -> dict[str, Any]:
        """Return the JSON of a response, which must be a success."""
        reply = self.reply(action, **parameters)
        assert reply.status == 200, reply.body
        answer: dict[str, Any] = json.loads(reply.body)
        return answer

    def refusal(self, action: str, **parameters: str) -> tuple[int, str]:
        """Return the HTTP status and the code of a response, which must be a refusal."""
        reply = self.reply(action, **parameters)
        error = json.loads(reply.body)
        assert reply.status != 200, error
        assert reply.error_code == error["Code"]
        assert reply.request_id == error["RequestId"]
        return reply.status, error["Code"]

    def set_policy(self, group: str, policy: str, **more: str) -> tuple[int, str]:
        """Call ModifySecurityGroupPolicy in cn-hangzhou. Return the status with the code, which is "" for a success."""
        request = {"RegionId": "cn-hangzhou", "SecurityGroupId": group, "InnerAccessPolicy": policy, **more}
        reply = self.reply("ModifySecurityGroupPolicy", **request)
        return reply.status, reply.error_code or ""

    def policy(self, group: str) -> str:
        """Return the policy according to DescribeSecurityGroupAttribute."""
        answer = self.ask("DescribeSecurityGroupAttribute", RegionId="cn-hangzhou", SecurityGroupId=group)
        return str(answer["InnerAccessPolicy"])

    def _time(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now()))

    def _v3(self, action: str, parameters: Mapping[str, str]) -> Request:
        query = {} if self.in_body else dict(parameters)
        body = urlencode(parameters).encode() if self.in_body else b""
        digest = hashlib.sha256(body).hexdigest()
        given: dict[str, str | None] = {
            "host": HOST,
            "x-acs-action": action,
            "x-acs-version": self.version,
            "x-acs-date": self._time(),
            "x-acs-signature-nonce": f"nonce-{next(_nonces)}",
            "x-acs-content-sha256": digest,
            "x-acs-security-token": self.token,
            "content-type": FORM if self.in_body else None,
            **self.changes,
        }
        headers = {name: value for name, value in given.items() if value is not None}
        signed = _Signed(self.method, "/", query, headers)
        authorization = Utils.get_authorization(signed, "ACS3-HMAC-SHA256", digest, self.key_id, self.secret)
        sent = {**headers, "authorization": authorization}
        return Request(self.method, "/", urlencode(query), sent, body, HOST)

    def _v1(self, action: str, parameters: Mapping[str, str]) -> Request:
        given: dict[str, str | None] = {
            "AccessKeyId": self.key_id,
            "Action": action,
            "Format": None if self.xml else "json",
            "SecurityToken": self.token,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": f"nonce-{next(_nonces)}",
            "SignatureVersion": "1.0",
            "Timestamp": self._time(),
            "Version": self.version,
            **self.changes,
        }
        common = {name: value for name, value in given.items() if value is not None}
        signature = Utils.get_rpcsignature({**common, **parameters}, self.method, self.secret)
        query = {**common, "Signature": signature, **({} if self.in_body else parameters)}
        headers = {"host": HOST} | ({"content-type": FORM} if self.in_body else {})
        body = urlencode(parameters).encode() if self.in_body else b""
        return Request(self.method, "/", urlencode(query), headers, body, HOST)


def caller(**settings: Any) -> Caller:
    """A caller of a newly seeded cloud whose clock stands at 2026-01-02T03:04:05Z."""
    clock = FixedClock()
    cloud = AliyunCloud(clock)
    cloud.load(SEED)
    return Caller(cloud, clock, **settings)
