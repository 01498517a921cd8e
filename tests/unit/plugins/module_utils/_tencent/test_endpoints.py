# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of Tencent Cloud. Source: "Request structure" of API 3.0."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._tencent.endpoints import api_host


@pytest.mark.parametrize(
    ("service", "region", "network", "host"),
    [
        ("vpc", "ap-guangzhou", "public", "vpc.tencentcloudapi.com"),
        ("sts", "na-ashburn", "public", "sts.tencentcloudapi.com"),
        ("vpc", "ap-guangzhou", "vpc", "vpc.internal.tencentcloudapi.com"),
        ("sts", "ap-guangzhou", "vpc", "sts.internal.tencentcloudapi.com"),
        ("vpc", "ap-shanghai-fsi", "public", "vpc.ap-shanghai-fsi.tencentcloudapi.com"),
        ("sts", "ap-shenzhen-fsi", "public", "sts.ap-shenzhen-fsi.tencentcloudapi.com"),
    ],
)
def test_hosts(service: str, region: str, network: str, host: str) -> None:
    assert api_host(service, region, network) == host


def test_finance_regions_have_no_known_host_inside() -> None:
    with pytest.raises(ValueError, match="ap-shanghai-fsi; give endpoint"):
        api_host("vpc", "ap-shanghai-fsi", "vpc")
