# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that can be sent to a service, and text of a user in a message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

# Of a value that is not a list, a message shows no more characters than this.
SHOWN_LENGTH = 60

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


def not_a_list(value: Any) -> str:
    """Return the message for a value that is not a list. The text of a file of groups can have many megabytes."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            json.loads(value)
        except (ValueError, RecursionError) as error:
            return f"is not valid JSON: {error}"
    shown = repr(value)
    return f"has to be a list, not {shown if len(shown) <= SHOWN_LENGTH else shown[:SHOWN_LENGTH] + '...'}"


def not_a_choice(value: Any, choices: Sequence[str]) -> str:
    """Return the message for a value that is not one of the choices."""
    listed = " or ".join(choices) if len(choices) < 3 else f"one of {', '.join(choices)}"
    return f"{value!r} is not {listed}"


def did_you_mean(word: str, names: Mapping[str, str]) -> str:
    """Return `` (did you mean cidr?)``, or nothing if no spelling is similar. ``names`` maps spellings to names."""
    import difflib  # only needed for a typo

    near = difflib.get_close_matches(word, names, n=1)
    return f" (did you mean {names[near[0]]}?)" if near else ""
