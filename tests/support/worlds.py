# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initial state of the simulated clouds in tests, and the options to connect to them.

Every secret is long and unique, so that a search for it has no accidental hits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from tests.cloud_simulator.harness import Harness

ALIYUN_KEY_ID = "LTAI5tPermanentKeyIdOfTests"
ALIYUN_SECRET = "aliyunSecretDistinctive/+7Zq4XwVb9Kd"
ALIYUN_TEMPORARY_ID = "STS.TemporaryKeyIdOfTests"
ALIYUN_TEMPORARY_SECRET = "aliyunTemporaryDistinctive=3Hn8RtYc"
ALIYUN_TOKEN = "aliyunTokenDistinctive/+=CAISqwJ1q6Ft5B2yfSjIr5"
TENCENT_ID = "AKIDpermanentSecretIdOfTests000000"
TENCENT_KEY = "tencentKeyDistinctive/+5Lm2PqWs8Uj"
TENCENT_TEMPORARY_ID = "AKIDtemporarySecretIdOfTests000000"
TENCENT_TEMPORARY_KEY = "tencentTemporaryDistinctive=6Gb1Fx"
TENCENT_TOKEN = "tencentTokenDistinctive/+=V4kEhSiYqWwZ"
ENDPOINTS = ("ALIBABA_CLOUD_ENDPOINT_ECS", "TENCENTCLOUD_ENDPOINT_VPC", "TENCENTCLOUD_ENDPOINT_DFW")
SECRETS = (
    *(ALIYUN_SECRET, ALIYUN_TEMPORARY_SECRET, ALIYUN_TOKEN),
    *(TENCENT_KEY, TENCENT_TEMPORARY_KEY, TENCENT_TOKEN),
)

ALIYUN_REGION = "cn-hangzhou"
ACCEPTING = "sg-bp1tests0000accept00"
DROPPING = "sg-bp1tests00000drop000"
ENTERPRISE = "sg-bp1tests0enterprise0"
MANAGED = "sg-bp1tests000managed00"

TENCENT_REGION = "ap-guangzhou"
WEB = "sg-webtest1"
PEER = "sg-peertst1"
NEVER_EDITED = "sg-nevered1"
DEFAULT = "sg-default1"
VENDOR_EXAMPLE = "sg-33ocnj9n"  # the group on the page about ModifySecurityGroupPolicys

WEB_INGRESS = (
    {"Action": "ACCEPT", "Protocol": "tcp", "Port": "22", "CidrBlock": "10.0.0.0/8", "PolicyDescription": "ssh"},
    {"Action": "ACCEPT", "Protocol": "tcp", "Port": "80,443", "CidrBlock": "0.0.0.0/0", "PolicyDescription": "web"},
    {"Action": "DROP", "Protocol": "udp", "Port": "8000-8010", "CidrBlock": "192.168.0.0/16"},
)
WEB_EGRESS = ({"Action": "ACCEPT", "CidrBlock": "0.0.0.0/0"},)


def aliyun_seed() -> dict[str, Any]:
    """Alibaba Cloud: two keys, and a group of each kind."""
    keys = [
        {"id": ALIYUN_KEY_ID, "secret": ALIYUN_SECRET},
        {"id": ALIYUN_TEMPORARY_ID, "secret": ALIYUN_TEMPORARY_SECRET, "token": ALIYUN_TOKEN},
    ]
    groups: list[dict[str, Any]] = [
        {"id": ACCEPTING},
        {"id": DROPPING, "inner_access_policy": "Drop"},
        {"id": ENTERPRISE, "type": "enterprise", "vpc_id": "vpc-bp1tests"},
        {"id": MANAGED, "service_managed": True},
    ]
    return {
        "regions": [ALIYUN_REGION],
        "access_keys": keys,
        "security_groups": [{"region": ALIYUN_REGION, **group} for group in groups],
    }


def tencent_seed() -> dict[str, Any]:
    """Tencent Cloud: two keys, and groups with and without rules."""
    keys = [
        {"id": TENCENT_ID, "key": TENCENT_KEY},
        {"id": TENCENT_TEMPORARY_ID, "key": TENCENT_TEMPORARY_KEY, "token": TENCENT_TOKEN},
    ]
    groups: list[dict[str, Any]] = [
        {"id": WEB, "version": 3, "ingress": list(WEB_INGRESS), "egress": list(WEB_EGRESS)},
        {"id": PEER, "version": 1, "ingress": [{"Action": "ACCEPT"}]},
        {"id": NEVER_EDITED, "version": 0},
        {"id": VENDOR_EXAMPLE, "version": 7, "ingress": [{"Action": "DROP", "Protocol": "tcp", "Port": "22"}]},
        {"id": DEFAULT, "is_default": True, "version": 1, "ingress": [{"Action": "ACCEPT"}]},
    ]
    return {
        "regions": [TENCENT_REGION],
        "secret_keys": keys,
        "security_groups": [{"region": TENCENT_REGION, **group} for group in groups],
    }


def seed() -> dict[str, Any]:
    """Both clouds."""
    return {"aliyun": aliyun_seed(), "tencent": tencent_seed()}


def aliyun_options(url: str, /, **options: Any) -> dict[str, Any]:
    """Options of an Alibaba Cloud module: those to connect to the simulator, and these."""
    access = {"access_key_id": ALIYUN_KEY_ID, "access_key_secret": ALIYUN_SECRET, "region": ALIYUN_REGION}
    return {"endpoint": url, **access, **options}


def tencent_options(url: str, /, **options: Any) -> dict[str, Any]:
    """Options of a Tencent Cloud module: those to connect to the simulator, and these."""
    access = {"secret_id": TENCENT_ID, "secret_key": TENCENT_KEY, "region": TENCENT_REGION}
    return {"endpoint": url, **access, **options}


def variables(url: str) -> dict[str, str]:
    """The environment variables for clouds at this URL, including those for API 2.0; without regions."""
    keys = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ALIYUN_KEY_ID,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ALIYUN_SECRET,
        "TENCENTCLOUD_SECRET_ID": TENCENT_ID,
        "TENCENTCLOUD_SECRET_KEY": TENCENT_KEY,
    }
    return {**keys, **dict.fromkeys(ENDPOINTS, url)}


def calls(clouds: Harness) -> list[str]:
    """The actions called so far, in order."""
    return [entry["action"] for entry in clouds.journal()]


def writes(clouds: Harness) -> list[str]:
    """The writing actions called so far, in order."""
    return [entry["action"] for entry in clouds.journal(effect="write")]


def assert_no_secret(text: str) -> None:
    """Assert that the text contains no secret of these clouds, in plain text, JSON, or percent-encoding."""
    for secret in SECRETS:
        for spelling in spellings(secret):
            assert spelling not in text, f"{secret[:8]}... is in the text"


def spellings(secret: str) -> set[str]:
    """Return a secret as plain text, in JSON, and percent-encoded once and twice."""
    once = quote(secret, safe="")
    return {secret, json.dumps(secret)[1:-1], quote(secret), quote_plus(secret), once, quote(once, safe="")}


def assert_clean(result: Mapping[str, Any]) -> None:
    """Assert that the result contains no secret of these clouds."""
    assert_no_secret(json.dumps(result, ensure_ascii=False))
