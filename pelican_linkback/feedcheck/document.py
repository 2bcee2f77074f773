"""What a feed document says, in whatever format: one shape for all."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

from pelican_linkback.text import markup
from pelican_linkback.text.markup import Tag

__all__ = ["Enclosed", "FeedDocument", "Part", "Said", "tags_in"]


class Said(NamedTuple):
    """An element of a podcast.

    ``name`` is such as "itunes:image"; ``text`` may stand in an attribute, too; a narrower
    category is ``within`` a wider one.
    """

    name: str
    text: str
    attributes: tuple[tuple[str, str], ...] = ()
    within: str = ""


class Enclosed(NamedTuple):
    """An enclosure as it is written; None for what it does not say."""

    url: str
    length: str | None
    type: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A feed's head, or one of its entries.

    ``number`` counts the entries from 1; the head is 0. ``permalink`` says that the id claims to
    be the entry's URL. ``dates`` are (element, text), ``authors`` their names, ``urls`` all that
    stand outside of the HTML and beside ``link``, ``tags`` those of the HTML,
    ``languages`` what its language is said to be. ``lacks_content``
    says that an item has no content though its format demands it. ``podcast`` is what a podcast
    says in the elements that apps for podcasts read; empty for any other feed. ``titles`` and
    ``descriptions`` are those that are shown letter by letter, ``summaries`` the HTML of
    summaries, and ``names`` those of people.
    """

    number: int
    id: str | None
    permalink: bool
    link: str | None
    title: str | None
    dates: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    urls: tuple[str, ...]
    tags: tuple[Tag, ...] = ()
    languages: tuple[str, ...] = ()
    lacks_content: bool = False
    podcast: tuple[Said, ...] = ()
    titles: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    enclosures: tuple[Enclosed, ...] = ()

    def said(self, name: str) -> list[Said]:
        """Return what a podcast says in the elements of this name."""
        return [said for said in self.podcast if said.name == name]


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed: ``format`` is "atom", "rss" or "json", ``self_url`` what its self link says.

    ``current`` is the feed of which this is an archive document (RFC 5005), if it is one, and
    ``hubs`` are those through which the feed can be subscribed to (WebSub).
    """

    format: str
    head: Part
    self_url: str | None
    entries: tuple[Part, ...]
    current: str | None = None
    hubs: tuple[str, ...] = ()


# The same article stands in the feeds of its category, authors and tags.
tags_in = functools.lru_cache(maxsize=2048)(markup.tags)
