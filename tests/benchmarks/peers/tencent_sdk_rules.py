# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A minimal module based on tencentcloud-sdk-python-vpc for a converged group: read, compare, exit."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.vpc.v20170312 import models
from tencentcloud.vpc.v20170312.vpc_client import VpcClient

FIELDS = {"action": "Action", "protocol": "Protocol", "port": "Port", "cidr": "CidrBlock"}


def client(options: dict[str, Any]) -> Any:
    scheme, _separator, host = options["endpoint"].partition("://")
    http = HttpProfile(protocol=scheme, endpoint=host)
    credential = Credential(options["secret_id"], options["secret_key"])
    return VpcClient(credential, options["region"], ClientProfile(httpProfile=http))


def observed(policy: Any) -> dict[str, str]:
    rule = {name: str(getattr(policy, member)).lower() for name, member in FIELDS.items()}
    return {**rule, "description": policy.PolicyDescription or ""}


def main() -> None:
    text = {"type": "str", "required": True}
    rules = {"type": "list", "elements": "dict", "required": True}
    secret = {"type": "str", "required": True, "no_log": True}
    names = ("endpoint", "secret_id", "region", "security_group_id")
    module = AnsibleModule({**{name: text for name in names}, "secret_key": secret, "ingress": rules, "egress": rules})
    options = module.params
    request = models.DescribeSecurityGroupPoliciesRequest()
    request.SecurityGroupId = options["security_group_id"]
    answer = client(options).DescribeSecurityGroupPolicies(request).SecurityGroupPolicySet
    ingress = [observed(policy) for policy in answer.Ingress]
    egress = [observed(policy) for policy in answer.Egress]
    if ingress != options["ingress"] or egress != options["egress"]:
        module.fail_json(msg="this module only measures converged groups")
    module.exit_json(changed=False, ingress=ingress, egress=egress, version=answer.Version)


if __name__ == "__main__":
    main()
