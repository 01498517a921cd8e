# Copyright: the cnclouds.security_groups contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may use it.

from __future__ import annotations


class ModuleDocFragment:
    """Options of all Tencent Cloud modules for credentials, region, endpoints and API."""

    DOCUMENTATION = r"""
options:
  secret_id:
    description:
      - The SecretId of the API key.
      - >-
        ID, key and token come from one place. If O(secret_id) or O(secret_key) is given, no environment variable is
        used for any of the three. Otherwise E(TENCENTCLOUD_SECRET_ID), E(TENCENTCLOUD_SECRET_KEY) and the first of
        E(TENCENTCLOUD_TOKEN) and E(TENCENTCLOUD_SECURITY_TOKEN) that is not empty are used.
      - >-
        If there is neither an ID nor a key, the module searches the places where the vendor's own tools keep keys:
        C(~/.tencentcloud/credentials), C(/etc/tencentcloud/credentials) and C(~/.tccli/default.credential), the
        token file of a TKE cluster (OIDC), and the role of the CVM instance. C(docs/credentials_tencent.md) of the
        collection lists them in order, with their environment variables.
    type: str
  secret_key:
    description:
      - The SecretKey of the API key. Required if O(secret_id) is given.
      - The environment variable E(TENCENTCLOUD_SECRET_KEY) is used as O(secret_id) describes.
    type: str
  token:
    description:
      - The token that belongs to a temporary key. It requires O(secret_id) and O(secret_key).
      - >-
        The environment variables E(TENCENTCLOUD_TOKEN) and E(TENCENTCLOUD_SECURITY_TOKEN) are used as O(secret_id)
        describes.
    type: str
  profile:
    description:
      - >-
        The profile to take the key from: a section of C(~/.tencentcloud/credentials) or
        C(/etc/tencentcloud/credentials), or the file C(~/.tccli/<profile>.credential). No other place is searched
        then, and the task fails if there is no such profile.
      - >-
        If not given, E(TENCENTCLOUD_PROFILE) and E(TCCLI_PROFILE) name the profile to use if no key was found before.
        The default is C(default).
      - Mutually exclusive with O(secret_id) and O(secret_key).
    type: str
  assume_role:
    description:
      - >-
        A CAM role to assume with the key that was given or found. All other calls are made with the temporary key of
        the role, which is renewed before it expires.
    type: dict
    suboptions:
      role_arn:
        description:
          - The role, such as V(qcs::cam::uin/100000000001:roleName/network-admin). Required.
          - If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_ARN) is used.
        type: str
      session_name:
        description:
          - The name of the session in the audit trail. The default is C(ansible-security-groups).
          - If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME) is used.
        type: str
      duration_seconds:
        description:
          - How long a temporary key is valid, in seconds. The service's default is 7200.
          - If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION) is used.
        type: int
      external_id:
        description:
          - The external ID that the role requires.
          - >-
            If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID) is used, unless
            E(TENCENTCLOUD_ASSUME_ROLE_ARN) names another role than this task does.
        type: str
      policy:
        description: A policy that restricts what the session may do, as JSON text or as a dictionary.
        type: raw
  expected_account_id:
    description:
      - >-
        The ID of the expected account (the UIN of its owner). If the key belongs to another one, the task fails
        with C(failure.kind=permission) before anything else is read or written.
      - This makes one more call for the whole task, C(GetCallerIdentity) of the Security Token Service.
    type: str
  region:
    description:
      - The ID of the region, such as V(ap-guangzhou). Required.
      - If not given, the environment variable E(TENCENTCLOUD_REGION) is used.
      - >-
        If it is not set, the region of the profile in use is used, even if the key comes from another place. That is
        C(region) of the section in C(~/.tencentcloud/credentials) or C(/etc/tencentcloud/credentials), or C(region) in
        C(~/.tccli/<profile>.configure). O(profile) describes which profile is in use.
    type: str
  network:
    description:
      - >-
        V(vpc) calls the API and the Security Token Service from inside the vendor's network, without the internet, at
        C(vpc.internal.tencentcloudapi.com) and C(sts.internal.tencentcloudapi.com).
      - There are no such hosts for O(api_version=2.0) and for finance regions. O(endpoint) overrides it.
    type: str
    choices: [public, vpc]
    default: public
  endpoint:
    description:
      - >-
        The address of the API: a host, or a URL with scheme, optional port and optional path prefix. The path
        prefix is not signed.
      - >-
        If not given, the environment variable E(TENCENTCLOUD_ENDPOINT_VPC) is used with O(api_version=3.0), and
        E(TENCENTCLOUD_ENDPOINT_DFW) with O(api_version=2.0). The default is C(vpc.tencentcloudapi.com), for a finance
        region C(vpc.<region>.tencentcloudapi.com), and for the legacy API C(dfw.api.qcloud.com).
    type: str
  sts_endpoint:
    description:
      - >-
        The address of the Security Token Service, in the form of O(endpoint). The service is only called for
        O(assume_role), O(expected_account_id), OIDC, and profiles with roles.
      - >-
        If not given, the environment variable E(TENCENTCLOUD_ENDPOINT_STS) is used. The default is
        C(sts.tencentcloudapi.com), and for a finance region C(sts.<region>.tencentcloudapi.com).
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
      - The signature of requests. API 3.0 has V(TC3-HMAC-SHA256) only. API 2.0 has V(HmacSHA256), which is its
        default, and V(HmacSHA1).
    type: str
    choices: [TC3-HMAC-SHA256, HmacSHA256, HmacSHA1]
"""
