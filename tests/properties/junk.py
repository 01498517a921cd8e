# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unexpected values for fuzzing options and responses."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

# Each of these has broken a program: parsers, encoders, number conversions, terminals, file names, URLs, networks.
TEXTS = (
    *("", " ", "\n", "\x00", "a\x00b", "\x1b[31m", "\ud800", "\udc80", "\udfff\ud800", "\u202e", "\ufeff", "\u2028"),
    *("null", "None", "true", "no", "NaN", "Infinity", "-1", "0", "1e999", "0x1f", "9" * 5000, "1" * 30, "٣", "²", "½"),
    *("[", "]", "[]", "{}", "[1", "[[[", "[" * 30000, '{"a":' * 3000, "{'a': 1}", "a=b", "a=b,c", "= =", "[null]"),
    *(
        "~",
        "~nobody/x",
        "$HOME",
        "${",
        "%s",
        "%(x)s",
        "{{ x }}",
        "{0}",
        "\\",
        '"',
        "'",
        "`",
        "<script>",
        "--",
        "@",
        "*",
    ),
    *(
        "http://[::1",
        "http://a:99999",
        "http://\x00",
        "//",
        "a b",
        "http://a/b?c#d",
        "http://é",
        "[::1]",
        "x://y",
        "a@b",
    ),
    *(
        "https://" + "a" * 300,
        "http://" + "a." * 200,
        "xn--",
        ".",
        "..",
        "http://127.0.0.1:0",
        "http://%00",
        "http://\ud800",
    ),
    *(
        "::",
        "::/0",
        "0.0.0.0/33",
        "fe80::1%eth0",
        "1.2.3.4/255.0.255.0",
        "1.2.3.4/0.0.0.0",
        "01.2.3.4",
        "1.2.3",
        "::ffff:1.2.3.4/96",
    ),
    *("0-", "-0", "1-2-3", "80,", ",", "80,90-100", "65536", "0" * 5000 + "1", "all,80", "9" * 4301, "٢٢"),
    *("sg-", "sg-\n", "sg-1\n", "sg-é", "SG-1", "ipm-", "ppmg-" + "a" * 1000, "ACCEPT ", "İ", "ſ", "K"),
    *("a" * 20000, "内" * 3000, "\U0001f600" * 100),
)
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, 10**18, 10**400, -(10**400), 1.5, -0.0, 1e308, float("inf"), float("nan"))
TEXT: SearchStrategy[str] = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(), max_size=8))
SCALAR: SearchStrategy[Any] = st.one_of(TEXT, st.sampled_from(NUMBERS), st.integers(), st.booleans(), st.none())


def _nested(depth: int, link: Any) -> Any:
    value: Any = "deep"
    for _step in range(depth):
        value = link(value)
    return value


DEEP = (_nested(60, lambda value: [value]), _nested(60, lambda value: {"a": value}))
JUNK: SearchStrategy[Any] = st.one_of(
    SCALAR,
    st.recursive(
        SCALAR,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
        max_leaves=6,
    ),
    st.sampled_from(DEEP),
)


@st.composite
def damaged(draw: st.DrawFn, value: Any) -> Any:
    """The value with junk somewhere in it (replacing a part, next to it, or under its name), or with a part missing."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(value)))
        rest = {key: each for key, each in value.items() if key != name}
        kind = draw(st.integers(0, 6))
        if kind == 0:
            return rest
        if kind == 1:
            return {**value, draw(TEXT): draw(JUNK)}
        return {**rest, name: draw(damaged(value[name]))}
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        index = draw(st.integers(0, len(value) - 1))
        kind = draw(st.integers(0, 5))
        if kind == 0:
            return value[:index] + value[index + 1 :]
        if kind == 1:
            return [*value[:index], draw(JUNK), *value[index:]]
        return [*value[:index], draw(damaged(value[index])), *value[index + 1 :]]
    return draw(JUNK)


@st.composite
def damaged_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """The bytes truncated, partly overwritten, with others inserted, or replaced altogether."""
    at = draw(st.integers(0, len(body)))
    some = draw(
        st.one_of(st.binary(max_size=6), st.sampled_from([b"\x00", b"\xff\xfe", b'"', b"}", b"[[", b"\\ud800"]))
    )
    changes = (body[:at], body[:at] + some + body[at:], body[:at] + some + body[at + len(some) :], body + some, some)
    return draw(st.sampled_from(changes))


# Bodies that are JSON, almost JSON, or not JSON at all.
BODIES = (
    *(b"", b"null", b"[]", b"{}", b"0", b'""', b"NaN", b"Infinity", b"1e999", b"[" * 100000, b'{"a":' * 50000),
    *(
        b'{"code": Infinity}',
        b'{"code": 1e999}',
        b'{"code": "x"}',
        b'{"code": null}',
        b'{"code": [0]}',
        b'{"code": true}',
    ),
    *(b'{"code": ' + b"9" * 5000 + b"}", b'{"code": 0}', b'{"code": 0, "data": null}', b'{"code": "0", "data": "x"}'),
    *(b'{"Response": null}', b'{"Response": []}', b'{"Response": {"RequestId": 1}}', b'{"Response": {"Error": []}}'),
    *(b'{"Response": {"RequestId": "r"}}', b'{"Response": {"Error": {"Code": {}, "Message": []}}}', b"\xef\xbb\xbf{}"),
    *(b'{"RequestId": "r"}', b'{"RequestId": "r", "Code": 5}', b'{"RequestId": "\\ud800", "Code": "\\udfff"}'),
    *(b"<Error>", b"<Error></Error>", b"<?xml version='1.0'?><Error><Code>x</Code></Error>", b"<Error>&x;</Error>"),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]><Error>&a;</Error>", b"\xff\xfe{\x00}\x00", '{"RequestId":"r"}'.encode("utf-16")),
    *('{"Code":"Throttling"}'.encode("utf-32"), b"<html></html>", b"\x00" * 100, b"\x1f\x8b\x08\x00"),
    *(b"<Error><Code/><RequestId/>" + b"<a>" * 20000, b'<Error xmlns:x="y"><x:Code>1</x:Code></Error>'),
)
STATUSES = (200, 200, 200, 200, 100, 204, 301, 302, 400, 403, 404, 408, 429, 500, 502, 503, 504, 600, 999)
TYPES = (
    "application/json",
    "application/json",
    "text/html",
    "",
    "\x1b[0m",
    "é",
    "text/plain; charset=\ud800",
    "a" * 5000,
)


@st.composite
def damaged_body(draw: st.DrawFn, body: bytes) -> bytes:
    """Another response instead of this one."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from(BODIES))
    if kind == 1:
        return draw(damaged_bytes(body))
    try:
        value = json.loads(body)
    except ValueError:
        return draw(damaged_bytes(body))
    for _step in range(draw(st.integers(1, 3))):
        value = draw(damaged(value))
    return json.dumps(value).encode()
