# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of every Tencent Cloud module about credentials, place and API."""

    DOCUMENTATION = r"""
options:
  secret_id:
    description:
      - The SecretId of the API key.
      - If not given, the environment variable E(TENCENTCLOUD_SECRET_ID) is used.
    type: str
  secret_key:
    description:
      - The SecretKey of the API key.
      - If not given, the environment variable E(TENCENTCLOUD_SECRET_KEY) is used.
    type: str
  token:
    description:
      - The token that belongs to a temporary key.
      - >-
        If not given, the environment variables E(TENCENTCLOUD_TOKEN) and E(TENCENTCLOUD_SECURITY_TOKEN) are used; the
        first that is not empty wins.
    type: str
  region:
    description:
      - The id of the region, such as V(ap-guangzhou). Required.
      - If not given, the environment variable E(TENCENTCLOUD_REGION) is used.
    type: str
  endpoint:
    description:
      - Where the API is reached, as a host or as a URL with scheme, optional port and optional path prefix. A path
        prefix is not part of what is signed.
      - >-
        If not given, the environment variable E(TENCENTCLOUD_ENDPOINT_VPC) is used with O(api_version=3.0), and
        E(TENCENTCLOUD_ENDPOINT_DFW) with O(api_version=2.0). Without it it is C(vpc.tencentcloudapi.com) or
        C(dfw.api.qcloud.com).
    type: str
  api_version:
    description:
      - V(3.0) is the C(vpc) API, version 2017-03-12. V(2.0) is the legacy API (module C(dfw)), which the vendor calls
        old and may stop maintaining.
    type: str
    choices: ["3.0", "2.0"]
    default: "3.0"
  signature_method:
    description:
      - How requests are signed. API 3.0 takes V(TC3-HMAC-SHA256) only, and API 2.0 takes V(HmacSHA256), which is its
        default, or V(HmacSHA1).
    type: str
    choices: [TC3-HMAC-SHA256, HmacSHA256, HmacSHA1]
"""
