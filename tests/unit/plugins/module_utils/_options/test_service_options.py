# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts, regions and endpoints, whatever the cloud."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.options import Options
from ansible_collections.cnclouds.security_groups.plugins.module_utils._options.service_options import (
    account_option,
    endpoint_option,
    region_option,
)


def options(**given: Any) -> Options:
    return Options(given, "", [])


@pytest.mark.parametrize("account", ["", "1234567890123456", 100000000001])
def test_account(account: object) -> None:
    found = options(expected_account_id=account)
    assert (account_option(found), found.mistakes) == (str(account), [])


@pytest.mark.parametrize("account", ["12 34", "acs:ram::1234567890123456:root", "１２"])
def test_an_invalid_account_is_a_mistake(account: str) -> None:
    found = options(expected_account_id=account)
    account_option(found)
    assert [mistake.path for mistake in found.mistakes] == ["expected_account_id"]


def nowhere() -> tuple[str, str]:
    return "", "No profile has one: a file"


@pytest.mark.parametrize("region", ["cn-hangzhou", "ap-guangzhou", "gz", "cn-beijing-finance-1"])
def test_region(region: str) -> None:
    found = options(region=region)
    assert (region_option(found, ("REGION",), nowhere), found.mistakes) == (region, [])
    of_profile = options()
    assert (region_option(of_profile, ("REGION",), lambda: (region, "")), of_profile.mistakes) == (region, [])
    assert of_profile.text("region") == region


@pytest.mark.parametrize("region", ["", None, "evil.test/", "a.b", "cn--x", "-cn", "CN", "cn hangzhou", "cn\nx"])
def test_an_invalid_region_never_becomes_part_of_a_host(region: str | None) -> None:
    for found, of_profile in ((options(region=region), nowhere), (options(), lambda: (region or "", "nowhere"))):
        region_option(found, ("REGION",), of_profile)
        assert [mistake.path for mistake in found.mistakes] == ["region"]


def test_regions_in_results_have_no_blanks() -> None:
    given: dict[str, Any] = {"region": " cn-hangzhou\n"}
    assert region_option(Options(given, "", []), ("REGION",), nowhere) == "cn-hangzhou"
    assert given["region"] == "cn-hangzhou"


def test_a_missing_region_lists_the_places_that_were_searched() -> None:
    found = options()
    region_option(found, ("REGION", "OLD_REGION"), nowhere)
    (mistake,) = found.mistakes
    assert "set the environment variable REGION or OLD_REGION. No profile has one: a file" in mistake.message


def test_endpoint() -> None:
    found = options()
    endpoint = endpoint_option(found, "http://127.0.0.1:8000")
    assert endpoint is not None
    assert (endpoint.host, found.mistakes) == ("127.0.0.1:8000", [])
    assert endpoint_option(found, "ftp://x") is None
    assert [mistake.path for mistake in found.mistakes] == ["endpoint"]
