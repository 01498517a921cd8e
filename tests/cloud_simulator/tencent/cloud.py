# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of Tencent Cloud to the server.

It distinguishes both APIs, authenticates and performs calls, and responds.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ..exchange import Call, Clock, Effect, Reply, Request, SeedError, Switch
from . import echo, signature
from .dfw import V2_PATH, Dfw, short_region
from .errors import Kind, Refusal
from .parameters import form, json_object, nested, own_parameters, shaped
from .state import Backend
from .switches import SWITCHES
from .vpc import Caller, Vpc

MAX_GET = 32 * 1024
CONTENT_TYPES = {
    "json": "application/json",
    # With this content type, the vendor's SDK does not look for an error.
    "json_charset": "application/json; charset=utf-8",
    "text": "text/plain",
}
VERSIONS = {"2017-03-12": "vpc", "2018-08-13": "sts"}


class TencentCloud:
    """One backend with two APIs."""

    name = "tencent"
    throttling_code = "RequestLimitExceeded"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._values = {switch.name: switch.default for switch in SWITCHES.values()}
        self._backend = Backend(clock, self._values.__getitem__)
        self._vpc = Vpc(self._backend)
        self._dfw = Dfw(self._backend)
        self._nonces = signature.Nonces()

    @property
    def switches(self) -> Mapping[str, Switch]:
        """Return all switches by name."""
        return SWITCHES

    def switch_values(self) -> dict[str, str]:
        """Return the current value of every switch."""
        return dict(self._values)

    def set_switch(self, name: str, value: str) -> None:
        """Set a switch. Raises KeyError for an unknown switch, and ValueError for an unknown value."""
        if value not in SWITCHES[name].values:
            raise ValueError(f"{name} is one of {', '.join(SWITCHES[name].values)}")
        self._values[name] = value

    def load(self, seed: Mapping[str, Any]) -> None:
        """Replace the state, and forget the nonces. Raises SeedError."""
        self._backend.load(seed)
        self._nonces = signature.Nonces()

    def dump(self) -> dict[str, Any]:
        """Return the state in the form of the seed."""
        return self._backend.dump()

    def snapshot(self) -> object:
        """Return a copy of the security groups."""
        return dict(self._backend.groups)

    def restore(self, snapshot: object) -> None:
        """Restore the security groups of a snapshot."""
        assert isinstance(snapshot, dict)
        self._backend.groups = dict(snapshot)

    def recognises(self, request: Request) -> bool:
        """Recognise API 2.0 by its path, and API 3.0 by its headers, or by SecretId and a known version."""
        headers = request.headers
        if is_v2(request):
            return True
        if request.path != "/":
            return False
        if "x-tc-action" in headers or headers.get("authorization", "").startswith("TC3-"):
            return True
        flat = self._flat(request)
        return "SecretId" in flat and flat.get("Version") in VERSIONS

    def describe(self, request: Request) -> Call:
        """Describe the request, parsed as leniently as possible."""
        action, given = self._asked(request)
        group = given.get("sgId") if is_v2(request) else given.get("SecurityGroupId")
        return Call(action, group if isinstance(group, str) else None, effect_of(action), given)

    def handle(self, request: Request) -> Reply:
        """Authenticate, validate and perform the call, and respond."""
        try:
            check_transport(request)
            return self._handle_v2(request) if is_v2(request) else self._handle_v3(request)
        except Refusal as refusal:
            return self._refused(request, refusal)

    def refuse(self, request: Request, code: str, message: str) -> Reply:
        """Return the error response of the called API.

        In 2.0, a code that is not a number becomes 6000, and throttling 4400.
        """
        if not is_v2(request):
            return self._v3_error(code, message)
        number = 4400 if code.startswith(self.throttling_code) else int(code) if code.isdecimal() else 6000
        return self._v2_error(number, message, "Failure" if code.isdecimal() else code)

    def foreign_write(self, group: str, change: Mapping[str, Any]) -> None:
        """Replace seed members of a group. Its version grows by one unless it is among them. Raises SeedError."""
        present = self._backend.groups.get(group)
        if present is None:
            raise SeedError(f"tencent: there is no security group {group}")
        old = next(item for item in self._backend.dump()["security_groups"] if item["id"] == group)
        self._backend.groups[group] = self._backend.group_from_seed({**old, "version": present.version + 1, **change})

    def _handle_v3(self, request: Request) -> Reply:
        by_query = "authorization" not in request.headers and "x-tc-action" not in request.headers
        now = self._clock.now()
        flat = form(request) if by_query or request.method == "GET" else {}
        common = flat if by_query else headers_as_common(request)
        action_name, version = common.get("Action", ""), common.get("Version", "")
        if version not in VERSIONS:
            raise Refusal(Kind.NO_VERSION, f"There is no version `{version}`.")
        if by_query:
            key = signature.query_key(request, flat, self._backend.keys, now)
        else:
            key = signature.tc3_key(request, self._backend.keys, now, VERSIONS[version])
        action = self._vpc.actions.get(action_name)
        if action is None or action.service != VERSIONS[version]:
            raise Refusal(Kind.ACTION, f"The action `{action_name}` is invalid or not found.")
        region = common.get("Region", "")
        if action.service == "vpc":
            self._check_region(region)
        from_text = by_query or request.method == "GET"
        raw = nested(own_parameters(flat)) if from_text else json_of(request)
        given = shaped(raw, action.shape, "", from_text)
        for name in action.required:
            if name not in given:
                raise Refusal(Kind.MISSING_PARAMETER, f"The request is missing a required parameter `{name}`.")
        return self._v3_reply(action.run(Caller(key, region), given))

    def _handle_v2(self, request: Request) -> Reply:
        flat = form(request)
        signature.v2_key(request, flat, self._backend.keys, self._clock.now(), self._nonces, self._values.__getitem__)
        region = short_region(flat.get("Region", ""))
        self._check_region(region)
        result = self._dfw.run(flat.get("Action", ""), nested(own_parameters(flat)), region)
        return self._reply({"code": 0, "message": "", **self._code_desc("Success"), **result})

    def _check_region(self, region: str) -> None:
        if not region:
            raise Refusal(Kind.MISSING_PARAMETER, "The request is missing a required parameter `Region`.")
        if region not in self._backend.regions:
            raise Refusal(Kind.REGION, f"The region `{region}` is not supported.")

    def _asked(self, request: Request) -> tuple[str, dict[str, Any]]:
        try:
            if is_v2(request) or "x-tc-action" not in request.headers:
                flat = form(request)
                return flat.get("Action", ""), nested(own_parameters(flat))
            action = request.headers["x-tc-action"]
            return action, nested(form(request)) if request.method == "GET" else json_object(request)
        except Refusal:
            return request.headers.get("x-tc-action", ""), {}

    def _flat(self, request: Request) -> dict[str, str]:
        try:
            return form(request)
        except Refusal:
            return {}

    def _refused(self, request: Request, refusal: Refusal) -> Reply:
        if is_v2(request):
            return self._v2_error(refusal.number, refusal.message, refusal.code)
        return self._v3_error(refusal.code, refusal.message)

    def _v3_reply(self, result: Mapping[str, Any], error_code: str | None = None) -> Reply:
        request_id = str(uuid.uuid4())
        return self._reply({"Response": {**result, "RequestId": request_id}}, error_code, request_id)

    def _v3_error(self, code: str, message: str) -> Reply:
        return self._v3_reply({"Error": {"Code": code, "Message": message}}, code)

    def _v2_error(self, number: int, message: str, code: str) -> Reply:
        described = self._code_desc(code if self._values["v2_code_desc"] == "text_codes" else "Failure")
        return self._reply({"code": number, "message": f"({number}){message}", **described}, str(number))

    def _code_desc(self, text: str) -> dict[str, str]:
        return {} if self._values["v2_code_desc"] == "absent" else {"codeDesc": text}

    def _reply(self, value: dict[str, Any], error_code: str | None = None, request_id: str | None = None) -> Reply:
        body = echo.body(value, self._values.__getitem__)
        content_type = CONTENT_TYPES[self._values["content_type"]]
        return Reply(200, body, content_type, error_code=error_code, request_id=request_id)


def effect_of(action: str) -> Effect:
    """Return the effect by the vendor's naming convention: Describe and Get are reads."""
    return "read" if action.startswith(("Describe", "Get")) else "write"


def check_transport(request: Request) -> None:
    """Check the method, and the size of a GET (section 2.1)."""
    if request.method not in ("GET", "POST"):
        raise Refusal(Kind.PROTOCOL, f"The method {request.method} is not supported.")
    if request.method == "GET" and not is_v2(request) and len(request.query_string) > MAX_GET:
        raise Refusal(Kind.TOO_BIG, f"A GET request has at most {MAX_GET} bytes.")


def is_v2(request: Request) -> bool:
    """Whether the request is for API 2.0."""
    return request.path == V2_PATH


def headers_as_common(request: Request) -> dict[str, str]:
    """Return the common parameters of a TC3 request, with their names in the query signature."""
    return {name: request.headers.get(f"x-tc-{name.lower()}", "") for name in ("Action", "Version", "Region")}


def json_of(request: Request) -> dict[str, Any]:
    """Return the JSON body of a TC3 POST, whose content type must be JSON."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refusal(Kind.PROTOCOL, "The Content-Type must be application/json.")
    return json_object(request)
