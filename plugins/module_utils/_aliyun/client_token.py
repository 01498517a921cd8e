# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection: nothing outside it may import it.

"""Client tokens: what makes a write that is sent twice happen once."""

from __future__ import annotations

import uuid

LONGEST = 64


def new_client_token() -> str:
    """A token for one planned write: made before its first attempt, and never used for another write.

    Random on purpose.  One derived from the values would be the same for Accept, Drop, Accept, and the service would
    answer the third write with the remembered result of the first, changing nothing.
    """
    return str(uuid.uuid4())


def check_client_token(token: str) -> None:
    """ValueError unless ECS accepts it: 1 to 64 printable ASCII characters ("How to ensure idempotence")."""
    if not 1 <= len(token) <= LONGEST:
        raise ValueError(f"has {len(token)} characters; ECS accepts 1 to {LONGEST}")
    if not all(" " <= character <= "~" for character in token):
        raise ValueError("may hold printable ASCII characters only")
