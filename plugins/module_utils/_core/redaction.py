# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Secrets out of other people's words: vendors echo what they were sent, signed strings and tokens included."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

# What follows is the server's own string to sign, which for some signatures contains the security token.
_STRING_TO_SIGN = re.compile(r"(string to sign is:).*", re.IGNORECASE | re.DOTALL)
_SIGNATURE = re.compile(r"(Signature(?:=|%3D|\"\s*:\s*\"|:\s*))[^&,;\s\"']+", re.IGNORECASE)
_HIDDEN = "***"


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, in any of the encodings in which a request carries them."""
    text = _STRING_TO_SIGN.sub(r"\1 (left out)", text)
    text = _SIGNATURE.sub(rf"\1{_HIDDEN}", text)
    for secret in secrets:
        once = quote(secret, safe="")
        for spelling in (secret, quote(once, safe=""), once, quote_plus(secret)):
            text = text.replace(spelling, _HIDDEN) if spelling else text
    return text
