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
      - >-
        ID, key and token come from one place. If O(secret_id) or O(secret_key) is given, no environment variable is
        used for any of the three. Otherwise E(TENCENTCLOUD_SECRET_ID), E(TENCENTCLOUD_SECRET_KEY) and the first of
        E(TENCENTCLOUD_TOKEN) and E(TENCENTCLOUD_SECURITY_TOKEN) that is not empty are used.
      - >-
        If there is neither an id nor a key, they are looked for where the vendor's own tools keep theirs: in
        C(~/.tencentcloud/credentials), C(/etc/tencentcloud/credentials) and C(~/.tccli/default.credential), by the
        token file of a TKE cluster (OIDC), and from the role of the CVM instance. C(docs/credentials_tencent.md) of the
        collection has them in their order, with their environment variables.
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
        C(/etc/tencentcloud/credentials), or the file C(~/.tccli/<profile>.credential). The key is taken from nowhere
        else then, and it is a mistake if there is no such profile.
      - >-
        If not given, E(TENCENTCLOUD_PROFILE) and E(TCCLI_PROFILE) name the profile to take if no key was found before;
        without them it is C(default).
      - Mutually exclusive with O(secret_id) and O(secret_key).
    type: str
  assume_role:
    description:
      - >-
        A CAM role to take on with the key that was given or found, by a call of C(AssumeRole). Everything else is done
        with the temporary key of the role, which is renewed before it expires.
    type: dict
    suboptions:
      role_arn:
        description:
          - The role, such as V(qcs::cam::uin/100000000001:roleName/network-admin). Required.
          - If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_ARN) is used.
        type: str
      session_name:
        description:
          - How the session is called in the audit trail. C(ansible-security-groups) unless given.
          - If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME) is used.
        type: str
      duration_seconds:
        description:
          - How long a key is good for. The service gives 7200 seconds unless told otherwise.
          - If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION) is used.
        type: int
      external_id:
        description:
          - The external id that the role asks for.
          - >-
            If not given, the environment variable E(TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID) is used, unless
            E(TENCENTCLOUD_ASSUME_ROLE_ARN) names another role than this task does.
        type: str
      policy:
        description: What the session may do of what the role may do, as a policy in JSON text or as a dictionary.
        type: raw
  expected_account_id:
    description:
      - >-
        The id of the account (the uin of its owner) that is meant. If the key belongs to another one, the task fails
        with C(failure.kind=permission) before anything else is read or written.
      - It takes one more call for the whole task, C(GetCallerIdentity) of the Security Token Service.
    type: str
  region:
    description:
      - The id of the region, such as V(ap-guangzhou). Required.
      - If not given, the environment variable E(TENCENTCLOUD_REGION) is used.
      - >-
        If it is not set, the region of the profile in use is taken, wherever the key comes from. That is C(region) of
        the section in C(~/.tencentcloud/credentials) or C(/etc/tencentcloud/credentials), or C(region) in
        C(~/.tccli/<profile>.configure). O(profile) says which profile is in use.
    type: str
  network:
    description:
      - >-
        V(vpc) reaches the API and the Security Token Service from inside the vendor's network, without the internet, at
        C(vpc.internal.tencentcloudapi.com) and C(sts.internal.tencentcloudapi.com).
      - There are no such hosts for O(api_version=2.0) and for finance regions. O(endpoint) outranks it.
    type: str
    choices: [public, vpc]
    default: public
  endpoint:
    description:
      - Where the API is reached, as a host or as a URL with scheme, optional port and optional path prefix. A path
        prefix is not part of what is signed.
      - >-
        If not given, the environment variable E(TENCENTCLOUD_ENDPOINT_VPC) is used with O(api_version=3.0), and
        E(TENCENTCLOUD_ENDPOINT_DFW) with O(api_version=2.0). Without it it is C(vpc.tencentcloudapi.com), for a finance
        region C(vpc.<region>.tencentcloudapi.com), and for the legacy API C(dfw.api.qcloud.com).
    type: str
  sts_endpoint:
    description:
      - >-
        Where the Security Token Service is reached, written as O(endpoint) is. It is only called for O(assume_role),
        O(expected_account_id), OIDC, and profiles that stand for roles.
      - >-
        If not given, the environment variable E(TENCENTCLOUD_ENDPOINT_STS) is used. Without it it is
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
      - How requests are signed. API 3.0 takes V(TC3-HMAC-SHA256) only, and API 2.0 takes V(HmacSHA256), which is its
        default, or V(HmacSHA1).
    type: str
    choices: [TC3-HMAC-SHA256, HmacSHA256, HmacSHA1]
"""
