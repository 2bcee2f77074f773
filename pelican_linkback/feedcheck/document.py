"""The content of a feed document, in one form for all formats."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import UnionType
from typing import NamedTuple, cast, get_args, get_origin, get_type_hints

from pelican_linkback.feedcheck.values import RFC3339, DateFormat
from pelican_linkback.text import markup
from pelican_linkback.text.markup import Tag

__all__ = ["Enclosed", "FeedDocument", "Part", "Rules", "Said", "misfit", "tags_in"]


class Said(NamedTuple):
    """An element of a podcast.

    ``name`` is such as "itunes:image"; ``text`` may be from an attribute, too; a subcategory is
    ``within`` its category.
    """

    name: str
    text: str
    attributes: tuple[tuple[str, str], ...] = ()
    within: str = ""


class Enclosed(NamedTuple):
    """An enclosure as written; None for missing values."""

    url: str
    length: str | None
    type: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A feed's head, or one of its entries.

    ``number`` counts the entries from 1; the head is 0. ``permalink``: the id claims to be the
    entry's URL. ``dates`` are (element, text), ``authors`` their names, ``urls`` all URLs outside
    of the HTML except ``link``, ``tags`` the tags in the HTML, ``languages`` the declared ones.
    ``lacks_content``: an item has no content though its format requires it. ``podcast`` has the
    elements of a podcast, empty for any other feed. ``titles`` and ``descriptions`` are those that
    are shown as plain text, ``summaries`` the HTML of summaries, and ``names`` those of people.
    ``answers`` are the ids of what an entry answers (RFC 4685), ``counts`` the numbers of its own
    replies, and ``reply_dates`` when the newest of these came.
    """

    number: int
    id: str | None = None
    permalink: bool = False
    link: str | None = None
    title: str | None = None
    dates: tuple[tuple[str, str], ...] = ()
    authors: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    languages: tuple[str, ...] = ()
    lacks_content: bool = False
    podcast: tuple[Said, ...] = ()
    titles: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    enclosures: tuple[Enclosed, ...] = ()
    answers: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    reply_dates: tuple[str, ...] = ()

    @property
    def is_mention(self) -> bool:
        """Whether it is of a MentionFeed: its link may lead to anybody's page.

        Its id begins with that of what it answers.
        """
        return bool(self.id) and str(self.id).startswith(tuple(filter(None, self.answers)))

    def said(self, name: str) -> list[Said]:
        """Return what a podcast says in the elements of this name."""
        return [said for said in self.podcast if said.name == name]


class Rules(NamedTuple):
    """What a format asks for: how it writes dates, and what its documents must have.

    ``name`` is a word for it in JSON, ``label`` what people call it.
    ``entry_ids`` says that entries have ids, ``ids`` that the feed has one, too, and that each is a
    URI; ``updated`` that both have a date of that name; ``author`` that each entry has one, or the
    feed for all;
    ``link_is_id`` that an entry without an id is known by its link; ``is_chained`` that a document
    names in its head the archive document with which it goes on, and that nothing back.
    """

    name: str
    label: str
    dates: DateFormat = RFC3339
    entry_ids: bool = True
    ids: bool = False
    updated: bool = False
    author: bool = False
    link_is_id: bool = False
    is_chained: bool = False


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed: ``rules`` are those of its format, ``self_url`` its self link.

    ``current`` is the feed whose archive document (RFC 5005) this is, if it is one, and ``hubs``
    are those at which readers can subscribe (WebSub).
    """

    rules: Rules
    head: Part
    self_url: str | None
    entries: tuple[Part, ...]
    current: str | None = None
    hubs: tuple[str, ...] = ()


_WITH_FIELDS = (Rules, DateFormat, Part, Tag, Said, Enclosed)


def misfit(value: object) -> str:
    """Return the name of the first field whose value has not its type; "" if all have theirs.

    ``value`` is a FeedDocument or a part of one. A list may stand for a tuple.
    """
    for name, declared in _types_of(type(value)).items():  # type: ignore[arg-type]
        found = getattr(value, name)
        if not _fits(found, declared):
            return name
        is_list = isinstance(found, tuple | list) and not isinstance(found, _WITH_FIELDS)
        parts = [each for each in (found if is_list else [found]) if isinstance(each, _WITH_FIELDS)]
        if within := next(filter(None, map(misfit, parts)), ""):
            return f"{within} in {name}"
    return ""


_types_of = functools.cache(get_type_hints)


def _fits(value: object, declared: object) -> bool:
    arguments = get_args(declared)
    if isinstance(declared, UnionType):
        return any(_fits(value, each) for each in arguments)
    kind = get_origin(declared) or declared
    if kind is not tuple:
        return isinstance(value, cast("type", kind))
    if not isinstance(value, tuple | list):
        return False
    if arguments[-1] is Ellipsis:
        return all(_fits(each, arguments[0]) for each in value)
    return len(value) == len(arguments) and all(map(_fits, value, arguments))


# The same article is in the feeds of its category, authors and tags.
tags_in = functools.lru_cache(maxsize=2048)(markup.tags)
