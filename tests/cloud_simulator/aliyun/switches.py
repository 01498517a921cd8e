# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behaviour that the documents of Alibaba Cloud leave open, as switches. README.md has the same table."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cloud_simulator.exchange import Switch

_ALL = (
    Switch(
        "client_token_retention",
        ("24h", "10min", "1min", "none"),
        "24h",
        "alibaba_ecs.md 10.1",
        "how long a ClientToken is remembered; none: every call is a new one",
    ),
    Switch(
        "client_token_scope",
        ("account_region_action", "account_region", "account"),
        "account_region_action",
        "alibaba_ecs.md 10.1",
        "what a ClientToken is unique within",
    ),
    Switch(
        "client_token_after_refusal",
        ("forgotten", "burnt", "replayed"),
        "forgotten",
        "alibaba_ecs.md 10.1",
        "after a refused call its token is free again, answers IdempotentFailed, or answers the same refusal",
    ),
    Switch(
        "idempotent_processing",
        ("0", "1", "2", "3", "5", "20"),
        "0",
        "alibaba_ecs.md 4",
        "so many repeats of a token are told that the first call is still running",
    ),
    Switch(
        "idempotent_processing_code",
        ("IdempotentProcessing", "LastTokenProcessing"),
        "IdempotentProcessing",
        "alibaba_ecs.md 4",
        "the code for that",
    ),
    Switch(
        "idempotent_failed",
        ("never", "after_effect", "without_effect"),
        "never",
        "alibaba_ecs.md 4",
        "after_effect: a repeat of a token whose call took effect gets IdempotentFailed; without_effect: the first "
        "tokened write of each group gets InternalError, changes nothing, and its token is burnt",
    ),
    Switch(
        "idempotent_parameter_mismatch",
        ("400", "403", "400_newer_text", "InvalidIdempotenceParameter.Mismatch"),
        "400",
        "alibaba_ecs.md 4",
        "status, text or code of the refusal of a token that comes back with other parameters",
    ),
    Switch(
        "same_value_write",
        ("success", "OperationConflict"),
        "success",
        "alibaba_ecs.md 10.2",
        "setting the policy a group already has",
    ),
    Switch(
        "enterprise_drop",
        ("refused", "success"),
        "refused",
        "alibaba_ecs.md 10.2",
        "setting Drop, the only policy it can have, on an advanced group",
    ),
    Switch(
        "missing_parameter_code",
        ("MissingParameter", "MissingParameter.Name", "MissingName"),
        "MissingParameter",
        "alibaba_ecs.md 10.3",
        "how the code for a missing SecurityGroupId or InnerAccessPolicy is made",
    ),
    Switch(
        "check_order",
        ("value_existence_managed_type", "existence_managed_type_value", "existence_type_managed_value"),
        "value_existence_managed_type",
        "alibaba_ecs.md 10.4",
        "which of several mistakes in one ModifySecurityGroupPolicy is named",
    ),
    Switch(
        "permission_check",
        ("first", "after_existence"),
        "first",
        "alibaba_ecs.md 10.4",
        "whether a key without the permission learns that a group does not exist",
    ),
    Switch(
        "permission_denied_code",
        ("Forbidden.RAM", "Forbidden.SubUser", "Forbidden.Unauthorized"),
        "Forbidden.RAM",
        "alibaba_ecs.md 7.2",
        "the code for a denied action",
    ),
    Switch(
        "unknown_group_code",
        ("InvalidSecurityGroupId.NotFound", "Forbidden.SecurityGroupNotFound"),
        "InvalidSecurityGroupId.NotFound",
        "alibaba_ecs.md 7.2",
        "the code for a group that is not there; the second one is seen by RAM users",
    ),
    Switch(
        "throttling_status",
        ("400", "429", "503"),
        "400",
        "alibaba_ecs.md 10.5",
        "HTTP status of Throttling, Throttling.User and Throttling.Api",
    ),
    Switch(
        "retry_after_header",
        ("absent", "100", "2000", "0", "soon"),
        "absent",
        "alibaba_ecs.md 10.5",
        "x-acs-retry-after (milliseconds) of a throttling answer",
    ),
    Switch(
        "security_token_status",
        ("400", "403"),
        "400",
        "alibaba_ecs.md 10.6",
        "HTTP status of InvalidSecurityToken.* and MissingSecurityToken",
    ),
    Switch(
        "access_key_not_found_status",
        ("404", "400"),
        "404",
        "alibaba_ecs.md 10.6",
        "HTTP status of InvalidAccessKeyId.NotFound",
    ),
    Switch(
        "inactive_key_code",
        ("InvalidAccessKeyId.Inactive", "Forbidden.AccessKeyDisabled"),
        "InvalidAccessKeyId.Inactive",
        "alibaba_ecs.md 7.2",
        "the code for a key that is switched off",
    ),
    Switch(
        "service_unavailable_status",
        ("503", "500"),
        "503",
        "alibaba_ecs.md 7.2",
        "HTTP status of ServiceUnavailable",
    ),
    Switch(
        "managed_group_message",
        ("text", "empty", "placeholder"),
        "text",
        "alibaba_ecs.md 10.7",
        "message of InvalidOperation.ResourceManagedByCloudProduct; placeholder: an unfilled %s",
    ),
    Switch(
        "page_size_out_of_range",
        ("refused", "clamped"),
        "refused",
        "alibaba_ecs.md 10.9",
        "a MaxResults or PageSize outside its range",
    ),
    Switch(
        "page_number_paging",
        ("supported", "refused"),
        "supported",
        "alibaba_ecs.md 5.2",
        "PageNumber and PageSize are to be retired; the text of NotSupported.PageNumberAndPageSize says they are",
    ),
    Switch(
        "token_paging",
        ("supported", "unknown"),
        "supported",
        "alibaba_ecs.md 5.2",
        "unknown: MaxResults and NextToken are not looked at, and all pages are by number, without NextToken",
    ),
    Switch(
        "page_filling",
        ("full", "short", "some_empty"),
        "full",
        "alibaba_ecs.md 5.2",
        "as asked; never more than 3 groups; pages by NextToken: every second one empty although more follow",
    ),
    Switch(
        "group_order",
        ("descending", "ascending", "seed"),
        "descending",
        "alibaba_ecs.md 5.2",
        "order of DescribeSecurityGroups",
    ),
    Switch(
        "priority_type",
        ("text", "number"),
        "text",
        "alibaba_ecs.md 5.1",
        "Priority of a rule as text, as documented, or as a number, as older responses have it",
    ),
    Switch(
        "rule_page_header",
        ("every", "first"),
        "every",
        "alibaba_ecs.md 10.9",
        "whether later pages of DescribeSecurityGroupAttribute repeat InnerAccessPolicy, name and VpcId",
    ),
    Switch(
        "policy_accepted_case",
        ("any", "capitalised"),
        "any",
        "alibaba_ecs.md 10.11",
        "letter case in which InnerAccessPolicy is accepted",
    ),
    Switch(
        "policy_returned_case",
        ("capitalised", "lower", "upper"),
        "capitalised",
        "alibaba_ecs.md 10.11",
        "letter case in which InnerAccessPolicy comes back",
    ),
    Switch(
        "unset_fields",
        ("empty", "null", "absent"),
        "empty",
        "alibaba_ecs.md 5.1",
        "how a field without a value comes back",
    ),
    Switch(
        "boolean_fields",
        ("boolean", "string"),
        "boolean",
        "alibaba_ecs.md 5.2",
        "how ServiceManaged comes back in JSON",
    ),
    Switch(
        "number_fields",
        ("number", "string"),
        "number",
        "alibaba_ecs.md 5.2",
        "how TotalCount, PageNumber, EcsCount, ServiceID and other numbers come back in JSON",
    ),
    Switch(
        "json_spelling",
        ("plain", "escaped"),
        "plain",
        "alibaba_ecs.md hostile echo",
        r"escaped: JSON bodies are indented, with / as \/ and what is not ASCII as \uXXXX",
    ),
    Switch(
        "extra_fields",
        ("none", "unknown"),
        "none",
        "alibaba_ecs.md 1.2",
        "answers carry members that no document names",
    ),
    Switch(
        "error_members",
        ("full", "minimal"),
        "full",
        "alibaba_ecs.md 7.1",
        "errors carry HostId, Recommend and AccessDeniedDetail, or only RequestId, Code and Message",
    ),
    Switch(
        "unknown_parameters",
        ("refused", "ignored"),
        "refused",
        "alibaba_ecs.md 1.2",
        "the real service ignores them; refusing them finds misspelt names",
    ),
)

SWITCHES: Mapping[str, Switch] = {switch.name: switch for switch in _ALL}


class SwitchBoard:
    """The current value of every switch."""

    def __init__(self) -> None:
        self._values = {switch.name: switch.default for switch in _ALL}

    def __getitem__(self, name: str) -> str:
        """Return the value of a switch. Raises KeyError for an unknown one."""
        return self._values[name]

    def set(self, name: str, value: str) -> None:
        """Set a switch. Raises KeyError for an unknown switch, and ValueError for an unknown value."""
        allowed = SWITCHES[name].values
        if value not in allowed:
            raise ValueError(f"{name} can be {', '.join(allowed)}, not {value!r}")
        self._values[name] = value

    def values(self) -> dict[str, str]:
        """Return all values by name."""
        return dict(self._values)
