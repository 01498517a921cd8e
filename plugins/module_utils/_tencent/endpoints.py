# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts of Tencent Cloud, by region and network."""

from __future__ import annotations


def api_host(service: str, region: str, network: str) -> str:
    """Return the host of a service of API 3.0; ``network`` is ``public`` or ``vpc``.

    Finance regions are isolated, and only hosts with their names serve them (source: "Request structure").
    Raises ValueError if no host is known.
    """
    if not region.endswith("-fsi"):
        return f"{service}.internal.tencentcloudapi.com" if network == "vpc" else f"{service}.tencentcloudapi.com"
    if network == "vpc":
        raise ValueError(f"no host in the internal network is known for the finance region {region}; give endpoint")
    return f"{service}.{region}.tencentcloudapi.com"
