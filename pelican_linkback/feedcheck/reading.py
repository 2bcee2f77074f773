"""Reads feed documents of all formats into one form. Pure.

``check`` judges the result, and ``published_ids`` returns the ids by which readers know the entries
of a feed. Nothing is repaired: what a document lacks is None or missing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from pelican_linkback.exceptions import FAULTS, UnreadableFeed
from pelican_linkback.feedcheck.document import FeedDocument, misfit
from pelican_linkback.feedcheck.reading_json import read_json
from pelican_linkback.feedcheck.reading_xml import read_atom, read_rss
from pelican_linkback.text.printable import described
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import is_fetchable

__all__ = ["READERS", "NoReader", "Reader", "of_name", "page_url", "published_ids", "read_as"]


class Reader(NamedTuple):
    """What reads the documents of a media type.

    ``read`` returns what a document says, or None for one of another format; it raises
    UnreadableFeed for one that cannot be read. ``endings`` are those of the names of files that are
    looked at though nobody says that they are feeds, as far as ``mark`` is found in them.
    """

    media_type: str
    read: Callable[[bytes], FeedDocument | None]
    endings: frozenset[str] = frozenset()
    mark: re.Pattern[bytes] | None = None


READERS: tuple[Reader, ...] = (
    Reader("application/atom+xml", read_atom, frozenset({".atom", ".xml"})),
    Reader("application/rss+xml", read_rss, frozenset({".rss", ".xml"})),
    Reader(
        "application/feed+json",
        read_json,
        frozenset({".json"}),
        regex(rb"jsonfeed\.org\\?/version"),  # other JSON may be large
    ),
)
"""Those of the formats that many feeds have."""

_REFERRER = regex(r"[?&]ref=feed$")


def read(document: bytes, readers: Iterable[Reader] = READERS) -> FeedDocument | None:
    """Return the feed in ``document``; None for what no reader knows, such as a site map.

    Raises UnreadableFeed where one of the readers cannot read it, and none can.
    """
    failure: UnreadableFeed | None = None
    for reader in readers:
        try:
            if feed := _read(document, reader):
                return feed
        except UnreadableFeed as error:
            failure = failure or error
    if failure:
        raise failure
    return None


class NoReader(UnreadableFeed):
    """A document of a media type that nothing here reads."""

    def __init__(self, media_type: str) -> None:
        super().__init__("no-reader", f"there is no reader of {media_type}")


def read_as(
    media_type: str, path: str, document: bytes, readers: Sequence[Reader]
) -> FeedDocument | None:
    """Return what the document at ``path`` says, as ``read`` does.

    ``media_type`` is what it was written as, "" where that is not known. Where this has no reader,
    those of the ending of its name may know it. Raises NoReader where they do not.
    """
    own = [each for each in readers if each.media_type == media_type]
    try:
        feed = read(document, own or of_name(path, readers))
    except UnreadableFeed:
        if own or not media_type:
            raise
        feed = None
    if feed is None and media_type and not own:
        raise NoReader(media_type)
    return feed


def of_name(path: str, readers: Iterable[Reader]) -> list[Reader]:
    """Return the readers that may know a document by the ending of its name."""
    return [each for each in readers if PurePosixPath(path).suffix.lower() in each.endings]


def _read(document: bytes, reader: Reader) -> FeedDocument | None:
    """Return what a reader makes of a document; a reader that fails costs what it fails for."""
    try:
        feed = reader.read(document)
    except UnreadableFeed:
        raise
    except FAULTS as error:
        raise reader_failed(reader.media_type, described(error)) from error
    if feed is None or reader in READERS:
        return feed
    if not isinstance(feed, FeedDocument):
        why = f"it returns a {type(feed).__name__} and no FeedDocument"
        raise reader_failed(reader.media_type, why)
    if wrong := misfit(feed):
        raise reader_failed(reader.media_type, f"{wrong} of what it returns has another type")
    return feed


def reader_failed(media_type: str, why: str) -> UnreadableFeed:
    """Return what is wrong with a document whose reader is faulty."""
    return UnreadableFeed("reader-failed", f"the reader of {media_type} fails ({why})")


def published_ids(document: bytes, readers: Iterable[Reader] = READERS) -> dict[str, str]:
    """Return the ids by which readers know the entries of a published feed, by the entries' URLs.

    An RSS item without guid is known by its link. Entries without an absolute URL or without id are
    left out, and entries that share a URL: it does not identify them. Raises UnreadableFeed if it
    is not a feed.
    """
    feed = read(document, readers)
    if feed is None:
        raise UnreadableFeed("no-feed", "it is no feed in a format that can be read")
    ids: dict[str, set[str]] = {}
    for entry in feed.entries:
        url = entry.link or (entry.id if entry.permalink else None)
        name = entry.id or (url if feed.rules.link_is_id else None)
        if url and name and is_fetchable(url) and not entry.is_mention:
            ids.setdefault(page_url(url), set()).add(name)
    return {url: next(iter(names)) for url, names in ids.items() if len(names) == 1}


def page_url(link: str) -> str:
    """Return an entry's link without what Pelican's FEED_APPEND_REF adds to it."""
    return _REFERRER.sub("", link)
