# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""The options that lead to a service, whatever the cloud: credentials, region, endpoint."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .endpoint import Endpoint, parse_endpoint
from .options import Options


def credential(options: Options, name: str, variables: Sequence[str] = ()) -> str:
    """A part of a key. C(variables) are what may hold it instead; with none of them it is optional."""
    value = options.required_text(name, _instead(variables)) if variables else options.text(name)
    if not all("!" <= character <= "~" for character in value):
        # The value itself is never shown: it may be a secret.
        options.wrong(name, "holds a blank, a line break or a character that no key has; was it copied whole?")
    return value


def region_of(options: Options, variables: Sequence[str]) -> str:
    """The region; it becomes part of a host name."""
    region = options.required_text("region", _instead(variables))
    if region and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", region):
        options.wrong("region", f"{region!r} is not the id of a region, which looks like cn-hangzhou or ap-guangzhou")
    return region


def endpoint_of(options: Options, text: str) -> Endpoint | None:
    """The address of the service, or None if it is a mistake."""
    try:
        return parse_endpoint(text)
    except ValueError as error:
        options.wrong("endpoint", str(error))
        return None


def _instead(variables: Sequence[str]) -> str:
    return f"; give the option or set the environment variable {' or '.join(variables)}"
