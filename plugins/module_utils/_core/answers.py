# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""What the answers of all the services have in common: codes in families, and answers that are nobody's."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import CloudError, FailureKind
from .transport import HttpResponse


def kind_of(table: Mapping[str, FailureKind], code: str) -> FailureKind:
    """The kind of failure that a vendor's code stands for: that of the longest prefix in the table.

    Prefixes end at a dot.  What is in no table is a mistake in what was asked for.
    """
    prefix = code
    while prefix not in table and "." in prefix:
        prefix = prefix.rpartition(".")[0]
    return table.get(prefix, "invalid_input")


def unintelligible(action: str, response: HttpResponse, service: str) -> CloudError:
    """The answer is none of the service's own: a gateway's, a proxy's, or damaged on the way."""
    throttled = response.status == 429
    if throttled or response.status >= 500 or response.status == 408:
        return CloudError(
            "throttled" if throttled else "unavailable",
            f"{service} answered with HTTP status {response.status}",
            http_status=response.status,
            action=action,
            settled=throttled,
            transient=True,
        )
    content = response.content_type or "no content type"
    return CloudError(
        "protocol",
        f"the answer (HTTP status {response.status}, {content}) is not one of {service}",
        http_status=response.status,
        action=action,
        settled=False,
        # A damaged answer of the service may come whole the next time; another server's page will not.
        transient=response.status == 200 and "html" not in response.content_type,
    )
