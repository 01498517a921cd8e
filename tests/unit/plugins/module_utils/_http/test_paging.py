# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are read page by page: complete, or a failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.errors import CloudError
from ansible_collections.cnclouds.security_groups.plugins.module_utils._http.paging import (
    Page,
    by_number,
    by_offset,
    by_token,
    count_from,
)

Group = dict[str, Any]


def groups(first: int, end: int) -> list[Group]:
    return [{"id": f"sg-{number}"} for number in range(first, end)]


def rows(total: int | None, size: int, there: int) -> Callable[[int], Page]:
    """A service with so many groups, pages of that size, and a total that it reports."""
    return lambda offset: Page(groups(offset, min(offset + size, there)), total)


@given(there=st.integers(0, 40), size=st.integers(1, 15), told=st.booleans())
def test_every_page_is_read_however_short(there: int, size: int, told: bool) -> None:
    found = by_offset("List", "id", rows(there if told else None, size, there))
    assert found == groups(0, there)


@given(there=st.integers(1, 40), size=st.integers(1, 15))
def test_pages_by_number(there: int, size: int) -> None:
    assert by_number("List", "id", lambda n: rows(there, size, there)((n - 1) * size)) == groups(0, there)


@pytest.mark.parametrize(
    ("fetch", "reason"),
    [
        (rows(5, 2, 3), "lists 3 security groups and reports that there are 5"),
        (lambda _offset: Page(groups(0, 2), 9), "lists 2 security groups and reports that there are 9"),
        (lambda _offset: Page(groups(0, 2)), "repeats the 2 security groups"),
    ],
)
def test_a_list_that_ends_early_or_never_is_a_failure(fetch: Callable[[int], Page], reason: str) -> None:
    with pytest.raises(CloudError, match=reason) as caught:
        by_offset("List", "id", fetch)
    assert (caught.value.kind, caught.value.action) == ("protocol", "List")


def test_a_list_that_changes_while_it_is_read_is_read_again() -> None:
    answers = iter([Page(groups(0, 2), 3), Page(groups(1, 2), 2), Page(groups(0, 2), 2)])
    assert by_offset("List", "id", lambda _offset: next(answers)) == groups(0, 2)


@pytest.mark.parametrize("total", [0, 1, 2, 8])
def test_a_total_that_cannot_be_right_does_not_end_a_list(total: int) -> None:
    """Less than what was read already: the list ends at an empty page."""
    assert by_offset("List", "id", rows(total, 3, 10)) == groups(0, 10)


def no_numbers() -> list[Group]:
    raise CloudError("unsupported", "no such parameter")


def test_pages_by_token_may_be_empty() -> None:
    pages = {"": (Page([], 2), "t1"), "t1": (Page(groups(0, 1), 2), "t2"), "t2": (Page(groups(1, 2), 2), "")}
    assert by_token("List", "id", pages.__getitem__, no_numbers) == groups(0, 2)


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ({"": (Page(groups(0, 1), 2), "t"), "t": (Page([], 2), "t")}, "leads back to a page that was read before"),
        (
            {"": (Page(groups(0, 1), 2), "t"), "t": (Page([], 2), "")},
            "lists 1 security groups and reports that there are 2",
        ),
        ({"": (Page(groups(0, 1), 2), "")}, "lists 1 security groups and reports that there are 2"),
    ],
)
def test_tokens_that_end_early_or_never(pages: dict[str, tuple[Page, str]], reason: str) -> None:
    with pytest.raises(CloudError, match=reason):
        by_token("List", "id", pages.__getitem__, no_numbers)


def test_without_tokens_a_list_is_read_by_numbers() -> None:
    assert by_token("List", "id", lambda _token: (Page(groups(0, 1), 2), ""), lambda: groups(0, 2)) == groups(0, 2)


NUMBERED = Page(groups(0, 1), is_numbered=True)


def test_a_numbered_page_without_a_token_or_a_total_need_not_be_the_last_one() -> None:
    assert by_token("List", "id", lambda _token: (NUMBERED, ""), lambda: groups(0, 2)) == groups(0, 2)
    with pytest.raises(CloudError, match="lists 1 security groups and does not say whether there are more"):
        by_token("List", "id", lambda _token: (NUMBERED, ""), no_numbers)
    for last in (NUMBERED._replace(entries=[]), NUMBERED._replace(total=1)):
        assert by_token("List", "id", {"": (last, "")}.__getitem__, no_numbers) == last.entries


def test_another_failure_of_pages_by_number_is_passed_on() -> None:
    def refused() -> list[Group]:
        raise CloudError("throttled", "slow down")

    with pytest.raises(CloudError, match="slow down"):
        by_token("List", "id", lambda _token: (Page(groups(0, 1), 2), ""), refused)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        ("3", 3),
        ("03", 3),
        (True, None),
        (None, None),
        ("", None),
        ("-1", None),
        ("1e3", None),
        ("²", None),
        (1.0, None),
    ],
)
def test_a_count(value: object, number: int | None) -> None:
    assert count_from(value) == number
