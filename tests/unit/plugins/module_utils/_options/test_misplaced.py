# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in options that are not meant for secrets."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.misplaced import (
    HIDDEN,
    displayable,
    looks_secret,
    secret_words,
)

SECRET = "k5Gz9sT0dL2qXw8rB1nVc7yM3pQe4u"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"region": SECRET}, {SECRET}),
        ({"profile": f"my {SECRET}"}, {SECRET}),
        ({"groups": [{"sg_id": SECRET}, "no entry"]}, {SECRET}),
        ({"security_group_ids": ["sg-1", SECRET]}, {SECRET}),
        ({"assume_role": {"external_id": SECRET, "session_name": SECRET[::-1]}}, {SECRET}),
        ({"state": SECRET}, {SECRET}),
        ({"timeout": SECRET}, {SECRET}),
        ({"inner_access_policy": SECRET}, {SECRET}),
        # Secrets that were put too deep, also where a dictionary is given for a list.
        ({"ingress": [{"action": "accept", "secret_key": "short-but-named"}]}, {"short-but-named"}),
        ({"ingress": {"security_token": SECRET}}, {SECRET}),
        ({"protect": [["x", {"Password": SECRET}]]}, {SECRET}),
        ({"groups": {"sg_id": "sg-1", "access_key_secret": SECRET}}, {SECRET}),
        ({"groups": [{"sg_id": "sg-1", "secret_key": SECRET}]}, {SECRET}),
        ({"groups": [{"sg_id": "sg-1", "ingress": {"token": SECRET}}]}, {SECRET}),
        ({"groups": [[{"secret_key": SECRET}]]}, {SECRET}),
        ({"filters": {"secret_key": SECRET, "tags": {"secret-zone": "internal network"}}}, {SECRET}),
        ({"ingress": [{"action": "accept", "secret": "drop"}]}, set()),  # would be blanked everywhere
        ({"groups": [{"client_token": "of-this-group"}]}, set()),
        ({"region": "ap-guangzhou", "security_group_id": "sg-bp67acfmxazb4phdemo1"}, set()),
        ({"assume_role": {"role_arn": f"acs:ram::1234567890123456:role/{SECRET}"}}, set()),
        ({"ca_path": f"/{SECRET}", "ingress": [{"description": SECRET}]}, set()),  # may well look like one
        ({"profile": "LTAI5tAbCdEfGhIjKlMnOpQrSt"}, set()),  # the ID of a key is no secret
    ],
)
def test_words_that_look_like_a_secret(given: dict[str, Any], words: set[str]) -> None:
    assert secret_words(given) == words


@pytest.mark.parametrize(
    ("option", "value", "secret"),
    [
        ("access_key_id", "LTAI5tAbCdEfGhIjKlMnOpQr", False),
        ("access_key_id", "STS.NUExampleExampleExampleExample", False),
        ("access_key_id", SECRET, True),
        ("access_key_id", "an-old-short-id", False),
        ("secret_id", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", False),
        ("secret_id", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", True),
        ("secret_id", "", False),
    ],
)
def test_a_secret_in_place_of_the_id(option: str, value: str, secret: bool) -> None:
    assert looks_secret(option, value) is secret


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("endpoint", "https://user:password@ecs.example", HIDDEN),
        ("endpoint", "ecs.example:8000", "ecs.example:8000"),
        ("access_key_id", SECRET, HIDDEN),
        ("access_key_id", "LTAI5tAbCdEfGhIjKlMnOpQr", "LTAI5tAbCdEfGhIjKlMnOpQr"),
        ("acess_key_secret", SECRET, HIDDEN),  # a misspelt name
        ("acess_key_secret", "", ""),
        ("assume_role", {"role_arn": "acs:x", "secret_key": SECRET}, {"role_arn": "acs:x", "secret_key": HIDDEN}),
        ("assume_role", SECRET, HIDDEN),
        ("region", "cn-hangzhou", "cn-hangzhou"),
    ],
)
def test_values_that_can_be_shown(name: str, value: Any, expected: Any) -> None:
    known = dict.fromkeys(("endpoint", "access_key_id", "assume_role", "region"))
    assert displayable({name: value}, known) == {name: expected}
