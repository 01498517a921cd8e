# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A minimal module based on alibabacloud_ecs20140526 for a converged group: read, compare, exit."""

from __future__ import annotations

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    text = {"type": "str", "required": True}
    secret = {"type": "str", "required": True, "no_log": True}
    names = ("endpoint", "access_key_id", "region", "security_group_id", "inner_access_policy")
    module = AnsibleModule({**{name: text for name in names}, "access_key_secret": secret})
    options = module.params
    scheme, _separator, host = options["endpoint"].partition("://")
    config = Config(
        access_key_id=options["access_key_id"],
        access_key_secret=options["access_key_secret"],
        region_id=options["region"],
        protocol=scheme,
        endpoint=host,
    )
    request = models.DescribeSecurityGroupAttributeRequest(
        region_id=options["region"], security_group_id=options["security_group_id"]
    )
    policy = Client(config).describe_security_group_attribute(request).body.inner_access_policy.lower()
    if policy != options["inner_access_policy"]:
        module.fail_json(msg="this module only measures converged groups")
    module.exit_json(changed=False, inner_access_policy=policy)


if __name__ == "__main__":
    main()
