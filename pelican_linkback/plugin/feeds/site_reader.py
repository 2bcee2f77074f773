"""The contents of an articles generator: Pelican's objects -> a Site, and the entries with ids."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple, TypeVar, cast
from zoneinfo import ZoneInfo

from pelican_linkback.feeds import Site
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.feeds.framework.contents import (
    Article,
    Content,
    Group,
    Warn,
)
from pelican_linkback.feeds.framework.sharing import EntryCache
from pelican_linkback.feeds.ids.entries import Entry
from pelican_linkback.plugin.contents import Place, attempt, read_through
from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.plugin.pelican_types import ArticlesGenerator
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.urls import join, page_key

__all__ = ["LEFT_OUT", "STYLESHEET", "Entries", "Known", "SiteReader", "entries_of"]

C = TypeVar("C", bound=Content)

LEFT_OUT = "it is left out of the feeds"
"""What an article that cannot be read costs."""

STYLESHEET = "linkback-feed.css"
"""The name of our stylesheet in the output folder."""

Known = Mapping[int, tuple[str, str]]
"""The URL and the id of each article and page, by the object's ``id()``."""


class SiteReader:
    """Reads the site of ``generator``; articles that cannot be read are left out, with a message.

    ``unreadable`` are those, by their ``id()``, after the contents have been read.
    """

    def __init__(
        self, generator: ArticlesGenerator, settings: Settings, messages: MessageBuffer
    ) -> None:
        self._generator, self._settings, self._messages = generator, settings, messages
        self.unreadable: frozenset[int] = frozenset()

    @property
    def url(self) -> str:
        """SITEURL without a trailing slash."""
        return _site_url(self._generator.settings)

    def entries(self) -> Iterator[tuple[Article, Place]]:
        """Yield the articles and pages that can be entries, those with a date, and their places."""
        for content, place in self.read():
            if place and isinstance(getattr(content, "date", None), dt.datetime):
                yield cast("Article", content), place

    def read(self) -> list[tuple[Content, Place | None]]:
        """Return the articles and pages with their places; other plugins may change them.

        Those that no feed can contain are ``unreadable`` from now on, and have None.
        """
        cost = LEFT_OUT
        say = partial(self._messages.add, logging.ERROR, cost)
        read = partial(read_through, self.url)
        found = [
            (content, attempt(content, read, None, cost, say)) for content in self._everything()
        ]
        self.unreadable = frozenset(id(content) for content, place in found if place is None)
        return found

    def _everything(self) -> Iterable[Content]:
        """Return the articles and pages, each once.

        i18n_subsites leaves a translation to its original alone, which feeds have it from.
        """
        generator = self._generator
        articles, pages = generator.articles, generator.context.get("pages", ())
        theirs = chain.from_iterable(getattr(each, "translations", ()) for each in articles)
        found = chain(articles, generator.translations, theirs, pages)
        return {id(content): content for content in found}.values()

    def _readable(self, contents: Sequence[C]) -> Sequence[C]:
        """Return ``contents`` without those that cannot be read."""
        if not self.unreadable:
            return contents
        return [content for content in contents if id(content) not in self.unreadable]

    def _groups(self, name: str) -> dict[Group, Sequence[Article]]:
        """Return the contents of each category, tag or author; without those that have none left.

        Their feeds would be empty, and stay as they are instead.
        """
        groups = dict(getattr(self._generator, name))
        readable = {obj: self._readable(contents) for obj, contents in groups.items()}
        return {obj: contents for obj, contents in readable.items() if contents or not groups[obj]}

    def site(self, now: dt.datetime, known: Known, warn: Warn) -> Site:
        """Return the site; ``known`` are the ids of its entries."""
        generator, settings = self._generator, self._generator.settings
        return Site(
            url=self.url,
            name=str(settings.get("SITENAME") or ""),
            subtitle=str(settings.get("SITESUBTITLE") or ""),
            language=settings.get("DEFAULT_LANG"),
            timezone=ZoneInfo(settings.get("TIMEZONE") or "UTC"),
            feed_domain=_feed_domain(settings),
            now=now,
            articles=self._readable(generator.articles),
            translations=self._readable(generator.translations),
            pages=self._readable(generator.context.get("pages", ())),
            categories=self._groups("categories"),
            authors=self._groups("authors"),
            tags=self._groups("tags"),
            static=generator.context["static_content"],
            settings=settings,
            template=generator.env.get_template,
            warn=warn,
            entry_id=lambda item: known[id(item)][1] if id(item) in known else None,
            url_of=lambda item: known[id(item)][0] if id(item) in known else item.url,
            people=self._settings.authors,
            future=self._settings.future,
            style=self._style(),
            icon=self._settings.icon,
            logo=self._settings.logo,
            archives=self._settings.archives,
            hubs=self._settings.hubs,
            sharing=EntryCache(on=True),
        )

    def _style(self) -> str:
        """Return the URL of the feeds' stylesheet, "" if they have none."""
        style = self._settings.feed_style
        if not isinstance(style, bool):
            return style
        home = _feed_domain(self._generator.settings) or self.url
        return f"{home.rstrip('/')}/{STYLESHEET}" if style else ""


def _site_url(settings: PelicanSettings) -> str:
    return _ascii(settings.get("SITEURL")).rstrip("/")


def _feed_domain(settings: PelicanSettings) -> str:
    """Return FEED_DOMAIN; i18n_subsites copies that of the main site, so a subsite uses SITEURL."""
    subsite = (settings.get("I18N_SUBSITES") or {}).get(settings.get("DEFAULT_LANG"))
    inherited = subsite is not None and "FEED_DOMAIN" not in subsite
    return _site_url(settings) if inherited else _ascii(settings.get("FEED_DOMAIN"))


def _ascii(url: object) -> str:
    """Return a site's URL with an international host in A-labels (P12); others unchanged."""
    text = str(url or "")
    return text if text.isascii() else page_key(text)


class Entries(NamedTuple):
    """The entries of a site, and the number of each article and page, by the object's ``id()``."""

    entries: list[Entry]
    numbers: dict[int, int]


def entries_of(contents: Iterable[Iterable[tuple[Article, Place]]], base: str) -> Entries:
    """Return the entries of the site at ``base``: each generator's articles and pages.

    If two generators read one file, it is one entry if it has one URL.
    """
    found = Entries([], {})
    read: dict[Place, int] = {}
    for each in contents:
        own = {}
        # They have the same pages.
        new = [(content, place) for content, place in each if id(content) not in found.numbers]
        for content, place in new:
            entry = _entry(content, place, base)
            number = read.get(place, len(found.entries)) if entry.source else len(found.entries)
            if number == len(found.entries):
                found.entries.append(entry)
            found.numbers[id(content)] = own[place] = number
        read |= own
    return found


def _entry(content: Article, place: Place, base: str) -> Entry:
    return Entry(
        source=place.source,
        url=place.url,
        link=join(base, place.url),
        date=content.date,
        wanted=str(content.metadata.get("feed_id") or ""),
        title=str(getattr(content, "title", "")),
        html=str(getattr(content, "_content", None) or ""),
        own_url=has_page(content) or "#" in place.url,
    )
