# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request parameters: their encodings and types. Stricter than the real service: a typing mistake is an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ..exchange import Request
from .errors import Kind, Refusal

# A leaf is "string", "integer", "boolean" or "index" (a number or its text: the vendor's examples send both).
Shape = str | dict[str, Any] | list[Any]

COMMON = frozenset(
    ("Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod", "Token")
    + ("Language", "RequestClient")
)
TRUTHS = {"true": True, "false": False, "1": True, "0": False}


def form_text(request: Request) -> str:
    """Return the form-encoded parameters: the query of a GET, the body of a POST."""
    return request.query_string if request.method == "GET" else request.body.decode("utf-8", "replace")


def form(request: Request) -> dict[str, str]:
    """Return flat parameters, decoded.

    Refuses a parameter that is given twice, and a body with another content type.
    """
    declared = request.headers.get("content-type", "")
    if request.method != "GET" and not declared.startswith("application/x-www-form-urlencoded"):
        raise Refusal(Kind.PROTOCOL, "The Content-Type must be application/x-www-form-urlencoded.")
    pairs = parse_qsl(form_text(request), keep_blank_values=True)
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Refusal(Kind.PARAMETER, "A parameter is given twice.")
    return result


def own_parameters(flat: Mapping[str, str]) -> dict[str, str]:
    """Return the action's own parameters."""
    return {name: value for name, value in flat.items() if name not in COMMON}


def nested(flat: Mapping[str, str]) -> dict[str, Any]:
    """Return ``{"a.0.b": "x"}`` as ``{"a": {"0": {"b": "x"}}}``."""
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *parents, last = name.split(".")
        node: Any = tree
        for part in parents:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise Refusal(Kind.PARAMETER, f"The parameter `{name}` clashes with another one.")
        if last in node:
            raise Refusal(Kind.PARAMETER, f"The parameter `{name}` clashes with another one.")
        node[last] = value
    return tree


def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON body."""
    try:
        value = json.loads(request.body or b"{}")
    except ValueError:
        raise Refusal(Kind.PARAMETER, "The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Refusal(Kind.PARAMETER, "The request body is no JSON object.")
    return value


def shaped(value: Any, shape: Shape, path: str, from_text: bool) -> Any:
    """Return the value in its documented types; refuse unknown members and wrong types.

    ``from_text`` is true for form-encoded parameters, where lists are numbered members and leaves are texts.
    """
    if isinstance(shape, dict):
        return _shaped_object(value, shape, path, from_text)
    if isinstance(shape, list):
        items = _numbered(value, path) if from_text and isinstance(value, dict) else value
        if not isinstance(items, list):
            raise _wrong_type(path)
        return [shaped(item, shape[0], f"{path}.{index}", from_text) for index, item in enumerate(items)]
    return _leaf(value, shape, path, from_text)


def _shaped_object(value: Any, shape: dict[str, Any], path: str, from_text: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type(path)
    for name in value:
        if name not in shape:
            raise Refusal(Kind.UNKNOWN_PARAMETER, f"The parameter `{_joined(path, name)}` is not recognized.")
    return {name: shaped(item, shape[name], _joined(path, name), from_text) for name, item in value.items()}


def _numbered(value: dict[str, Any], path: str) -> list[Any]:
    try:
        return [value[str(index)] for index in range(len(value))]
    except KeyError:
        raise Refusal(Kind.PARAMETER, f"The parameter `{path}` is not numbered 0, 1, 2, ... without a gap.") from None


def _leaf(value: Any, kind: str, path: str, from_text: bool) -> Any:
    if kind == "string" and isinstance(value, str):
        return value
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "boolean" and from_text and str(value).lower() in TRUTHS:
        return TRUTHS[value.lower()]
    if kind in ("integer", "index"):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if (from_text or kind == "index") and isinstance(value, str) and value.removeprefix("-").isdecimal():
            return int(value)
    raise _wrong_type(path)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong_type(path: str) -> Refusal:
    return Refusal(Kind.PARAMETER, f"The value type of parameter `{path}` is not valid.")
