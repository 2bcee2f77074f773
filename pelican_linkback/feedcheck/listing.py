"""Which feeds there are, and what is in each. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pelican_linkback.exceptions import UnreadableFeed
from pelican_linkback.feedcheck.check import url_of
from pelican_linkback.feedcheck.document import FeedDocument, Part
from pelican_linkback.feedcheck.reading import READERS, NoReader, Reader, read_as
from pelican_linkback.feedcheck.values import DateFormat, read_date

__all__ = ["ListedFeed", "listed"]

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed: where it is and what it holds.

    ``format`` is such as "atom", "rss" or "json", and ``label`` what people call it; ``newest`` the
    latest date of an entry, None where there is none; ``size`` is in bytes. An ``archive`` holds
    what the limit of a feed leaves out (RFC 5005). Of a format without a reader only the media type
    is known. Where the document cannot be read, ``problem`` tells why, and only path, URL and size
    are known.
    """

    path: str
    url: str
    size: int
    format: str | None = None
    label: str | None = None
    title: str | None = None
    entries: int | None = None
    newest: dt.datetime | None = None
    archive: bool = False
    problem: str | None = None


def listed(
    documents: Mapping[str, bytes],
    base: str,
    written: Mapping[str, str] = _NOTHING,
    readers: Sequence[Reader] = READERS,
) -> list[ListedFeed]:
    """Return the feeds among ``documents``, which are named by their paths below ``base``.

    ``written`` are the media types as which they were written. What no reader knows is passed over.
    Raises InvalidURL where ``base`` is none.
    """
    found: list[ListedFeed] = []
    continued: set[str] = set()
    for path, data in sorted(documents.items()):
        place = ListedFeed(path, url_of(base, path), len(data))
        try:
            feed = read_as(written.get(path, ""), path, data, readers)
        except NoReader:
            found.append(replace(place, format=written[path], label=written[path]))
            continue
        except UnreadableFeed as error:
            found.append(replace(place, problem=str(error)))
            continue
        if feed:
            found.append(_filled_in(place, feed))
            if feed.rules.is_chained:
                continued.update(feed.head.urls)
    return [replace(each, archive=each.archive or each.url in continued) for each in found]


def _filled_in(place: ListedFeed, feed: FeedDocument) -> ListedFeed:
    dates = [date for entry in feed.entries for date in _dates(feed.rules.dates, entry)]
    return replace(
        place,
        format=feed.rules.name,
        label=feed.rules.label,
        title=feed.head.title,
        entries=len(feed.entries),
        newest=max(dates, default=None),
        archive=feed.current is not None,
    )


def _dates(form: DateFormat, entry: Part) -> Iterator[dt.datetime]:
    """Yield the dates of an entry that can be read; those without a zone are taken as UTC."""
    for _, text in entry.dates:
        if date := read_date(form, text):
            yield date if date.tzinfo else date.replace(tzinfo=dt.UTC)
