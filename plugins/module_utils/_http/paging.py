# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read every page of a list, or fail, because a list that ends early looks like a complete one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .errors import CloudError

Entry = dict[str, Any]
# Far more than any account has, so that a list that never ends does not keep the task running forever.
MOST_PAGES = 10_000
# How often to read a list that changes meanwhile, because entries that move between two pages may be missing.
ROUNDS = 4


class Page(NamedTuple):
    """One page. ``total`` is the number of entries that the service reports, None if it reports none.

    ``is_numbered``: it has a number and no token, so the missing token does not mean that it is the last page.
    """

    entries: list[Entry]
    total: int | None = None
    is_numbered: bool = False


@dataclass
class PartialList:
    """The pages of one list that have been read. ``identifier`` is the member with the ID of an entry."""

    action: str
    identifier: str
    entries: dict[str, Entry] = field(default_factory=dict)
    rows: int = 0
    repeats: bool = False
    totals: set[int] = field(default_factory=set)
    total: int | None = None

    def add(self, page: Page) -> bool:
        """Add a page, and return whether it has entries that no earlier page had."""
        before = len(self.entries)
        self.entries.update({str(entry[self.identifier]): entry for entry in page.entries})
        self.rows += len(page.entries)
        if page.total is not None:
            self.totals.add(page.total)
            self.total = page.total
        return len(self.entries) > before

    @property
    def changed(self) -> bool:
        """Whether the list changed meanwhile: the total differs, or an entry moved from one page to the next."""
        return len(self.totals) > 1 or self.rows != len(self.entries)

    @property
    def complete(self) -> bool:
        """Whether there are as many entries as the service reported last, if it reported a number."""
        return self.total is None or len(self.entries) >= self.total

    def error(self, problem: str) -> CloudError:
        """Return the error for a list that may be incomplete."""
        return CloudError("protocol", f"the response to {self.action} {problem}", action=self.action)

    def incomplete_error(self) -> CloudError:
        """Return the error for a list with fewer entries than the service reports, or with the same ones repeated."""
        found = len(self.entries)
        if self.complete and not self.repeats:
            return self.error(f"lists {found} security groups and does not say whether there are more")
        if self.complete:
            return self.error(f"repeats the {found} security groups on its pages and does not end")
        return self.error(f"lists {found} security groups and reports that there are {self.total}")


def whole_list(read: Callable[[], PartialList]) -> list[Entry]:
    """Return the entries of a list, each once. ``read`` reads it from the first page to the last.

    A list that changed while it was read is read again. Raises CloudError, of kind ``protocol`` if entries are missing.
    """
    for tries_left in reversed(range(ROUNDS)):
        partial = read()
        if partial.complete and not partial.repeats and not (partial.changed and tries_left):
            return list(partial.entries.values())
        if not partial.changed:
            break
    raise partial.incomplete_error()


def by_offset(action: str, identifier: str, fetch: Callable[[int], Page]) -> list[Entry]:
    """Return a list whose pages begin at the row that ``fetch`` is given, counted from 0, however short they are.

    It ends when as many rows were read as the service reports, or at an empty page.
    """
    return whole_list(lambda: _read_rows(PartialList(action, identifier), fetch))


def _read_rows(partial: PartialList, fetch: Callable[[int], Page]) -> PartialList:
    for _page in range(MOST_PAGES):
        page = fetch(partial.rows)
        new = partial.add(page)
        # A total below the number of rows that were read is not usable, so such a list ends at an empty page.
        if not page.entries or partial.rows == partial.total:
            return partial
        if not new:
            partial.repeats = True
            return partial
    raise _endless(partial)


def by_number(action: str, identifier: str, fetch: Callable[[int], Page]) -> list[Entry]:
    """Return a list whose pages have numbers, counted from 1. It ends like that of ``by_offset``."""

    def read() -> PartialList:
        numbers = itertools.count(1)
        return _read_rows(PartialList(action, identifier), lambda _rows_before: fetch(next(numbers)))

    return whole_list(read)


def by_token(
    action: str, identifier: str, fetch: Callable[[str], tuple[Page, str]], by_numbers: Callable[[], list[Entry]]
) -> list[Entry]:
    """Return a list whose pages have tokens: ``fetch`` returns the page of a token and the token of the next page.

    The first and the last token are empty. An empty page need not be the last one. ``by_numbers`` reads the list by
    page number. It is called if the service returns no token, and there may be more entries than the first page has.
    """
    partial, token, seen = PartialList(action, identifier), "", {""}
    for _page in range(MOST_PAGES):
        page, token = fetch(token)
        partial.add(page)
        if not token:
            may_go_on = page.is_numbered and page.total is None and page.entries
            if partial.complete and not may_go_on:
                return list(partial.entries.values())
            if seen == {""}:
                return _by_numbers(by_numbers, partial)
            raise partial.incomplete_error()
        if token in seen:
            raise partial.error("leads back to a page that was read before")
        seen.add(token)
    raise _endless(partial)


def _by_numbers(by_numbers: Callable[[], list[Entry]], partial: PartialList) -> list[Entry]:
    try:
        return by_numbers()
    except CloudError as error:
        if error.kind in ("invalid_input", "unsupported"):  # the service does not number its pages either
            raise partial.incomplete_error() from error
        raise


def _endless(partial: PartialList) -> CloudError:
    return partial.error(f"does not end after {MOST_PAGES} pages")


def count_from(value: Any) -> int | None:
    """Return a count that a service sent as a number or as text; None if the value is neither."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
