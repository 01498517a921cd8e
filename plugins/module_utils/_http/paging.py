# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read every page of a list, or fail: a list that ends early looks like one that is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .errors import CloudError

Group = dict[str, Any]
# Far more than any account has, because a list that never ends must not keep the task running forever.
MOST_PAGES = 10_000
# A list that changes while it is read may omit what moved between two pages.
ROUNDS = 4


class Page(NamedTuple):
    """One page. ``total`` is the number of entries that the service reports, None if it reports none."""

    groups: list[Group]
    total: int | None = None


@dataclass
class Reading:
    """The pages read so far of one list. ``identifier`` is the member that holds the ID of an entry."""

    action: str
    identifier: str
    groups: dict[str, Group] = field(default_factory=dict)
    rows: int = 0
    repeats: bool = False
    totals: set[int] = field(default_factory=set)
    total: int | None = None

    def add(self, page: Page) -> bool:
        """Add a page, and return whether it has entries that no earlier page had."""
        before = len(self.groups)
        self.groups.update({str(group[self.identifier]): group for group in page.groups})
        self.rows += len(page.groups)
        if page.total is not None:
            self.totals.add(page.total)
            self.total = page.total
        return len(self.groups) > before

    @property
    def moved(self) -> bool:
        """Whether the list changed meanwhile: another total, or an entry that moved from one page to the next."""
        return len(self.totals) > 1 or self.rows != len(self.groups)

    @property
    def complete(self) -> bool:
        """Whether there are as many entries as the service reported last, if it reported a number."""
        return self.total is None or len(self.groups) >= self.total

    def failure(self, what: str) -> CloudError:
        """Return the error for a list that may be incomplete."""
        return CloudError("protocol", f"the response to {self.action} {what}", action=self.action)

    def short(self) -> CloudError:
        """Return the error for fewer entries than the service reports, or for the same ones again and again."""
        found = len(self.groups)
        if self.complete:
            return self.failure(f"repeats the {found} security groups on its pages and does not end")
        return self.failure(f"lists {found} security groups and reports that there are {self.total}")


def whole_list(read: Callable[[], Reading]) -> list[Group]:
    """Return the entries of a list, each once. ``read`` reads it from the first page to the last.

    A list that changed while it was read is read again. Raises CloudError, of kind ``protocol`` if entries are missing.
    """
    for rounds_left in reversed(range(ROUNDS)):
        reading = read()
        if reading.complete and not reading.repeats and not (reading.moved and rounds_left):
            return list(reading.groups.values())
        if not reading.moved:
            break
    raise reading.short()


def by_offset(action: str, identifier: str, fetch: Callable[[int], Page]) -> list[Group]:
    """Return a list whose pages begin at the row that ``fetch`` is given, counted from 0, however short they are.

    It ends when as many rows were read as the service reports, or at an empty page.
    """
    return whole_list(lambda: _rows(Reading(action, identifier), fetch))


def _rows(reading: Reading, fetch: Callable[[int], Page]) -> Reading:
    for _page in range(MOST_PAGES):
        page = fetch(reading.rows)
        new = reading.add(page)
        # A total that is less than what was read says nothing, so such a list ends at an empty page.
        if not page.groups or reading.rows == reading.total:
            return reading
        if not new:
            reading.repeats = True
            return reading
    raise _endless(reading)


def by_number(action: str, identifier: str, fetch: Callable[[int], Page]) -> list[Group]:
    """Return a list whose pages have numbers, counted from 1. It ends like one by offset."""

    def read() -> Reading:
        numbers = _count()
        return _rows(Reading(action, identifier), lambda _rows_before: fetch(next(numbers)))

    return whole_list(read)


def _count() -> Iterator[int]:
    yield from range(1, MOST_PAGES + 1)


def by_token(
    action: str, identifier: str, fetch: Callable[[str], tuple[Page, str]], instead: Callable[[], list[Group]]
) -> list[Group]:
    """Return a list whose pages have tokens: ``fetch`` returns the page of a token and the token of the next page.

    The first and the last token are empty. An empty page need not be the last one. ``instead`` reads the list by
    numbers, for a service without tokens: it reports more entries than the first page has, and no token.
    """
    reading, token, seen = Reading(action, identifier), "", {""}
    for _page in range(MOST_PAGES):
        page, token = fetch(token)
        reading.add(page)
        if not token:
            if reading.complete:
                return list(reading.groups.values())
            if seen == {""}:
                return _instead(instead, reading)
            raise reading.short()
        if token in seen:
            raise reading.failure("leads back to a page that was read before")
        seen.add(token)
    raise _endless(reading)


def _instead(instead: Callable[[], list[Group]], reading: Reading) -> list[Group]:
    try:
        return instead()
    except CloudError as error:
        if error.kind in ("invalid_input", "unsupported"):  # nor does the service have pages by number
            raise reading.short() from error
        raise


def _endless(reading: Reading) -> CloudError:
    return reading.failure(f"does not end after {MOST_PAGES} pages")


def number_of(value: Any) -> int | None:
    """Return a count, which services send as a number or as text; None if it is neither."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
