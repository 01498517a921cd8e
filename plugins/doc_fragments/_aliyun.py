# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of all Alibaba Cloud modules for credentials, region and endpoints."""

    DOCUMENTATION = r"""
options:
  access_key_id:
    description:
      - The ID of the AccessKey.
      - >-
        ID, secret and token come from one place. If O(access_key_id) or O(access_key_secret) is given, no environment
        variable is used for any of the three. Otherwise the variables E(ALIBABA_CLOUD_ACCESS_KEY_ID),
        E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) and E(ALIBABA_CLOUD_SECURITY_TOKEN) are used if the first or the second is
        not empty, and otherwise E(ALICLOUD_ACCESS_KEY), E(ALICLOUD_SECRET_KEY) and E(ALICLOUD_SECURITY_TOKEN).
      - >-
        If there is neither an ID nor a secret, the module searches the places where the vendor's own tools keep keys:
        the token file of a cluster (OIDC), the profiles in C(~/.aliyun/config.json), C(~/.alibabacloud/credentials.ini)
        and C(~/.alibabacloud/credentials), a credentials URI, and the role of the ECS instance. The page
        C(docs/credentials_aliyun.md) of the collection lists them in order, with their environment variables.
    type: str
  access_key_secret:
    description:
      - The secret of the AccessKey. Required if O(access_key_id) is given.
      - >-
        The environment variables E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) and E(ALICLOUD_SECRET_KEY) are used as
        O(access_key_id) describes.
    type: str
  security_token:
    description:
      - >-
        The token that belongs to a temporary AccessKey of the Security Token Service. It requires O(access_key_id) and
        O(access_key_secret).
      - >-
        The environment variables E(ALIBABA_CLOUD_SECURITY_TOKEN) and E(ALICLOUD_SECURITY_TOKEN) are used as
        O(access_key_id) describes.
    type: str
  profile:
    description:
      - >-
        The profile of C(~/.aliyun/config.json), C(~/.alibabacloud/credentials.ini) or C(~/.alibabacloud/credentials) to
        take the key from. No other place is searched then, and the task fails if there is no such profile.
      - >-
        If not given, E(ALIBABA_CLOUD_PROFILE) and E(ALICLOUD_PROFILE) name the profile to use if no key was found
        before. The default is the current profile of the command line tool, and C(default) in the other files.
      - Mutually exclusive with O(access_key_id) and O(access_key_secret).
    type: str
  assume_role:
    description:
      - >-
        A RAM role to assume with the key that was given or found. All other calls are made with the temporary key of
        the role, which is renewed before it expires.
    type: dict
    suboptions:
      role_arn:
        description:
          - The role, such as V(acs:ram::1234567890123456:role/network-admin). Required.
          - If not given, the environment variable E(ALICLOUD_ASSUME_ROLE_ARN) is used.
        type: str
      session_name:
        description:
          - The name of the session in the audit trail. The default is C(ansible-security-groups).
          - If not given, the environment variable E(ALICLOUD_ASSUME_ROLE_SESSION_NAME) is used.
        type: str
      duration_seconds:
        description:
          - How long a temporary key is valid, in seconds, at least 900. The service's default is 3600.
          - If not given, the environment variable E(ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION) is used.
        type: int
      external_id:
        description: The external ID that the role requires.
        type: str
      policy:
        description: A policy that restricts what the session may do, as JSON text or as a dictionary.
        type: raw
  expected_account_id:
    description:
      - >-
        The ID of the expected account. If the key belongs to another one, the task fails with
        C(failure.kind=permission) before anything else is read or written.
      - This makes one more call for the whole task, C(GetCallerIdentity) of the Security Token Service.
    type: str
  region:
    description:
      - The ID of the region, such as V(cn-hangzhou). Required.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_REGION_ID), E(ALIBABA_CLOUD_REGION) and
        E(ALICLOUD_REGION) are used; the first that is not empty wins.
      - >-
        If none of them is set, the region of the profile in use is used, even if the key comes from another place.
        That is C(region_id) of the profile in C(~/.aliyun/config.json), or C(region_id) or C(region) in
        C(~/.alibabacloud/credentials.ini) or C(~/.alibabacloud/credentials). O(profile) describes which profile is in
        use.
    type: str
    aliases: [region_id]
  network:
    description:
      - >-
        V(vpc) calls ECS and the Security Token Service from inside a VPC of the region, without the internet, at
        C(ecs-vpc.<region>.aliyuncs.com) and C(sts-vpc.<region>.aliyuncs.com).
      - O(endpoint) and O(sts_endpoint) override it.
    type: str
    choices: [public, vpc]
    default: public
  endpoint:
    description:
      - >-
        The address of the ECS API: a host, or a URL with scheme, optional port and optional path prefix. The path
        prefix is not signed.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_ENDPOINT_ECS) and E(ECS_ENDPOINT) are used; the first
        that is not empty wins. The default is C(ecs.<region>.aliyuncs.com), except for a few regions, such as finance
        regions, which C(docs/sites.md) of the collection lists.
    type: str
  sts_endpoint:
    description:
      - >-
        The address of the Security Token Service, in the form of O(endpoint). The service is only called for
        O(assume_role), O(expected_account_id), OIDC, and profiles with roles.
      - >-
        If not given, the environment variables E(ALIBABA_CLOUD_ENDPOINT_STS) and E(STS_ENDPOINT) are used; the first
        that is not empty wins. The default is C(sts.aliyuncs.com), or C(sts.<region>.aliyuncs.com) of the
        region in E(ALIBABA_CLOUD_STS_REGION).
    type: str
  signature_version:
    description: The signature of requests, V(v3) for ACS3-HMAC-SHA256 or V(v1) for the older RPC signature, HMAC-SHA1.
    type: str
    choices: [v3, v1]
    default: v3
"""
