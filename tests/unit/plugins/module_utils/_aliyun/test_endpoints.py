# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of Alibaba Cloud, compared with those of the vendor's own client."""

from __future__ import annotations

import re

import pytest
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config

from ansible_collections.cnclouds.security_groups.plugins.module_utils._aliyun.endpoints import (
    PUBLIC_HOSTS,
    ecs_host,
    sts_host,
)

REGIONS = ("cn-beijing", "cn-shanghai", "cn-hongkong", "ap-southeast-1", "us-west-1", "eu-central-1", "me-east-1")

# By their names, these are data centres of the vendor and not regions that an account can choose.
LEFT_OUT = re.compile("test|inner|internal|-[a-d][0-9]{2}$|-oxs$|^cn-hangzhou$")


def vendors_client(region: str) -> Client:
    return Client(Config(access_key_id="x", access_key_secret="x", region_id=region))


@pytest.mark.parametrize("region", [*PUBLIC_HOSTS, *REGIONS])
def test_public_hosts_are_those_of_the_vendors_client(region: str) -> None:
    assert ecs_host(region, "public") == vendors_client(region)._endpoint


def test_every_region_with_a_host_of_another_name_is_known() -> None:
    hosts = vendors_client("cn-beijing")._endpoint_map
    others = {region: host for region, host in hosts.items() if host != f"ecs.{region}.aliyuncs.com"}
    assert {region: host for region, host in others.items() if not LEFT_OUT.search(region)} == dict(PUBLIC_HOSTS)


def test_hangzhou_has_its_own_host() -> None:
    """According to the page on endpoints; the client still has the older name for this one public region."""
    assert ecs_host("cn-hangzhou", "public") == "ecs.cn-hangzhou.aliyuncs.com"


@pytest.mark.parametrize("region", ["cn-hangzhou", "cn-shanghai-finance-1", "ap-southeast-1"])
def test_inside_a_vpc(region: str) -> None:
    assert ecs_host(region, "vpc") == f"ecs-vpc.{region}.aliyuncs.com"
    assert sts_host(region, "vpc", "") == f"sts-vpc.{region}.aliyuncs.com"
    assert sts_host(region, "vpc", "cn-beijing") == "sts-vpc.cn-beijing.aliyuncs.com"


def test_sts() -> None:
    assert sts_host("ap-southeast-1", "public", "") == "sts.aliyuncs.com"
    assert sts_host("ap-southeast-1", "public", "cn-beijing") == "sts.cn-beijing.aliyuncs.com"
