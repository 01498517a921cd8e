# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment variables that Tencent Cloud modules read. In each tuple the first that is not empty wins.

Sources: the vendor's client library, command line tool and Terraform provider.
"""

from __future__ import annotations

KEY = {
    "secret_id": (("TENCENTCLOUD_SECRET_ID",),),
    "secret_key": (("TENCENTCLOUD_SECRET_KEY",),),
    "token": (("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),),
}
REGION = ("TENCENTCLOUD_REGION",)
STS_ENDPOINT = ("TENCENTCLOUD_ENDPOINT_STS",)
# By member of the option assume_role.
ROLE = {
    "role_arn": ("TENCENTCLOUD_ASSUME_ROLE_ARN",),
    "session_name": ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",),
    "duration_seconds": ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",),
    "external_id": ("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID",),
    "policy": (),
}
PROFILE = ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE")
INI_FILE = ("TENCENTCLOUD_CREDENTIALS_FILE",)
OIDC = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")
METADATA_FOR_TESTS = ("CNCLOUDS_TENCENT_METADATA_ENDPOINT",)
