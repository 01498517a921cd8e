# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of every Alibaba Cloud module about credentials and place."""

    DOCUMENTATION = r"""
options:
  access_key_id:
    description:
      - The id of the AccessKey.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_ACCESS_KEY_ID) and E(ALICLOUD_ACCESS_KEY) are used; the
        first that is not empty wins.
    type: str
  access_key_secret:
    description:
      - The secret of the AccessKey.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) and E(ALICLOUD_SECRET_KEY) are used;
        the first that is not empty wins.
    type: str
  security_token:
    description:
      - The token that belongs to a temporary AccessKey of the Security Token Service.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_SECURITY_TOKEN) and E(ALICLOUD_SECURITY_TOKEN) are used;
        the first that is not empty wins.
    type: str
  region:
    description:
      - The id of the region, such as V(cn-hangzhou). Required.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_REGION_ID), E(ALIBABA_CLOUD_REGION) and
        E(ALICLOUD_REGION) are used; the first that is not empty wins.
    type: str
    aliases: [region_id]
  endpoint:
    description:
      - Where the ECS API is reached, as a host or as a URL with scheme, optional port and optional path prefix. A path
        prefix is not part of what is signed.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_ENDPOINT_ECS) and E(ECS_ENDPOINT) are used; the first
        that is not empty wins. Without any of them it is C(ecs.<region>.aliyuncs.com).
    type: str
  signature_version:
    description: How requests are signed, V(v3) for ACS3-HMAC-SHA256 or V(v1) for the older RPC signature, HMAC-SHA1.
    type: str
    choices: [v3, v1]
    default: v3
"""
