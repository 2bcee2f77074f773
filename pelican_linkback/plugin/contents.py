"""Pelican's articles and pages: which are published, and the border of each.

What is asked of one goes through ``attempt``: an exception becomes one message and that article's
failure, and the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from operator import attrgetter, methodcaller
from typing import Any, NamedTuple, TypeVar

from pelican.contents import Article

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.protocol import extraction
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.urls import join

__all__ = [
    "Place",
    "attempt",
    "is_marked",
    "marks_of",
    "name_of",
    "published",
    "read_through",
    "withheld",
]

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Place(NamedTuple):
    """An article's or page's URL and source file, both of which Pelican works out each time."""

    url: str
    source: str


_WITHHELD = (
    *("drafts", "drafts_translations", "draft_pages", "draft_translations"),
    *("hidden_articles", "hidden_pages", "hidden_translations"),
)
"""Where Pelican's generators keep what is not published."""


_NAMES = (methodcaller("get_relative_source_path"), attrgetter("url"), attrgetter("title"))


def published(generator: Any, now: datetime) -> Iterator[Any]:
    """Yield what ``generator`` publishes, translations included: articles up to ``now``, pages."""
    contents = generator.pages if hasattr(generator, "pages") else generator.articles
    for content in chain(contents, generator.translations):
        if not isinstance(content, Article) or _is_due(content, now):
            yield content


def _is_due(article: Any, now: datetime) -> bool:
    try:
        return bool(article.date <= now)
    except TypeError:  # without a zone, as a plugin may give it: it is shown, as Pelican does
        return True


def withheld(generator: Any) -> Iterator[Any]:
    """Yield what ``generator`` has read and does not publish: drafts, and what is hidden."""
    for name in _WITHHELD:
        yield from getattr(generator, name, ())


def attempt(
    content: Any,
    act: Callable[[Any], T],
    otherwise: T,
    cost: str,
    say: Callable[[str], None] = logger.error,
) -> T:
    """Return what ``act`` makes of an article or page, else ``otherwise`` with a message.

    ``cost`` says what the article loses by the failure, ``say`` takes the message.
    """
    try:
        return act(content)
    except Exception as error:  # noqa: BLE001 (the border: the fault is that of one article)
        why = printable(error) if isinstance(error, LinkbackError) else described(error)
        say(f"{name_of(content)}: {cost}: {why}")
        return otherwise


def read_through(site_url: str, content: Any) -> Place:
    """Read what the feeds ask of each article and page, and return its place.

    Raises whatever one raises that is broken: it would cost every feed that looks at it.
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


def name_of(content: Any) -> str:
    """Return what an article or page is known by: its file, its URL where it was made of none."""
    for read in _NAMES:
        with suppress(Exception):  # a message about a broken article needs a name, too
            if name := read(content):
                return str(name)
    return type(content).__name__


def marks_of(content: Any) -> extraction.Marks:
    """Return what the metadata of an article or page ask for."""
    return extraction.read_marks(content.metadata.get("pingback"))


def is_marked(content: Any) -> bool:
    """Tell whether an article or page asks for linkbacks; one that cannot be read does not."""
    try:
        marks = marks_of(content)
    except Exception:  # noqa: BLE001 (said where its linkbacks are gathered)
        return False
    return bool(marks.urls or marks.all)
