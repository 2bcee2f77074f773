"""The pages of a service, one after the other, as one stream of items. Pure but for ``ask``.

::

    since=0   [1 … 100]      the next page begins after the greatest id of this one
    since=100 [101 … 200]
    since=200 []             an empty page is the end, or the count that a page has

A short page is not the end: a service may give fewer than it is asked for. One that lists the
newest first, or gives its items no ids, is asked by the numbers of its pages, and its items are
yielded when all are there: if that breaks off, none below the greatest id is missing. A page that
comes again is an error, unless it is short and without ids: then it is all that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pelican_linkback.exceptions import SourceError
from pelican_linkback.receiving.hosted.jf2 import remote_of
from pelican_linkback.receiving.hosted.service import MAX_BODY, Page, TooLarge
from pelican_linkback.receiving.memory.snapshot import number_of

__all__ = ["Ask", "items_of"]

PER_PAGE = 100
MOST_PAGES = 2000
"""One pull reads no more: 200,000 mentions. The next one goes on."""

MOST_SKIPPED = 3
"""So many items that are too large in a row are left out; then the service is out of order."""

Ask = Callable[[int, int, int], Page]
"""Returns a page of the mentions with ids after the first argument, with so many items, and of
pages of that size the one with this number, from 0. Raises SourceError or TooLarge."""


def items_of(name: str, since: int, ask: Ask) -> Iterator[object]:
    """Yield the items of the service ``name`` with ids after ``since``, in ascending order."""
    return _Pages(name, ask).items(since)


@dataclass
class _Pages:
    name: str
    ask: Ask
    size: int = PER_PAGE
    read: int = 0

    def items(self, since: int) -> Iterator[object]:
        while (page := self._page(since)).items:
            ids = [_id(each) for each in page.items]
            if max(ids) <= since and any(ids):
                raise self._repeats()
            if not any(ids) or ids[0] > ids[-1]:
                yield from self._by_number(since, page.items)
                return
            since = max(ids)
            yield from sorted(page.items, key=_id)
            if page.total == len(ids):
                return

    def _by_number(self, since: int, items: list[object]) -> Iterator[object]:
        held, number = [*items], 0
        while items:
            number += 1
            before, items = items, self._asked(since, number).items
            if items == before:
                break
            held += items
        yield from sorted(held, key=_id)
        if items and (len(items) >= self.size or any(map(_id, held))):
            raise self._repeats()

    def _page(self, since: int) -> Page:
        """Return the page after ``since``, with fewer items where it would be too large."""
        skipped = 0
        while skipped <= MOST_SKIPPED:
            try:
                page = self._asked(since, skipped)
            except TooLarge:
                skipped += self.size == 1  # by itself: it is left out
                self.size = max(1, self.size // 2)
            else:
                self.size = min(PER_PAGE, self.size * 2)
                return page
        raise self._too_large()

    def _asked(self, since: int, number: int) -> Page:
        self.read += 1
        if self.read > MOST_PAGES:
            message = f"it has more than {MOST_PAGES} pages; the next pull goes on"
            raise SourceError(self.name, message)
        return self.ask(since, self.size, number)

    def _repeats(self) -> SourceError:
        return SourceError(self.name, "it gives the same page again and again")

    def _too_large(self) -> SourceError:
        message = f"it answers with more than {MAX_BODY // 10**6} MB, however little is asked for"
        return SourceError(self.name, message)


def _id(item: object) -> int:
    return number_of(remote_of(item))
