# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The address of a service: a host of the vendor, or the one that the user gave."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from .text import UNPAIRED_SURROGATE, is_unicode

_DEFAULT_PORTS = {"https": 443, "http": 80}


class Endpoint(NamedTuple):
    """``host`` is the Host header, with the port where it is not the scheme's own; ``prefix`` is "" or "/path".

    The prefix is meant for a gateway that removes it again, so it is sent, but never signed.
    """

    scheme: str
    host: str
    prefix: str = ""

    def url(self, path: str) -> str:
        """Return the URL of a path of the service, such as ``/``."""
        return f"{self.scheme}://{self.host}{self.prefix}{path}"


def parse_endpoint(text: str) -> Endpoint:
    """Parse a host, or a URL with a scheme and an optional port and path prefix.

    Raises ValueError for anything else. The message does not show the text, which may contain a password.
    """
    if "@" in text:
        raise ValueError("accepts only a host, a port and a path, not a user or a password")
    if not is_unicode(text):
        raise ValueError(UNPAIRED_SURROGATE)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _invalid("its host is not valid, or its port is not a number from 0 to 65535") from error
    _check(text, parts)
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    return Endpoint(parts.scheme, netloc, parts.path.rstrip("/"))


def _check(text: str, parts: SplitResult) -> None:
    if parts.scheme not in _DEFAULT_PORTS:
        raise _invalid("the scheme has to be https or http")
    if not parts.hostname or any(character.isspace() for character in text):
        raise _invalid("it has no host")
    if parts.query or parts.fragment:
        raise ValueError("accepts only a host, a port and a path, not a query or a fragment")


def _invalid(why: str) -> ValueError:
    # The text is not shown, because it may be or contain a misplaced password.
    return ValueError(f"is not a host or a URL: {why}")
