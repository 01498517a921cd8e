# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of errors, and their codes in each of the two APIs (tencent_sg.md 1.3, 1.4, 2.7, 4.2)."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """A kind of refusal: its API 3.0 code and its API 2.0 code."""

    COEXIST = ("InvalidParameter.Coexist", 9003)
    EMPTY = ("InvalidParameterValue.Empty", 9003)
    VALUE = ("InvalidParameterValue", 9003)
    MALFORMED = ("InvalidParameterValue.Malformed", 9003)
    MALFORMED_ID = ("InvalidParameterValue.Malformed", 7001)
    RANGE = ("InvalidParameterValue.Range", 9003)
    TOO_LONG = ("InvalidParameterValue.TooLong", 9003)
    TOO_MANY = ("InvalidParameterValue.LimitExceeded", 4000)
    QUOTA = ("LimitExceeded", 7002)
    QUOTA_CREATE = ("LimitExceeded.SecurityGroupPolicySet", 7002)
    NO_GROUP = ("ResourceNotFound", 7001)
    NO_RULE = ("ResourceNotFound", 9003)
    DUPLICATE = ("UnsupportedOperation.DuplicatePolicy", 9003)
    VERSION = ("UnsupportedOperation.VersionMismatch", 9003)
    DEFAULT_GROUP = ("UnsupportedOperation", 7006)
    FILTER_KEY = ("InvalidParameter.FilterInvalidKey", 4000)
    UNKNOWN_PARAMETER = ("UnknownParameter", 4000)
    MISSING_PARAMETER = ("MissingParameter", 4000)
    PARAMETER = ("InvalidParameter", 4000)
    ACTION = ("InvalidAction", 6100)
    NO_VERSION = ("NoSuchVersion", 6100)
    REGION = ("UnsupportedRegion", 4000)
    AUTHORIZATION = ("AuthFailure.InvalidAuthorization", 4100)
    SECRET_ID = ("AuthFailure.SecretIdNotFound", 4104)
    SIGNATURE = ("AuthFailure.SignatureFailure", 4100)
    EXPIRED = ("AuthFailure.SignatureExpire", 4500)
    REPLAY = ("AuthFailure.SignatureFailure", 4500)
    TOKEN = ("AuthFailure.TokenFailure", 4100)
    TOO_BIG = ("RequestSizeLimitExceeded", 4000)
    PROTOCOL = ("UnsupportedProtocol", 4000)

    @property
    def code(self) -> str:
        """The API 3.0 code."""
        return self.value[0]

    @property
    def number(self) -> int:
        """The API 2.0 code."""
        return self.value[1]


class Refusal(Exception):
    """A request that is not performed. ``code`` overrides the code of API 3.0, ``number`` that of API 2.0."""

    def __init__(self, kind: Kind, message: str, code: str | None = None, number: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code or kind.code
        self.number = kind.number if number is None else number


def invalid_value(path: str, value: object) -> Refusal:
    """Return the vendor's message for a value that it does not accept."""
    return Refusal(Kind.VALUE, f"The parameter `{path}`'s value `{value}` is invalid.")
