# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses in the two formats of the API, with switches for the details that are not documented.

Source: alibaba_ecs.md 1.2 (success), 7.1 (errors), 5.1 (unset fields).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from tests.cloud_simulator.aliyun.errors import ApiError, status_of
from tests.cloud_simulator.aliyun.switches import SwitchBoard
from tests.cloud_simulator.aliyun.wire import RpcCall
from tests.cloud_simulator.exchange import Reply

JSON_TYPE = "application/json;charset=utf-8"
XML_TYPE = "text/xml;charset=utf-8"  # the vendor's client parses XML errors only under exactly this text

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRANGER: Mapping[str, Any] = {"Nested": {"Value": 1, "Nothing": None}, "List": ["a", "b"]}


def success(call: RpcCall, answer: Mapping[str, Any], switches: SwitchBoard) -> Reply:
    """Return HTTP 200 with a new RequestId and the operation's fields, in the form that the switches set."""
    request_id = _request_id()
    body, content_type = _encoded(
        call, f"{call.action}Response", {"RequestId": request_id, **_shaped(answer, switches)}, switches
    )
    return Reply(200, body, content_type, {"x-acs-request-id": request_id}, None, request_id)


def failure(call: RpcCall, error: ApiError, switches: SwitchBoard) -> Reply:
    """Return the error response, with the HTTP status of the code and, for throttling, the x-acs-retry-after switch."""
    request_id = _request_id()
    fields: dict[str, Any] = {"RequestId": request_id, "Code": error.code, "Message": error.message}
    if switches["error_members"] == "full":
        fields["HostId"] = call.request.host
        fields["Recommend"] = f"https://api.aliyun.com/troubleshoot?q={error.code}&product=Ecs&requestId={request_id}"
        if error.detail is not None:
            fields["AccessDeniedDetail"] = error.detail
    headers = {"x-acs-request-id": request_id}
    if error.code.startswith("Throttling") and switches["retry_after_header"] != "absent":
        headers["x-acs-retry-after"] = switches["retry_after_header"]
    body, content_type = _encoded(call, "Error", _with_stranger(fields, switches), switches)
    status = status_of(error.code, switches) if error.status is None else error.status
    return Reply(status, body, content_type, headers, error.code, request_id)


def _encoded(call: RpcCall, root: str, fields: Mapping[str, Any], switches: SwitchBoard) -> tuple[bytes, str]:
    if call.wants_xml:
        return _xml(root, fields), XML_TYPE
    if switches["json_spelling"] == "escaped":
        return json.dumps(fields, indent=1).replace("/", "\\/").encode(), JSON_TYPE
    return json.dumps(fields, ensure_ascii=False).encode(), JSON_TYPE


def _request_id() -> str:
    return str(uuid.uuid4()).upper()


def _shaped(value: Any, switches: SwitchBoard) -> Any:
    """Return the value with unset fields, booleans, numbers and additions in the form that the switches set."""
    if isinstance(value, bool) and switches["boolean_fields"] == "string":
        return "true" if value else "false"
    if isinstance(value, int) and not isinstance(value, bool) and switches["number_fields"] == "string":
        return str(value)
    if isinstance(value, list):
        return [_shaped(entry, switches) for entry in value]
    if not isinstance(value, Mapping):
        return value
    shaped = {name: _shaped(field, switches) for name, field in value.items()}
    unset = switches["unset_fields"]
    if unset != "empty":
        shaped = {name: None if _is_unset(name, field) else field for name, field in shaped.items()}
    if unset == "absent":
        shaped = {name: field for name, field in shaped.items() if field is not None}
    return _with_stranger(shaped, switches)


def _is_unset(name: str, field: Any) -> bool:
    return field == "" or (name == "Tags" and not field["Tag"]) or (name == "ServiceID" and field in (0, "0"))


def _with_stranger(fields: dict[str, Any], switches: SwitchBoard) -> dict[str, Any]:
    if switches["extra_fields"] == "none":
        return fields
    return {"AddedLater": dict(_STRANGER), **fields}


def _xml(root: str, fields: Mapping[str, Any]) -> bytes:
    element = ElementTree.Element(root)
    _append(element, fields)
    encoded: bytes = ElementTree.tostring(element, encoding="UTF-8", xml_declaration=True)
    return encoded


def _append(parent: ElementTree.Element, fields: Mapping[str, Any]) -> None:
    """Append a value as XML. A list becomes repeated elements, named after its entries (``Tags.Tag``)."""
    for name, field in fields.items():
        for entry in field if isinstance(field, list) else [field]:
            element = ElementTree.SubElement(parent, name)
            if isinstance(entry, Mapping):
                _append(element, entry)
            elif isinstance(entry, bool):
                element.text = "true" if entry else "false"
            elif entry is not None:
                element.text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(entry))
