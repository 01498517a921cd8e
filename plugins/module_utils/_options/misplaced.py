# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in the wrong options, which ansible-core would show as part of the invocation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .endpoint import parse_endpoint
from .options import GROUP_ID_NAMES

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # what ansible-core shows in place of a secret
ENDPOINTS = ("endpoint", "sts_endpoint")
ROLE_MEMBERS = ("role_arn", "session_name", "duration_seconds", "external_id", "policy")
# The format of key IDs, by option. Secrets are 30 (Alibaba Cloud) or 32 (Tencent Cloud) letters and digits.
KEY_IDS: Mapping[str, re.Pattern[str]] = {
    "access_key_id": re.compile(r"(?:LTAI|STS\.|TMP\.)[\w.-]*", re.ASCII),
    "secret_id": re.compile(r"(?:AKID|IKID)[\w.-]*", re.ASCII),
}
LONGEST_OLD_ID = 24  # IDs of the first years were short and had no prefix

# Options with short or plain values. Paths, tokens and rules can look like secrets.
_PLAIN_OPTIONS = (
    *("region", "region_id", "profile", "network", "expected_account_id", "expected_version", "assume_role"),
    *("api_version", "signature_version", "signature_method"),
    *("security_group_ids", *GROUP_ID_NAMES),
    *("inner_access_policy", "policy", "InnerAccessPolicy", "state", "position", "lint"),
    *("timeout", "deadline", "max_concurrency", "validate_certs", "return_unchanged"),
)
# Names of secrets, which a user may have put into the wrong place: into a rule, or into a dictionary given for a list.
_SECRET_NAME = re.compile("secret|token|passw|access_?key", re.IGNORECASE)
_FREE_NAMES = ("client_token", "tags")  # a tag may have any name
SHORTEST_SECRET = 8  # shorter text would be blanked in places where it is something else
# Secrets and tokens mix upper case, lower case and digits, and the IDs of resources do not.
_LONG_WORD = re.compile(r"[0-9A-Za-z+/=_-]{28,}")


def secret_words(parameters: Mapping[str, Any]) -> set[str]:
    """Return words that look like secrets in options that contain none, including those in entries of ``groups``.

    The lists in these entries are not searched, because a fleet has many rules, and no result shows them.
    """
    return {word for name, value in parameters.items() for word in _words_in(name, value)}


def _words_in(name: str, value: Any) -> Iterator[str]:
    if name == "groups" and isinstance(value, list):
        for entry in value:
            yield from _words_in_entry(entry)
        return
    if name in _PLAIN_OPTIONS:
        for text in _texts(value):
            yield from filter(_mixes_characters, _LONG_WORD.findall(text))
    yield from _named_secrets(value)


def _words_in_entry(entry: Any) -> Iterator[str]:
    if isinstance(entry, Mapping):
        entry = {name: value for name, value in entry.items() if not isinstance(value, list)}
        yield from secret_words(entry)
    yield from _named_secrets(entry)


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= SHORTEST_SECRET


def _named_secrets(value: Any) -> Iterator[str]:
    """Yield the values in a dictionary, at any depth, whose names suggest that they are secrets."""
    if isinstance(value, Mapping):
        inner = {str(name): each for name, each in value.items() if name not in _FREE_NAMES}
        yield from (each for name, each in inner.items() if _SECRET_NAME.search(name) and _is_long(each))
        value = list(inner.values())
    if isinstance(value, list):
        for each in value:
            yield from _named_secrets(each)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts to search. ARNs and session names are left out, because they may be long."""
    if isinstance(value, Mapping):
        value = [each for name, each in value.items() if name != "session_name"]
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str) and not value.startswith(("acs:", "qcs:")):
        yield value


def _mixes_characters(word: str) -> bool:
    kinds = all(re.search(kind, word) for kind in ("[0-9]", "[A-Z]", "[a-z]"))
    return kinds and not any(pattern.fullmatch(word) for pattern in KEY_IDS.values())


def looks_secret(option: str, key_id: str) -> bool:
    """Return whether the value of a key ID looks like a secret or a token."""
    return bool(key_id) and not KEY_IDS[option].fullmatch(key_id) and len(key_id) > LONGEST_OLD_ID


def displayable(parameters: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options without values that may be misplaced secrets.

    ``known`` are the names of options and their aliases. The value of any other name is hidden, because it may be the
    secret of another module, or one with a misspelt name.
    """
    return {name: _displayable(name, value, name in known) for name, value in parameters.items()}


def _displayable(name: str, value: Any, known: bool) -> Any:
    if value in (None, ""):
        return value
    if not known:
        return HIDDEN
    if name in KEY_IDS:
        return value if KEY_IDS[name].fullmatch(str(value).strip()) else HIDDEN
    if name in ENDPOINTS:
        return value if _is_endpoint(value) else HIDDEN
    return _displayable_role(value) if name == "assume_role" else value


def _is_endpoint(value: Any) -> bool:
    try:
        parse_endpoint(str(value).strip())
    except ValueError:
        return False
    return True


def _displayable_role(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return HIDDEN
    return {name: each if name in ROLE_MEMBERS else HIDDEN for name, each in value.items()}
