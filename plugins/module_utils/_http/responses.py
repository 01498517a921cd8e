# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the answers of all the services have in common: codes in families, lists, and answers that are nobody's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz
from typing import Any

from .errors import CloudError, FailureKind
from .transport import HttpResponse

NOTEWORTHY = 30  # seconds

# How vendors begin the codes of calls that are wrong in themselves: MissingParameter, InvalidOwnerId, NotSupported.X.
_WRONG_CALL = re.compile(r"(?:In[vV]alid|Missing|Unsupported|NotSupported|Duplicate|NumberExceed)(?=[A-Z.]|$)")


def known_kind(table: Mapping[str, FailureKind], code: str) -> FailureKind | None:
    """The kind of failure that a vendor's code stands for, or None if no one knows it.

    That is the kind of the longest prefix in the table; prefixes end at a dot.  Codes of throttling are many, and all
    have that word as one of their parts.
    """
    prefix = code
    while prefix not in table and "." in prefix:
        prefix = prefix.rpartition(".")[0]
    if prefix in table:
        return table[prefix]
    if "Throttling" in code.split("."):
        return "throttled"
    return "invalid_input" if _WRONG_CALL.match(code) else None


def kind_of(table: Mapping[str, FailureKind], code: str, status: int) -> FailureKind:
    """The kind of failure of a code, known or not. An unknown one is never taken for a mistake of the user."""
    return known_kind(table, code) or ("unavailable" if status >= 500 else "protocol")


def json_of(body: bytes) -> Any:
    """The value that the JSON text stands for; None if it is no JSON, or nested deeper than any service's answer."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def unintelligible(action: str, response: HttpResponse, service: str) -> CloudError:
    """The answer is none of the service's own: a gateway's, a proxy's, or damaged on the way."""
    throttled = response.status == 429
    if throttled or response.status >= 500 or response.status == 408:
        return CloudError(
            "throttled" if throttled else "unavailable",
            f"{service} answered with HTTP status {response.status}",
            http_status=response.status,
            action=action,
            had_no_effect=throttled,
            transient=True,
        )
    content = response.content_type or "no content type"
    return CloudError(
        "protocol",
        f"the answer (HTTP status {response.status}, {content}) is not one of {service}",
        http_status=response.status,
        action=action,
        had_no_effect=False,
        # A damaged answer of the service may come whole the next time; another server's page will not.
        transient=response.status == 200 and "html" not in response.content_type,
    )


def clock_difference(response: HttpResponse, now: float) -> str:
    """By how much this machine's clock, which shows ``now``, differs from the service's; "" if that cannot be told.

    The service's time is that of the ``Date`` header.  A few seconds are what a request takes on its way.
    """
    try:
        parsed = parsedate_tz(response.date)
        seconds = round(now - mktime_tz(parsed)) if parsed else 0
    except (ValueError, OverflowError, IndexError, TypeError):  # a header may hold anything
        return ""
    if abs(seconds) < NOTEWORTHY:
        return ""
    return f"this machine's clock is {abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} the service's"


def with_clock(reason: str, difference: str) -> str:
    """The reason of a failure, and what the clocks have to do with it, if anything."""
    return f"{reason.rstrip('. ')}; {difference}" if difference else reason


def group_entries(listed: Any, id_member: str, action: str) -> list[dict[str, Any]]:
    """The groups of a page, each with its id. Raises CloudError of kind protocol."""
    if isinstance(listed, list) and all(isinstance(g, dict) and isinstance(g.get(id_member), str) for g in listed):
        return listed
    raise CloudError("protocol", f"the answer to {action} holds no list of security groups", action=action)


def tags_of(listed: Any, key: str, value: str, action: str) -> dict[str, str]:
    """The tags of a group, whose members are called so. Raises CloudError of kind protocol."""
    tags = [] if listed in (None, "") else listed
    if not isinstance(tags, list) or not all(isinstance(tag, dict) for tag in tags):
        raise CloudError("protocol", f"the answer to {action} holds no list of tags", action=action)
    return {str(tag.get(key)): str(tag.get(value) or "") for tag in tags}
