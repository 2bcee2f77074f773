"""Which feeds there are, and what is in each. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.check import url_of
from pelican_linkback.feedcheck.document import FeedDocument, Part
from pelican_linkback.feedcheck.reading import read
from pelican_linkback.feeds.formats.validity import read_date

__all__ = ["ListedFeed", "listed"]


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed: where it is and what it holds.

    ``format`` is "atom", "rss" or "json"; ``newest`` the latest date of an entry, None where there
    is none; ``size`` is in bytes. An ``archive`` holds what the limit of a feed leaves out (RFC
    5005). Where the document cannot be read, ``problem`` tells why, and only path, URL and size
    are known.
    """

    path: str
    url: str
    size: int
    format: str | None = None
    title: str | None = None
    entries: int | None = None
    newest: dt.datetime | None = None
    archive: bool = False
    problem: str | None = None


def listed(documents: Mapping[str, bytes], base: str) -> list[ListedFeed]:
    """Return the feeds among ``documents``, which are named by their paths below ``base``.

    What is XML or JSON and no feed is passed over. Raises InvalidURL where ``base`` is none.
    """
    found: list[ListedFeed] = []
    continued: set[str] = set()
    for path, data in sorted(documents.items()):
        place = ListedFeed(path, url_of(base, path), len(data))
        try:
            feed = read(data)
        except UnreadableFeed as error:
            found.append(replace(place, problem=str(error)))
            continue
        if feed:
            found.append(_filled_in(place, feed))
            if feed.format == "json":  # which names in the head how it goes on, and nothing back
                continued.update(feed.head.urls)
    return [replace(each, archive=each.archive or each.url in continued) for each in found]


def _filled_in(place: ListedFeed, feed: FeedDocument) -> ListedFeed:
    dates = [date for entry in feed.entries for date in _dates(feed.format, entry)]
    return replace(
        place,
        format=feed.format,
        title=feed.head.title,
        entries=len(feed.entries),
        newest=max(dates, default=None),
        archive=feed.current is not None,
    )


def _dates(form: str, entry: Part) -> Iterator[dt.datetime]:
    """Yield the dates of an entry that can be read; those without a zone are taken as UTC."""
    for _, text in entry.dates:
        if date := read_date(form, text):
            yield date if date.tzinfo else date.replace(tzinfo=dt.UTC)
