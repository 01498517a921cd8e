# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts of Alibaba Cloud, by region and network."""

from __future__ import annotations

from collections.abc import Mapping

# Regions whose public host is not named after them, as in the vendor's client of ECS; except cn-hangzhou, which now
# has a host that is named after it.
_CENTRAL = "ecs.aliyuncs.com"
_HANGZHOU = "ecs-cn-hangzhou.aliyuncs.com"
_NEBULA = "ecs.cn-qingdao-nebula.aliyuncs.com"
PUBLIC_HOSTS: Mapping[str, str] = {
    "ap-northeast-2-pop": _CENTRAL,
    "cn-beijing-finance-pop": _CENTRAL,
    "cn-beijing-gov-1": _CENTRAL,
    "cn-edge-1": _NEBULA,
    "cn-fujian": _HANGZHOU,
    "cn-hangzhou-finance": _CENTRAL,
    "cn-hongkong-finance-pop": _CENTRAL,
    "cn-huhehaote-nebula-1": _NEBULA,
    "cn-north-2-gov-1": _CENTRAL,
    "cn-shanghai-finance-1": _HANGZHOU,
    "cn-shenzhen-finance-1": _HANGZHOU,
    "cn-wuhan": _CENTRAL,
    "cn-yushanfang": _CENTRAL,
    "cn-zhangbei": _CENTRAL,
    "cn-zhengzhou-nebula-1": _NEBULA,
    "rus-west-1-pop": _CENTRAL,
}


def ecs_host(region: str, network: str) -> str:
    """Return the host of ECS. ``network`` is ``public`` or ``vpc``. A host of a VPC only serves its own region."""
    if network == "vpc":
        return f"ecs-vpc.{region}.aliyuncs.com"
    return PUBLIC_HOSTS.get(region, f"ecs.{region}.aliyuncs.com")


def sts_host(region: str, network: str, sts_region: str) -> str:
    """Return the host of STS: the central one, or that of a region if the network or ``sts_region`` requires it."""
    if network == "vpc":
        return f"sts-vpc.{sts_region or region}.aliyuncs.com"
    return f"sts.{sts_region}.aliyuncs.com" if sts_region else "sts.aliyuncs.com"
