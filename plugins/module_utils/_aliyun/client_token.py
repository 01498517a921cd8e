# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client tokens, the idempotency tokens of ECS: a write that is sent twice with the same token is carried out once."""

from __future__ import annotations

import uuid

LONGEST = 64


def new_client_token() -> str:
    """Return a token for one planned write. It is made before the first attempt and never used for another write.

    It is random on purpose. A token derived from the values would be the same for Accept, Drop, Accept, and the service
    would repeat its response to the first write and change nothing.
    """
    return str(uuid.uuid4())


def check_client_token(token: str) -> None:
    """Raise ValueError unless ECS accepts the token: 1 to 64 printable ASCII characters.

    Source: "How to ensure idempotence".
    """
    if not 1 <= len(token) <= LONGEST:
        raise ValueError(f"has {len(token)} characters; ECS accepts 1 to {LONGEST}")
    if not all(" " <= character <= "~" for character in token):
        raise ValueError("can only contain printable ASCII characters")
