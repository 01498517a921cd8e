# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials, regions and endpoints, whatever the cloud."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.connection import (
    credential,
    endpoint_of,
    region_of,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._core.options import Options


def options(**given: Any) -> Options:
    return Options(given, "", [])


def test_a_credential_without_blanks_around_it() -> None:
    found = options(key=" AKIDexample\n")
    assert (credential(found, "key", ("KEY",)), found.mistakes) == ("AKIDexample", [])


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "schlüssel", "密钥"])
def test_what_no_key_holds_is_a_mistake_that_does_not_show_it(value: str) -> None:
    found = options(key=value)
    credential(found, "key", ("KEY",))
    (mistake,) = found.mistakes
    assert mistake.path == "key"
    assert value not in mistake.message


def test_a_missing_credential_names_its_variables() -> None:
    found = options(key="")
    credential(found, "key", ("NEW_KEY", "OLD_KEY"))
    (mistake,) = found.mistakes
    assert "NEW_KEY or OLD_KEY" in mistake.message


def test_a_token_is_optional() -> None:
    found = options()
    assert (credential(found, "token"), found.mistakes) == ("", [])


@pytest.mark.parametrize("region", ["cn-hangzhou", "ap-guangzhou", "gz", "cn-beijing-finance-1"])
def test_region(region: str) -> None:
    found = options(region=region)
    assert (region_of(found, ("REGION",)), found.mistakes) == (region, [])


@pytest.mark.parametrize("region", ["", None, "evil.test/", "a.b", "cn--x", "-cn", "CN", "cn hangzhou", "cn\nx"])
def test_a_region_that_is_none_never_becomes_a_host(region: str | None) -> None:
    found = options(region=region)
    region_of(found, ("REGION",))
    assert [mistake.path for mistake in found.mistakes] == ["region"]


def test_endpoint() -> None:
    found = options()
    endpoint = endpoint_of(found, "http://127.0.0.1:8000")
    assert endpoint is not None
    assert (endpoint.host, found.mistakes) == ("127.0.0.1:8000", [])
    assert endpoint_of(found, "ftp://x") is None
    assert [mistake.path for mistake in found.mistakes] == ["endpoint"]
