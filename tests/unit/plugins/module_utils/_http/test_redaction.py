# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are removed from the responses of services."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.redaction import redact

SECRET = "CAIS/token+with=signs=="
SPELLINGS = [SECRET, quote(SECRET, safe=""), quote(quote(SECRET, safe=""), safe=""), quote_plus(SECRET)]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_in_any_encoding(spelling: str) -> None:
    text = redact(f"no such token: {spelling} (twice: {spelling}).", [SECRET])
    assert text == "no such token: *** (twice: ***)."


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=40))
def test_any_secret(secret: str) -> None:
    for spelling in (secret, quote(secret, safe=""), quote(quote(secret, safe=""), safe="")):
        assert spelling not in redact(f"\n{spelling}\n", [secret])


ODD = "CAIS/a+b=\"\\&<tok>'en=="
ENCODERS: dict[str, Callable[[str], str]] = {
    "JSON": json.dumps,
    "JSON within JSON": lambda text: json.dumps(json.dumps(text)),
    "JSON with escaped slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON for HTML": lambda text: json.dumps(text).replace("&", "\\u0026").replace("<", "\\u003c"),
    "JSON, all escaped": lambda text: "".join(f"\\u{ord(character):04X}" for character in text),
    "HTML": html.escape,
    "HTML twice": lambda text: html.escape(html.escape(text)),
    "HTML, all escaped": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "HTML, all escaped in hexadecimal": lambda text: "".join(f"&#x{ord(character):X};" for character in text),
    "a URL": quote,
    "a URL, three times": lambda text: quote(quote(quote(text, safe=""))),
}


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_secret_with_every_mark_in_every_encoding(encoder: str) -> None:
    redacted = redact(f"token {ENCODERS[encoder](ODD)} of", [ODD])
    assert redacted.replace('"', "").replace("\\", "") == "token *** of"


def test_several_secrets_and_none() -> None:
    assert redact("key k-123 and token t-456", ["k-123", "t-456"]) == "key *** and token ***"
    assert redact("nothing to hide", []) == "nothing to hide"
    assert redact("nothing to hide", [""]) == "nothing to hide"


def test_the_servers_string_to_sign_is_cut_off() -> None:
    text = (
        "The Signature you provided does not match. Specified signature is not matched with our calculation. "
        "server string to sign is:POST&%2F&AccessKeyId%3Dx%26SecurityToken%3Dsecret\nmore of secret"
    )
    redacted = redact(text, [])
    assert "secret" not in redacted
    assert redacted.startswith("The Signature you provided does not match.")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("a?Signature=abc%2Bdef%3D&x=1", "a?Signature=***&x=1"),
        ("SignedHeaders=host, Signature=0123abcd", "SignedHeaders=host, Signature=***"),
        ('{"Signature": "abc+/=", "x": 1}', '{"Signature": "***", "x": 1}'),
        ("signature: abcdef end", "signature: *** end"),
        ("SignatureMethod=HmacSHA1", "SignatureMethod=HmacSHA1"),
        ("SignatureDoesNotMatch", "SignatureDoesNotMatch"),
    ],
)
def test_signatures(text: str, redacted: str) -> None:
    assert redact(text, []) == redacted


def test_an_encoded_signature() -> None:
    assert "abc" not in redact("POST&%2F&Signature%3Dabcdef%26x%3D1", [])
