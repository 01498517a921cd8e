# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The legacy API 2.0 (dfw): everything that only this API knows.

Sources: ModifySecurityGroupPolicys, DescribeSecurityGroupPolicys, DescribeSecurityGroupEx and their siblings.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from .._change.contract import Entry
from .._http.client import Client
from .._http.clock import Clock
from .._http.errors import CloudError
from .._http.paging import Page, by_offset, count_from
from .._http.responses import group_entries, invalid_response, parse_json
from .._http.transport import HttpRequest, HttpResponse
from .._keys.keys import KeySource
from .._options.endpoint import Endpoint
from .._options.environment import from_variables
from .._options.filters import Filters
from .._options.options import Options
from .._options.service_options import endpoint_option
from .dialect import Dialect
from .edits import Delete, Edit, Insert, Reset
from .rule_api import Call, lockable, no_rules, read_rules, version_of
from .rule_input import Limits
from .rule_set import RuleSet
from .rules import DIRECTIONS
from .signing import TC3, sign_query

HOST = "dfw.api.qcloud.com"
PATH = "/v2/index.php"
ENDPOINT = ("TENCENTCLOUD_ENDPOINT_DFW",)
DIALECT = Dialect(
    members={
        "action": "action",
        "protocol": "ipProtocol",
        "port": "portRange",
        "cidr": "cidrIp",
        "security_group_id": "sgId",
        "address_template": "addressModule",
        "service_template": "serviceModule",
        "description": "desc",
    },
    template_members={},
    # Any protocol and any port are expressed by omitting the member.
    any_protocol="",
    any_port="",
    any_port_with=(),
)
PAGE_SIZE = 100  # the maximum of one page


class DfwService(NamedTuple):
    """Implements the Service protocol. ``signature_method`` is ``HmacSHA256`` or ``HmacSHA1``."""

    endpoint: Endpoint
    region: str
    keys: KeySource
    signature_method: str
    clock: Clock

    def request(self, action: str, parameters: Mapping[str, Any]) -> HttpRequest:
        """Return a signed POST with a form.

        If a value begins with ``@``, which the vendor's clients leave unsigned in a POST, it is a GET.
        """
        key = self.keys.current()
        flat = {
            **dict(flatten(parameters)),
            "Action": action,
            "Region": self.region,
            "Timestamp": str(int(self.clock.now())),
            "Nonce": str(secrets.randbelow(2**31 - 1) + 1),
            "SecretId": key.id,
            "SignatureMethod": self.signature_method,
        }
        if key.token:
            flat["Token"] = key.token
        method = "GET" if any(value.startswith("@") for value in flat.values()) else "POST"
        flat["Signature"] = sign_query(method, self.endpoint.host, PATH, flat, key.secret)
        form = urlencode(flat)
        headers = {"host": self.endpoint.host}
        if method == "GET":
            return HttpRequest("GET", f"{self.endpoint.url(PATH)}?{form}", headers)
        headers["content-type"] = "application/x-www-form-urlencoded"
        return HttpRequest("POST", self.endpoint.url(PATH), headers, form.encode("ascii"))

    def parse(self, action: str, response: HttpResponse) -> tuple[dict[str, Any], str | None]:
        """Return the whole body, and the request ID if there is one. Raises CloudError."""
        body = parse_json(response.body)
        try:
            number = str(int(body["code"]))
        except (ValueError, TypeError, KeyError, OverflowError):
            raise invalid_response(action, response, "Tencent Cloud") from None
        request_id = body.get("requestId")
        request_id = request_id if isinstance(request_id, str) else None
        if number != "0":
            from .errors import NUMBERED_KINDS, refused  # long tables, for failures only

            described = body.get("codeDesc")
            # A later form of the API has a text code that is more precise than the number; an earlier one only says
            # whether the call succeeded.
            precise = isinstance(described, str) and described not in ("", "Success", "Failure")
            code = str(described) if number not in NUMBERED_KINDS and precise else number
            raise refused(action, code, str(body.get("message", "")), response, request_id, self.clock.now())
        return body, request_id


def flatten(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield lists and objects as dotted names with their values, counted from 0. An empty list yields nothing."""
    if isinstance(value, Mapping):
        pairs: Any = value.items()
    elif isinstance(value, (list, tuple)):
        pairs = enumerate(value)
    else:
        yield prefix, str(value)
        return
    for name, member in pairs:
        yield from flatten(member, f"{prefix}.{name}" if prefix else str(name))


class Api20:
    """Implements the RuleApi protocol."""

    rates: Mapping[str, float] = {}  # the documentation has no figures
    # Points 5 and 10 of the page of ModifySecurityGroupPolicys. The API has no member for IPv6.
    limits = Limits(
        protocols=("tcp", "udp", "icmp", "all"),
        ipv6=False,
        two_templates=False,
        description_length=50,
        api="API 2.0",
        remedy="use api_version 3.0",
    )
    has_lock = False
    reset_can_empty = False
    read_action = "DescribeSecurityGroupPolicys"
    list_action = "DescribeSecurityGroupEx"

    def endpoint(self, options: Options, region: str) -> Endpoint | None:
        given = options.text("endpoint") or from_variables(ENDPOINT)
        if not given and options.text("network") == "vpc":
            options.wrong(
                "network", "API 2.0 has no host in the internal network; use api_version 3.0 or give endpoint"
            )
        return endpoint_option(options, given or HOST)

    def signature_method(self, options: Options) -> str:
        method = options.text("signature_method")
        if method == TC3:
            options.wrong("signature_method", f"API 2.0 is signed with HmacSHA256 or HmacSHA1, not with {TC3}")
        return method or "HmacSHA256"

    def service(self, endpoint: Endpoint, region: str, keys: KeySource, method: str, clock: Clock) -> DfwService:
        return DfwService(endpoint, region, keys, method, clock)

    def read_parameters(self, group: str) -> dict[str, Any]:
        return {"sgId": group}

    def parse(self, body: Mapping[str, Any]) -> RuleSet:
        data = body.get("data")
        if data == []:  # how this API spells an empty object
            data = {}
        if not isinstance(data, Mapping):
            raise no_rules(self.read_action)
        ingress, egress = (
            read_rules(DIALECT, data.get(name), "index", self.read_action, remedy=self.limits.remedy)
            for name in DIRECTIONS
        )
        reportable = "version" in data
        version = data["version"] if reportable else _version_of_a_rule(data)
        return RuleSet(ingress, egress, version_of(version), reportable)

    def locks(self, edit: Edit, version: str | None) -> bool:
        return lockable(edit, version)

    def call(self, group: str, edit: Edit, state: RuleSet) -> Call:
        if isinstance(edit, Reset):
            return "ModifySecurityGroupPolicys", {"sgId": group, **_reset(edit)}
        parameters: dict[str, Any] = {"sgId": group, "direction": edit.direction}
        if isinstance(edit, Insert):
            action = "CreateSecurityGroupPolicy"
            parameters["index"] = -1 if not edit.length else 0 if edit.at_top else edit.length
            parameters["policys"] = [DIALECT.to_api(rule) for rule in edit.rules]
        elif isinstance(edit, Delete):
            action = "DeleteSecurityGroupPolicy"
            parameters["indexes"] = list(edit.positions)
        else:
            action = "ModifySingleSecurityGroupPolicy"
            parameters.update(index=edit.position, policys=DIALECT.to_api(edit.rule))
        if self.locks(edit, state.version):
            parameters["version"] = state.version
        return action, parameters

    def check_filters(self, filters: Filters, options: Options) -> None:
        if filters.tags:
            options.wrong("filters.tags", "API 2.0 does not return tags; use api_version 3.0")

    def groups(self, client: Client, ids: list[str], filters: Filters) -> Iterator[Entry]:
        """Yield the groups, with one call for each ID because the API accepts only one."""
        names = {"name": "sgName", "project_id": "projectId"}
        conditions = {other: filters.text(name) for name, other in names.items() if filters.text(name)}
        for identifier in ids:
            try:
                yield from self._pages(client, {**conditions, "sgId": identifier})
            except CloudError as error:
                if error.kind != "not_found":
                    raise
        if not ids:
            yield from self._pages(client, conditions)

    def _pages(self, client: Client, conditions: Mapping[str, Any]) -> list[Entry]:
        def page(offset: int) -> Page:
            body = client.read(self.list_action, {**conditions, "offsetLine": offset, "limit": PAGE_SIZE})
            data = body.get("data")
            data = data if isinstance(data, Mapping) else {}
            total = count_from(data.get("totalNum"))
            return Page(group_entries(data.get("detail"), "sgId", self.list_action, total), total)

        return [_entry(group) for group in by_offset(self.list_action, "sgId", page)]


def _reset(edit: Reset) -> dict[str, Any]:
    given = {"ingress": edit.ingress, "egress": edit.egress}
    return {name: [DIALECT.to_api(rule) for rule in rules] for name, rules in given.items()}


def _version_of_a_rule(data: Mapping[str, Any]) -> Any:
    """Return the version beside a rule, where it is documented. Other clients read it beside the lists."""
    for name in ("ingress", "egress"):
        for entry in data.get(name) or []:
            if isinstance(entry, Mapping) and "version" in entry:
                return entry["version"]
    return None


def _entry(group: Mapping[str, Any]) -> Entry:
    # This API returns neither tags nor whether a group is a default one.
    return {
        "security_group_id": str(group.get("sgId")),
        "name": group.get("sgName") or "",
        "description": group.get("sgRemark") or "",
        "project_id": str(group.get("projectId") or "0"),
        "is_default": None,
        "tags": {},
    }
