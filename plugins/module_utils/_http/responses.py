# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the responses of all services have in common: families of error codes, lists, and invalid responses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz
from typing import Any

from .errors import CloudError, FailureKind
from .transport import HttpResponse

NOTEWORTHY_SECONDS = 30

# How the codes of invalid calls begin: MissingParameter, InvalidOwnerId, NotSupported.X.
_WRONG_CALL = re.compile(r"(?:In[vV]alid|Missing|Unsupported|NotSupported|Duplicate|NumberExceed)(?=[A-Z.]|$)")


def known_kind(table: Mapping[str, FailureKind], code: str) -> FailureKind | None:
    """Return the kind of failure that a vendor's code stands for, or None for an unknown code.

    Throttling has many codes, all with that word, which may follow a known prefix. Otherwise, the longest prefix in the
    table decides; prefixes end at a dot.
    """
    if "Throttling" in code.split("."):
        return "throttled"
    prefix = code
    while prefix not in table and "." in prefix:
        prefix = prefix.rpartition(".")[0]
    if prefix in table:
        return table[prefix]
    return "invalid_input" if _WRONG_CALL.match(code) else None


def kind_of(table: Mapping[str, FailureKind], code: str, status: int) -> FailureKind:
    """Return the kind of failure of any code. An unknown code is never the user's mistake."""
    return known_kind(table, code) or ("unavailable" if status >= 500 else "protocol")


def parse_json(body: bytes) -> Any:
    """Parse JSON. Return None for other text, and for JSON that is nested more deeply than any service's response."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def invalid_response(action: str, response: HttpResponse, service: str) -> CloudError:
    """Return the error for a response that is damaged, or that comes from a gateway or a proxy."""
    throttled = response.status == 429
    if throttled or response.status >= 500 or response.status == 408:
        return CloudError(
            "throttled" if throttled else "unavailable",
            f"{service} returned the HTTP status {response.status}",
            http_status=response.status,
            action=action,
            had_no_effect=throttled,
            transient=True,
        )
    content = response.content_type or "no content type"
    return CloudError(
        "protocol",
        f"the response (HTTP status {response.status}, {content}) is not a valid response of {service}",
        http_status=response.status,
        action=action,
        had_no_effect=False,
        # A damaged response may be complete the next time; the page of another server will stay the same.
        transient=response.status == 200 and "html" not in response.content_type,
    )


def clock_difference(response: HttpResponse, now: float) -> str:
    """Return by how much this machine's clock, which shows ``now``, differs from the service's; "" if it does not.

    The service's time is that of the ``Date`` header. A few seconds are the time that a request takes.
    """
    try:
        parsed = parsedate_tz(response.date)
        seconds = round(now - mktime_tz(parsed)) if parsed else 0
    except (ValueError, OverflowError, IndexError, TypeError):  # a header may contain anything
        return ""
    if abs(seconds) < NOTEWORTHY_SECONDS:
        return ""
    return f"this machine's clock is {abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} the service's"


def with_clock(reason: str, difference: str) -> str:
    """Return the reason of a failure, followed by the difference of the clocks, if there is one."""
    return f"{reason.rstrip('. ')}; {difference}" if difference else reason


def group_entries(listed: Any, id_member: str, action: str, total: int | None = None) -> list[dict[str, Any]]:
    """Return the groups of a page, each with its ID. Raises CloudError of kind ``protocol``.

    Null is an empty list if the response has a ``total``, which the caller compares with the number of entries found.
    """
    if listed is None and total is not None:
        return []
    if isinstance(listed, list) and all(isinstance(g, dict) and isinstance(g.get(id_member), str) for g in listed):
        return listed
    raise CloudError("protocol", f"the response to {action} has no list of security groups", action=action)


def tags_of(listed: Any, key: str, value: str, action: str) -> dict[str, str]:
    """Return the tags of a group. ``key`` and ``value`` are member names. Raises CloudError of kind ``protocol``."""
    tags = [] if listed in (None, "") else listed
    if not isinstance(tags, list) or not all(isinstance(tag, dict) for tag in tags):
        raise CloudError("protocol", f"the response to {action} has no list of tags", action=action)
    return {str(tag.get(key)): str(tag.get(value) or "") for tag in tags}
