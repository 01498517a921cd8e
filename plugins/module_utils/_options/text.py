# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that can be sent to a service."""

from __future__ import annotations

UNPAIRED_SURROGATE = "contains an unpaired surrogate, which is not a valid character"


def is_unicode(text: str) -> bool:
    """Return whether the text can be encoded. JSON can spell half of a surrogate pair, which cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
