"""The documents that hold what a feed's limit leaves out (RFC 5005, section 4).

::

    feed, limit 10:    the newest 10
    archive n:         the nth ten, counted from the oldest; full, it never changes again
    the last number:   what has come since; in the making, and no archive document yet

A reader goes from the feed to the newest archive document that is full, and from each to the one
before it. The document in the making is only there for a full one to name its successor without
changing when that comes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Protocol

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.formats.extensions import ArchiveLinks
from pelican_linkback.feeds.formats.registry import format_of
from pelican_linkback.feeds.framework.site import Site

__all__ = ["Archives", "numbered"]


def numbered(place: str) -> str:
    """Return the pattern of archive documents beside ``place``: ``a.atom.{number}.xml``."""
    stem, suffix = posixpath.splitext(place)
    return f"{stem}.{{number}}{suffix}"


class Archived(Protocol):
    """What is asked of the feed."""

    @property
    def site(self) -> Site: ...
    def ordered_items(self, obj: object) -> list[object]: ...
    def generator_class(self, obj: object) -> type[SyndicationFeed]: ...
    def expand(self, pattern: str, obj: object, **more: object) -> str: ...


class Archives:
    """The archive documents of ``feed`` for ``obj``, numbered from 1; 0 is the feed itself."""

    def __init__(self, feed: Archived, obj: object, pattern: str | None, limit: int | None) -> None:
        self._feed, self._obj = feed, obj
        self._pattern = pattern or ""
        self._size = limit or 0 if pattern else 0
        if self._size and "{number}" not in self._pattern:
            message = f'archive_path is {self._pattern!r}; write it with "{{number}}"'
            raise FeedError(type(feed).__name__, message)
        self._oldest_first = feed.ordered_items(obj)[::-1] if self._size else []
        self._full = len(self._oldest_first) // self._size if self._size else 0

    def places(self) -> Iterator[tuple[int, str]]:
        """Yield each number and the path of its document; nothing before one is full."""
        making = self._full > 0 and self._link_forward()
        for number in range(1, self._full + making + 1):
            yield number, self._path(number)

    def _link_forward(self) -> bool:
        return "following" in format_of(self._feed.generator_class(self._obj)).archive_links

    def items(self, number: int) -> list[object]:
        """Return the items of an archive document, in the order of the feed."""
        return self._oldest_first[(number - 1) * self._size : number * self._size][::-1]

    def url(self, number: int) -> str:
        """Return the absolute URL of an archive document."""
        return self._feed.site.absolute_feed(self._path(number))

    def links(self, number: int, current: str | None = None) -> ArchiveLinks:
        """Return the links of a document; ``current`` is the feed's own URL."""
        previous = self._full if number == 0 else number - 1
        is_full = 1 <= number <= self._full
        return ArchiveLinks(
            current=current if number else None,
            previous=self.url(previous) if previous else None,
            following=self.url(number + 1) if is_full else None,
            is_full=is_full,
        )

    def _path(self, number: int) -> str:
        return self._feed.expand(self._pattern, self._obj, number=number)
