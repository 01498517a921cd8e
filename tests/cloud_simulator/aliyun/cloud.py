# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Alibaba Cloud half of the simulator: ECS security groups, behind the interface of the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud_simulator.aliyun import answers
from tests.cloud_simulator.aliyun.client_tokens import ClientTokens
from tests.cloud_simulator.aliyun.errors import ApiError
from tests.cloud_simulator.aliyun.gateway import Gateway
from tests.cloud_simulator.aliyun.operations import OPERATIONS, Context, Operation
from tests.cloud_simulator.aliyun.parameters import Parameters
from tests.cloud_simulator.aliyun.state import Account, SecurityGroup, changed_group, dump_account, load_account
from tests.cloud_simulator.aliyun.switches import SWITCHES, SwitchBoard
from tests.cloud_simulator.aliyun.wire import V1_COMMON, RpcCall, parse, parse_leniently
from tests.cloud_simulator.exchange import Call, Clock, Reply, Request, SeedError, Switch


class AliyunCloud:
    """One account of Alibaba Cloud, behind the interface of ``exchange.Cloud``."""

    name = "aliyun"
    throttling_code = "Throttling.User"

    def __init__(self, clock: Clock) -> None:
        self._switches = SwitchBoard()
        self._gateway = Gateway(clock, self._switches)
        self._tokens = ClientTokens(clock, self._switches)
        self._account = Account()

    @property
    def switches(self) -> Mapping[str, Switch]:
        """Return all switches by name."""
        return SWITCHES

    def switch_values(self) -> dict[str, str]:
        """Return the current value of every switch."""
        return self._switches.values()

    def set_switch(self, name: str, value: str) -> None:
        """Set a switch. Raises KeyError for an unknown switch, and ValueError for an unknown value."""
        self._switches.set(name, value)
        if name == "idempotent_failed":
            self._tokens.fail_again()

    def load(self, seed: Mapping[str, Any]) -> None:
        """Replace the state, and forget nonces and client tokens. Switches stay. Raises SeedError."""
        self._account = load_account(seed)
        self._gateway.clear()
        self._tokens.clear()

    def dump(self) -> dict[str, Any]:
        """Return the state in the form of the seed, including secrets."""
        return dump_account(self._account)

    def snapshot(self) -> object:
        """Return an independent copy of the security groups."""
        return dict(self._account.security_groups)

    def restore(self, snapshot: object) -> None:
        """Restore the security groups of a snapshot."""
        if not isinstance(snapshot, dict):
            raise TypeError("not a snapshot of this cloud")
        groups: dict[str, SecurityGroup] = snapshot
        self._account.security_groups = dict(groups)

    def recognises(self, request: Request) -> bool:
        """Recognise V3 by its headers, and version 1.0 by its parameters. SecretId is Tencent Cloud's AccessKeyId."""
        headers = request.headers
        if headers.get("authorization", "").startswith("ACS3-") or "x-acs-action" in headers:
            return True
        if "authorization" in headers or "x-tc-action" in headers:
            return False
        parameters = parse_leniently(request).parameters
        if "SecretId" in parameters:
            return False
        versions = {operation.version for operation in OPERATIONS}
        return "AccessKeyId" in parameters or parameters.get("Version") in versions

    def describe(self, request: Request) -> Call:
        """Describe the request. An operation that does not exist counts as a read, because it has no effect."""
        call = parse_leniently(request)
        operation = next((each for each in OPERATIONS if each.name == call.action), None)
        group = call.business.get("SecurityGroupId") if operation is not None and operation.names_a_group else None
        effect = "read" if operation is None else operation.effect
        parameters = {name: value for name, value in call.business.items() if name not in V1_COMMON}
        return Call(call.action, group or None, effect, parameters)

    def handle(self, request: Request) -> Reply:
        """Authenticate, validate and perform the call, and respond."""
        try:
            call = parse(request)
        except ApiError as error:
            return answers.failure(parse_leniently(request), error, self._switches)
        try:
            operation = self._gateway.operation(call)
            context = self._context(call, operation)
            return answers.success(call, operation.perform(context), self._switches)
        except ApiError as error:
            return answers.failure(call, error, self._switches)

    def refuse(self, request: Request, code: str, message: str) -> Reply:
        """Return the error response with this code and message (the code's usual text if empty). Changes nothing."""
        return answers.failure(parse_leniently(request), ApiError(code, message or None), self._switches)

    def foreign_write(self, group: str, change: Mapping[str, Any]) -> None:
        """Replace some seed members of a group. Raises SeedError."""
        if "id" in change and change["id"] != group:
            raise SeedError(f"aliyun.security_groups[{group}].id cannot change")
        self._account.security_groups[group] = changed_group(self._account, group, change)

    def _context(self, call: RpcCall, operation: Operation) -> Context:
        key = self._gateway.authenticate(call, self._account)
        parameters = Parameters(call.business)
        if self._switches["unknown_parameters"] == "refused":
            for name in parameters:
                if not operation.accepts(name):
                    text = f'The parameter "{name}" is not supported by {operation.name}.'
                    raise ApiError("UnsupportedParameter", text)
        context = Context(self._account, self._switches, self._tokens, key, operation.name, parameters)
        if self._switches["permission_check"] == "first":
            context.authorise()
        return context


def create(clock: Clock) -> AliyunCloud:
    """Return a cloud without any resources; see ``load``."""
    return AliyunCloud(clock)
