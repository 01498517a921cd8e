# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The common parts of the responses of all services."""

from __future__ import annotations

import pytest

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError, FailureKind
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.responses import (
    group_entries,
    invalid_response,
    kind_of,
    known_kind,
    parse_json,
    tags_of,
    with_clock,
)
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.transport import HttpResponse

TABLE: dict[str, FailureKind] = {"Limit": "quota", "Limit.Rate": "throttled", "Forbidden": "permission"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("Limit", "quota"),
        ("Limit.Rules", "quota"),
        ("Limit.Rate.PerMinute", "throttled"),
        ("Limits", None),
        ("Throttling.User", "throttled"),
        ("Api.Throttling", "throttled"),
        ("Forbidden.Throttling", "throttled"),
        ("Limit.Throttling.User", "throttled"),
        ("NoThrottling", None),
        ("MissingParameter", "invalid_input"),
        ("InvalidOwnerId", "invalid_input"),
        ("Invalidated", None),
        ("", None),
    ],
)
def test_the_longest_known_prefix_decides(code: str, kind: FailureKind | None) -> None:
    assert known_kind(TABLE, code) == kind


@pytest.mark.parametrize(
    ("status", "kind"), [(200, "protocol"), (404, "protocol"), (500, "unavailable"), (503, "unavailable")]
)
def test_an_unknown_code_is_never_the_users_mistake(status: int, kind: str) -> None:
    assert kind_of(TABLE, "Brand.New", status) == kind


@pytest.mark.parametrize("text", [b"", b"<html>", b"{", b"[" * 100_000, b"\xff"])
def test_text_that_is_not_json(text: bytes) -> None:
    assert parse_json(text) is None


@pytest.mark.parametrize(
    ("status", "content_type", "kind", "had_no_effect", "transient"),
    [
        (429, "text/html", "throttled", True, True),
        (408, "text/html", "unavailable", False, True),
        (502, "text/html", "unavailable", False, True),
        (200, "application/json", "protocol", False, True),  # damaged
        (200, "text/html", "protocol", False, False),  # another server's page
        (404, "text/html", "protocol", False, False),
    ],
)
def test_a_foreign_response(status: int, content_type: str, kind: str, had_no_effect: bool, transient: bool) -> None:
    error = invalid_response("Do", HttpResponse(status, content_type, b""), "ECS")
    assert (error.kind, error.had_no_effect, error.transient) == (kind, had_no_effect, transient)
    assert str(status) in error.reason


def test_clocks_in_the_reason() -> None:
    assert with_clock("Expired. ", "") == "Expired. "
    assert with_clock("Expired. ", "the clock is wrong") == "Expired; the clock is wrong"


@pytest.mark.parametrize("listed", [None, {}, ["sg-1"], [{}], [{"id": 1}], [{"id": "sg-1"}, None]])
def test_a_page_without_groups_is_a_failure(listed: object) -> None:
    with pytest.raises(CloudError, match="no list of security groups"):
        group_entries(listed, "id", "List")


def test_a_list_that_is_null_is_empty_beside_a_total() -> None:
    assert group_entries(None, "id", "List", 0) == []
    with pytest.raises(CloudError, match="no list of security groups"):
        group_entries({}, "id", "List", 0)


@pytest.mark.parametrize(
    ("listed", "tags"),
    [
        (None, {}),
        ("", {}),
        ([], {}),
        ([{"k": "a", "v": "b"}, {"k": "c"}, {"k": "d", "v": None}], {"a": "b", "c": "", "d": ""}),
    ],
)
def test_tags(listed: object, tags: dict[str, str]) -> None:
    assert tags_of(listed, "k", "v", "List") == tags


@pytest.mark.parametrize("listed", ["a", {"a": "b"}, ["a"]])
def test_invalid_tags(listed: object) -> None:
    with pytest.raises(CloudError, match="no list of tags"):
        tags_of(listed, "k", "v", "List")
