# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remove secrets from the vendors' messages, which echo requests with signed strings and tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What follows is the server's own string to sign, which for some signatures contains the security token.
_STRING_TO_SIGN = re.compile(r"(string to sign is:).*", re.IGNORECASE | re.DOTALL)
_NAMED_SIGNATURE = re.compile(r"(Signature(?:=|%3D|\"\s*:\s*\"|:\s*))[^&,;\s\"']+", re.IGNORECASE)
# HMAC-SHA256 as hex, HMAC-SHA1 and HMAC-SHA256 as base64, percent-encoded or not: signatures, wherever they occur.
_BASE64 = r"(?:[0-9A-Za-z+/]|%(?:25)?2[BbFf])"
_END = r"(?:=|%(?:25)?3[Dd])"
_SHAPES = rf"[0-9a-f]{{64}}|{_BASE64}{{43}}{_END}|{_BASE64}{{27}}{_END}"
_SIGNATURE = re.compile(rf"(?<![0-9A-Za-z])(?:{_SHAPES})(?![0-9A-Za-z])")
_HIDDEN = "***"
_ENTITIES = {"&": ("amp",), "<": ("lt",), ">": ("gt",), '"': ("quot",), "'": ("apos",)}


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text without signatures and secrets, even if they are encoded for URLs, JSON or HTML."""
    text = _STRING_TO_SIGN.sub(r"\1 (left out)", text)
    text = _NAMED_SIGNATURE.sub(rf"\1{_HIDDEN}", text)
    # The longest first, because one secret may be the beginning of another.
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = re.sub("".join(map(_spellings, secret)), _HIDDEN, text)
    return _SIGNATURE.sub(_HIDDEN, text)


def _spellings(character: str) -> str:
    """Return a pattern for a character: plain, percent-encoded any number of times, or escaped for JSON or HTML."""
    digits = "".join(f"[{d.upper()}{d.lower()}]" if d.isalpha() else d for d in f"{ord(character):02x}")
    entities = [f"#0*{ord(character)}", f"#[xX]0*{digits}", *_ENTITIES.get(character, ())]
    escaped = rf"\\{{0,16}}(?:{re.escape(character)}|u00{digits})"
    return f"(?:{escaped}|%(?:25)*{digits}|&(?:amp;)*(?:{'|'.join(entities)});)"
