# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A role to assume, as an option, a variable or a profile describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .._http.errors import CloudError
from .._options.environment import from_variables
from .._options.options import Options
from .keys import Secrets

SESSION_NAME = "ansible-security-groups"


class AssumedRole(NamedTuple):
    """Without ``duration_seconds`` the service decides. ``policy`` is JSON that restricts the role's permissions."""

    arn: str
    session_name: str = SESSION_NAME
    duration_seconds: int | None = None
    external_id: str = ""
    policy: str = ""


def role_option(options: Options, variables: Mapping[str, Sequence[str]], shortest: int) -> AssumedRole | None:
    """Return the role of the option ``assume_role`` or of the variables; None if there is no role.

    ``variables`` maps each member of the option to its environment variables, which are only used with a role.
    ``shortest`` is the shortest session that the service allows, in seconds. Records every mistake.
    """
    given = options.mapping("assume_role")
    for name in given:
        if name not in variables:
            options.wrong(f"assume_role.{name}", f"is not a member; the members are {', '.join(variables)}")
    inner = Options(given, options.path("assume_role"), options.mistakes)
    sources = _variables_of(inner.text("role_arn"), variables)
    texts = {name: inner.text(name) or from_variables(sources[name]) for name in variables if name != "policy"}
    if texts["role_arn"]:
        return _role(inner, texts, shortest)
    if _policy(inner) or any(inner.text(name) for name in texts):
        inner.wrong("role_arn", "is required")
    return None


def _role(inner: Options, texts: Mapping[str, str], shortest: int) -> AssumedRole:
    session_name = texts["session_name"] or SESSION_NAME
    if not re.fullmatch(r"[\w=,.@-]{2,64}", session_name, re.ASCII):
        inner.wrong("session_name", f"{session_name!r} is not 2 to 64 letters, digits and = , . @ - _")
    seconds = _seconds(inner, texts, shortest)
    return AssumedRole(texts["role_arn"], session_name, seconds, texts["external_id"], _policy(inner))


def _variables_of(role_arn: str, variables: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """Return the variables to read. The external ID of the environment only belongs to the role of the environment."""
    other = from_variables(variables["role_arn"])
    return {**variables, "external_id": ()} if role_arn and other not in ("", role_arn) else variables


def _seconds(inner: Options, texts: Mapping[str, str], shortest: int) -> int | None:
    text = texts["duration_seconds"]
    if text and (not re.fullmatch("[0-9]{1,9}", text) or int(text) < shortest):
        inner.wrong("duration_seconds", f"{text!r} is not a whole number of {shortest} or more")
        return None
    return int(text) if text else None


def _policy(inner: Options) -> str:
    """Return the policy as JSON text. Ansible converts JSON text to dictionaries, and a policy may be YAML."""
    given = inner.raw("policy")
    if isinstance(given, Mapping):
        return json.dumps(given, separators=(",", ":")) if given else ""
    return inner.text("policy")


def identity_token(path: str, secrets: Secrets) -> str:
    """Return the identity token in a file, which a cluster replaces from time to time. Raises CloudError."""
    try:
        with open(path, encoding="utf-8") as file:
            token = file.read().strip()
    except (OSError, UnicodeError) as error:
        raise CloudError("auth", f"the identity token cannot be read: {error}") from error
    secrets.add(token)
    return token
