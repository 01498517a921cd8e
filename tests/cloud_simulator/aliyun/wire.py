# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse an HTTP request as an RPC call.

The only check is that of the encoding. Source: alibaba_ecs.md 1.2 (form of requests), 2.1 and 2.2 (positions of the
common parameters).
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

# The parameters that version 1.0 signs, and that operations do not get.
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
    """A request with its parameters decoded. ``query`` and ``form`` have no name in common."""

    request: Request
    query: Mapping[str, str]
    form: Mapping[str, str]

    @property
    def is_v3(self) -> bool:
        """Whether the V3 signature is used (clients of version 1.0 send ``x-acs-action`` as well)."""
        return self.request.headers.get("authorization", "").startswith(V3_PREFIX)

    @property
    def parameters(self) -> dict[str, str]:
        """All parameters in the query and the form body."""
        return {**self.query, **self.form}

    @property
    def business(self) -> dict[str, str]:
        """The parameters of the operation. Under V3, these are all of them, because the common ones are headers."""
        if self.is_v3:
            return self.parameters
        return {name: value for name, value in self.parameters.items() if name not in V1_COMMON}

    def common(self, parameter: str, header: str) -> str:
        """Return a common parameter (a header under V3), or "" if it is absent."""
        if self.is_v3:
            return self.request.headers.get(header, "").strip()
        return self.parameters.get(parameter, "")

    @property
    def action(self) -> str:
        """The name of the operation, "" if it is absent."""
        return self.common("Action", "x-acs-action")

    @property
    def version(self) -> str:
        """The version of the API, "" if it is absent."""
        return self.common("Version", "x-acs-version")

    @property
    def wants_xml(self) -> bool:
        """Whether the response is XML: under version 1.0, unless Format is JSON."""
        return not self.is_v3 and self.parameters.get("Format", "XML").upper() == "XML"


def parse(request: Request) -> RpcCall:
    """Decode query and form body. Raises ApiError for an invalid encoding, or a name that occurs twice."""
    query = _decode(request.query_string)
    form = _decode(_form_text(request)) if request.body else {}
    twice = sorted(query.keys() & form.keys())
    if twice:
        raise ApiError("InvalidParameter", f'The parameter "{twice[0]}" is in the query and in the body.')
    return RpcCall(request, query, form)


def parse_leniently(request: Request) -> RpcCall:
    """Like ``parse``, but ignore everything that cannot be decoded. Never raises."""
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
