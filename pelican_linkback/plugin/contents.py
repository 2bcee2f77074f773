"""Pelican's articles and pages: which are published, and the border of each.

Code that may fail for one of them runs in ``attempt``: an exception becomes one message and that
article's failure, and the others go on.
"""

from __future__ import annotations

import logging
import typing
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from operator import attrgetter, methodcaller
from typing import NamedTuple, TypeVar

from pelican.contents import Article

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.feeds.framework.contents import Content
from pelican_linkback.plugin.pelican_types import Generator, ReadArticle, ReadContent
from pelican_linkback.text.printable import reason_of
from pelican_linkback.text.urls import join

if typing.TYPE_CHECKING:
    from pelican_linkback.protocol.extraction import Marks

__all__ = [
    "Place",
    "attempt",
    "is_marked",
    "listed",
    "marks_of",
    "may_mark",
    "name_of",
    "published",
    "read_through",
    "withheld",
]

logger = logging.getLogger(__name__)

C = TypeVar("C", bound=Content)
T = TypeVar("T")


class Place(NamedTuple):
    """An article's or page's URL and source file, both of which Pelican computes on each access."""

    url: str
    source: str


_WITHHELD = (
    *("drafts", "drafts_translations", "draft_pages", "draft_translations"),
    *("hidden_articles", "hidden_pages", "hidden_translations"),
)
"""The attributes of Pelican's generators that have unpublished contents."""


_NAMES = (methodcaller("get_relative_source_path"), attrgetter("url"), attrgetter("title"))


def published(generator: Generator, now: datetime) -> Iterator[ReadContent]:
    """Yield what ``generator`` publishes, translations included: articles up to ``now``, pages."""
    for content in listed(generator):
        if not isinstance(content, Article) or _is_due(content, now):
            yield content


def listed(generator: Generator) -> Iterator[ReadContent]:
    """Yield what ``generator`` lists on the pages of the site, also what is dated in the future."""
    lists = (getattr(generator, name, ()) for name in ("articles", "pages", "translations"))
    return chain.from_iterable(lists)


def _is_due(article: ReadArticle, now: datetime) -> bool:
    try:
        return bool(article.date <= now)
    except FAULTS:  # a plugin may set any date, or none: the article is published, as by Pelican
        return True


def withheld(generator: Generator) -> Iterator[ReadContent]:
    """Yield what ``generator`` has read and does not publish: drafts and hidden contents."""
    for name in _WITHHELD:
        yield from getattr(generator, name, ())


def attempt(
    content: C,
    act: Callable[[C], T],
    otherwise: T,
    cost: str,
    say: Callable[[str], None] = logger.error,
) -> T:
    """Return ``act`` of an article or page; ``otherwise``, with a message, if it raises.

    ``cost`` says what the article loses by the failure, ``say`` takes the message.
    """
    try:
        return act(content)
    except FAULTS as error:  # the border: the fault is that of one article
        say(f"{name_of(content)}: {cost}: {reason_of(error)}")
        return otherwise


def read_through(site_url: str, content: Content) -> Place:
    """Read everything that feeds need of an article or page, and return its place.

    Raises what a broken one raises: later, it would cost every feed that contains it.
    """
    place = Place(content.url, content.relative_source_path or "")
    join(f"{site_url}/", place.url)
    hash(place)
    groups = [*getattr(content, "authors", ()), *getattr(content, "tags", ())]
    for name in (content.title, content.lang, getattr(content, "category", ""), *groups):
        str(name)
    for text in (content.metadata.get("feed_id"), getattr(content, "_content", "")):
        str(text)
    has_page(content)
    return place


def name_of(content: object) -> str:
    """Return the name of an article or page: its file, or its URL if it has none."""
    for read in _NAMES:
        with suppress(*FAULTS):  # a message about a broken article needs a name, too
            if name := read(content):
                return str(name)
    return type(content).__name__


def may_mark(content: Content) -> bool:
    """Return whether an article or page has metadata about targets, or cannot be read."""
    try:
        return bool(content.metadata.get("pingback"))
    except FAULTS:
        return True


def marks_of(content: Content) -> Marks:
    """Return the marks in the metadata of an article or page."""
    from pelican_linkback.protocol import extraction  # noqa: PLC0415 (many sites have no marks)

    return extraction.read_marks(content.metadata.get("pingback"))


def is_marked(content: Content) -> bool:
    """Return whether an article or page has marks; one that cannot be read has none."""
    try:
        marks = marks_of(content) if may_mark(content) else None
    except FAULTS:  # said where its linkbacks are gathered
        return False
    return marks is not None and bool(marks.urls or marks.all)
