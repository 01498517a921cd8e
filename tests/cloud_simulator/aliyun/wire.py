# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP request in, RPC call out. Knows where the two signatures put things; checks nothing but the encoding.

Source: alibaba_ecs.md 1.2 (request shape), 2.1 and 2.2 (where the common parameters travel).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from tests.cloud_simulator.aliyun.errors import ApiError
from tests.cloud_simulator.exchange import Request

FORM = "application/x-www-form-urlencoded"
V3_PREFIX = "ACS3-"

# The parameters of a request that version 1.0 signs and that no operation sees.
V1_COMMON = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureType",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class RpcCall:
    """A request with its parameters decoded. ``query`` and ``form`` share no name."""

    request: Request
    query: Mapping[str, str]
    form: Mapping[str, str]

    @property
    def is_v3(self) -> bool:
        """Whether the V3 signature is used (the version 1.0 clients send ``x-acs-action`` as well)."""
        return self.request.headers.get("authorization", "").startswith(V3_PREFIX)

    @property
    def parameters(self) -> dict[str, str]:
        """Everything in the query and the form body."""
        return {**self.query, **self.form}

    @property
    def business(self) -> dict[str, str]:
        """The parameters that belong to the operation. Under V3 the common ones are headers, so all are."""
        if self.is_v3:
            return self.parameters
        return {name: value for name, value in self.parameters.items() if name not in V1_COMMON}

    def common(self, parameter: str, header: str) -> str:
        """A common parameter: the header under V3, else the parameter; "" when absent."""
        if self.is_v3:
            return self.request.headers.get(header, "").strip()
        return self.parameters.get(parameter, "")

    @property
    def action(self) -> str:
        """The name of the operation, "" when absent."""
        return self.common("Action", "x-acs-action")

    @property
    def version(self) -> str:
        """The version of the API, "" when absent."""
        return self.common("Version", "x-acs-version")

    @property
    def wants_xml(self) -> bool:
        """Version 1.0 answers XML unless Format says JSON; V3 always answers JSON."""
        return not self.is_v3 and self.parameters.get("Format", "XML").upper() == "XML"


def parse(request: Request) -> RpcCall:
    """Decode query and form body. ApiError when they are not well encoded or a name occurs twice."""
    query = _decode(request.query_string)
    form = _decode(_form_text(request)) if request.body else {}
    twice = sorted(query.keys() & form.keys())
    if twice:
        raise ApiError("InvalidParameter", f'The parameter "{twice[0]}" is in the query and in the body.')
    return RpcCall(request, query, form)


def parse_leniently(request: Request) -> RpcCall:
    """As ``parse``, but what cannot be decoded counts as not there. Never raises."""
    query: dict[str, str] = {}
    form: dict[str, str] = {}
    with suppress(ApiError):
        query = _decode(request.query_string)
    with suppress(ApiError):
        form = _decode(_form_text(request)) if request.body else {}
    return RpcCall(request, query, form)


def _form_text(request: Request) -> str:
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type != FORM or request.method != "POST":
        raise ApiError("InvalidParameter", "A body is understood only in a POST, and only as a form.")
    return request.body.decode("latin-1")


def _decode(text: str) -> dict[str, str]:
    """Percent-decode ``a=b&c=d``; "+" is a space, names are unique, bytes are UTF-8."""
    if _BAD_ESCAPE.search(text) or not text.isascii():
        raise ApiError("InvalidParameter", "The request is not percent-encoded.")
    decoded: dict[str, str] = {}
    for pair in text.split("&") if text else []:
        name, dummy, value = (_text(part) for part in pair.partition("="))
        if not name or name in decoded:
            raise ApiError("InvalidParameter", f'The parameter "{name}" has no name or occurs twice.')
        decoded[name] = value
    return decoded


def _text(part: str) -> str:
    try:
        return unquote_to_bytes(part.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ApiError("InvalidParameter", "The request is not UTF-8.") from error
