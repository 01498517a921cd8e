# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Tencent Cloud is reached, by region and network."""

from __future__ import annotations


def api_host(service: str, region: str, network: str) -> str:
    """The host of a service of API 3.0; ``network`` is ``public`` or ``vpc``. ValueError if there is none.

    Finance regions are kept apart from all others, and are only reached by the hosts that name them ("Request
    structure").
    """
    if not region.endswith("-fsi"):
        return f"{service}.internal.tencentcloudapi.com" if network == "vpc" else f"{service}.tencentcloudapi.com"
    if network == "vpc":
        raise ValueError(f"no host inside a network is known for the finance region {region}; give endpoint")
    return f"{service}.{region}.tencentcloudapi.com"
